"""Checks and generators for the project itself; the package does not use them."""

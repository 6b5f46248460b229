"""Potential: what customers spend in all, with us and with others."""

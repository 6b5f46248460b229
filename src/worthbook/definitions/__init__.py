"""Frozen definitions, one class per noun, read from YAML with file and line."""

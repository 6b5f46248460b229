"""What customers perceive: satisfaction, value and loyalty, measured from the answers to surveys."""

from __future__ import annotations

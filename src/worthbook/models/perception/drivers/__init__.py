"""What drives satisfaction: shares of what is explained, key dissatisfiers, penalties and rewards."""

from __future__ import annotations

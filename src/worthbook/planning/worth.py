"""What customers are weighed by where nothing else is said."""

from __future__ import annotations

VALUE_COLUMN = "revenue_12m"
"""What the customers of a cell or segment are weighed by where it does not itself rank by an amount or a count."""

"""What a column holds, judged by its values where its header says nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from worthbook.definitions.mapping import Look

_MOST = 0.9
"""So many of the values that there are must look alike."""
_REPEATS = 0.95
"""Ids of customers come back: at most this share of the values may differ …"""
_FEWEST = 3
"""… and fewer different ones than this are groups, not customers."""

_CENTS = 0.05
"""Whole numbers may be anything; amounts have cents now and then."""

_DATE = re.compile(
    r"(19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?([ T].*)?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})( .*)?"
    r"|(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])(\d{4}|\d{6})?"
    r"|\d{1,2}[- ][A-Za-z]{3,9}[- ]\d{2,4}.*|[A-Za-z]{3,9} \d{1,2},? \d{4}.*",
)
_MONEY = re.compile(r"[-(]?\s*[¥￥$€£]?\s*-?(\d+|\d{1,3}(,\d{2,3})+)([.,]\d{1,4})?\s*元?\)?-?")
_FRACTION = re.compile(r"[.,]\d{1,4}\D*$")


def find(look: Look, columns: Mapping[str, Sequence[str | None]]) -> str | None:
    """The header of the column that looks most like it; None where none does.

    >>> find("date", {"a": ["1", "2"], "b": ["2026-06-03", "2026-06-04"]})
    'b'
    """
    scored = [
        (_score(look, [value.strip() for value in values if value]), header) for header, values in columns.items()
    ]
    best = max(scored, key=lambda each: each[0], default=(0.0, ""))
    return best[1] if best[0] > 0 else None


def _score(look: Look, values: Sequence[str]) -> float:
    if not values:
        return 0.0
    dates = _share(_DATE, values)
    if look == "date":
        return dates if dates >= _MOST else 0.0
    if look == "money":
        money = _share(_MONEY, values)
        fractions = sum(1 for value in values if _FRACTION.search(value)) / len(values)
        return money if money >= _MOST > dates and fractions >= _CENTS else 0.0
    return _customers(values) if dates < _MOST else 0.0


def _customers(values: Sequence[str]) -> float:
    """The number of different values, where they come back and are not numbers with fractions."""
    different = len(set(values))
    fractions = any(_FRACTION.search(value) and _MONEY.fullmatch(value) for value in values)
    returning = different <= _REPEATS * len(values)
    return float(different) if returning and different >= _FEWEST and not fractions else 0.0


def _share(pattern: re.Pattern[str], values: Sequence[str]) -> float:
    return sum(1 for value in values if pattern.fullmatch(value)) / len(values)

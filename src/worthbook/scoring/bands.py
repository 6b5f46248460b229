"""The one cut: a value and where the upper bands begin give a band, in the engine and for a single customer alike.

A threshold belongs to the band above it. Equal values are therefore always in the same band, and a higher value is
never in a lower one. A threshold of infinity is a band that nobody reaches.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal

from worthbook.kernel.units import Unit, Value

Number = Decimal | float | int
Thresholds = Sequence[Number]
"""The value at which each upper band begins, lowest first, none below the one before it."""

Formulas = Mapping[str, tuple[str, Unit]]
"""Column → its formula and unit."""

_EXACT_DIGITS = 15
"""A decimal of so many digits becomes the same double in every engine."""


def number_text(value: Number) -> str:
    """A number in the formula language that every engine reads as exactly this number.

    Engines take `0.1` for a decimal. Turned into a double, a decimal of more than 15 digits may miss the double it was
    written from, and a customer exactly on a threshold would fall below it; with an exponent it is read as a double at
    once.

    >>> number_text(3.0), number_text(Decimal("412.2000")), number_text(0.1 + 0.2)
    ('3', '412.2', '3.0000000000000004e-01')
    """
    if isinstance(value, Decimal | int):
        return _plain(Decimal(value))
    shortest = Decimal(repr(float(value)))  # a NumPy number is a float that writes itself otherwise
    if len(shortest.as_tuple().digits) <= _EXACT_DIGITS and 1e-6 <= abs(value) < 1e15:  # noqa: PLR2004
        return _plain(shortest)
    return "0" if value == 0 else f"{value:.16e}"


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def literal(text: str) -> str:
    """A text in quotes.

    >>> literal("can't")
    "'can''t'"
    """
    quoted = text.replace("'", "''")
    return f"'{quoted}'"


def band_formula(column: str, thresholds: Thresholds, results: Sequence[str]) -> str:
    """A formula that is the result of the band in which the column lies; unknown where the column is.

    Args:
        column: the column that is cut.
        thresholds: where each upper band begins.
        results: formula text per band, lowest first, one more than thresholds.

    >>> band_formula("visits", [2, 5], ["'few'", "'some'", "'many'"])
    "case when visits is null then null when visits >= 5 then 'many' when visits >= 2 then 'some' else 'few' end"
    """
    steps = [f"case when {column} is null then null"]
    for threshold, result in reversed(list(zip(thresholds, results[1:], strict=True))):
        if threshold != math.inf:
            steps.append(f"when {column} >= {number_text(threshold)} then {result}")
    return " ".join([*steps, f"else {results[0]} end"])


def band_index(value: Value, thresholds: Thresholds) -> int | None:
    """The band in which one value lies, 0 for the lowest; None where the value is unknown.

    >>> band_index(5, [2, 5]), band_index(1.99, [2, 5]), band_index(None, [2, 5])
    (2, 0, None)
    """
    number = known(value)
    if number is None:
        return None
    return bisect.bisect_right([comparable(each, number) for each in thresholds], number)


def comparable(threshold: Number, value: Number) -> Number:
    """A threshold in the kind of number that a value is, as engines compare: 27.1 of either kind is the same number.

    >>> Decimal("27.1") >= 27.1, Decimal("27.1") >= comparable(27.1, Decimal("27.1"))
    (False, True)
    """
    if isinstance(value, Decimal):
        return Decimal(repr(float(threshold))) if isinstance(threshold, float) else threshold
    return float(threshold) if isinstance(threshold, Decimal) else threshold


def known(value: Value) -> Number | None:
    """A value as a number; None where it is unknown or not a number."""
    if isinstance(value, bool) or not isinstance(value, Decimal | float | int):
        return None
    return None if math.isnan(value) else value

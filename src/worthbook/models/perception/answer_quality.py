"""How carefully a survey was answered: straight lines, speed, gaps, copies, and items that point the wrong way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worthbook.models.base import FloatArray, IntArray

Mask = NDArray[np.bool_]

LEAST_ITEMS = 4
"""Fewer answers on one scale may well be alike."""
TOO_FAST = 0.4
"""Of the median time."""
LEAST_COPIED = 8
"""Two respondents alike in so many answers, with at least three different ones among them, are one too many."""
_WRONG = -0.15
"""An item that correlates with the rest of its construct below this points the other way."""
_DIFFERENT = 3


def straight_liners(values: FloatArray, scale: IntArray) -> Mask:
    """Who gave all items of some scale the same answer, of at least four.

    Args:
        values: respondents by items.
        scale: of each item, as a number.

    >>> straight_liners(np.array([[3.0, 3, 3, 3], [3, 4, 3, 3]]), np.zeros(4, int)).tolist()
    [True, False]
    """
    found = np.zeros(len(values), dtype=bool)
    for each in np.unique(scale):
        block = values[:, scale == each]
        known = ~np.isnan(block)
        low = np.where(known, block, np.inf).min(axis=1, initial=np.inf)
        high = np.where(known, block, -np.inf).max(axis=1, initial=-np.inf)
        found |= (known.sum(axis=1) >= LEAST_ITEMS) & (low == high)
    return found


def speeders(seconds: FloatArray) -> Mask:
    """Who took less than two fifths of the median time; nobody where no time is known.

    >>> speeders(np.array([100.0, 110, 90, 30, np.nan])).tolist()
    [False, False, False, True, False]
    """
    if np.isnan(seconds).all():
        return np.zeros(len(seconds), dtype=bool)
    with np.errstate(invalid="ignore"):
        return np.asarray(seconds < TOO_FAST * np.nanmedian(seconds), dtype=bool)


def copies(values: FloatArray) -> Mask:
    """Respondents whose answers repeat those of one before, in at least eight answers of at least three kinds."""
    rows = np.where(np.isnan(values), -1e9, values)
    _, first, place = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    again = np.arange(len(values)) != first[place.reshape(-1)]
    ordered = np.sort(rows, axis=1)
    kinds = 1 + (np.diff(ordered, axis=1) != 0).sum(axis=1) - np.isnan(values).any(axis=1)
    answered = (~np.isnan(values)).sum(axis=1)
    return np.asarray(again & (answered >= LEAST_COPIED) & (kinds >= _DIFFERENT), dtype=bool)


@dataclass(frozen=True)
class ItemRest:
    """How each item goes with the others of its construct."""

    correlation: FloatArray
    """With the mean of the others; NaN for an item alone, or one that does not vary."""
    wrong_way: Mask
    """Clearly negative: turned round once too often, or not at all."""


def item_rest(values: FloatArray, construct: IntArray) -> ItemRest:
    """Correlate each item, reversed ones turned round, with the rest of its construct.

    A construct of which most items point one way shows the few that point the other. Two items that disagree are both
    marked: which of them is wrong, only their wording tells.

    Args:
        values: respondents by items.
        construct: of each item; −1 for none.

    >>> x = np.arange(12.0)
    >>> item_rest(np.stack([x, x, 11 - x, x], axis=1), np.zeros(4, int)).wrong_way.tolist()
    [False, False, True, False]
    """
    size = values.shape[1]
    correlation = np.full(size, np.nan)
    for each in (each for each in np.unique(construct) if each >= 0):
        items = np.flatnonzero(construct == each)
        sign = _main_direction(values[:, items])
        for place, item in enumerate(items):
            others = np.delete(np.arange(len(items)), place)
            if len(others):
                rest = _mean(values[:, items[others]] * sign[others])
                correlation[item] = _correlation(values[:, item], rest)
    with np.errstate(invalid="ignore"):
        return ItemRest(correlation, np.asarray(correlation < _WRONG, dtype=bool))


def _main_direction(block: FloatArray) -> FloatArray:
    """+1 for items that go with most of the others, −1 for those that go against them."""
    if block.shape[1] <= 2:  # noqa: PLR2004 - two items have no majority
        return np.ones(block.shape[1])
    table = np.array([[_correlation(block[:, a], block[:, b]) for b in range(block.shape[1])]
                      for a in range(block.shape[1])])  # fmt: skip
    _, directions = np.linalg.eigh(np.nan_to_num(table))
    sign: FloatArray = np.sign(directions[:, -1]).astype(float)
    sign[sign == 0] = 1.0
    return sign if sign.sum() >= 0 else -sign


def _mean(values: FloatArray) -> FloatArray:
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: FloatArray = np.nansum(values, axis=1) / known.sum(axis=1)
    return mean


def _correlation(first: FloatArray, second: FloatArray) -> float:
    known = ~(np.isnan(first) | np.isnan(second))
    x, y = first[known], second[known]
    if len(x) < 3 or x.min() == x.max() or y.min() == y.max():  # noqa: PLR2004 - nothing to see
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])

"""Weights that bring respondents to known margins, one margin after the other until all fit (raking).

Source: Deming and Stephan, Annals of Mathematical Statistics 11(4), 1940.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray, IntArray

MOST_ROUNDS = 200
CLOSE = 1e-8
LARGEST = 5.0
"""No respondent counts more than so many times the mean."""


@dataclass(frozen=True)
class Raked:
    """Weights with a mean of 1."""

    weights: FloatArray
    fits: bool
    """Whether every margin is met; not where weights had to be held down."""
    effective: float
    """Kish's size: as many respondents with equal weights would be as precise."""
    largest: float


def rake(weights: FloatArray, groups: Sequence[IntArray], margins: Sequence[FloatArray]) -> Raked:
    """Adjust weights to margins.

    Args:
        weights: to begin with.
        groups: for each margin, the group of each respondent; −1 for unknown, who keep their weight.
        margins: for each margin, the shares of its groups, which sum to 1; a group without respondents is left out and
            the others share its part.

    >>> found = rake(np.ones(4), [np.array([0, 0, 0, 1])], [np.array([0.5, 0.5])])
    >>> found.weights.round(4).tolist(), round(found.effective, 2)
    ([0.6667, 0.6667, 0.6667, 2.0], 3.0)
    """
    found = weights / weights.mean()
    for _ in range(MOST_ROUNDS):
        before = found
        for group, margin in zip(groups, margins, strict=True):
            found = _fitted(found, group, margin)
        found = np.minimum(found, LARGEST * found.mean())
        if np.abs(found - before).max() < CLOSE:
            break
    found = np.minimum(found / found.mean(), LARGEST)
    found = found / found.mean()
    misses = [np.abs(_shares(found, group, len(margin)) - _there(group, margin)).max()
              for group, margin in zip(groups, margins, strict=True)]  # fmt: skip
    effective = float(found.sum() ** 2 / (found**2).sum())
    return Raked(found, bool(max(misses, default=0.0) < 1e-4), effective, float(found.max()))  # noqa: PLR2004


def _fitted(weights: FloatArray, group: IntArray, margin: FloatArray) -> FloatArray:
    """Weights that meet one margin."""
    known = group >= 0
    now = _shares(weights, group, len(margin))
    wanted = _there(group, margin)
    factor = np.divide(wanted, now, out=np.ones(len(margin)), where=now > 0)
    return np.where(known, weights * factor[np.where(known, group, 0)], weights)


def _shares(weights: FloatArray, group: IntArray, size: int) -> FloatArray:
    known = group >= 0
    sums = np.bincount(group[known], weights[known], minlength=size).astype(float)
    return sums / sums.sum() if sums.sum() > 0 else sums


def _there(group: IntArray, margin: FloatArray) -> FloatArray:
    """The margin among groups that have respondents."""
    there = np.where(np.bincount(group[group >= 0], minlength=len(margin)) > 0, margin, 0.0)
    return there / there.sum() if there.sum() > 0 else there

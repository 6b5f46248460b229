"""Spearman's rank correlation with weights."""

from __future__ import annotations

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.distinct import weighted_sum

ROUNDING = 1e-15
"""A deviation this small beside the values themselves is none."""


def correlation(first: FloatArray, second: FloatArray, weights: FloatArray) -> float | None:
    """Pearson's correlation with weights; `None` if one side does not vary, or by no more than rounding.

    >>> correlation(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0]), np.ones(3))
    1.0
    >>> correlation(np.array([1.0, 1.0 + 2e-16]), np.array([2.0, 4.0]), np.ones(2))
    """
    share = weights / weights.sum()
    left, right = first - weighted_sum(share, first), second - weighted_sum(share, second)
    spreads = [np.sqrt(weighted_sum(share, side**2)) for side in (left, right)]
    sizes = [np.abs(side).max(initial=0.0) for side in (first, second)]
    if any(spread <= ROUNDING * size for spread, size in zip(spreads, sizes, strict=True)):
        return None
    return float(np.clip(weighted_sum(share * left, right) / np.prod(spreads), -1.0, 1.0))


def rank_correlation(first: FloatArray, second: FloatArray, weights: FloatArray) -> float | None:
    """Spearman's correlation: Pearson's between the ranks, where equal values share their mean rank.

    >>> rank_correlation(np.array([1.0, 2.0, 3.0]), np.array([1.0, 10.0, 5.0]), np.ones(3))
    0.5
    """
    return correlation(_mean_ranks(first, weights), _mean_ranks(second, weights), weights)


def _mean_ranks(values: FloatArray, weights: FloatArray) -> FloatArray:
    """The middle of the places that each value takes when everyone stands in a row."""
    _, position = np.unique(values, return_inverse=True)
    size = np.bincount(position, weights)
    return (np.cumsum(size) - size / 2)[position]

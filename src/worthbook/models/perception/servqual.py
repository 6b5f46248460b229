"""SERVQUAL: what customers expect of an excellent firm against what they perceive, item by item and by dimension.

Sources: Parasuraman, Zeithaml and Berry, Journal of Retailing 64(1), 1988; perceptions alone (SERVPERF): Cronin and
Taylor, Journal of Marketing 56(3), 1992.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray, IntArray
from worthbook.models.perception.intervals import holm
from worthbook.models.perception.means import Means, alpha, means


@dataclass(frozen=True)
class Quality:
    """Gaps P − E: below zero, customers get less than they expect."""

    items: Means
    """The gap of each item, over those who answered both."""
    perception: Means
    """Of each item."""
    expectation: Means | None
    """None for perceptions alone; then `items` and `dimensions` are perceptions."""
    item_p: FloatArray
    """Paired, corrected by Holm for the number of items."""
    dimensions: Means
    """A respondent's gap is the mean over the items answered."""
    dimension_perception: Means
    dimension_expectation: Means | None
    alphas: tuple[float | None, ...]
    """Cronbach's alpha of the perceptions of each dimension."""
    overall: Means
    """Every dimension counting the same."""
    importance: FloatArray | None
    """The mean share of the 100 points of each dimension."""
    weighted: Means | None
    """Every dimension counting by its importance, respondent by respondent where they gave points."""


def quality(
    perception: FloatArray,
    expectation: FloatArray | None,
    dimension: IntArray,
    weights: FloatArray,
    points: FloatArray | None = None,
) -> Quality:
    """Gaps by item and dimension.

    Args:
        perception: respondents by items.
        expectation: the same; None for perceptions alone.
        dimension: of each item, counted from 0.
        weights: of the respondents.
        points: respondents by dimensions, for the weighted score.

    >>> found = quality(np.array([[4.0, 5.0]]), np.array([[6.0, 6.0]]), np.array([0, 1]), np.ones(1))
    >>> found.items.mean.tolist(), found.overall.mean.tolist()
    ([-2.0, -1.0], [-1.5])
    """
    gap = perception if expectation is None else perception - expectation
    dimensions = by_dimension(gap, dimension)
    items = means(gap, weights)
    size = dimensions.shape[1]
    blocks = [perception[:, dimension == index] for index in range(size)]
    importance, weighted = _weighted(dimensions, weights, points)
    return Quality(
        items=items,
        perception=means(perception, weights),
        expectation=None if expectation is None else means(expectation, weights),
        item_p=holm(items.p),
        dimensions=means(dimensions, weights),
        dimension_perception=means(by_dimension(perception, dimension), weights),
        dimension_expectation=None if expectation is None else means(by_dimension(expectation, dimension), weights),
        alphas=tuple(alpha(block, weights) for block in blocks),
        overall=means(_row_mean(dimensions)[:, None], weights),
        importance=importance,
        weighted=weighted,
    )


def by_dimension(values: FloatArray, dimension: IntArray) -> FloatArray:
    """Respondents by dimensions: the mean over the items of a dimension that were answered."""
    size = int(dimension.max()) + 1
    return np.stack([_row_mean(values[:, dimension == index]) for index in range(size)], axis=1)


def _row_mean(values: FloatArray) -> FloatArray:
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: FloatArray = np.nansum(values, axis=1) / known.sum(axis=1)
    return mean


def _weighted(
    dimensions: FloatArray, weights: FloatArray, points: FloatArray | None
) -> tuple[FloatArray | None, Means | None]:
    if points is None:
        return None, None
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = points / points.sum(axis=1, keepdims=True)
    importance = means(shares, weights)
    if not (importance.count > 0).all():
        return None, None
    own = np.where(np.isnan(shares), importance.mean, shares)
    return importance.mean, means((dimensions * own).sum(axis=1)[:, None], weights)

"""Whether groups are there again in other customers like these.

Source: Hennig (2007), Cluster-wise assessment of cluster stability, Computational Statistics and Data Analysis 52:
258–271. Customers are drawn with replacement and grouped again; each group is compared with the new group that is most
like it, by the Jaccard index over the customers drawn. From 0.75 on a group is stable; below 0.6 it should not be
trusted.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.grouping.middles import nearest

STABLE, DOUBTFUL = 0.75, 0.6


def stability(
    random: np.random.Generator, points: FloatArray, fit: Callable[[FloatArray], FloatArray], resamples: int
) -> FloatArray:
    """The mean Jaccard index of each group with its nearest group in resamples.

    Args:
        random: draws the resamples.
        points: customers as rows.
        fit: from points to the middles of groups.
        resamples: how many.
    """
    first = _members(points, fit(points))
    found = np.zeros((resamples, len(first)))
    for round_ in range(resamples):
        drawn = np.unique(random.integers(0, len(points), len(points)))
        again = _members(points[drawn], fit(points[drawn]))
        found[round_] = _jaccard(first[:, drawn], again).max(1)
    return np.asarray(found.mean(0))


def _members(points: FloatArray, centres: FloatArray) -> FloatArray:
    """One row a group: 1 for its customers, 0 for others."""
    return np.asarray((nearest(points, centres)[None, :] == np.arange(len(centres))[:, None]).astype(np.float64))


def _jaccard(one: FloatArray, other: FloatArray) -> FloatArray:
    """Those in both of those in either, for every pair of groups."""
    both = one @ other.T
    either = one.sum(1)[:, None] + other.sum(1)[None, :] - both
    return np.asarray(np.divide(both, either, out=np.zeros_like(both), where=either > 0))

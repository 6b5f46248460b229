"""Groups around middles: k-means, and the group of each customer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from worthbook.models.base import FloatArray
from worthbook.models.learning.library import library

Labels = NDArray[np.int64]
"""The number of each customer's group."""

_STARTS = 5


def fit(points: FloatArray, groups: int) -> FloatArray:
    """The middles of groups, those of the largest group first; the same points always give the same."""
    made = library("sklearn.cluster").KMeans(n_clusters=groups, n_init=_STARTS, random_state=0)
    with library("threadpoolctl").threadpool_limits(1):
        made.fit(points)
    sizes = np.bincount(made.labels_, minlength=groups)
    return np.asarray(made.cluster_centers_[np.argsort(-sizes, kind="stable")], dtype=np.float64)


def nearest(points: FloatArray, centres: FloatArray) -> Labels:
    """The middle nearest to each point."""
    distance = (points**2).sum(1)[:, None] - 2 * points @ centres.T + (centres**2).sum(1)[None, :]
    return np.asarray(distance.argmin(1), dtype=np.int64)

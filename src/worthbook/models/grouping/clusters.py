"""Groups that customers fall into by themselves, and whether there are any.

Customers are grouped by k-means (Lloyd, 1982). How many groups there are is judged by the mean silhouette (Rousseeuw,
1987, Journal of Computational and Applied Mathematics 20: 53–65), which must be larger than customers without groups
would show: customers spread evenly over the box of the principal components, the reference of Tibshirani, Walther and
Hastie (2001), Journal of the Royal Statistical Society B 63: 411–423. Whether the groups are there again in other
customers like these is judged by the bootstrap (`stability`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from worthbook.models.base import FloatArray
from worthbook.models.grouping.middles import Labels, fit, nearest
from worthbook.models.grouping.stability import STABLE, stability
from worthbook.models.learning.library import library

MARGIN = 0.08
"""In simulations, silhouettes of customers without groups exceed the reference by up to 0.055 where the columns are
skewed, correlated or small counts; those of groups that are there, by 0.14 and more."""
_REFERENCES, _RESAMPLES = 10, 30
_MOST_FITTED, _MOST_JUDGED = 5_000, 1_000
"""Customers that are fitted, and of whom silhouettes are taken, which cost their square."""
_SEED = 20_260_630


@dataclass(frozen=True)
class Judged:
    """One number of groups, and what speaks for it."""

    groups: int
    silhouette: float
    reference: float
    """The largest silhouette among customers without groups."""
    stability: FloatArray | None = None
    """For each group, the mean Jaccard index with the group nearest to it in resamples; None if not resampled."""

    @property
    def excess(self) -> float:
        """How much more structure there is than without groups."""
        return self.silhouette - self.reference

    @property
    def stands_out(self) -> bool:
        """Whether that is more than chance and the shape of one cloud give."""
        return self.excess > MARGIN

    @property
    def is_stable(self) -> bool:
        """Whether every group is there again in resamples."""
        return self.stability is not None and float(self.stability.min()) >= STABLE


@dataclass(frozen=True)
class Clusters:
    """The groups that are suggested; the middles are those of the largest groups first."""

    centres: FloatArray
    judged: tuple[Judged, ...]
    """Every number of groups that was tried."""
    chosen: Judged
    """The best of them, whether or not it stands."""

    @property
    def are_there(self) -> bool:
        """Whether the groups stand out and are stable."""
        return self.chosen.stands_out and self.chosen.is_stable

    def of(self, points: FloatArray) -> Labels:
        """The group of each customer: that of the nearest middle."""
        return nearest(points, self.centres)


def find_clusters(points: FloatArray, groups: Sequence[int]) -> Clusters:
    """Look for groups: of the numbers whose groups are all stable, that which stands out most.

    Args:
        points: customers as rows, on a common scale.
        groups: the numbers of groups to try. A single number is taken whether or not it stands.

    Raises:
        WorthbookError: `extra-learning-absent`.
    """
    random = np.random.default_rng(_SEED)
    fitted = points[_some(random, len(points), _MOST_FITTED)]
    boxes = [_without_groups(random, fitted) for _ in range(_REFERENCES)]
    judged = [_judge(random, fitted, boxes, count) for count in groups]
    order = sorted(judged, key=lambda each: -each.excess)
    chosen, tried = order[0], {each.groups: each for each in judged}
    for each in order:
        if not each.stands_out and len(judged) > 1:
            break
        found = stability(random, fitted, partial(fit, groups=each.groups), _RESAMPLES)
        tried[each.groups] = replace(each, stability=found)
        if tried[each.groups].is_stable:
            chosen = tried[each.groups]
            break
    return Clusters(fit(fitted, chosen.groups), tuple(tried.values()), tried[chosen.groups])


def _judge(random: np.random.Generator, points: FloatArray, boxes: Sequence[FloatArray], groups: int) -> Judged:
    return Judged(groups, _silhouette(random, points, groups), max(_silhouette(random, box, groups) for box in boxes))


def _silhouette(random: np.random.Generator, points: FloatArray, groups: int) -> float:
    if len(np.unique(points, axis=0)) <= groups:
        return 0.0
    labels = nearest(points, fit(points, groups))
    rows = _some(random, len(points), _MOST_JUDGED)
    if len(np.unique(labels[rows])) < 2:  # noqa: PLR2004 - one group has no neighbour
        return 0.0
    return float(library("sklearn.metrics").silhouette_score(points[rows], labels[rows]))


def _without_groups(random: np.random.Generator, points: FloatArray) -> FloatArray:
    """As many customers in one cloud: spread evenly over the box of the principal components, as wide as theirs."""
    middle = points.mean(0)
    _, _, axes = np.linalg.svd(points - middle, full_matrices=False)
    turned = (points - middle) @ axes.T
    reach = turned.std(0) * np.sqrt(3)
    box = random.uniform(-reach, reach, turned.shape)
    return np.asarray(box @ axes + middle, dtype=np.float64)


def _some(random: np.random.Generator, count: int, most: int) -> NDArray[np.intp]:
    """At most so many rows, at random, in their order."""
    if count <= most:
        return np.arange(count)
    return np.sort(random.choice(count, most, replace=False))

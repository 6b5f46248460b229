"""Importance and performance of attributes: the two means with their uncertainty, where the cut lies, what comes first.

Source: Martilla and James, Journal of Marketing 41(1), 1977; dual rating and its index Σ I P / Σ I.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from worthbook.models.base import FloatArray, IntArray
from worthbook.models.perception.means import Means, means

Cut = Literal["means", "middle", "medians"]


@dataclass(frozen=True)
class ImportancePerformance:
    """Attributes on the map."""

    importance: Means
    performance: Means
    cuts: tuple[float, float]
    """Of importance and performance."""
    quadrant: IntArray
    """2 · (importance at least the cut) + (performance at least the cut): 0 low low … 3 high high."""
    certain: np.ndarray[tuple[int], np.dtype[np.bool_]]
    """Whether neither interval crosses its cut."""
    priority: FloatArray
    """Importance less performance, each from 0 to 100: above zero lies above the diagonal of equal priority."""
    slope: float
    """Importance for one point of performance along a line of equal priority: the ratio of the scales' lengths."""
    index: Means
    """Satisfaction weighted by each respondent's own importance, Σ I P / Σ I."""


def importance_performance(
    importance: FloatArray, performance: FloatArray, weights: FloatArray, bounds: FloatArray, cut: Cut = "means"
) -> ImportancePerformance:
    """Place attributes on the map.

    Args:
        importance: respondents by attributes.
        performance: the same.
        weights: of the respondents.
        bounds: lowest and highest possible importance (first row) and performance (second row).
        cut: `means` of all attributes, `middle` of the scales, or `medians` of the attributes.

    >>> found = importance_performance(
    ...     np.array([[9.0, 3.0]]), np.array([[4.0, 8.0]]), np.ones(1), np.array([[1.0, 10.0], [1.0, 10.0]]))
    >>> found.quadrant.tolist(), found.priority.round(1).tolist(), found.index.mean.tolist()
    ([2, 1], [55.6, -55.6], [5.0])
    """
    both = means(importance, weights), means(performance, weights)
    cuts = tuple(_cut(each.mean, bounds[row], cut) for row, each in enumerate(both))
    high = [each.mean >= at for each, at in zip(both, cuts, strict=True)]
    sure = [_clear(each, at) for each, at in zip(both, cuts, strict=True)]
    scaled = [100 * (each.mean - low) / (top - low) for each, (low, top) in zip(both, bounds, strict=True)]
    known = ~(np.isnan(importance) | np.isnan(performance))
    with np.errstate(invalid="ignore", divide="ignore"):
        own = np.where(known, importance * performance, 0.0).sum(axis=1) / np.where(known, importance, 0.0).sum(axis=1)
    return ImportancePerformance(
        importance=both[0],
        performance=both[1],
        cuts=(cuts[0], cuts[1]),
        quadrant=2 * high[0].astype(int) + high[1].astype(int),
        certain=np.asarray(sure[0] & sure[1], dtype=bool),
        priority=scaled[0] - scaled[1],
        slope=float((bounds[0, 1] - bounds[0, 0]) / (bounds[1, 1] - bounds[1, 0])),
        index=means(own[:, None], weights),
    )


def _cut(mean: FloatArray, bounds: FloatArray, cut: Cut) -> float:
    if cut == "middle":
        return float(bounds.mean())
    return float(np.nanmean(mean) if cut == "means" else np.nanmedian(mean))


def _clear(found: Means, at: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    low, high = found.interval()
    with np.errstate(invalid="ignore"):
        return np.asarray((low > at) | (high < at), dtype=bool)

"""How two groups of customers differ: means and shares side by side, with intervals, on one scale to rank them by.

The scale is the standardised difference: the difference of two means, or of two shares, in units of the standard
deviation within the groups, so that days, money and shares can be ranked together.

Source: Austin (2009), Statistics in Medicine 28: 3083–3107, formulas for means and for shares. Intervals: Welch (1947),
Biometrika 34, for means; Newcombe (1998), Statistics in Medicine 17: 873–890, method 10, for shares. Correction for
many comparisons: Holm (1979).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, stdtr, stdtrit
from scipy.stats import fisher_exact

from worthbook.models.base import FloatArray
from worthbook.models.perception.intervals import CONFIDENCE, holm, wilson

_THIN = 5
"""Fewer expected in a cell of a fourfold table, and the normal distribution misleads: Cochran (1954), Biometrics 10."""


@dataclass(frozen=True)
class Moments:
    """What is known of some columns in one group, one entry a column."""

    count: FloatArray
    """For how many customers the column is known."""
    mean: FloatArray
    """Or the share."""
    variance: FloatArray
    """Of the sample; of a share `p (1 − p)`."""


@dataclass(frozen=True)
class Contrast:
    """One group less the other, one entry a column; NaN where it cannot be told."""

    difference: FloatArray
    low: FloatArray
    """End of the 95 % interval."""
    high: FloatArray
    effect: FloatArray
    """The standardised difference; infinite where a share is all in one group and none in the other."""
    p: FloatArray
    """Two-sided, of no difference."""


def contrast_means(one: Moments, other: Moments) -> Contrast:
    """Welch's comparison of means.

    >>> found = contrast_means(*(Moments(*(np.array([each]) for each in group))
    ...                          for group in ((10, 5.0, 4.0), (20, 3.0, 9.0))))
    >>> [float(each[0].round(3)) for each in (found.difference, found.low, found.high, found.effect, found.p)]
    [2.0, 0.103, 3.897, 0.784, 0.04]
    """
    difference = one.mean - other.mean
    parts = one.variance / one.count, other.variance / other.count
    error = np.sqrt(parts[0] + parts[1])
    with np.errstate(invalid="ignore", divide="ignore"):
        freedom = (parts[0] + parts[1]) ** 2 / (parts[0] ** 2 / (one.count - 1) + parts[1] ** 2 / (other.count - 1))
        reach = stdtrit(freedom, 0.5 + CONFIDENCE / 2) * error
        t = np.abs(difference) / error
        p = 2 * stdtr(freedom, -t)
        effect = difference / np.sqrt((one.variance + other.variance) / 2)
    same = difference == 0
    return Contrast(
        difference, difference - reach, difference + reach, np.where(same, 0.0, effect), np.where(same, 1.0, p)
    )


def contrast_shares(one: Moments, other: Moments) -> Contrast:
    """Newcombe's interval for a difference of shares; the test pools the shares, or is Fisher's where they are thin.

    The example is Newcombe's table II, example (a): 56/70 against 48/80, 0.0524 to 0.3339 by method 10.

    >>> found = contrast_shares(*(Moments(np.array([n]), np.array([x / n]), np.array([x / n * (1 - x / n)]))
    ...                           for x, n in ((56.0, 70.0), (48.0, 80.0))))
    >>> [float(each[0].round(4)) for each in (found.difference, found.low, found.high)]
    [0.2, 0.0524, 0.3339]
    """
    difference = one.mean - other.mean
    (low, high), (other_low, other_high) = wilson(one.mean, one.count), wilson(other.mean, other.count)
    down = np.sqrt((one.mean - low) ** 2 + (other_high - other.mean) ** 2)
    up = np.sqrt((high - one.mean) ** 2 + (other.mean - other_low) ** 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = (one.count * one.mean + other.count * other.mean) / (one.count + other.count)
        z = np.abs(difference) / np.sqrt(pooled * (1 - pooled) * (1 / one.count + 1 / other.count))
        effect = difference / np.sqrt((one.variance + other.variance) / 2)
        least = np.minimum(pooled, 1 - pooled) * np.minimum(one.count, other.count)
    same = difference == 0
    p = np.where(same, 1.0, 2 * ndtr(-z))
    for index in np.flatnonzero((least < _THIN) & ~same):
        p[index] = _fisher(one, other, int(index))
    return Contrast(difference, difference - down, difference + up, np.where(same, 0.0, effect), p)


def _fisher(one: Moments, other: Moments, index: int) -> float:
    """The exact test of one share: a fourfold table in which fewer than five are expected in a cell."""
    hits = [[side.count[index] * side.mean[index], side.count[index]] for side in (one, other)]
    return float(fisher_exact(np.array([[round(hit), round(count - hit)] for hit, count in hits]))[1])


def ranked(effect: FloatArray) -> list[int]:
    """The columns from the largest effect to the smallest, whatever its sign; what cannot be told is left out.

    >>> ranked(np.array([0.1, -0.8, np.nan, np.inf]))
    [3, 1, 0]
    """
    order = np.argsort(-np.abs(np.where(np.isnan(effect), -1.0, effect)), kind="stable")
    return [int(index) for index in order if not np.isnan(effect[index])]


def corrected(p: FloatArray) -> FloatArray:
    """Holm's correction for how many columns were compared."""
    return holm(p)

"""Intervals and tests for shares and means: Wilson's interval, differences of two, and Holm's correction for many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from worthbook.models.base import FloatArray

CONFIDENCE = 0.95


def z_of(confidence: float = CONFIDENCE) -> float:
    """The quantile of the normal distribution for a two-sided interval.

    >>> round(z_of(0.95), 4)
    1.96
    """
    return float(ndtri(0.5 + confidence / 2))


def wilson(share: FloatArray, size: FloatArray, confidence: float = CONFIDENCE) -> tuple[FloatArray, FloatArray]:
    """Wilson's score interval for shares; it never leaves 0 to 1 and is sensible for three respondents.

    Source: Wilson, Journal of the American Statistical Association 22 (1927). With weights, `size` is the effective
    size.

    >>> low, high = wilson(np.array([0.8]), np.array([10.0]))
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.4902], [0.9433])
    """
    z = z_of(confidence)
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = (share + z**2 / (2 * size)) / (1 + z**2 / size)
        reach = z / (1 + z**2 / size) * np.sqrt(share * (1 - share) / size + z**2 / (4 * size**2))
    return middle - reach, middle + reach


@dataclass(frozen=True)
class Differences:
    """Differences of pairs of independent estimates."""

    difference: FloatArray
    low: FloatArray
    high: FloatArray
    p: FloatArray
    """Two-sided, of no difference, each for itself."""
    p_holm: FloatArray
    """Corrected for how many were compared."""


def differences(estimate: FloatArray, variance: FloatArray, pairs: list[tuple[int, int]]) -> Differences:
    """Compare estimates by pairs (earlier, later): later minus earlier, normal theory.

    >>> found = differences(np.array([0.1, 0.3]), np.array([0.0025, 0.0025]), [(0, 1)])
    >>> found.difference.round(2).tolist(), found.p.round(4).tolist()
    ([0.2], [0.0047])
    """
    before, after = np.array([pair[0] for pair in pairs], int), np.array([pair[1] for pair in pairs], int)
    difference = estimate[after] - estimate[before]
    error = np.sqrt(variance[after] + variance[before])
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.abs(difference) / error
    p = np.where(error > 0, 2 * (1 - ndtr(z)), np.where(difference == 0, 1.0, np.nan))
    reach = z_of() * error
    return Differences(difference, difference - reach, difference + reach, p, holm(p))


def holm(p: FloatArray) -> FloatArray:
    """Holm's step-down correction; what is not known stays so and does not count.

    Source: Holm, Scandinavian Journal of Statistics 6 (1979).

    >>> holm(np.array([0.01, 0.04, 0.03])).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    corrected = np.full(len(p), np.nan)
    steps = p[order] * (len(order) - np.arange(len(order)))
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return corrected

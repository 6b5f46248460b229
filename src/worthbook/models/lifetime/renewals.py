"""Random purchases at regular intervals: the times between them are made of k phases, which need not be whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray

_TINY = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True, slots=True)
class Renewals:
    """What was seen of each customer's purchases."""

    count: FloatArray
    last: FloatArray
    """When the last of them was; 0 without any."""
    log_gaps: FloatArray
    """The sum of the logarithms of the times between them."""


def follow_renewals(
    k: FloatArray, rates: FloatArray, until: FloatArray, end: FloatArray, rng: np.random.Generator
) -> tuple[Renewals, FloatArray]:
    """Purchases of new customers until some time, and how many there are until a later one.

    Every round draws the next time between purchases of all whose last one came before the end.

    >>> one = np.ones(1)
    >>> seen, count = follow_renewals(1e9 * one, one, 3.5 * one, 9.5 * one, np.random.default_rng(1))
    >>> seen.count.tolist(), seen.last.round(3).tolist(), count.tolist()
    ([3.0], [3.0], [9.0])
    """
    count, last, log_gaps, total = np.zeros((4, len(k)))
    time, open_rows = np.zeros(len(k)), np.flatnonzero((end > 0) & (rates > 0))
    while len(open_rows):
        gap = np.maximum(rng.gamma(k[open_rows]) / (k[open_rows] * rates[open_rows]), _TINY)
        time[open_rows] += gap
        is_seen = time[open_rows] <= until[open_rows]
        seen = open_rows[is_seen]
        count[seen] += 1
        last[seen] = time[seen]
        log_gaps[seen] += np.log(gap[is_seen])
        open_rows = open_rows[time[open_rows] <= end[open_rows]]
        total[open_rows] += 1
    return Renewals(count, last, log_gaps), total


def count_renewals(k: FloatArray, phases: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A random number of purchases in a time in which so many phases are expected, right after a purchase.

    It is n or more if a gamma variable of nk phases is smaller; the distribution is inverted by bisection.

    >>> count_renewals(np.array([1e9]), np.array([3.5e9]), np.random.default_rng(1)).tolist()
    [3.0]
    """
    from scipy.special import gammainc  # noqa: PLC0415  # keeps the import of the package fast

    level = rng.random(len(k))
    low, high = np.zeros(len(k)), np.ones(len(k))

    def reached(n: FloatArray) -> np.ndarray:
        return np.asarray(gammainc(np.maximum(n * k, _TINY), phases) > level)

    while (more := reached(high)).any():
        low, high = np.where(more, high, low), np.where(more, 2 * high, high)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        more = reached(middle)
        low, high = np.where(more, middle, low), np.where(more, high, np.maximum(middle, low + 1))
    return low

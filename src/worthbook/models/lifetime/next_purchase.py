"""When a customer will buy again, if ever.

There is no mean to give: for a customer with r + x <= 1 the expected time to the next purchase is infinite, however
soon most of them come. What can be given is the probability that there is no next purchase, and of the others the
times by which a quarter, half and three quarters of them have come.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.process import PurchaseProcess

GRID = 128
NEAR, FAR = 1e-4, 1e6
"""The first and the last time that is looked at, in units of the longest observation."""


@dataclass(frozen=True, slots=True, eq=False)
class NextPurchase:
    """For each row of a history; times count from the end of observation, in the unit of the history.

    A time is infinite where it lies beyond a million times the longest observation.
    """

    p_none: FloatArray
    """Probability that the customer never buys again."""
    median: FloatArray
    """Half of those who buy again have done so by then."""
    lower_quartile: FloatArray
    upper_quartile: FloatArray


def next_purchase(process: PurchaseProcess, history: PurchaseHistory) -> NextPurchase:
    """When each customer will buy again, read off the distribution of the time to it.

    >>> from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
    >>> found = next_purchase(BGNBDProcess(0.25, 4.4, 0.8, 2.4), PurchaseHistory([6], [30], [32]))
    >>> found.p_none.round(3).tolist(), found.median.round(1).tolist()
    ([0.133], [4.3])
    """
    found = process.distinct(history)
    rows = history.take(found.sample)
    never = process.probability_if_alive(0, rows, np.inf)
    log_times = np.linspace(np.log(NEAR), np.log(FAR), GRID) + np.log(max(float(rows.T.max()), 1.0))
    waits = np.array([process.probability_if_alive(0, rows, float(time)) for time in np.exp(log_times)])
    come = (1 - waits) / np.maximum(1 - never, np.finfo(np.float64).tiny)
    quartiles = [_time_of(level, come, log_times)[found.row_to_distinct] for level in (0.25, 0.5, 0.75)]
    alive = process.p_alive(rows)
    return NextPurchase((1 - alive * (1 - never))[found.row_to_distinct], quartiles[1], quartiles[0], quartiles[2])


def _time_of(level: float, come: FloatArray, log_times: FloatArray) -> FloatArray:
    """The time at which a share has come, for each column; the logit of the share is nearly linear in log time."""
    after = np.minimum((come < level).sum(axis=0), len(come) - 1)
    columns = np.arange(come.shape[1])
    right = come[after, columns]
    left = come[np.maximum(after - 1, 0), columns]
    low, high, wanted = (_logit(each) for each in (left, right, np.full_like(left, level)))
    share = np.where(high > low, (wanted - low) / np.where(high > low, high - low, 1.0), 0.0)
    at = log_times[np.maximum(after - 1, 0)] + np.clip(share, 0, 1) * (log_times[1] - log_times[0])
    return np.where(come[-1] < level, np.inf, np.exp(at))


def _logit(share: FloatArray) -> FloatArray:
    inside = np.clip(share, 1e-300, 1 - 1e-16)
    return np.asarray(np.log(inside) - np.log1p(-inside))

"""When the customers of the simulated firm buy: a BG/NBD base, one large account, and one regular group that leaves.

Times are days after the first day of the history. The history is followed by a year that nobody is shown, so that a
forecast made from the history can be compared with what "really" came.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worthbook.kernel.period import DAYS_PER_WEEK

DAYS = 1096
"""Three years of history."""

FUTURE_DAYS = 365

LEAVERS_SHARE = 0.006
LEAVERS_CYCLE = 14.0
"""Days between two purchases of the regular group."""
LEAVERS_STOP = 120
"""They stop so many days before the end of the history: longer than most customers wait for their next purchase.

A larger group, or one that left more lately, would push the forecast for the whole base above the truth, beyond its own
interval: the model knows customers who drop out one by one, not a group that leaves together.
"""

BIG_ACCOUNT = 0
"""The customer that buys every week, first to last."""

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Rhythm:
    """The parameters of the base, in the symbols of Fader, Hardie and Lee (2005); weeks."""

    r: float = 0.55
    alpha: float = 9.0
    a: float = 0.75
    b: float = 4.0


@dataclass(frozen=True)
class Occasions:
    """One purchase a row, sorted by customer and day."""

    customer: IntArray
    day: IntArray


def occasions(customers: int, rhythm: Rhythm, random: np.random.Generator) -> tuple[Occasions, IntArray]:
    """Simulate all purchase days, and say which customers are the group that leaves.

    Customer 0 is the large account, the leaving group follows, the rest is the base.
    """
    leavers = np.arange(1, 1 + max(1, round(customers * LEAVERS_SHARE)), dtype=np.int64)
    first = np.floor((DAYS - 1) * random.beta(1.1, 1.3, customers)).astype(np.int64)
    first[leavers] = random.integers(0, DAYS // 2, len(leavers))
    owner, day = _buy_till_you_die(first, rhythm, random)
    base = owner > leavers[-1]
    regular_owner, regular_day = _regular(leavers, first[leavers], random)
    weekly = np.arange(0, DAYS + FUTURE_DAYS, DAYS_PER_WEEK, dtype=np.int64)
    owner = np.concatenate([np.full(len(weekly), BIG_ACCOUNT), regular_owner, owner[base]])
    day = np.concatenate([weekly, regular_day, day[base]])
    return _one_a_day(owner, day), leavers


def _buy_till_you_die(first: IntArray, rhythm: Rhythm, random: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Poisson purchases at each customer's rate, cut off after the repeat purchase at which the customer drops out."""
    span = (DAYS + FUTURE_DAYS - first) / DAYS_PER_WEEK
    rate = random.gamma(rhythm.r, 1 / rhythm.alpha, len(first))
    last_repeat = random.geometric(np.maximum(random.beta(rhythm.a, rhythm.b, len(first)), 1e-12))
    count = random.poisson(rate * span)
    owner = np.repeat(np.arange(len(first)), count)
    weeks = random.uniform(0, 1, len(owner)) * span[owner]
    order = np.lexsort((weeks, owner))
    owner, weeks = owner[order], weeks[order]
    rank = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    alive = rank < last_repeat[owner]
    day = first[owner[alive]] + np.floor(weeks[alive] * DAYS_PER_WEEK).astype(np.int64)
    return np.concatenate([np.arange(len(first)), owner[alive]]), np.concatenate([first, day])


def _regular(leavers: IntArray, first: IntArray, random: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Nearly even gaps until the group stops."""
    most = int(DAYS / LEAVERS_CYCLE * 1.5)
    gaps = np.maximum(1.0, random.normal(LEAVERS_CYCLE, LEAVERS_CYCLE / 4, (len(leavers), most)))
    days = first[:, None] + np.concatenate([np.zeros((len(leavers), 1)), np.cumsum(gaps, axis=1)], axis=1)
    before = days < DAYS - LEAVERS_STOP
    owner = np.broadcast_to(leavers[:, None], days.shape)
    return owner[before], np.floor(days[before]).astype(np.int64)


def _one_a_day(owner: IntArray, day: IntArray) -> Occasions:
    both = np.unique(np.stack([owner, day], axis=1), axis=0)
    return Occasions(both[:, 0], both[:, 1])

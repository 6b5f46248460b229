"""Customers who behave exactly as the models say: the yardstick for estimates and intervals."""

from __future__ import annotations

import numpy as np

from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import FloatArray
from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.gamma_gamma import GammaGammaProcess


def simulate_purchases(
    process: BGNBDProcess, ages: FloatArray, horizon: float, rng: np.random.Generator, unit: PeriodUnit = "weeks"
) -> tuple[PurchaseHistory, FloatArray]:
    """Histories of customers of the given ages, and how often each buys in the `horizon` that follows.

    >>> process = BGNBDProcess(r=0.24, alpha=4.4, a=0.8, b=2.4)
    >>> history, future = simulate_purchases(process, np.full(500, 39.0), 39.0, np.random.default_rng(1))
    >>> len(history), future.shape
    (500, (500,))
    """
    rates = rng.gamma(process.r, 1 / process.alpha, len(ages))
    dropouts = rng.beta(process.a, process.b, len(ages))
    x, t_x, future = np.zeros(len(ages)), np.zeros(len(ages)), np.zeros(len(ages))
    active, now = np.arange(len(ages)), np.zeros(len(ages))
    while len(active):
        with np.errstate(divide="ignore"):
            now = now + rng.exponential(size=len(active)) / rates[active]
        in_time = now <= ages[active] + horizon
        active, now = active[in_time], now[in_time]
        seen = now <= ages[active]
        x[active[seen]] += 1
        t_x[active[seen]] = now[seen]
        future[active[~seen]] += 1
        stays = rng.random(len(active)) >= dropouts[active]
        active, now = active[stays], now[stays]
    return PurchaseHistory(x, t_x, ages, unit=unit), future


def simulate_spend(
    process: GammaGammaProcess, purchases: FloatArray, future: FloatArray, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """The mean spend of past purchases (0 where there is none) and the total spend of future ones."""
    rates = rng.gamma(process.q, 1 / process.gamma, len(purchases))
    past = rng.gamma(process.p * np.maximum(purchases, 1), 1 / rates) / np.maximum(purchases, 1)
    to_come = rng.gamma(process.p * np.maximum(future, 1), 1 / rates)
    return np.where(purchases > 0, past, 0.0), np.where(future > 0, to_come, 0.0)

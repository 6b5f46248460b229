"""Customers who behave exactly as the models say: the yardstick for estimates and intervals."""

from __future__ import annotations

import numpy as np

from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import FloatArray
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.gamma_gamma import GammaGammaProcess
from worthbook.models.lifetime.process import PurchaseProcess


def simulate_purchases(
    process: PurchaseProcess, ages: FloatArray, horizon: float, rng: np.random.Generator, unit: PeriodUnit = "weeks"
) -> tuple[PurchaseHistory, FloatArray]:
    """Histories of customers of the given ages, and how often each buys in the `horizon` that follows.

    >>> from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
    >>> process = BGNBDProcess(r=0.24, alpha=4.4, a=0.8, b=2.4)
    >>> history, future = simulate_purchases(process, np.full(500, 39.0), 39.0, np.random.default_rng(1))
    >>> len(history), future.shape
    (500, (500,))
    """
    return process.simulate(ages, horizon, rng, unit)


def simulate_spend(
    process: GammaGammaProcess, purchases: FloatArray, future: FloatArray, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """The mean spend of past purchases (0 where there is none) and the total spend of future ones."""
    rates = rng.gamma(process.q, 1 / process.scale(purchases), len(purchases))
    past = rng.gamma(process.p * np.maximum(purchases, 1), 1 / rates) / np.maximum(purchases, 1)
    to_come = rng.gamma(process.p * np.maximum(future, 1), 1 / rates)
    return np.where(purchases > 0, past, 0.0), np.where(future > 0, to_come, 0.0)

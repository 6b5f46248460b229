"""Customers who behave exactly as the models of retention say: the yardstick for estimates and intervals."""

from __future__ import annotations

import numpy as np

from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import FloatArray
from worthbook.models.retention.beta_weibull_process import BetaWeibullProcess
from worthbook.models.retention.bg_bb_process import BGBBProcess
from worthbook.models.retention.contracts import ContractHistory
from worthbook.models.retention.opportunities import OpportunityHistory


def simulate_occasions(
    process: BGBBProcess, n: FloatArray, horizon: int, rng: np.random.Generator, unit: PeriodUnit = "years"
) -> tuple[OpportunityHistory, FloatArray]:
    """Histories of customers who have faced n occasions each, and how many of the next `horizon` each takes.

    >>> process = BGBBProcess(alpha=1.2, beta=0.75, gamma=0.66, delta=2.8)
    >>> history, future = simulate_occasions(process, np.full(500, 6.0), 5, np.random.default_rng(1))
    >>> len(history), future.shape
    (500, (500,))
    """
    takes = rng.beta(process.alpha, process.beta, len(n))[:, None]
    leaves = rng.beta(process.gamma, process.delta, len(n))
    lasts = rng.geometric(np.maximum(leaves, np.finfo(float).tiny))[:, None] - 1  # the last occasion while alive
    occasion = np.arange(1, int(n.max()) + horizon + 1)
    taken = (rng.random((len(n), len(occasion))) < takes) & (occasion <= lasts)
    seen = taken & (occasion <= n[:, None])
    later = taken & ~seen & (occasion <= n[:, None] + horizon)
    history = OpportunityHistory(seen.sum(axis=1), (seen * occasion).max(axis=1), n, unit=unit)
    return history, later.sum(axis=1).astype(np.float64)


def simulate_contracts(
    process: BetaWeibullProcess, seen: FloatArray, rng: np.random.Generator, unit: PeriodUnit = "months"
) -> tuple[ContractHistory, FloatArray]:
    """Contracts that were seen for the given numbers of periods, and how many periods each lasts in truth.

    One customer is still there after t periods with probability (1 - theta)^(t^c), where theta ~ Beta(alpha, beta).

    >>> history, lasts = simulate_contracts(BetaWeibullProcess(0.7, 1.2), np.full(300, 7.0), np.random.default_rng(1))
    >>> len(history), bool((history.tenure <= lasts).all())
    (300, True)
    """
    leaves = np.clip(rng.beta(process.alpha, process.beta, len(seen)), 1e-300, 1 - 1e-16)
    lasts = np.ceil((np.log(rng.random(len(seen))) / np.log1p(-leaves)) ** (1 / process.c))
    return ContractHistory(np.minimum(lasts, seen), lasts <= seen, unit=unit), lasts

"""NBD: how often customers buy who never leave; the model against which all others must show that customers do.

Ehrenberg (1959), "The Pattern of Consumer Purchases", Applied Statistics 8(1), 26-41.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from worthbook.kernel.language import Text
from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import FloatArray
from worthbook.models.lifetime.arrivals import event_times, log_gap_sums
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.nbd_likelihood import NBDLikelihood
from worthbook.models.lifetime.process import PurchaseProcess
from worthbook.models.lifetime.purchase_model import PurchaseFit, PurchaseModel
from worthbook.models.lifetime.timed_dropout_process import log_count
from worthbook.models.optimise import Objective

NOBODY_LEAVES = Text(
    en="This model assumes that no customer ever leaves; if some do, it promises too much.",
    zh="该模型假设客户永不流失；如果存在流失，预测会偏高。",
)


@dataclass(frozen=True, slots=True)
class NBDProcess(PurchaseProcess):
    """The two parameters, in the field's symbols, and what follows from them.

    >>> NBDProcess(0.385, 12.07).expected_purchases(PurchaseHistory([2], [30], [39]), 39).round(3).tolist()
    [1.821]
    """

    symbols: ClassVar[tuple[str, ...]] = ("r", "alpha")
    time_powers: ClassVar[tuple[int, ...]] = (0, 1)

    r: float
    alpha: float

    def log_likelihood(self, history: PurchaseHistory) -> float:
        """Log-likelihood of a history."""
        return NBDLikelihood(history)(np.log([self.r, self.alpha]))[0] * history.customers

    def p_alive(self, history: PurchaseHistory) -> FloatArray:
        """Always 1."""
        return np.ones(len(history))

    def purchases_if_alive(self, history: PurchaseHistory, horizon: float, discount: float = 0.0) -> FloatArray:
        """The expected rate times the horizon, discounted."""
        time = horizon if discount == 0 else -np.expm1(-discount * horizon) / discount
        return (self.r + history.x) / (self.alpha + history.T) * time

    def pairs_if_alive(self, history: PurchaseHistory, horizon: float) -> FloatArray:
        """The expected squared rate times the squared horizon."""
        exponent = self.r + history.x
        return exponent * (exponent + 1) * (horizon / (self.alpha + history.T)) ** 2

    def probability_if_alive(self, n: int, history: PurchaseHistory, horizon: float) -> FloatArray:
        """A negative binomial distribution."""
        u = np.full(len(history), horizon)
        return np.exp(log_count(n, self.r + history.x, self.alpha + history.T, u))

    def simulate(
        self, ages: FloatArray, horizon: float, rng: np.random.Generator, unit: PeriodUnit
    ) -> tuple[PurchaseHistory, FloatArray]:
        """Histories of new customers, and how often each buys in the `horizon` that follows."""
        rates = rng.gamma(self.r, 1 / self.alpha, len(ages))
        x = rng.poisson(rates * ages).astype(np.float64)
        t_x = event_times(x, x, ages, rng)
        future = rng.poisson(rates * horizon).astype(np.float64)
        return PurchaseHistory(x, t_x, ages, unit=unit, log_gaps=log_gap_sums(x, t_x, 1, rng)), future

    def draw_purchases_if_alive(self, history: PurchaseHistory, horizon: float, rng: np.random.Generator) -> FloatArray:
        """One random number of purchases to come for each row."""
        return rng.poisson(rng.gamma(self.r + history.x) / (self.alpha + history.T) * horizon).astype(np.float64)


@dataclass(frozen=True, slots=True)
class NBDFit(PurchaseFit):
    """A fitted NBD model: how often customers buy."""

    estimator: ClassVar[str] = "nbd"
    process_class: ClassVar[type[PurchaseProcess]] = NBDProcess

    @property
    def dropout_visible(self) -> bool:
        """There is none in this model, so none is missed."""
        return True

    @property
    def cautions(self) -> tuple[Text, ...]:
        """That nobody leaves is an assumption."""
        return (*self._doubts, NOBODY_LEAVES)


@dataclass(frozen=True, slots=True)
class NBD(PurchaseModel[NBDFit]):
    """The NBD model, estimated by maximum likelihood.

    >>> fit = NBD().fit(PurchaseHistory([0, 0, 3, 1, 0, 6, 2], [0, 0, 20, 5, 0, 29, 14], [30] * 7))
    >>> [row.symbol for row in fit.summary]
    ['r', 'alpha']
    """

    estimator: ClassVar[str] = "nbd"
    fit_class: ClassVar[type[PurchaseFit]] = NBDFit

    def objective(self, scaled: PurchaseHistory) -> Objective:
        """The negative binomial likelihood."""
        return NBDLikelihood(scaled)

    def starts(self, pace: float) -> Sequence[FloatArray]:
        """Rare, frequent and very uneven buyers."""
        return NBDLikelihood.starts(pace)

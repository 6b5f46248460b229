"""Pareto/NBD: how often customers buy and when they silently leave, at any moment.

Schmittlein, Morrison and Colombo (1987), "Counting Your Customers: Who Are They and What Will They Do Next?",
Management Science 33(1), 1-24. Customers buy at a constant rate while alive and leave at a constant rate; the first
varies as Gamma(r, alpha), the second, independently, as Gamma(s, beta).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.process import PurchaseProcess
from worthbook.models.lifetime.purchase_model import PurchaseFit, PurchaseModel
from worthbook.models.lifetime.timed_dropout_likelihood import TimedDropoutLikelihood
from worthbook.models.lifetime.timed_dropout_process import TimedDropoutProcess
from worthbook.models.optimise import Objective


@dataclass(frozen=True, slots=True)
class ParetoNBDProcess(TimedDropoutProcess):
    """The four parameters r, alpha, s and beta, and what follows from them.

    >>> process = ParetoNBDProcess(0.5533, 10.578, 0.6062, 11.669)
    >>> one = PurchaseHistory([2], [30.43], [38.86])
    >>> process.p_alive(one).round(3).tolist(), process.expected_purchases(one, 39).round(3).tolist()
    ([0.869], [1.455])
    """

    def purchases_if_alive(self, history: PurchaseHistory, horizon: float, discount: float = 0.0) -> FloatArray:
        """Expected purchases given alive at T; without discount in closed form, which needs no care at s = 1."""
        if discount > 0:
            return TimedDropoutProcess.purchases_if_alive(self, history, horizon, discount)
        scale = self.kappa + history.T
        span, steepness = np.log1p(horizon / scale), self.s - 1
        time = scale * (span if steepness == 0 else -np.expm1(-steepness * span) / steepness)
        return (self.r + history.x) / (self.alpha + history.T) * time


@dataclass(frozen=True, slots=True)
class ParetoNBDFit(PurchaseFit):
    """A fitted Pareto/NBD model: how often customers buy (r, alpha) and how readily they leave (s, beta)."""

    estimator: ClassVar[str] = "pareto_nbd"
    process_class: ClassVar[type[PurchaseProcess]] = ParetoNBDProcess


@dataclass(frozen=True, slots=True)
class ParetoNBD(PurchaseModel[ParetoNBDFit]):
    """The Pareto/NBD model, estimated by maximum likelihood.

    >>> history = PurchaseHistory([0, 0, 3, 1, 0, 6, 2], [0, 0, 20, 5, 0, 29, 14], [30, 31, 30, 32, 30, 30, 33])
    >>> [row.symbol for row in ParetoNBD().fit(history).summary]
    ['r', 'alpha', 's', 'beta']
    """

    estimator: ClassVar[str] = "pareto_nbd"
    fit_class: ClassVar[type[PurchaseFit]] = ParetoNBDFit

    def objective(self, scaled: PurchaseHistory) -> Objective:
        """The integral form of the likelihood."""
        return TimedDropoutLikelihood(scaled)

    def mean_log_likelihood(self, scaled: PurchaseHistory) -> Callable[[FloatArray], float]:
        """The same without its gradient."""
        return TimedDropoutLikelihood(scaled).value

    def starts(self, pace: float) -> Sequence[FloatArray]:
        """Rare, frequent and very uneven buyers."""
        return [np.log([r, r / pace, s, beta]) for r, s, beta in ((0.7, 0.6, 0.5), (2.0, 0.5, 1.0), (0.1, 1.0, 1.0))]

"""GGompertz/NBD: Pareto/NBD in which the readiness to leave grows (or hardly grows) with the time since the start.

Bemmaor and Glady (2012), "Modeling Purchasing Behavior with Sudden 'Death': A Flexible Customer Lifetime Model",
Management Science 58(5), 1012-1021. Customers buy at a constant rate while alive; lifetimes are Gompertz with growth b,
whose level varies as Gamma(s, beta). As b goes to 0 with beta / b held, it becomes Pareto/NBD.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from worthbook.kernel.language import Text
from worthbook.models.base import Estimate, FloatArray
from worthbook.models.cautions import about_identification
from worthbook.models.laplace import estimate_of
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.dropout_clock import DropoutClock
from worthbook.models.lifetime.process import PurchaseProcess
from worthbook.models.lifetime.purchase_model import PurchaseFit, PurchaseModel
from worthbook.models.lifetime.timed_dropout_likelihood import TimedDropoutLikelihood
from worthbook.models.lifetime.timed_dropout_process import TimedDropoutProcess
from worthbook.models.optimise import Objective

SHIFT = -7.0
"""Log b is searched 7 lower than others: where readiness to leave grows by exp(20) meanwhile, it is a wall."""


@dataclass(frozen=True, slots=True)
class GGompertzNBDProcess(TimedDropoutProcess):
    """The parameters r, alpha, s, kappa = beta / b and b, and what follows from them.

    >>> process = GGompertzNBDProcess(0.6, 6.0, 0.7, 10.0, 0.05)
    >>> process.p_alive(PurchaseHistory([2], [30.43], [38.86])).round(3).tolist()
    [0.662]
    """

    symbols: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "kappa", "b")
    time_powers: ClassVar[tuple[int, ...]] = (0, 1, 0, 1, -1)
    log_shifts: ClassVar[tuple[float, ...]] = (0.0, 0.0, 0.0, 0.0, SHIFT)

    b: float

    @property
    def clock(self) -> DropoutClock:
        """One that runs faster and faster."""
        return DropoutClock(self.b)


@dataclass(frozen=True, slots=True)
class GGompertzNBDFit(PurchaseFit):
    """A fitted GGompertz/NBD model; it is estimated with kappa = beta / b, which is determined even where b is not."""

    estimator: ClassVar[str] = "ggompertz_nbd"
    process_class: ClassVar[type[PurchaseProcess]] = GGompertzNBDProcess

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """How often customers buy (r, alpha) and how readily they leave (b, s, beta).

        Where the data leave b open they leave s and beta open with it: all three are without an interval.
        """
        rows = {row.symbol: row for row in self.estimates.summary}
        *_, kappa, b = self.estimates.log_values
        if "b" in self.estimates.undetermined:
            values = {"b": float(np.exp(b)), "s": rows["s"].estimate, "beta": float(np.exp(kappa + b))}
            open_rows = (estimate_of(symbol, value, np.inf) for symbol, value in values.items())
            return (rows["r"], rows["alpha"], *open_rows)
        covariance = self.estimates.log_covariance
        log_error = float(np.sqrt(covariance[3:, 3:].sum()))  # of log kappa + log b
        beta = estimate_of("beta", float(np.exp(kappa + b)), log_error)
        return (rows["r"], rows["alpha"], rows["b"], rows["s"], beta)

    @property
    def _doubts(self) -> tuple[Text, ...]:
        open_rows = tuple(row.symbol for row in self.summary if row.low is None)
        named = {"kappa": "beta"}
        others = (named.get(each, each) for each in self.estimates.undetermined)
        return about_identification(self.repeat_buyers, tuple(dict.fromkeys((*open_rows, *others))))


@dataclass(frozen=True, slots=True)
class GGompertzNBD(PurchaseModel[GGompertzNBDFit]):
    """The GGompertz/NBD model, estimated by maximum likelihood.

    >>> history = PurchaseHistory([0, 0, 3, 1, 0, 6, 2], [0, 0, 20, 5, 0, 29, 14], [30, 31, 30, 32, 30, 30, 33])
    >>> [row.symbol for row in GGompertzNBD().fit(history).summary]
    ['r', 'alpha', 'b', 's', 'beta']
    """

    estimator: ClassVar[str] = "ggompertz_nbd"
    fit_class: ClassVar[type[PurchaseFit]] = GGompertzNBDFit

    def objective(self, scaled: PurchaseHistory) -> Objective:
        """The integral form of the likelihood."""
        likelihood, shifts = TimedDropoutLikelihood(scaled), np.asarray(GGompertzNBDProcess.log_shifts)
        return lambda point: likelihood(point + shifts)

    def mean_log_likelihood(self, scaled: PurchaseHistory) -> Callable[[FloatArray], float]:
        """The same without its gradient."""
        likelihood, shifts = TimedDropoutLikelihood(scaled), np.asarray(GGompertzNBDProcess.log_shifts)
        return lambda point: likelihood.value(point + shifts)

    def starts(self, pace: float) -> Sequence[FloatArray]:
        """Almost Pareto/NBD first; then readiness that grows a few times over the time observed."""
        guesses = ((0.7, 0.6, 0.5, 0.5), (0.7, 1.0, 1.0, 3.0), (2.0, 0.5, 1.0, 0.1))
        return [np.log([r, r / pace, s, kappa, b]) - GGompertzNBDProcess.log_shifts for r, s, kappa, b in guesses]

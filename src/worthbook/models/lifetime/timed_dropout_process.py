"""What the models in which customers may leave at any moment have in common, at given parameters.

Given alive at T, the rate follows Gamma(r+x, alpha+T) and, independently, the time that remains is longer than u with
probability R(u) = (1 + G(u) / kappa')^-s, where kappa' = kappa + T for Pareto and is told by the clock for others. All
else are integrals over u of positive functions, which Gauss-Legendre nodes in log(1 + u/scale) give to all digits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import FloatArray
from worthbook.models.distinct import DistinctRows
from worthbook.models.lifetime.arrivals import event_times, log_gap_sums
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.dropout_clock import DropoutClock
from worthbook.models.lifetime.process import PurchaseProcess
from worthbook.models.lifetime.quadrature import legendre_rule
from worthbook.models.lifetime.timed_dropout_likelihood import TimedDropoutLikelihood, departures

FUTURE_NODES = 64
NOTHING_LEFT = 40.0
"""Integrals over the future are cut where the integrand has fallen by exp(-40)."""

_LARGEST = 300.0
_BLOCK_ROWS = 8_192

OverTime = Callable[[FloatArray, FloatArray], FloatArray]


@dataclass(frozen=True, slots=True)
class TimedDropoutProcess(PurchaseProcess):
    """The parameters of purchases (r, alpha) and of staying (s and `kappa`, which the models name in their own way)."""

    symbols: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")
    time_powers: ClassVar[tuple[int, ...]] = (0, 1, 0, 1)

    r: float
    alpha: float
    s: float
    kappa: float

    @property
    def clock(self) -> DropoutClock:
        """How the readiness to leave runs with time."""
        return DropoutClock()

    @property
    def point(self) -> FloatArray:
        """Logarithms of the parameters, as the likelihood takes them."""
        growth = () if self.clock.b == 0 else (self.clock.b,)
        return np.log([self.r, self.alpha, self.s, self.kappa, *growth])

    def log_likelihood(self, history: PurchaseHistory) -> float:
        """Log-likelihood of a history."""
        return TimedDropoutLikelihood(history)(self.point)[0] * history.customers

    def p_alive(self, history: PurchaseHistory) -> FloatArray:
        """P(alive at T | x, t_x, T): the first term of K over the whole."""

        def of(few: PurchaseHistory) -> FloatArray:
            found = departures(self.r + few.x, few.t_x, few.T, self.alpha, self.s, self.kappa, self.clock)
            staying = np.exp(found.log_staying)
            return np.asarray(staying / (staying + found.density.sum(axis=1)))

        return _by_block(of, history, history.distinct)

    def purchases_if_alive(self, history: PurchaseHistory, horizon: float, discount: float = 0.0) -> FloatArray:
        """Expected purchases given alive at T: the expected rate times the expected time, discounted."""
        rate = (self.r + history.x) / (self.alpha + history.T)
        return rate * self._time_left(history, horizon, lambda u, stays: stays * np.exp(-discount * u), discount)

    def pairs_if_alive(self, history: PurchaseHistory, horizon: float) -> FloatArray:
        """E[Y (Y - 1)]: the expected squared rate times the expected squared time, the integral of 2 u R(u)."""
        exponent, scale = self.r + history.x, self.alpha + history.T
        squared = exponent * (exponent + 1) / scale**2
        return squared * self._time_left(history, horizon, lambda u, stays: 2 * u * stays)

    def probability_if_alive(self, n: int, history: PurchaseHistory, horizon: float) -> FloatArray:
        """P(exactly n purchases): of those who stay, and of those who leave after a while u."""

        def of(few: PurchaseHistory) -> FloatArray:
            u, measure = self._nodes(few, self._reach(few, horizon))
            exponent, scale = (self.r + few.x)[:, None], (self.alpha + few.T)[:, None]
            log_stays, log_hazard = self._log_survival(few, u)
            leaving = np.exp(log_count(n, exponent, scale, u) + log_stays + log_hazard) * measure
            if horizon == np.inf:
                return np.asarray(leaving.sum(axis=1))
            ends = np.full((len(few), 1), horizon)
            staying = np.exp(log_count(n, exponent, scale, ends) + self._log_survival(few, ends)[0])
            return np.asarray(leaving.sum(axis=1) + staying[:, 0])

        return _by_block(of, history, DistinctRows.of(history.x, history.T))

    def simulate(
        self, ages: FloatArray, horizon: float, rng: np.random.Generator, unit: PeriodUnit
    ) -> tuple[PurchaseHistory, FloatArray]:
        """Histories of new customers, and how often each buys in the `horizon` that follows."""
        rates = rng.gamma(self.r, 1 / self.alpha, len(ages))
        life = self._draw_time_left(np.zeros(len(ages)), rng)
        seen = np.minimum(life, ages)
        x = rng.poisson(rates * seen).astype(np.float64)
        t_x = event_times(x, x, seen, rng)
        future = rng.poisson(rates * (np.minimum(life, ages + horizon) - seen)).astype(np.float64)
        return PurchaseHistory(x, t_x, ages, unit=unit, log_gaps=log_gap_sums(x, t_x, 1, rng)), future

    def draw_purchases_if_alive(self, history: PurchaseHistory, horizon: float, rng: np.random.Generator) -> FloatArray:
        """One random number of purchases to come for each row."""
        rates = rng.gamma(self.r + history.x) / (self.alpha + history.T)
        time = np.minimum(self._draw_time_left(history.T, rng), horizon)
        return np.asarray(rng.poisson(rates * time), dtype=np.float64)

    def _draw_time_left(self, end: FloatArray, rng: np.random.Generator) -> FloatArray:
        ahead = np.expm1(np.minimum(rng.exponential(size=len(end)) / self.s, _LARGEST))
        return np.asarray(self.clock.time(self.clock.kappa_left(self.kappa, end) * ahead))

    def _time_left(
        self, history: PurchaseHistory, horizon: float, integrand: OverTime, discount: float = 0.0
    ) -> FloatArray:
        """The integral over the horizon of a function of u and R(u), which depends on T alone."""
        until = min(horizon, NOTHING_LEFT / discount) if discount > 0 else horizon

        def of(few: PurchaseHistory) -> FloatArray:
            u, measure = self._nodes(few, np.minimum(until, self._all_gone(few)))
            return np.asarray((integrand(u, np.exp(self._log_survival(few, u)[0])) * measure).sum(axis=1))

        return _by_block(of, history, DistinctRows.of(history.T))

    def _all_gone(self, history: PurchaseHistory) -> FloatArray:
        """When hardly anybody is left."""
        left = self.clock.kappa_left(self.kappa, history.T)
        return self.clock.time(left * np.expm1(min(NOTHING_LEFT / self.s, _LARGEST)))

    def _reach(self, history: PurchaseHistory, horizon: float) -> FloatArray:
        """How far ahead anything happens: up to the horizon, until nobody is left, or until everybody has bought."""
        exponent, scale = self.r + history.x, self.alpha + history.T
        bought = scale * np.expm1(np.minimum(NOTHING_LEFT / exponent, _LARGEST))
        gone = self._all_gone(history)
        far = np.minimum(gone, bought) if horizon == np.inf else gone
        return np.minimum(horizon, far)

    def _nodes(self, history: PurchaseHistory, reach: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Times ahead (columns) for each row, and the weights with which functions of them are summed."""
        nodes, weights = legendre_rule(FUTURE_NODES)
        scale = np.minimum(self.alpha, self.kappa) + history.T
        span = np.log1p(reach / scale)[:, None]
        u = np.expm1(span * nodes) * scale[:, None]
        return u, (u + scale[:, None]) * span * weights

    def _log_survival(self, history: PurchaseHistory, u: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Log of R(u), and the logarithm of the rate at which those who are left leave."""
        left = self.clock.kappa_left(self.kappa, history.T)[:, None]
        reading = self.clock.reading(u)
        log_hazard = np.log(self.s / (left + reading)) + self.clock.log_speed(u)
        return -self.s * np.log1p(reading / left), log_hazard


def log_count(n: int, exponent: FloatArray, scale: FloatArray, u: FloatArray) -> FloatArray:
    """Log P(n purchases in a time u) of customers who stay, whose rate follows Gamma(exponent, scale)."""
    from scipy.special import gammaln  # noqa: PLC0415  # keeps the import of the package fast

    ratio = gammaln(exponent + n) - gammaln(exponent) - gammaln(n + 1) if n else 0.0
    bought = n * np.log(u / (scale + u)) if n else 0.0
    return np.asarray(ratio + bought - exponent * np.log1p(u / scale))


def _by_block(of: Callable[[PurchaseHistory], FloatArray], history: PurchaseHistory, found: DistinctRows) -> FloatArray:
    """Evaluate once for each distinct row, so many at a time as stay in the cache."""
    rows = found.sample
    parts = [of(history.take(rows[first : first + _BLOCK_ROWS])) for first in range(0, len(rows), _BLOCK_ROWS)]
    return np.concatenate(parts, dtype=np.float64)[found.row_to_distinct]

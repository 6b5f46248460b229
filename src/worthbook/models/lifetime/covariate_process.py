"""Purchases to come of customers who each have parameters of their own.

Given alive at T the rate follows Gamma(r+x, alpha+T). In the Pareto/NBD model the time that remains follows, in BG/NBD
and MBG/NBD the chance to leave after a purchase follows Beta(a, b+x), with one more for MBG/NBD. Averages over the last
are trapezoidal sums over the logit of the chance, in which the integrand is analytic and dies away on both sides.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.lifetime.covariate_rows import Family
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.dropout_clock import DropoutClock
from worthbook.models.lifetime.process import DISCOUNT_NOT_POSITIVE, discount_per_period, finite
from worthbook.models.lifetime.quadrature import legendre_rule
from worthbook.models.lifetime.timed_dropout_likelihood import departures

DISCOUNT_NODES = 40
LOGIT_STEP = 0.45
"""The error of the trapezoidal sum is exp(-2 pi^2 / step), below 1e-18."""

NEGLIGIBLE = 34.0
"""Sums over the logit are cut where the weight has fallen by exp(-34)."""

WIDEST_LOGIT = 60.0
MOST_LOGITS = 4_000
_SMALL = 1e-4
_CELLS = 2_000_000


@dataclass(frozen=True, slots=True, eq=False)
class CovariateProcess:
    """A model of purchases with four parameters for each customer (columns)."""

    family: Family
    parameters: FloatArray

    def p_alive(self, history: PurchaseHistory) -> FloatArray:
        """P(alive at T | x, t_x, T) of each row."""
        r, alpha, shape, scale = self.parameters
        if self.family == "pareto_nbd":
            found = departures(r[0] + history.x, history.t_x, history.T, alpha, float(shape[0]), scale, DropoutClock())
            staying = np.exp(found.log_staying)
            return np.asarray(staying / (staying + found.density.sum(axis=1)))
        born = float(self.family == "mbg_nbd")
        exposed, before = history.x + born > 0, scale + history.x - 1 + born
        since = np.log1p((history.T - history.t_x) / (alpha + history.t_x))
        log_odds = (r + history.x) * since + np.log(shape / np.where(exposed, before, 1.0))
        return np.where(exposed, 1 / (1 + np.exp(np.minimum(log_odds, 700.0))), 1.0)

    def expected_purchases(self, history: PurchaseHistory, horizon: float) -> FloatArray:
        """Expected purchases of each row in the next `horizon` units of time."""
        return self.p_alive(history) * self._if_alive(history, finite(horizon))

    def discounted_purchases(
        self, history: PurchaseHistory, horizon: float, discount_rate_per_year: float
    ) -> FloatArray:
        """The same, each discounted to T: by parts, the discounted growth of what is expected until each moment.

        The horizon may be infinite: what is discounted by exp(-34) is left out.
        """
        discount = discount_per_period(discount_rate_per_year, history.unit)
        if discount <= 0:
            if horizon == math.inf or discount < 0:
                raise DISCOUNT_NOT_POSITIVE(rate=discount_rate_per_year)
            return self.expected_purchases(history, horizon)
        end = NEGLIGIBLE / discount if horizon == math.inf else finite(horizon)
        nodes, weights = legendre_rule(DISCOUNT_NODES)
        span = math.log1p(discount * end)
        times = np.expm1(span * nodes) / discount
        measure = weights * span * (1 + discount * times) * np.exp(-discount * times)
        total = math.exp(-discount * end) * self._if_alive(history, end)
        for time, weight in zip(times, measure, strict=True):
            total += weight * self._if_alive(history, float(time))
        return np.asarray(self.p_alive(history) * total)

    def purchase_variance(self, history: PurchaseHistory, horizon: float) -> FloatArray:
        """Variance of each row's number of purchases to come: chance, unknown rate and unknown dropout together."""
        alive, mean = self.p_alive(history), self._if_alive(history, finite(horizon))
        return alive * (self._pairs_if_alive(history, horizon) + mean) - (alive * mean) ** 2

    def _if_alive(self, history: PurchaseHistory, horizon: float) -> FloatArray:
        r, alpha, shape, scale = self.parameters
        exponent, age = r + history.x, alpha + history.T
        if self.family == "pareto_nbd":
            now, steepness = scale + history.T, float(shape[0]) - 1
            span = np.log1p(horizon / now)
            return np.asarray(exponent / age * now * _power_integral(span, steepness))

        def bought(rows: slice, chance: FloatArray) -> FloatArray:
            grown = np.log1p(chance * (horizon / age[rows])[:, None])
            return np.asarray(-np.expm1(-exponent[rows][:, None] * grown) / chance)

        return self._over_chance(history, bought)

    def _pairs_if_alive(self, history: PurchaseHistory, horizon: float) -> FloatArray:
        """E[Y (Y - 1)] given alive at T."""
        r, alpha, shape, scale = self.parameters
        exponent, age = r + history.x, alpha + history.T
        if self.family == "pareto_nbd":
            now, s = scale + history.T, float(shape[0])
            span = np.log1p(horizon / now)
            time = _power_integral(span, s - 2) - _power_integral(span, s - 1)  # of u R(u), in units of now^2
            return np.asarray(2 * exponent * (exponent + 1) / age**2 * now**2 * time)

        def pairs(rows: slice, chance: FloatArray) -> FloatArray:
            n = exponent[rows][:, None]
            reach = (horizon / age[rows])[:, None]
            grown = np.log1p(chance * reach)
            exact = -np.expm1(-n * grown) / n + np.expm1(-(n + 1) * grown) / (n + 1)
            area = np.where(grown * (n + 2) < _SMALL, reach**2 / 2, exact / chance**2)
            return np.asarray(2 * n * (n + 1) * (1 - chance) * area)

        return self._over_chance(history, pairs)

    def _over_chance(self, history: PurchaseHistory, function: Callable[[slice, FloatArray], FloatArray]) -> FloatArray:
        """Average a function of the chance to leave over Beta(a, b+x), row by row.

        Where a or b+x is so small that the weight lies beyond the widest logits, the function is at its limit there.
        """
        from scipy.special import betaln  # noqa: PLC0415  # keeps the import of the package fast

        first = self.parameters[2]
        second = self.parameters[3] + history.x + float(self.family == "mbg_nbd")
        low = -NEGLIGIBLE / first.min() - math.log(float((second / first).max()) + 1)
        high = NEGLIGIBLE / second.min() + math.log(float((first / second).max()) + 1)
        low, high = max(low, -WIDEST_LOGIT), min(high, WIDEST_LOGIT)
        narrowest = math.sqrt(1 / float(first.max()) + 1 / float(second.max()))  # deviation of the logit
        count = min(math.ceil((high - low) / min(LOGIT_STEP, LOGIT_STEP * narrowest)), MOST_LOGITS)
        logit = np.linspace(low, high, count + 1)
        log_chance, log_stay = -np.logaddexp(0, -logit), -np.logaddexp(0, logit)
        step = np.full(len(logit), logit[1] - logit[0])
        step[[0, -1]] /= 2
        total, block = np.empty(len(history)), max(_CELLS // len(logit), 1)
        for start in range(0, len(history), block):
            rows = slice(start, start + block)
            a, b = first[rows][:, None], second[rows][:, None]
            scale = betaln(a, b)
            weight = np.exp(a * log_chance + b * log_stay - scale) * step
            if low == -WIDEST_LOGIT:
                weight[:, :1] += np.exp(a * low - scale) / a
            if high == WIDEST_LOGIT:
                weight[:, -1:] += np.exp(-b * high - scale) / b
            total[rows] = (weight * function(rows, np.exp(log_chance))).sum(axis=1)
        return total


def _power_integral(span: FloatArray, steepness: float) -> FloatArray:
    """The integral of exp(-steepness * v) over v from 0 to span."""
    return span if steepness == 0 else np.asarray(-np.expm1(-steepness * span) / steepness)

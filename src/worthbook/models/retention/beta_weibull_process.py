"""Contracts that end at renewals, at given parameters: how many renewals are to come, and what they are worth today.

The surviving customers of a cohort are ever more loyal, because those who were not have left: the longer a contract has
lasted, the longer it may be expected to last (Fader and Hardie 2010, "Customer-Base Valuation in a Contractual Setting:
The Perils of Ignoring Heterogeneity", Marketing Science 29(1), 85-93).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray
from worthbook.models.retention.beta_weibull_likelihood import BetaWeibullLikelihood
from worthbook.models.retention.contracts import ContractHistory
from worthbook.models.retention.hypergeometric import series_with_one

NEGLIGIBLE = 1e-14
"""Renewals are added up until a discounted one counts less than this."""

LONGEST_SUM = 2_000_000
"""Periods that are added up at most; so far only a discount of next to nothing reaches."""

LIFETIME_INFINITE = Fault(
    "contract-lifetime-infinite",
    what=Text(
        en="The expected number of renewals has no finite value here: some contracts are taken to last for ever.",
        zh="此处的预期续约次数不是有限值：模型认为部分合同会一直持续。",
    ),
    hint=Text(
        en="Give a horizon, or discount renewals to come at a rate above zero.",
        zh="请限定期限，或对未来续约使用大于零的折现率。",
    ),
)


@dataclass(frozen=True, slots=True)
class BetaWeibullProcess:
    """The parameters, in the field's symbols, and what follows from them; c = 1 is the shifted beta-geometric model.

    >>> process = BetaWeibullProcess(alpha=3.80, beta=15.20)
    >>> process.retention([1, 2, 3]).round(3).tolist(), process.renewals([0.0, 1.0], 1.1).round(2).tolist()
    ([0.8, 0.81, 0.819], [3.31, 3.45])
    """

    alpha: float
    beta: float
    c: float = 1.0

    def log_likelihood(self, history: ContractHistory) -> float:
        """Log-likelihood of a history."""
        point = np.log([self.alpha, self.beta, self.c])
        return BetaWeibullLikelihood.of(history)(point)[0] * history.customers

    def survival(self, periods: ArrayLike) -> FloatArray:
        """P(a new contract lasts longer than each number of periods)."""
        return np.asarray(np.exp(self._log_survival(np.asarray(periods, dtype=np.float64))))

    def retention(self, renewals: ArrayLike) -> FloatArray:
        """P(a contract is renewed for the n-th time | it has been renewed n-1 times)."""
        n = np.asarray(renewals, dtype=np.float64)
        return np.asarray(np.exp(self._log_survival(n) - self._log_survival(n - 1)))

    def survival_ahead(self, tenure: FloatArray, periods: FloatArray) -> FloatArray:
        """P(still running after each number of further periods | running now): a row for each tenure."""
        later = self._log_survival(tenure[:, None] + periods)
        return np.asarray(np.exp(later - self._log_survival(tenure)[:, None]))

    def renewals(self, tenure: ArrayLike, discount: float = 1.0, horizon: float = math.inf) -> FloatArray:
        """Expected number of renewals to come of a contract that runs, seen just before the next one.

        With a discount this is the discounted expected residual lifetime (DERL) of Fader and Hardie (2010), equation
        (6), in closed form for c = 1; with a horizon, in closed form without discount:

            sum over k = 1 .. horizon of  S(tenure + k) / S(tenure) / discount^(k-1)

        Args:
            tenure: Renewals so far.
            discount: What a later payment counts less for one more period: 1.1 is 10 %.
            horizon: How many renewals are counted.

        Raises:
            WorthbookError: `contract-lifetime-infinite`.
        """
        n = np.atleast_1d(np.asarray(tenure, dtype=np.float64))
        if horizon < math.inf:
            return self._sums(n, _weights(discount, int(horizon)))
        if discount < 1 or (discount == 1 and self.alpha * self.c <= 1):
            raise LIFETIME_INFINITE()  # noqa: RSE102  # a fault makes the exception
        if self.c != 1:
            return self._endless(n, discount)
        if discount == 1:
            return np.asarray((self.beta + n) / (self.alpha - 1))
        return np.asarray(self.retention(n + 1) * self._series(n, discount))

    def elasticity(self, tenure: ArrayLike, discount: float) -> FloatArray:
        """By how many per cent the discounted renewals to come rise if every retention rate rises by one per cent.

        The k-th renewal needs k retentions, so it rises by k per cent; for c = 1 it follows from the series
        F of 1, b = beta + n + 1 and c = alpha + b, of which z (1 - z) F' = b z F - (c - 1) (F - 1).

        Raises:
            WorthbookError: `contract-lifetime-infinite`.
        """
        n = np.atleast_1d(np.asarray(tenure, dtype=np.float64))
        if discount <= 1:
            raise LIFETIME_INFINITE()  # noqa: RSE102  # a fault makes the exception
        if self.c != 1:
            return self._summed_elasticity(n, discount)
        b, z = self.beta + n + 1, 1 / discount
        slope = b * z - (self.alpha + b - 1) * (1 - 1 / self._series(n, discount))
        return np.asarray(1 + slope / (1 - z))

    def _series(self, tenure: FloatArray, discount: float) -> FloatArray:
        """F = the renewals to come beside the next one, were that certain.

        Raises:
            WorthbookError: `contract-lifetime-infinite`, for a discount of next to nothing.
        """
        distinct, of_distinct = np.unique(tenure, return_inverse=True)
        b = self.beta + distinct + 1
        found = series_with_one(b, self.alpha + b, 1 / discount)
        if not np.isfinite(found).all():
            raise LIFETIME_INFINITE()  # noqa: RSE102  # a fault makes the exception
        return found[of_distinct]

    def _summed_elasticity(self, tenure: FloatArray, discount: float) -> FloatArray:
        weights = _weights(discount, _periods_that_count(discount))
        return self._sums(tenure, weights * np.arange(1.0, len(weights) + 1)) / self._sums(tenure, weights)

    def renewal_variance(self, tenure: ArrayLike, discount: float = 1.0, horizon: float = math.inf) -> FloatArray:
        """Variance of the (discounted) number of renewals to come of one contract.

        The number is a sum of weights w up to the last renewal, so its mean square is the sum over k of
        S_k w_k (w_k + 2 sum_(j<k) w_j).

        Raises:
            WorthbookError: `contract-lifetime-infinite`.
        """
        n = np.asarray(tenure, dtype=np.float64)
        if horizon == math.inf and discount <= 1:
            raise LIFETIME_INFINITE()  # noqa: RSE102  # a fault makes the exception
        weights = _weights(discount, int(horizon) if horizon < math.inf else _periods_that_count(discount))
        squared = self._sums(n, weights * (2 * np.cumsum(weights) - weights))
        return np.asarray(squared - self._sums(n, weights) ** 2)

    def _log_survival(self, periods: FloatArray) -> FloatArray:
        from scipy.special import betaln  # noqa: PLC0415  # keeps the import of the package fast

        return np.asarray(betaln(self.alpha, self.beta + periods**self.c) - betaln(self.alpha, self.beta))

    def _endless(self, tenure: FloatArray, discount: float) -> FloatArray:
        if discount > 1:
            return self._sums(tenure, _weights(discount, _periods_that_count(discount)))
        return self._sums(tenure, np.ones(_HEAD)) + self._tail(tenure)

    def _sums(self, tenure: FloatArray, weights: FloatArray) -> FloatArray:
        """Sum over k = 1, 2, ... of weights[k] S(tenure + k) / S(tenure), for each tenure."""
        distinct, of_distinct = np.unique(tenure, return_inverse=True)
        k = np.arange(1.0, len(weights) + 1)
        sums = [float(self.survival_ahead(np.array([each]), k)[0] @ weights) for each in distinct]
        return np.asarray(np.array(sums)[of_distinct])

    def _tail(self, tenure: FloatArray) -> FloatArray:
        """The undiscounted renewals beyond `_HEAD`: an integral over log t, in which survival falls evenly."""
        nodes, weights = np.polynomial.legendre.leggauss(60)
        start = np.log(tenure + _HEAD + 0.5)[:, None]
        span = -math.log(NEGLIGIBLE) / (self.alpha * self.c - 1)
        y = start + span * (nodes + 1) / 2
        log_value = self._log_survival(np.exp(np.minimum(y, _LARGEST))) - self._log_survival(tenure)[:, None] + y
        log_value -= np.maximum(y - _LARGEST, 0) * self.alpha * self.c
        return np.asarray(np.exp(log_value) @ weights * span / 2)


def _weights(discount: float, count: int) -> FloatArray:
    """What renewals 1 .. count weigh, the first one, which is due now, in full."""
    return np.asarray(np.exp(-np.arange(count) * math.log(discount)))


def _periods_that_count(discount: float) -> int:
    """After how many periods a payment is worth next to nothing.

    Raises:
        WorthbookError: `contract-lifetime-infinite`, if that is never.
    """
    count = math.ceil(-math.log(NEGLIGIBLE) / math.log(discount)) + 1
    if count > LONGEST_SUM:
        raise LIFETIME_INFINITE()  # noqa: RSE102  # a fault makes the exception
    return count


_HEAD = 2000
_LARGEST = 60.0
"""Beyond exp(60) periods survival is taken as the power of t that it tends to."""

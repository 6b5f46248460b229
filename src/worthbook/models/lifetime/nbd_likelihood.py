"""The likelihood of purchases of customers who never leave, with its gradient: Ehrenberg's NBD, and its regular kin.

Ehrenberg (1959), "The Pattern of Consumer Purchases", Applied Statistics 8(1), 26-41: a customer buys at a constant
rate, and rates vary as Gamma(r, alpha). Chatfield and Goodhardt (1973), "A Consumer Purchasing Model with Erlang
Inter-Purchase Times", JASA 68(344), 828-835: each gap is a sum of k exponential times, so that buying is more regular.
The likelihood of x purchases at given times in (0, T], the last at t_x, is

    L = G(r+kx) alpha^r / (G(r) (alpha+T)^(r+kx)) * S * C
    S = sum over j < k of  (r+kx)_j / j! * ((T - t_x) / (alpha+T))^j
    C = product over gaps of gap^(k-1) / (k-1)!

S says that the k phases of the next gap are not over yet; it is 1 for k = 1. C does not depend on the parameters, but
makes likelihoods of different k comparable.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray
from worthbook.models.distinct import weighted_sum
from worthbook.models.lifetime.data import PurchaseHistory

GAPS_MISSING = Fault(
    "history-without-gaps",
    what=Text(
        en="A model of regular buying needs the times between purchases, which this history does not hold.",
        zh="规律购买模型需要每次购买之间的间隔，而该历史数据中没有。",
    ),
    hint=Text(
        en="Give `log_gaps`: for each customer the sum of the logarithms of those times.",
        zh="请提供 `log_gaps`：每位客户购买间隔对数之和。",
    ),
)


class NBDLikelihood:
    """Mean log-likelihood per customer of one history, ready to be evaluated many times.

    Gamma functions are evaluated once for each distinct number of purchases, logarithms once for each distinct T.
    """

    def __init__(self, history: PurchaseHistory, k: int = 1) -> None:
        """Prepare the sums that do not depend on the parameters."""
        self.k = k
        self.share = history.weights / history.customers
        self.phases, self._T, self._since = k * history.x, history.T, history.T - history.t_x
        counts, of_count = np.unique(history.x, return_inverse=True)
        self._counts, self._count_share = k * counts, _totals(of_count, self.share)
        self._ends, of_end = np.unique(history.T, return_inverse=True)
        self._end_share = _totals(of_end, self.share)
        self._end_phases = _totals(of_end, self.share * self.phases)
        self._constant = 0.0
        if k > 1:
            if history.log_gaps is None:
                raise GAPS_MISSING()  # noqa: RSE102  # a fault makes the exception
            self._constant = (k - 1) * weighted_sum(self.share, history.log_gaps)
            self._constant -= math.lgamma(k) * weighted_sum(self.share, history.x)

    @staticmethod
    def starts(pace: float) -> Sequence[FloatArray]:
        """Starting values, where customers buy `pace` times in a unit of time on average."""
        return [np.log([r, r / pace]) for r in (0.5, 2.0, 0.1)]

    def __call__(self, point: FloatArray) -> tuple[float, FloatArray]:
        """Value and gradient at the logarithms of r and alpha."""
        r, alpha = np.exp(point)
        value, slopes = self.rising(r, alpha)
        if self.k > 1:
            log_phases, by_r, by_alpha = self.waiting(r, alpha)
            value += weighted_sum(self.share, log_phases)
            slopes += weighted_sum(self.share, by_r), weighted_sum(self.share, by_alpha)
        return value, np.array([r, alpha]) * slopes

    def rising(self, r: float, alpha: float) -> tuple[float, FloatArray]:
        """Mean of the logarithm of all but S, and its slopes in r and alpha."""
        from scipy.special import digamma, gammaln  # noqa: PLC0415  # keeps the import of the package fast

        counts, share, log_alpha = self._counts, self._count_share, math.log(alpha)
        log_end = np.log(alpha + self._ends)
        exponent_share = r * self._end_share + self._end_phases
        value = weighted_sum(share, gammaln(r + counts)) - gammaln(r) + r * log_alpha
        value += self._constant - weighted_sum(exponent_share, log_end)
        by_r = weighted_sum(share, digamma(r + counts)) - digamma(r) + log_alpha
        by_r -= weighted_sum(self._end_share, log_end)
        by_alpha = r / alpha - weighted_sum(exponent_share, 1 / (alpha + self._ends))
        return float(value), np.array([by_r, by_alpha])

    def waiting(self, r: float, alpha: float) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Log of S for each row, and its slopes in r and alpha."""
        exponent, scale = r + self.phases, alpha + self._T
        terms = phase_terms(self.k, exponent, self._since / scale)
        total, number = terms.sum(axis=0), np.arange(self.k)[:, None]
        slope = np.zeros_like(terms)
        slope[1:] = np.cumsum(1 / (exponent + number[:-1]), axis=0)  # of log (r+kx)_j in r
        return np.log(total), (terms * slope).sum(axis=0) / total, -(terms * number).sum(axis=0) / (total * scale)


def phase_terms(k: int, exponent: FloatArray, elapsed: FloatArray) -> FloatArray:
    """The terms of S: how likely each number j < k of finished phases is (rows), up to a factor, for each customer.

    >>> phase_terms(3, np.array([2.0]), np.array([0.5]))[:, 0].tolist()
    [1.0, 1.0, 0.75]
    """
    terms = np.ones((k, len(exponent)))
    for j in range(1, k):
        terms[j] = terms[j - 1] * (exponent + j - 1) / j * elapsed
    return terms


def _totals(group: np.ndarray, values: FloatArray) -> FloatArray:
    return np.bincount(group, values).astype(np.float64, copy=False)

"""The likelihood, with its gradient, of the models in which customers leave right after a purchase.

Four models of the literature are one formula. Gaps between purchases are sums of k exponential times with a rate that
varies as Gamma(r, alpha); after each purchase (and with `at_birth` after the first as well) a customer leaves with a
probability that varies as Beta(a, b). With d = 1 if `at_birth`, else 0:

    L = G(r+kx) alpha^r / (G(r) (alpha+T)^(r+kx)) * B(a, b+x+d) / B(a, b) * (S + odds) * C
    S = sum over j < k of  (r+kx)_j / j! * ((T - t_x) / (alpha+T))^j
    odds = [x > 0 or d] * a / (b+x-1+d) * ((alpha+T) / (alpha+t_x))^(r+kx)
    C = product over gaps of gap^(k-1) / (k-1)!

S is "still alive, the k phases of the next gap not yet over", `odds` is "left after the last purchase"; C does not
depend on the parameters, but makes likelihoods of different k comparable.

    k = 1          BG/NBD   Fader, Hardie and Lee (2005), Marketing Science 24(2), 275-284, equation (6)
    k = 1 at birth MBG/NBD  Batislam, Denizel and Filiztekin (2007), IJRM 24(3), 201-209; Hoppe and Wagner (2007)
    k > 1          (M)BG/CNBD-k  Reutterer, Platzer and Schroeder (2021), IJRM 38(1), 194-215, appendix

It takes the logarithms of the parameters and gives the mean log-likelihood per customer, so that sums of a million
customers stay of order one.
"""

from __future__ import annotations

import math

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray, IntArray
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


class BetaGeometricLikelihood:
    """Mean log-likelihood per customer of one history, ready to be evaluated many times.

    Gamma functions are evaluated once for each distinct number of purchases, logarithms once for each row.
    """

    def __init__(self, history: PurchaseHistory, *, k: int = 1, at_birth: bool = False) -> None:
        """Prepare the sums that do not depend on the parameters."""
        self._k, self._shift = k, int(at_birth)
        self._share = history.weights / history.customers
        self._phases, self._T = k * history.x, history.T
        self._counts, of_count = np.unique(history.x, return_inverse=True)
        self._count_share = np.bincount(of_count, self._share)
        exposed = np.ones(len(history), dtype=np.bool_) if at_birth else history.x > 0
        self._of_count: IntArray = of_count[exposed]
        self._x, self._t_x, self._end = history.x[exposed], history.t_x[exposed], history.T[exposed]
        self._exposed, self._exposed_share = exposed, self._share[exposed]
        self._since = history.T - history.t_x
        self._constant = 0.0
        if k > 1:
            if history.log_gaps is None:
                raise GAPS_MISSING()  # noqa: RSE102  # a fault makes the exception
            self._constant = (k - 1) * weighted_sum(self._share, history.log_gaps)
            self._constant -= math.lgamma(k) * weighted_sum(self._share, history.x)

    def __call__(self, point: FloatArray) -> tuple[float, FloatArray]:
        """Value and gradient at the logarithms of r, alpha, a and b."""
        from scipy.special import digamma, gammaln  # noqa: PLC0415  # keeps the import of the package fast

        r, alpha, a, b = np.exp(point)
        phases, left, share = self._k * self._counts, b + self._counts + self._shift, self._count_share
        log_end = np.log(alpha + self._T)
        exponent_share = self._share * (r + self._phases)
        value = share @ gammaln(r + phases) - gammaln(r) + r * point[1] - weighted_sum(exponent_share, log_end)
        by_r = share @ digamma(r + phases) - digamma(r) + point[1] - weighted_sum(self._share, log_end)
        by_alpha = r / alpha - weighted_sum(exponent_share, 1 / (alpha + self._T))

        value += share @ (gammaln(left) - gammaln(a + left)) + gammaln(a + b) - gammaln(b)
        from_total = digamma(a + b) - share @ digamma(a + left)
        by_a, by_b = from_total, from_total + share @ digamma(left) - digamma(b)

        gain, by_dropout = self._dropping_out(r, alpha, a, b)
        by_r, by_alpha, by_a, by_b = np.array([by_r, by_alpha, by_a, by_b]) + by_dropout
        return float(value + gain + self._constant), np.array([r * by_r, alpha * by_alpha, a * by_a, b * by_b])

    def _dropping_out(self, r: float, alpha: float, a: float, b: float) -> tuple[float, FloatArray]:
        """Mean of log(S + odds), and its slopes in r, alpha, a and b."""
        since = np.log1p((self._end - self._t_x) / (alpha + self._t_x))
        exponent = r + self._k * self._x
        before = b + self._counts - 1 + self._shift
        log_odds = exponent * since + np.log(a / np.where(before > 0, before, 1.0))[self._of_count]
        log_phases, by_r, by_alpha = self._phase(r, alpha)
        log_odds -= log_phases[self._exposed]
        small = np.exp(-np.abs(log_odds))
        dead = np.where(log_odds > 0, 1.0, small) / (1 + small)
        odds_share = self._exposed_share * dead
        staying = self._share.copy()
        staying[self._exposed] -= odds_share
        later = 1 / (alpha + self._end) - 1 / (alpha + self._t_x)
        gain = weighted_sum(self._exposed_share, np.maximum(log_odds, 0) + np.log1p(small))
        gain += weighted_sum(self._share, log_phases)
        slopes = (
            weighted_sum(odds_share, since) + weighted_sum(staying, by_r),
            weighted_sum(odds_share * exponent, later) + weighted_sum(staying, by_alpha),
            odds_share.sum() / a,
            -weighted_sum(odds_share, 1 / (b + self._x - 1 + self._shift)),
        )
        return gain, np.array(slopes)

    def _phase(self, r: float, alpha: float) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Log S of each row, and its slopes in r and alpha."""
        if self._k == 1:
            zero = np.zeros(len(self._T))
            return zero, zero, zero
        terms = phase_terms(self._k, r + self._phases, self._since / (alpha + self._T))
        total = terms.sum(axis=0)
        number = np.arange(self._k)[:, None]
        slope = np.zeros_like(terms)
        slope[1:] = np.cumsum(1 / (r + self._phases + number[:-1]), axis=0)  # of log (r+kx)_j in r
        by_r = (terms * slope).sum(axis=0) / total
        by_alpha = -(terms * number).sum(axis=0) / total / (alpha + self._T)
        return np.log(total), by_r, by_alpha


def phase_terms(k: int, exponent: FloatArray, elapsed: FloatArray) -> FloatArray:
    """The terms of S: how likely each number j < k of finished phases is (rows), up to a factor, for each customer.

    >>> phase_terms(3, np.array([2.0]), np.array([0.5]))[:, 0].tolist()
    [1.0, 1.0, 0.75]
    """
    terms = np.ones((k, len(exponent)))
    for j in range(1, k):
        terms[j] = terms[j - 1] * (exponent + j - 1) / j * elapsed
    return terms

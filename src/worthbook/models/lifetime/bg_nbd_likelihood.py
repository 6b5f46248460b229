"""The likelihood of the BG/NBD model with its gradient, and that of the same model without dropout.

Fader, Hardie and Lee (2005), "Counting Your Customers the Easy Way: An Alternative to the Pareto/NBD Model", Marketing
Science 24(2), 275-284, equation (6), written as

    L = G(r+x) alpha^r / (G(r) (alpha+T)^(r+x)) * B(a, b+x) / B(a, b) * (1 + odds)
    odds = [x > 0] * a / (b+x-1) * ((alpha+T) / (alpha+t_x))^(r+x)

where `odds` is the ratio of "dead since the last purchase" to "still alive". Both functions here take the logarithms of
the parameters and give the mean log-likelihood per customer, so that sums of a million customers stay of order one.
"""

from __future__ import annotations

import numpy as np

from worthbook.models.base import FloatArray, IntArray
from worthbook.models.distinct import weighted_sum
from worthbook.models.lifetime.data import PurchaseHistory


class BGNBDLikelihood:
    """Mean log-likelihood per customer of one history, ready to be evaluated many times.

    Gamma functions are evaluated once for each distinct number of purchases, logarithms once for each row.
    """

    def __init__(self, history: PurchaseHistory) -> None:
        """Prepare the sums that do not depend on the parameters."""
        self._share = history.weights / history.customers
        self._x, self._T = history.x, history.T
        self._counts, of_count = np.unique(history.x, return_inverse=True)
        self._count_share = np.bincount(of_count, self._share)
        again = history.x > 0
        self._of_count: IntArray = of_count[again]
        self._again_x, self._again_t, self._again_end = history.x[again], history.t_x[again], history.T[again]
        self._again_share = self._share[again]

    def __call__(self, point: FloatArray) -> tuple[float, FloatArray]:
        """Value and gradient at the logarithms of r, alpha, a and b."""
        from scipy.special import digamma, gammaln  # noqa: PLC0415  # keeps the import of the package fast

        r, alpha, a, b = np.exp(point)
        x, share = self._counts, self._count_share
        value, by_r, by_alpha = self._staying(r, alpha, float(point[1]))
        value += share @ (gammaln(b + x) - gammaln(a + b + x)) + gammaln(a + b) - gammaln(b)
        from_total = digamma(a + b) - share @ digamma(a + b + x)
        by_a = from_total
        by_b = from_total + share @ digamma(b + x) - digamma(b)

        since, exponent, odds_share, gain = self._dropping_out(r, alpha, a, b)
        value += gain
        dead = odds_share.sum()
        by_r += weighted_sum(odds_share, since)
        later = 1 / (alpha + self._again_end) - 1 / (alpha + self._again_t)
        by_alpha += weighted_sum(odds_share * exponent, later)
        by_a += dead / a
        by_b -= weighted_sum(odds_share, 1 / (b + self._again_x - 1))
        return float(value), np.array([r * by_r, alpha * by_alpha, a * by_a, b * by_b])

    def without_dropout(self, point: FloatArray) -> tuple[float, FloatArray]:
        """Value and gradient at the logarithms of r and alpha, if nobody ever drops out (Ehrenberg's NBD)."""
        r, alpha = np.exp(point)
        value, by_r, by_alpha = self._staying(r, alpha, float(point[1]))
        return float(value), np.array([r * by_r, alpha * by_alpha])

    def _staying(self, r: float, alpha: float, log_alpha: float) -> tuple[float, float, float]:
        """The part of equation (6) that counts purchases of a customer who stays, and its slopes in r and alpha."""
        from scipy.special import digamma, gammaln  # noqa: PLC0415

        x, share = self._counts, self._count_share
        log_end = np.log(alpha + self._T)
        exponent_share = self._share * (r + self._x)
        value = share @ gammaln(r + x) - gammaln(r) + r * log_alpha - weighted_sum(exponent_share, log_end)
        by_r = share @ digamma(r + x) - digamma(r) + log_alpha - weighted_sum(self._share, log_end)
        by_alpha = r / alpha - weighted_sum(exponent_share, 1 / (alpha + self._T))
        return float(value), float(by_r), float(by_alpha)

    def _dropping_out(
        self, r: float, alpha: float, a: float, b: float
    ) -> tuple[FloatArray, FloatArray, FloatArray, float]:
        """The part of equation (6) that counts dropout, for those with x > 0.

        Returns:
            Log of the ratio of times, its exponent, share times P(dead), and the mean of log(1 + odds).
        """
        since = np.log1p((self._again_end - self._again_t) / (alpha + self._again_t))
        exponent = r + self._again_x
        log_odds = exponent * since + np.log(a / (b + self._counts - 1 + (self._counts == 0)))[self._of_count]
        small = np.exp(-np.abs(log_odds))
        gain = weighted_sum(self._again_share, np.maximum(log_odds, 0) + np.log1p(small))
        odds_share = self._again_share * np.where(log_odds > 0, 1.0, small) / (1 + small)
        return since, exponent, odds_share, gain

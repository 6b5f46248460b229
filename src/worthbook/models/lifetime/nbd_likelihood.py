"""The likelihood of purchases of customers who never leave, with its gradient: Ehrenberg's NBD.

Ehrenberg (1959), "The Pattern of Consumer Purchases", Applied Statistics 8(1), 26-41. A customer buys at a constant
rate, and rates vary as Gamma(r, alpha); the likelihood of x purchases at given times in (0, T] is

    L = G(r+x) alpha^r / (G(r) (alpha+T)^(r+x))
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.distinct import weighted_sum
from worthbook.models.lifetime.data import PurchaseHistory


class NBDLikelihood:
    """Mean log-likelihood per customer of one history, ready to be evaluated many times.

    Gamma functions are evaluated once for each distinct number of purchases, logarithms once for each distinct T.
    """

    def __init__(self, history: PurchaseHistory) -> None:
        """Prepare the sums that do not depend on the parameters."""
        share = history.weights / history.customers
        self._counts, of_count = np.unique(history.x, return_inverse=True)
        self._count_share: FloatArray = np.bincount(of_count, share).astype(np.float64)
        self._ends, of_end = np.unique(history.T, return_inverse=True)
        self._end_share: FloatArray = np.bincount(of_end, share).astype(np.float64)
        self._end_purchases: FloatArray = np.bincount(of_end, share * history.x).astype(np.float64)

    @staticmethod
    def starts(pace: float) -> Sequence[FloatArray]:
        """Starting values, where customers buy `pace` times in a unit of time on average."""
        return [np.log([r, r / pace]) for r in (0.5, 2.0, 0.1)]

    def __call__(self, point: FloatArray) -> tuple[float, FloatArray]:
        """Value and gradient at the logarithms of r and alpha."""
        from scipy.special import digamma, gammaln  # noqa: PLC0415  # keeps the import of the package fast

        r, alpha = np.exp(point)
        x, share = self._counts, self._count_share
        log_end = np.log(alpha + self._ends)
        exponent_share: FloatArray = r * self._end_share + self._end_purchases
        value = share @ gammaln(r + x) - gammaln(r) + r * point[1] - weighted_sum(exponent_share, log_end)
        by_r = share @ digamma(r + x) - digamma(r) + point[1] - weighted_sum(self._end_share, log_end)
        by_alpha = r / alpha - weighted_sum(exponent_share, 1 / (alpha + self._ends))
        return float(value), np.array([r * by_r, alpha * by_alpha])

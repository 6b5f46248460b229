"""The likelihood, with its gradient, of the models in which customers leave right after a purchase.

Four models of the literature are one formula. Customers buy as in NBD or its regular kin (`nbd_likelihood`, where S is
explained); after each purchase, and with `at_birth` after the first as well, they leave with a probability that varies
as Beta(a, b). With d = 1 if `at_birth`, else 0:

    L = L_staying * B(a, b+x+d) / B(a, b) * (1 + odds)
    odds = [x > 0 or d] * a / (b+x-1+d) * ((alpha+T) / (alpha+t_x))^(r+kx) / S

where `odds` is the ratio of "left after the last purchase" to "still alive".

    k = 1           BG/NBD   Fader, Hardie and Lee (2005), Marketing Science 24(2), 275-284, equation (6)
    k = 1, at birth MBG/NBD  Batislam, Denizel and Filiztekin (2007), IJRM 24(3), 201-209; Hoppe and Wagner (2007)
    k > 1           (M)BG/CNBD-k  Reutterer, Platzer and Schroeder (2021), IJRM 38(1), 194-215, appendix

It takes the logarithms of the parameters and gives the mean log-likelihood per customer, so that sums of a million
customers stay of order one.
"""

from __future__ import annotations

import numpy as np

from worthbook.models.base import FloatArray, IntArray
from worthbook.models.distinct import weighted_sum
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.nbd_likelihood import NBDLikelihood


class BetaGeometricLikelihood:
    """Mean log-likelihood per customer of one history, ready to be evaluated many times.

    Gamma functions are evaluated once for each distinct number of purchases, logarithms once for each row.
    """

    def __init__(self, history: PurchaseHistory, *, k: int = 1, at_birth: bool = False) -> None:
        """Prepare the sums that do not depend on the parameters."""
        self.staying = NBDLikelihood(history, k)
        share = self.staying.share
        self._shift = int(at_birth)
        self._counts, of_count = np.unique(history.x, return_inverse=True)
        self._count_share = np.bincount(of_count, share).astype(np.float64, copy=False)
        self._tested = np.flatnonzero((history.x > 0) | at_birth)
        self._of_count: IntArray = of_count[self._tested]
        x, self._t_x, self._end = (column[self._tested] for column in (history.x, history.t_x, history.T))
        self._phases, self._share = k * x, share[self._tested]

    def __call__(self, point: FloatArray) -> tuple[float, FloatArray]:
        """Value and gradient at the logarithms of r, alpha, a and b."""
        from scipy.special import digamma, gammaln  # noqa: PLC0415  # keeps the import of the package fast

        r, alpha, a, b = np.exp(point)
        left, share = b + self._counts + self._shift, self._count_share
        value, (by_r, by_alpha) = self.staying.rising(r, alpha)
        value += weighted_sum(share, gammaln(left) - gammaln(a + left)) + gammaln(a + b) - gammaln(b)
        from_total = digamma(a + b) - weighted_sum(share, digamma(a + left))
        slopes = np.array([by_r, by_alpha, from_total, from_total + weighted_sum(share, digamma(left)) - digamma(b)])
        gain, by_dropout = self._dropping_out(r, alpha, a, b)
        return float(value + gain), np.exp(point) * (slopes + by_dropout)

    def _dropping_out(self, r: float, alpha: float, a: float, b: float) -> tuple[float, FloatArray]:
        """Mean of log S + log(1 + odds), and its slopes in r, alpha, a and b."""
        since = np.log1p((self._end - self._t_x) / (alpha + self._t_x))
        exponent = r + self._phases
        before = b + self._counts - 1 + self._shift
        log_odds = exponent * since + np.log(a / np.where(before > 0, before, 1.0))[self._of_count]
        later = exponent * (1 / (alpha + self._end) - 1 / (alpha + self._t_x))
        gain, slopes = 0.0, np.zeros(4)
        if self.staying.k > 1:
            log_phases, by_r, by_alpha = self.staying.waiting(r, alpha)
            every = self.staying.share
            gain += weighted_sum(every, log_phases)
            slopes[:2] += weighted_sum(every, by_r), weighted_sum(every, by_alpha)
            log_odds -= log_phases[self._tested]
            since, later = since - by_r[self._tested], later - by_alpha[self._tested]
        small = np.exp(-np.abs(log_odds))
        gain += weighted_sum(self._share, np.maximum(log_odds, 0) + np.log1p(small))
        dead = self._share * np.where(log_odds > 0, 1.0, small) / (1 + small)
        slopes[:2] += weighted_sum(dead, since), weighted_sum(dead, later)
        by_count = np.bincount(self._of_count, dead, minlength=len(before))
        slopes[2:] += dead.sum() / a, -by_count[before > 0] @ (1 / before[before > 0])
        return gain, slopes

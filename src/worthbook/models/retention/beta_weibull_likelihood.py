"""The likelihood of contracts that end at renewals, with its gradient: beta-discrete-Weibull, and sBG as a case of it.

Fader and Hardie (2007), "How to Project Customer Retention", Journal of Interactive Marketing 21(1), 76-90, and Fader,
Hardie, Liu, Davin and Steenburgh (2018), "'How to Project Customer Retention' Revisited: The Role of Duration
Dependence", Journal of Interactive Marketing 43, 1-16:

    S(t) = B(alpha, beta + t^c) / B(alpha, beta),    P(T = t) = S(t-1) - S(t)

With c = 1, no dependence of one customer's churn on tenure, this is the shifted beta-geometric model. A contract that
ended at its t-th renewal counts P(T = t), one that has had t renewals S(t), both over S(entry).
"""

from __future__ import annotations

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.retention.contracts import ContractHistory

GEOMETRIC = 2
"""Number of parameters if c stays 1."""

_LARGEST_LOG = 600.0
"""t^c is no larger than exp(600), where next to nobody is left."""


class BetaWeibullLikelihood:
    """Mean log-likelihood per customer, from the number of contracts at each tenure.

    It takes the logarithms of alpha, beta and, if it is not to stay 1, c.
    """

    def __init__(self, lost: FloatArray, reached: FloatArray) -> None:
        """Take what is known of tenures 1, 2, ... as shares of all customers.

        Args:
            lost: Those whose contract ended at the renewal.
            reached: How often S(t) is counted: those that run, and those that ended one renewal later, less those that
                were first seen there.
        """
        self._t = np.arange(1.0, len(lost) + 1)
        self.lost, self.reached = lost, reached

    @classmethod
    def of(cls, history: ContractHistory) -> BetaWeibullLikelihood:
        """Count contracts that ended, that run, and that were first seen, by tenure."""
        last = int(history.tenure.max()) + 1
        share = history.weights / history.customers
        tenure, entry = history.tenure.astype(np.intp), history.entry.astype(np.intp)
        lost = np.bincount(tenure, share * history.ended, minlength=last)
        seen = np.bincount(tenure, share * (1 - history.ended), minlength=last)
        seen = seen - np.bincount(entry, share, minlength=last)
        reached = seen[1:].astype(np.float64)  # S(0) is 1
        reached[:-1] += lost[2:]  # P(T = t) is S(t-1) times the chance to end then
        return cls(lost[1:].astype(np.float64), reached)

    def __call__(self, point: FloatArray) -> tuple[float, FloatArray]:
        """Value and gradient."""
        log_survival = self._log_survival(point)
        log_retention, log_churn = _at_renewals(log_survival)
        value = self.reached @ log_survival + self.lost @ log_churn
        odds = self.lost * np.exp(log_retention - log_churn)
        slopes = self._slopes(point)
        change = slopes.copy()
        change[:, 1:] -= slopes[:, :-1]  # a fit asks often: np.diff took a seventh of it
        return float(value), np.asarray(slopes @ self.reached - change @ odds)

    def value(self, point: FloatArray) -> float:
        """The value alone, for which a posterior asks a thousand times."""
        log_survival = self._log_survival(point)
        return float(self.reached @ log_survival + self.lost @ _at_renewals(log_survival)[1])

    def _log_survival(self, point: FloatArray) -> FloatArray:
        """Logarithm of S(t) for t = 1, 2, ..."""
        from scipy.special import betaln  # noqa: PLC0415  # keeps the import of the package fast

        alpha, beta = np.exp(point[:GEOMETRIC])
        return np.asarray(betaln(alpha, beta + self._reach(point)) - betaln(alpha, beta))

    def _slopes(self, point: FloatArray) -> FloatArray:
        """Slopes of log S(t) in the logarithms of the parameters, a row each."""
        from scipy.special import digamma  # noqa: PLC0415  # keeps the import of the package fast

        alpha, beta = np.exp(point[:GEOMETRIC])
        reach = self._reach(point)
        both, survived = digamma(alpha + beta + reach), digamma(beta + reach)
        by_alpha = digamma(alpha + beta) - both
        by_beta = survived - both + digamma(alpha + beta) - digamma(beta)
        by_c = (survived - both) * reach * np.log(self._t)
        slopes = np.array([alpha * by_alpha, beta * by_beta, _power(point) * by_c])
        return slopes[: len(point)]

    def _reach(self, point: FloatArray) -> FloatArray:
        """t^c."""
        return np.asarray(np.exp(np.minimum(_power(point) * np.log(self._t), _LARGEST_LOG)))


def _power(point: FloatArray) -> float:
    """The c, which is 1 where it is not estimated."""
    return float(np.exp(point[GEOMETRIC])) if len(point) > GEOMETRIC else 1.0


def _at_renewals(log_survival: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Logarithms of the chances to renew and to leave at each renewal."""
    before = np.concatenate([[0.0], log_survival[:-1]])
    log_retention = np.minimum(log_survival - before, -np.finfo(float).tiny)
    return log_retention, np.log(-np.expm1(log_retention))

"""The likelihood of the BG/BB model with its gradient, and that of the same model without dropout.

Fader, Hardie and Shang (2010), "Customer-Base Analysis in a Discrete-Time Noncontractual Setting", Marketing Science
29(6), 1086-1108, equation (5):

    L = B(alpha+x, beta+n-x) / B(alpha, beta) * B(gamma, delta+n) / B(gamma, delta)
      + sum over m from t_x to n-1 of  B(alpha+x, beta+m-x) / B(alpha, beta) * B(gamma+1, delta+m) / B(gamma, delta)

where m is the last occasion at which the customer was alive. All arguments are a parameter plus a whole number, so
gamma functions are tabulated once for each evaluation, however many customers there are.
"""

from __future__ import annotations

import numpy as np

from worthbook.models.base import FloatArray, IntArray
from worthbook.models.retention.opportunities import OpportunityHistory


class BGBBLikelihood:
    """Likelihood of one history, ready to be evaluated many times.

    For every row there is a term for each occasion m at which the customer may have been alive for the last time, the
    term m = n (still alive) last.
    """

    def __init__(self, history: OpportunityHistory) -> None:
        """List the terms of all rows, one row after another."""
        self._share = history.weights / history.customers
        x, t_x, n = (column.astype(np.intp) for column in (history.x, history.t_x, history.n))
        self._x, self._n = x, n
        count = n - t_x + 1
        self._row: IntArray = np.repeat(np.arange(len(x)), count)
        self._start = np.cumsum(count) - count
        self._m: IntArray = np.arange(len(self._row)) - np.repeat(self._start, count) + t_x[self._row]
        self._missed: IntArray = self._m - x[self._row]
        self._alive = self._m == n[self._row]
        self._last = int(n.max()) + 2

    def __call__(self, point: FloatArray) -> tuple[float, FloatArray]:
        """Mean log-likelihood per customer and its gradient at the logarithms of alpha, beta, gamma and delta."""
        terms = self._terms(point)
        top = np.maximum.reduceat(terms, self._start)
        scaled = np.exp(terms - top[self._row])
        total = np.add.reduceat(scaled, self._start)
        value = float(self._share @ (top + np.log(total)))
        return value, self._gradient(point, scaled * (self._share / total)[self._row])

    def by_row(self, point: FloatArray) -> tuple[FloatArray, FloatArray]:
        """For each row, its log-likelihood and the logarithm of the term of a customer who is alive at n."""
        terms = self._terms(point)
        return np.asarray(np.logaddexp.reduceat(terms, self._start)), terms[self._alive]

    def without_dropout(self, point: FloatArray) -> tuple[float, FloatArray]:
        """The same at the logarithms of alpha and beta, if nobody ever drops out: the beta-binomial model."""
        from scipy.special import betaln, digamma  # noqa: PLC0415  # keeps the import of the package fast

        alpha, beta = np.exp(point)
        x, missed = self._x, self._n - self._x
        value = self._share @ betaln(alpha + x, beta + missed) - betaln(alpha, beta)
        both = digamma(alpha + beta) - self._share @ digamma(alpha + beta + self._n)
        by_alpha = self._share @ digamma(alpha + x) - digamma(alpha) + both
        by_beta = self._share @ digamma(beta + missed) - digamma(beta) + both
        return float(value), np.array([alpha * by_alpha, beta * by_beta])

    def _terms(self, point: FloatArray) -> FloatArray:
        """Logarithms of all terms."""
        from scipy.special import gammaln  # noqa: PLC0415

        alpha, beta, gamma, delta = np.exp(point)
        k = np.arange(self._last)
        taken, missed = gammaln(alpha + k) - gammaln(alpha), gammaln(beta + k) - gammaln(beta)
        offered = gammaln(alpha + beta + k) - gammaln(alpha + beta)
        stayed, faced = gammaln(delta + k) - gammaln(delta), gammaln(gamma + delta + k) - gammaln(gamma + delta)
        m = self._m
        life = stayed[m] - np.where(self._alive, faced[m], faced[m + 1] - point[2])
        return np.asarray(taken[self._x][self._row] + missed[self._missed] - offered[m] + life)

    def _gradient(self, point: FloatArray, weight: FloatArray) -> FloatArray:
        """Each term's slope, weighted by how much the term contributes; a sum over whole numbers, not over rows."""
        from scipy.special import digamma  # noqa: PLC0415

        alpha, beta, gamma, delta = np.exp(point)
        k = np.arange(self._last)

        def mean(parameter: float, numbers: IntArray, weights: FloatArray) -> float:
            """Weighted mean of digamma(parameter + number) - digamma(parameter)."""
            count = np.bincount(numbers, weights, minlength=self._last)
            return float(count @ (digamma(parameter + k) - digamma(parameter)))

        dead = np.where(self._alive, 0.0, weight)
        offered = mean(alpha + beta, self._m, weight)
        faced = mean(gamma + delta, self._m + ~self._alive, weight)
        by_alpha = mean(alpha, self._x, self._share) - offered
        by_beta = mean(beta, self._missed, weight) - offered
        by_gamma = dead.sum() / gamma - faced
        by_delta = mean(delta, self._m, weight) - faced
        return np.array([alpha * by_alpha, beta * by_beta, gamma * by_gamma, delta * by_delta])

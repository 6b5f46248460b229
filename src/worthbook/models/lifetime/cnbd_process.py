"""(M)BG/CNBD-k at given parameters: customers who buy at regular intervals and leave right after a purchase.

Platzer and Reutterer (2016), "Ticking Away the Moments", Marketing Science 35(5), 779-799; Reutterer, Platzer and
Schroeder (2021), "Leveraging Purchase Regularity for Predicting Customer Behavior the Easy Way", International Journal
of Research in Marketing 38(1), 194-215. Their expected purchases are an approximation; these are exact: given alive at
T with j phases of the present gap done, the n-th purchase to come needs nk - j more phases, and phases in a time h are
negative binomial. Hence, with z = h / (alpha+T+h) and regularised incomplete beta functions I,

    P(n-th purchase comes by h, if nobody left before)  F_n = I_z(nk - j, r + kx + j)
    P(Y >= n) = E[(1-p)^(n-1)] F_n = B(a, b+x+d+n-1) / B(a, b+x+d) * F_n

and everything follows from sums over n: E[Y] = sum P(Y >= n), E[Y (Y-1)] = sum 2 (n-1) P(Y >= n). The first terms are
added up one by one, the rest by the Euler-Maclaurin formula.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import ClassVar

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.lifetime.beta_geometric_process import BetaGeometricProcess
from worthbook.models.lifetime.count_and_age import by_count_and_age
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.quadrature import CHEBYSHEV_DIGITS, legendre_rule

FIRST_TERMS = 32
TAIL_NODES = 32
FULL_DIGITS = 40.0
TIME_NODES = 24
ENDLESS_NODES = 48
NOTHING_LEFT = 40.0
"""exp(-40) of a purchase is not worth counting."""

Weight = Callable[[FloatArray], FloatArray | float]


@dataclass(frozen=True, slots=True)
class BGCNBDProcess(BetaGeometricProcess):
    """The four parameters, in the field's symbols, the number of phases k, and what follows from them.

    >>> process = BGCNBDProcess(0.6, 1.5, 0.8, 2.5, k=3)
    >>> regular = PurchaseHistory([10, 10], [30, 30], [33, 39])
    >>> process.p_alive(regular).round(3).tolist()  # nine weeks of silence say more than three
    [0.867, 0.172]
    """

    digits: float = FULL_DIGITS
    """Natural logarithm of the inverse relative error; fewer do where only the spread over many draws is wanted."""

    def purchases_if_alive(self, history: PurchaseHistory, horizon: float, discount: float = 0.0) -> FloatArray:
        """Expected purchases given alive at T; discounted ones by parts from the undiscounted ones."""
        if discount == 0:
            return self._over_counts(history, lambda x, scale, j: self._sum(x, scale, j, horizon, _once))

        def on_grid(x: FloatArray, scale: FloatArray, j: int) -> FloatArray:
            until = min(horizon, NOTHING_LEFT / discount)
            nodes, weights = legendre_rule(ENDLESS_NODES if until < horizon else TIME_NODES)
            span = np.log1p(until / scale)
            total: FloatArray = np.exp(-discount * until) * self._sum(x, scale, j, until, _once)
            for node, weight in zip(nodes, weights, strict=True):
                time = scale * np.expm1(span * node)
                part = discount * np.exp(-discount * time) * (scale + time) * span * weight
                total += part * self._sum(x, scale, j, time, _once)
            return total

        return self._over_counts(history, on_grid)

    def pairs_if_alive(self, history: PurchaseHistory, horizon: float) -> FloatArray:
        """E[Y (Y - 1)] of the number Y of purchases to come, given alive at T."""
        return self._over_counts(history, lambda x, scale, j: self._sum(x, scale, j, horizon, _pairs))

    def probability_if_alive(self, n: int, history: PurchaseHistory, horizon: float) -> FloatArray:
        """P(exactly n purchases): stayed for all and made no more, or left after the last."""
        from scipy.special import betaln  # noqa: PLC0415  # keeps the import of the package fast

        second = self._second(history.x)
        all_passed = np.exp(betaln(self.a, second + n) - betaln(self.a, second))
        last_failed = np.exp(betaln(self.a + 1, second + n - 1) - betaln(self.a, second)) if n else 0.0
        scale = self.alpha + history.T
        chances = []
        for j in range(self.k):
            reached, one_more = (self._reached(history.x, scale, j, each, horizon) for each in (float(n), n + 1.0))
            chances.append(all_passed * (reached - one_more) + last_failed * reached)
        return self._mixed(history, np.array(chances))

    def _second(self, x: FloatArray) -> FloatArray:
        """The second parameter of the Beta distribution of those alive."""
        return self.b + x + self.at_birth

    def _reached(
        self, x: FloatArray, scale: FloatArray, j: int, n: float | FloatArray, horizon: float | FloatArray
    ) -> FloatArray:
        """F_n, which is 1 for n = 0; what is next to 0 or 1 is not worked out."""
        from scipy.special import betainc  # noqa: PLC0415  # keeps the import of the package fast

        shape, odds = self.r + self.k * x + j, scale / horizon
        mean, spread = self._phases_ahead(shape, odds)
        columns = np.broadcast_arrays(n * self.k - j, mean, spread, shape, 1 / (1 + odds))
        needed, mean, spread, shape, z = columns
        reached = (needed < mean - spread).astype(np.float64)
        unsure = (np.abs(needed - mean) <= spread) & (needed > 0)
        reached[unsure] = betainc(needed[unsure], shape[unsure], z[unsure])
        return np.where(needed > 0, reached, 1.0)

    def _phases_ahead(self, shape: FloatArray, odds: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean number of phases to come, and how far from it hardly any customer is; odds are (alpha+T) / horizon."""
        if not np.all(odds):
            return np.full_like(shape, np.inf), np.full_like(shape, np.finfo(np.float64).max)
        mean = shape / odds
        return mean, np.sqrt(2 * self.digits * mean * (1 + 1 / odds)) + self.digits / np.log1p(odds)

    def _sum(self, x: FloatArray, scale: FloatArray, j: int, horizon: float | FloatArray, weight: Weight) -> FloatArray:
        """The sum over n of weight(n) P(Y >= n), for each count (rows) and each alpha + T (columns)."""
        count, ahead = x[:, None, None], np.asarray(horizon, dtype=np.float64).reshape(-1, 1)
        after = scale[:, None]
        mean, spread = self._phases_ahead(self.r + self.k * count + j, after / ahead)
        last = int(min(FIRST_TERMS, np.ceil((mean + spread).max() / self.k) + 1))
        n = np.arange(1.0, last + 1)
        total = (weight(n) * self._at_least(count, after, j, n, ahead)).sum(axis=-1)
        start = np.full_like(mean, FIRST_TERMS + 0.5)
        low, high = (np.maximum((mean + sign * spread) / self.k, start) for sign in (-1, 1))
        often = np.flatnonzero((high > start).any(axis=(1, 2)))  # the few who buy that often
        if len(often):
            edges = (start[often], low[often], high[often])
            total[often] += self._rest(count[often], after, j, ahead, weight, edges)
        return np.asarray(total)

    def _at_least(self, x: FloatArray, scale: FloatArray, j: int, n: FloatArray, horizon: FloatArray) -> FloatArray:
        """P(Y >= n), also between whole numbers."""
        from scipy.special import betaln  # noqa: PLC0415  # keeps the import of the package fast

        second = self._second(x)
        passed = np.exp(betaln(self.a, second + n - 1) - betaln(self.a, second))
        return np.asarray(passed * self._reached(x, scale, j, n, horizon))

    def _rest(  # noqa: PLR0913, PLR0917  # some rows of the sum above
        self,
        x: FloatArray,
        scale: FloatArray,
        j: int,
        horizon: FloatArray,
        weight: Weight,
        edges: tuple[FloatArray, FloatArray, FloatArray],
    ) -> FloatArray:
        """The terms after the first: the integral from half a step before them on, and its first correction.

        The integral has two parts: where nearly everybody has bought so often, and where the number bought spreads.
        """
        nodes, weights = legendre_rule(TAIL_NODES)
        edge = np.array([FIRST_TERMS, FIRST_TERMS + 1.0])
        total = np.diff(weight(edge) * self._at_least(x, scale, j, edge, horizon), axis=-1)[..., 0] / 24
        for first, last in pairwise(edges):
            n = first * (last / first) ** nodes
            measure = n * np.log(last / first) * weights
            total += (measure * weight(n) * self._at_least(x, scale, j, n, horizon)).sum(axis=-1)
        return np.asarray(total)

    def _over_counts(
        self, history: PurchaseHistory, on_grid: Callable[[FloatArray, FloatArray, int], FloatArray]
    ) -> FloatArray:
        """Evaluate for each number of finished phases, and mix."""
        parts = [
            by_count_and_age(partial(_at_phase, on_grid, j), history, self.alpha, min(self.digits, CHEBYSHEV_DIGITS))
            for j in range(self.k)
        ]
        return self._mixed(history, np.array(parts))

    def _mixed(self, history: PurchaseHistory, by_phase: FloatArray) -> FloatArray:
        """The mean over the number of finished phases, of which each customer's silence so far tells."""
        chances = self.phases(history)
        return np.asarray((chances * by_phase).sum(axis=0) / chances.sum(axis=0))


@dataclass(frozen=True, slots=True)
class MBGCNBDProcess(BGCNBDProcess):
    """The same, where customers may leave right after the first purchase as well."""

    at_birth: ClassVar[bool] = True


def _at_phase(
    on_grid: Callable[[FloatArray, FloatArray, int], FloatArray], j: int, x: FloatArray, scale: FloatArray
) -> FloatArray:
    return on_grid(x, scale, j)


def _once(n: FloatArray) -> float:
    del n
    return 1.0


def _pairs(n: FloatArray) -> FloatArray:
    return 2 * (n - 1)

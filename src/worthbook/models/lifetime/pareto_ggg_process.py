"""Pareto/GGG at given parameters: customers who buy at regular intervals, each its own, and leave at any moment.

Given alive at T and k, the present time between purchases is known to exceed T - t_x; what it will be is taken by
quadrature, and from the next purchase on the customer is one who has just bought (`regular_buying.py`). k itself is
averaged by the Gauss rule of its distribution given alive, which the likelihood has at hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import FloatArray
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.gap_rule import FARTHEST, gap_rule, log_density
from worthbook.models.lifetime.pareto_ggg_likelihood import BLOCK_ROWS, ParetoGGGLikelihood, present_gap, regularity_of
from worthbook.models.lifetime.process import PurchaseProcess
from worthbook.models.lifetime.quadrature import gauss_of
from worthbook.models.lifetime.regular_buying import FULL, Exactness, JustBought
from worthbook.models.lifetime.renewals import count_renewals, follow_renewals

NOTHING_LEFT = 40.0
"""exp(-40) of a purchase is not worth counting."""

SHIFT = -5.0
"""Log t is searched up to 5 only: there k varies by 8 % of its mean, which nobody can tell from not at all."""

_FEW_ROWS = 32
"""So many rows at once stay in the processor's cache where each has many possible next purchases."""


@dataclass(frozen=True, slots=True)
class NextPurchases:
    """When and whether a customer who is alive buys next: some possible next purchases of some rows."""

    row: np.ndarray
    """Of the history, for each possible purchase."""
    chance: FloatArray
    """That it is the next and comes while the customer is there; with a discount, its worth today."""
    after: JustBought
    """The customer right after it."""


@dataclass(frozen=True, slots=True)
class ParetoGGGProcess(PurchaseProcess):
    """The parameters of regularity (t and the mean t / gamma of k), purchases (r, alpha) and staying (s, beta).

    >>> process = ParetoGGGProcess(1.7, 4.5, 0.95, 5.2, 0.43, 4.3)
    >>> gaps = 10 * np.log([3.0, 3.0]) - [0.5, 10.0]  # as regular as a clock, and by fits and starts
    >>> process.p_alive(PurchaseHistory([10, 10], [30, 30], [39, 39], log_gaps=gaps)).round(2).tolist()
    [0.06, 0.74]
    """

    symbols: ClassVar[tuple[str, ...]] = ("t", "mean_k", "r", "alpha", "s", "beta")
    time_powers: ClassVar[tuple[int, ...]] = (0, 0, 0, 1, 0, 1)
    tells_gaps: ClassVar[bool] = True
    log_shifts: ClassVar[tuple[float, ...]] = (SHIFT, 0.0, 0.0, 0.0, 0.0, 0.0)

    t: float
    mean_k: float
    r: float
    alpha: float
    s: float
    beta: float
    exactness: Exactness = FULL

    @property
    def gamma(self) -> float:
        """The rate of the distribution of k."""
        return self.t / self.mean_k

    def log_likelihood(self, history: PurchaseHistory) -> float:
        """Log-likelihood of a history."""
        point = np.log([self.t, self.mean_k, self.r, self.alpha, self.s, self.beta])
        return ParetoGGGLikelihood(history).value(point) * history.customers

    def p_alive(self, history: PurchaseHistory) -> FloatArray:
        """P(alive at T | x, t_x, T and the times between purchases)."""

        def of(few: PurchaseHistory) -> FloatArray:
            found = regularity_of(self.t, self.gamma, self.r, self.alpha, few, self.exactness.shapes)
            gap = present_gap(found, self.s, self.beta, few, self.exactness.present)
            weight = np.exp(found.log_weight - found.log_weight.max(axis=1, keepdims=True))
            staying = (weight * gap.waiting).sum(axis=1) * self._stays(few)
            return np.asarray(staying / (weight * gap.whole).sum(axis=1))

        return self._by_row(of, history, BLOCK_ROWS)

    def purchases_if_alive(self, history: PurchaseHistory, horizon: float, discount: float = 0.0) -> FloatArray:
        """Expected purchases given alive at T."""
        until = min(horizon, NOTHING_LEFT / discount) if discount > 0 else horizon
        return self._if_alive(history, until, lambda after: 1 + after.expected(), discount)

    def pairs_if_alive(self, history: PurchaseHistory, horizon: float) -> FloatArray:
        """E[Y (Y - 1)] of the number Y of purchases to come, given alive at T."""
        return self._if_alive(history, horizon, JustBought.expected_pairs)

    def probability_if_alive(self, n: int, history: PurchaseHistory, horizon: float) -> FloatArray:
        """P(exactly n purchases): the next one, and so many after it; for n = 0 not the next one."""
        if n == 0:
            return np.maximum(1 - self._if_alive(history, horizon, lambda after: after.at_least(0)), 0.0)

        return np.maximum(
            self._if_alive(history, horizon, lambda after: after.at_least(n - 1) - after.at_least(n)), 0.0
        )

    def simulate(
        self, ages: FloatArray, horizon: float, rng: np.random.Generator, unit: PeriodUnit
    ) -> tuple[PurchaseHistory, FloatArray]:
        """Histories of new customers, and how often each buys in the `horizon` that follows."""
        tiny = np.finfo(np.float64).tiny
        k = np.maximum(rng.gamma(self.t, 1 / self.gamma, len(ages)), tiny)
        rates = rng.gamma(self.r, 1 / self.alpha, len(ages))
        leaves = np.maximum(rng.gamma(self.s, 1 / self.beta, len(ages)), tiny)
        life = rng.exponential(size=len(ages)) / leaves
        seen, all_ = follow_renewals(k, rates, np.minimum(life, ages), np.minimum(life, ages + horizon), rng)
        history = PurchaseHistory(seen.count, seen.last, ages, unit=unit, log_gaps=seen.log_gaps)
        return history, all_ - seen.count

    def draw_purchases_if_alive(self, history: PurchaseHistory, horizon: float, rng: np.random.Generator) -> FloatArray:
        """One random number of purchases to come for each row."""
        found = self.distinct(history)
        log_k, chance = self._regularities(history.take(found.sample))
        reached = np.cumsum(chance, axis=1)[found.row_to_distinct] > rng.random(len(history))[:, None]
        k = np.exp(log_k[found.row_to_distinct, reached.argmax(axis=1)])
        return self._draw(k, history, horizon, rng)

    def _draw(self, k: FloatArray, history: PurchaseHistory, horizon: float, rng: np.random.Generator) -> FloatArray:
        """The same where each row has its k: when the next purchase comes, at which rate others, and how long."""
        from scipy.special import betainc, betaincinv  # noqa: PLC0415  # keeps the import of the package fast

        shape, scale, now = self.r + k * history.x, self.alpha + k * history.t_x, history.T - history.t_x
        later = betainc(shape, k, scale / (scale + k * now)) * rng.random(len(k))
        rest = np.maximum(betaincinv(shape, k, later), np.finfo(np.float64).tiny)  # 1 / (1 + z)
        gap = np.maximum(scale / k * (1 - rest) / rest, now)
        rates = rng.gamma(shape + k) / (scale + k * gap)
        ahead = np.expm1(np.minimum(rng.exponential(size=len(k)) / self.s, FARTHEST))
        left = np.minimum((self.beta + history.T) * ahead, horizon) - (gap - now)
        return np.where(left >= 0, 1 + count_renewals(k, k * rates * np.maximum(left, 0), rng), 0.0)

    def _stays(self, history: PurchaseHistory) -> FloatArray:
        """F(T) / F(t_x)."""
        return np.asarray(((self.beta + history.t_x) / (self.beta + history.T)) ** self.s)

    def _regularities(self, few: PurchaseHistory) -> tuple[FloatArray, FloatArray]:
        """For each row, some log k and how likely each is given alive."""
        from scipy.special import betainc  # noqa: PLC0415  # keeps the import of the package fast

        found = regularity_of(self.t, self.gamma, self.r, self.alpha, few, self.exactness.shapes)
        waiting = betainc(found.shape, found.k, found.scale / (found.scale + found.k * (few.T - few.t_x)[:, None]))
        with np.errstate(divide="ignore"):
            logs = found.log_weight + np.maximum(np.log(waiting), -1e3)
        chance = np.exp(logs - logs.max(axis=1, keepdims=True))
        return found.log_k, chance / chance.sum(axis=1, keepdims=True)

    def _if_alive(
        self,
        history: PurchaseHistory,
        horizon: float,
        quantity: Callable[[JustBought], FloatArray],
        discount: float = 0.0,
    ) -> FloatArray:
        """The mean of a quantity over the next purchase that may come until the horizon."""

        def of(few: PurchaseHistory) -> FloatArray:
            found = self._next_purchases(few, horizon, discount)
            of_rows = np.bincount(found.row, found.chance * quantity(found.after), minlength=len(few))
            return of_rows.astype(np.float64, copy=False)

        return self._by_row(of, history)

    def _next_purchases(self, few: PurchaseHistory, horizon: float, discount: float) -> NextPurchases:
        """Possible next purchases: for each row, so many k, and for each of them so many times between purchases."""
        from scipy.special import betainc, betaln  # noqa: PLC0415  # keeps the import of the package fast

        exactness = self.exactness
        log_k, share = gauss_of(*self._regularities(few), exactness.regularities)
        k, now, end = np.exp(log_k), (few.T - few.t_x)[:, None], few.T[:, None]
        shape, scale = self.r + k * few.x[:, None], self.alpha + k * few.t_x[:, None]
        low, high = (
            np.log(np.clip(k * time / scale, np.exp(-FARTHEST), np.exp(FARTHEST))) for time in (now, now + horizon)
        )
        waiting = np.maximum(betainc(shape, k, scale / (scale + k * now)), np.finfo(np.float64).tiny)
        v, measure = gap_rule(k, shape, low, high, exactness.gaps, exactness.digits)
        gap = np.exp(v) * (scale / k)[..., None]
        ahead = np.clip(gap - now[..., None], 0.0, horizon)
        log_chance = log_density(v, k[..., None], shape[..., None]) - (betaln(k, shape) + np.log(waiting))[..., None]
        log_chance -= self.s * np.log1p(ahead / (self.beta + end)[..., None]) + discount * ahead
        chance = np.exp(log_chance) * measure * share[..., None]

        def flat(values: FloatArray) -> FloatArray:
            return np.broadcast_to(values, chance.shape).reshape(-1)

        after = JustBought(
            regularity=np.repeat(np.arange(k.size), exactness.gaps),
            all_k=k.reshape(-1),
            all_shapes=(shape + k).reshape(-1),
            scale=flat(scale[..., None] + k[..., None] * gap),
            stay=flat((self.beta + end)[..., None] + ahead),
            s=self.s,
            horizon=flat(horizon - ahead),
            discount=discount,
            exactness=exactness,
        )
        row = np.repeat(np.arange(len(few)), chance[0].size)
        return NextPurchases(row, chance.reshape(-1), after)

    def _by_row(
        self, of: Callable[[PurchaseHistory], FloatArray], history: PurchaseHistory, block: int = _FEW_ROWS
    ) -> FloatArray:
        """Evaluate once for each distinct row, so many at a time as stay in the cache."""
        found = self.distinct(history)
        parts = [of(history.take(found.sample[at : at + block])) for at in range(0, len(found.sample), block)]
        return np.concatenate(parts, dtype=np.float64)[found.row_to_distinct]

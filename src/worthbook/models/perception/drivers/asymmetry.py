"""Penalty and reward (Brandt 1987; Matzler and Sauerwein 2002): do lows hurt more than highs help?

Satisfaction is regressed on two switches per attribute: rated low, rated high; what lies between is the standard.

    satisfaction = constant + sum_j (penalty_j low_j + reward_j high_j)

An attribute whose penalty outweighs its reward is basic (it is missed when it fails, and not noticed when it works);
one whose reward outweighs its penalty excites; where neither does it is a matter of performance. Only differences
that resamples confirm decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.perception.moments import Products
from worthbook.models.perception.resamples import drawn

Factor = Literal["basic", "performance", "excitement", "indifferent", "unknown"]
LEVEL = 0.95
FEWEST = 10
"""Respondents who must have rated low, and high, for an attribute to be judged."""


@dataclass(frozen=True)
class Asymmetry:
    """The penalty and the reward of one attribute, in points of satisfaction, each with its interval."""

    attribute: str
    penalty: float
    penalty_low: float
    penalty_high: float
    reward: float
    reward_low: float
    reward_high: float
    low_count: int
    high_count: int
    factor: Factor

    @property
    def balance(self) -> float:
        """(reward - |penalty|) / (reward + |penalty|): -1 only penalty, 1 only reward (Mikulić and Prebežac 2008)."""
        reward, penalty = max(self.reward, 0.0), max(-self.penalty, 0.0)
        return (reward - penalty) / (reward + penalty) if reward + penalty > 0 else 0.0


@dataclass(frozen=True, eq=False)
class Switches:
    """Which attributes each respondent rated low and high, and how satisfied each is."""

    names: Sequence[str]
    low: np.ndarray
    """(n, p)."""
    high: np.ndarray
    """(n, p)."""
    y: FloatArray
    weights: FloatArray

    def judge(self, draws: int = 1000, seed: int = 1, level: float = LEVEL) -> tuple[Asymmetry, ...]:
        """Penalty, reward and factor of each attribute, with percentile intervals."""
        judged = (self.low.sum(axis=0) >= FEWEST) & (self.high.sum(axis=0) >= FEWEST)
        switches = np.column_stack([self.low[:, judged], self.high[:, judged], self.y]).astype(np.float64)
        known = ~np.isnan(self.y)
        products = Products(switches[known], self.weights[known])
        m = int(judged.sum())
        found = np.full((1, len(self.names), 2), np.nan)
        spread = np.full((draws, len(self.names), 2), np.nan)
        if m:
            found[:, judged] = _coefficients(products, np.ones((1, len(products.values))), m)
            random = np.random.default_rng(seed)
            parts = [_coefficients(products, counts, m) for counts in drawn(random, draws, len(products.values))]
            spread[:, judged] = np.concatenate(parts)
        return tuple(self._row(place, found[0, place], spread[:, place], level) for place in range(len(self.names)))

    def _row(self, place: int, estimate: FloatArray, spread: FloatArray, level: float) -> Asymmetry:
        counts = (int(self.low[:, place].sum()), int(self.high[:, place].sum()))
        tails = [(1 - level) / 2, (1 + level) / 2]
        known = spread[np.isfinite(spread).all(axis=1)]
        if len(known) < len(spread) / 2:
            nothing = (np.nan, np.nan, np.nan)
            return Asymmetry(self.names[place], *nothing, *nothing, *counts, "unknown")
        ends = np.quantile(known, tails, axis=0)
        factor = _factor(ends, np.quantile(known.sum(axis=1), tails))
        numbers = [(float(value), float(low), float(high)) for value, low, high in zip(estimate, *ends, strict=True)]
        return Asymmetry(self.names[place], *numbers[0], *numbers[1], *counts, factor)


def _factor(ends: FloatArray, together: FloatArray) -> Factor:
    """By the intervals of penalty and reward, and of their sum: below zero where lows hurt more than highs help."""
    hurts, helps = ends[1, 0] < 0, ends[0, 1] > 0
    if not (hurts or helps):
        return "indifferent"
    if hurts and together[1] < 0:
        return "basic"
    if helps and together[0] > 0:
        return "excitement"
    return "performance"


def _coefficients(products: Products, counts: FloatArray, m: int) -> FloatArray:
    """(B, m, 2) penalty and reward; NaN where a resample cannot tell."""
    moments = products.moments(counts)
    deviations = np.sqrt(moments.variances)
    R, r = moments.S[:, :-1, :-1], moments.S[:, :-1, -1:]
    fit = np.asarray(np.isfinite(moments.S).all(axis=(1, 2)))
    fit[fit] = np.linalg.eigvalsh(R[fit])[:, 0] > _LEAST
    beta = np.full((len(R), 2 * m), np.nan)
    beta[fit] = np.linalg.solve(R[fit], r[fit])[:, :, 0]
    b = beta * deviations[:, -1:] / np.where(deviations[:, :-1] > 0, deviations[:, :-1], np.nan)
    return np.stack([b[:, :m], b[:, m:]], axis=2)


_LEAST = 1e-10

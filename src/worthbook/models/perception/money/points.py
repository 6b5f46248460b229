"""Money per point: what customers who are one point more satisfied spend more afterwards, and what drives that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.perception.intervals import z_of
from worthbook.models.perception.money.curve import ANSWERS_FEW, LEAST
from worthbook.models.perception.rivals.ratings import DRAWS, Measured


@dataclass(frozen=True)
class PointValue:
    """Later spend a customer and point of satisfaction."""

    per_point: Measured
    """Slope of later on score, with earlier spend held equal where it is known."""
    earlier_held_equal: bool
    customers: int


@dataclass(frozen=True)
class DriverMoney:
    """A driver's effect on satisfaction, and through it on spend."""

    name: str
    effect: float
    """Points of satisfaction for one point of the driver."""
    per_point: Measured
    """Later spend a customer for one point of the driver."""


def point_value(
    score: FloatArray,
    spend: FloatArray,
    earlier: FloatArray | None = None,
    weights: FloatArray | None = None,
) -> PointValue:
    """Regress later spend on the score, and on earlier spend where it is known (analysis of covariance).

    The interval is that of White (1980), since big spenders vary more.

    Args:
        score: Shape (customers,): the score that each gave.
        spend: What each spent in the period after.
        earlier: What each spent in a period of equal length before.
        weights: How many customers each stands for.

    Raises:
        WorthbookError: `satisfaction-answers-few`.

    >>> level = np.repeat([1.0, 2.0, 3.0], 20)
    >>> round(point_value(level, 100 + 40 * level).per_point.value, 6)
    40.0
    """
    columns = [score, spend, *([] if earlier is None else [earlier])]
    known = np.isfinite(np.column_stack(columns)).all(axis=1)
    weight = (np.ones(len(score)) if weights is None else weights)[known]
    if known.sum() < LEAST or np.ptp(score[known]) == 0:
        raise ANSWERS_FEW(count=int(known.sum()))
    design = np.column_stack([score[known], np.ones(known.sum()), *([] if earlier is None else [earlier[known]])])
    slope, error = _weighted_slope(design, spend[known], weight)
    half = z_of() * error
    return PointValue(Measured(slope, slope - half, slope + half), earlier is not None, int(known.sum()))


def _weighted_slope(design: FloatArray, target: FloatArray, weight: FloatArray) -> tuple[float, float]:
    """The first coefficient of weighted least squares and its heteroscedasticity-consistent standard error (HC1)."""
    gram = np.linalg.pinv((design * weight[:, np.newaxis]).T @ design)
    coefficients = gram @ (design.T @ (weight * target))
    residual = target - design @ coefficients
    scores = design * (weight * residual)[:, np.newaxis]
    n, k = design.shape
    covariance = gram @ (scores.T @ scores) @ gram * n / (n - k)
    return float(coefficients[0]), float(np.sqrt(covariance[0, 0]))


def driver_money(
    effects: Mapping[str, tuple[float, float]], money: PointValue, *, draws: int = DRAWS, seed: int = 0
) -> tuple[DriverMoney, ...]:
    """What one point of each driver is worth: its effect on satisfaction times money per point, the largest first.

    Args:
        effects: Driver → (points of satisfaction for one point of it, standard error).
        money: What a point of satisfaction is worth.
        draws: Of both uncertain numbers, behind the interval of their product.
        seed: Of these.
    """
    random = np.random.default_rng(seed)
    low, high = money.per_point.low, money.per_point.high
    spread = 0.0 if low is None or high is None else (high - low) / (2 * z_of())
    worth = random.normal(money.per_point.value, spread, draws)
    found = []
    for name, (effect, error) in effects.items():
        product = random.normal(effect, error, draws) * worth
        ends = np.quantile(product, [0.025, 0.975])
        value = effect * money.per_point.value
        found.append(DriverMoney(name, effect, Measured(value, float(ends[0]), float(ends[1]))))
    return tuple(sorted(found, key=lambda each: -abs(each.per_point.value)))

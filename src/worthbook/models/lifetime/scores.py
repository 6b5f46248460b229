"""How well a forecast of counts did: in total, for a customer, for groups of customers, and in ranking them.

Rows stand for customers that are alike; weights say how many. Nothing depends on the order of rows: customers with
equal forecasts are never told apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray, IntArray
from worthbook.models.distinct import weighted_sum
from worthbook.models.rank_correlation import correlation

TENTHS = 10
COHORTS = 12
"""Customers are put into at most so many cohorts by their age."""


@dataclass(frozen=True, slots=True)
class Score:
    """How one forecast did.

    Attributes:
        total: Expected in total.
        total_error: The total over what happened, minus 1.
        mae: Mean absolute error for a customer.
        rmse: Root of the mean squared error for a customer.
        correlation: Between forecast and outcome over customers; `None` if one of them does not vary.
        gini: How well the forecast ranks customers: 1 if those who did most were expected to, 0 for no order at all;
            `None` if all customers did the same.
        cohort_error: Absolute errors of the totals of cohorts, added up, over what happened.
    """

    total: float
    total_error: float
    mae: float
    rmse: float
    correlation: float | None
    gini: float | None
    cohort_error: float


@dataclass(frozen=True, slots=True)
class Tenth:
    """Customers of similar forecasts: what was expected of one, and what one did."""

    customers: float
    expected: float
    actual: float


def score(forecast: FloatArray, outcome: FloatArray, weights: FloatArray, age: FloatArray) -> Score:
    """Score a forecast.

    Args:
        forecast: Expected of a customer of each row.
        outcome: What each did.
        weights: Customers of each row.
        age: How long each was a customer when the forecast was made; customers of similar age are a cohort.

    >>> one = score(np.array([1.0, 3.0]), np.array([1.0, 2.0]), np.ones(2), np.array([5.0, 9.0]))
    >>> one.total_error.__round__(3), one.mae, one.gini
    (0.333, 0.5, 1.0)
    """
    share = weights / weights.sum()
    error = forecast - outcome
    total, happened = weighted_sum(weights, forecast), weighted_sum(weights, outcome)
    return Score(
        total=total,
        total_error=total / happened - 1,
        mae=weighted_sum(share, np.abs(error)),
        rmse=float(np.sqrt(weighted_sum(share, error**2))),
        correlation=correlation(forecast, outcome, weights),
        gini=gini(forecast, outcome, weights),
        cohort_error=float(np.abs(np.bincount(cohorts(age), weights * error)).sum()) / happened,
    )


def cohorts(age: FloatArray) -> IntArray:
    """The cohort of each row: bands of age of equal width, a whole number of units wide, at most twelve.

    >>> cohorts(np.array([27.0, 28.0, 29.0, 39.0])).tolist()
    [0, 0, 1, 6]
    """
    width = max(1.0, np.ceil((age.max() - age.min() + 1) / COHORTS))
    return np.asarray((age - age.min()) // width, dtype=np.intp)


def gini(forecast: FloatArray, outcome: FloatArray, weights: FloatArray) -> float | None:
    """The Gini coefficient of the outcome in the order of the forecast, over that in its own order.

    Known as the normalised Gini (Wang, Liu and Miao 2019, arXiv 1912.07753). Customers of equal forecast lie on a
    straight line, so that a forecast that is the same for all has 0.

    >>> gini(np.array([1.0, 1.0, 1.0]), np.array([0.0, 1.0, 5.0]), np.ones(3))
    0.0
    """
    best = _area(outcome, outcome, weights)
    return round(_area(forecast, outcome, weights) / best, 12) if best > 0 else None


def _area(key: FloatArray, outcome: FloatArray, weights: FloatArray) -> float:
    """Twice the area between the curve of the outcome, in falling order of the key, and the diagonal."""
    _, place = np.unique(-key, return_inverse=True)
    width: FloatArray = np.bincount(place, weights) / weights.sum()
    done: FloatArray = np.bincount(place, weights * outcome).astype(np.float64)
    height = done / done.sum()
    return weighted_sum(width, 2 * np.cumsum(height) - height) - 1


def by_tenth(forecast: FloatArray, outcome: FloatArray, weights: FloatArray) -> tuple[Tenth, ...]:
    """Expected and actual mean of tenths of the customers, from the lowest forecast up.

    Customers of equal forecast stay in one tenth, so that tenths need not be equally large, and some may be missing.

    >>> [each.actual for each in by_tenth(np.arange(20.0), np.arange(20.0) + 1, np.ones(20))][:2]
    [1.5, 3.5]
    """
    values, place = np.unique(forecast, return_inverse=True)
    customers = np.bincount(place, weights)
    middle = (np.cumsum(customers) - customers / 2) / customers.sum()
    tenth = np.minimum((middle * TENTHS).astype(np.intp), TENTHS - 1)
    sizes = np.bincount(tenth, customers, TENTHS)
    expected = np.bincount(tenth, customers * values, TENTHS)
    actual = np.bincount(tenth, np.bincount(place, weights * outcome), TENTHS)
    there = sizes > 0
    means = zip(sizes[there], expected[there] / sizes[there], actual[there] / sizes[there], strict=True)
    return tuple(Tenth(*map(float, each)) for each in means)


def is_within_chance(first: FloatArray, second: FloatArray, outcome: FloatArray, weights: FloatArray) -> bool:
    """Whether the first forecast's mean squared error is larger by no more than chance would make it.

    The one-standard-error rule (Breiman, Friedman, Olshen and Stone 1984) on the paired differences of customers.

    >>> outcome, weights = np.array([0.0, 1.0, 2.0, 0.0]), np.ones(4)
    >>> is_within_chance(outcome + 0.5, outcome, outcome, weights), is_within_chance(outcome, outcome, outcome, weights)
    (False, True)
    """
    share = weights / weights.sum()
    worse = (first - outcome) ** 2 - (second - outcome) ** 2
    mean = weighted_sum(share, worse)
    error = np.sqrt(weighted_sum(share, (worse - mean) ** 2) / weights.sum())
    return bool(mean <= error)

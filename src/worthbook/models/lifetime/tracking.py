"""Does the model follow what the base does: repeat purchases week by week, expected and actual.

The tracking plot of Fader, Hardie and Lee (2005, Figures 3 and 4). Expected is what customers who were born when these
were would buy again if nothing were known of them but the model: the sum over days of births of E[X(t)].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray

DAYS_A_WEEK = 7
DEGREE = 24
"""Of the polynomial; against values at every day it is right to thirteen digits on CDNOW."""


@dataclass(frozen=True, slots=True, eq=False)
class Tracking:
    """Repeat purchases in each whole week from the first purchase of the first customer.

    Attributes:
        expected: In each week.
        actual: In each week.
        calibration: So many weeks, whole or begun, were seen by the model.
    """

    expected: FloatArray
    actual: FloatArray
    calibration: int

    @property
    def error(self) -> float | None:
        """Mean of |expected - actual| / actual of the cumulative purchases in the weeks that the model had not seen.

        None where there are no such weeks, or no purchases.
        """
        actual = np.cumsum(self.actual)[self.calibration :]
        expected = np.cumsum(self.expected)[self.calibration :]
        if not len(actual) or actual.min() <= 0:
            return None
        return float(np.mean(np.abs(expected - actual) / actual))


def track(
    expected_purchases_new: Callable[[float], float], births: FloatArray, repeats: FloatArray, calibration_days: int
) -> Tracking:
    """Follow the customers of a history.

    Args:
        expected_purchases_new: Repeat purchases of a new customer in the given number of weeks.
        births: New customers on each day.
        repeats: Purchases of customers known already, on each day.
        calibration_days: Days that the model had seen.

    >>> steady = track(lambda weeks: 0.5 * weeks, np.array([10.0, *[0.0] * 20]), np.ones(21), 7)
    >>> steady.expected.round(9).tolist(), steady.actual.tolist()
    ([5.0, 5.0, 5.0], [7.0, 7.0, 7.0])
    """
    weeks = len(repeats) // DAYS_A_WEEK
    days = weeks * DAYS_A_WEEK
    until_week = np.arange(1, weeks + 1) * DAYS_A_WEEK
    at_age = _at_ages(expected_purchases_new, days)
    born = np.flatnonzero(births[:days])
    age = np.maximum(until_week[:, None] - born[None, :], 0)
    cumulative = at_age[age] @ births[born]
    return Tracking(
        expected=np.diff(cumulative, prepend=0.0),
        actual=repeats[:days].reshape(weeks, DAYS_A_WEEK).sum(axis=1),
        calibration=-(-calibration_days // DAYS_A_WEEK),
    )


def _at_ages(expected_purchases_new: Callable[[float], float], days: int) -> FloatArray:
    """The expected number at every age in days, read off a polynomial in log(1 + weeks) through a few values.

    A model needs milliseconds for a hundred values of it; it is smooth, and steepest at first, hence the logarithm.
    """
    ages = np.log1p(np.arange(days + 1) / DAYS_A_WEEK)

    def values(at: FloatArray) -> FloatArray:
        return np.array([expected_purchases_new(float(weeks)) for weeks in np.expm1(at)])

    curve = np.polynomial.Chebyshev.interpolate(values, DEGREE, domain=[0.0, float(ages[-1])])
    found = np.asarray(curve(ages), dtype=np.float64)
    found[0] = 0.0
    return found

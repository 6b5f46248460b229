"""Purchases to come where covariates change with time, at given parameters.

Given alive at T, the rate follows Gamma(r+x, alpha+B(T)), and the customer is still there at y with probability R(y) =
((beta+D(T)) / (beta+D(y)))^s (Bachmann, Meierer and Naef 2021, section 3.3). What is to come is a sum over periods.
"""

from __future__ import annotations

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.lifetime.process import discount_per_period, finite
from worthbook.models.lifetime.quadrature import legendre_rule
from worthbook.models.lifetime.seasonal_likelihood import SeasonalLikelihood, Speeds
from worthbook.models.lifetime.seasoned_customers import SeasonedCustomers

NODES = 6


class SeasonalProcess:
    """Customers, their covariates, and the parameters at which their future is worked out."""

    def __init__(self, customers: SeasonedCustomers, point: FloatArray, speeds: Speeds) -> None:
        """Take stock at the end of observation.

        Args:
            customers: With covariates that reach as far as will be asked.
            point: Logarithms of r, alpha, s and beta.
            speeds: How fast customers buy and leave in each period, those to come included.
        """
        self._customers, self._speeds = customers, speeds.of_each(len(customers))
        self._r, self._alpha, self._s, self._beta = (float(each) for each in np.exp(point))
        found = SeasonalLikelihood(customers)(point, speeds)
        self.p_alive, self.log_likelihood = found.p_alive, found.value
        inside = customers.time_in_periods(customers.born, self._now)
        self._rate = (self._r + customers.history.x) / (self._alpha + (inside * np.exp(speeds.log_buying)).sum(axis=1))
        self._worn = self._beta + (inside * np.exp(speeds.log_leaving)).sum(axis=1)

    def expected_purchases(self, horizon: float) -> FloatArray:
        """Expected purchases of each customer in the next `horizon` units of time.

        Raises:
            WorthbookError: `season-not-covered`, if the covariates do not reach so far.
        """
        return np.asarray(self.p_alive * self._rate * self._time(horizon, 0.0)[0])

    def discounted_purchases(self, horizon: float, discount_rate_per_year: float) -> FloatArray:
        """The same, each purchase discounted to the end of observation at a yearly rate (0.1 is 10 %)."""
        discount = discount_per_period(discount_rate_per_year, self._customers.history.unit)
        return np.asarray(self.p_alive * self._rate * self._time(horizon, discount)[0])

    def purchase_variance(self, horizon: float) -> FloatArray:
        """Variance of each customer's number of purchases to come: chance, unknown rate and unknown dropout."""
        time, squared = self._time(horizon, 0.0)
        exponent = self._r + self._customers.history.x
        pairs = self._rate**2 * (exponent + 1) / exponent * squared
        mean = self._rate * time
        return np.asarray(self.p_alive * (pairs + mean) - (self.p_alive * mean) ** 2)

    @property
    def _now(self) -> FloatArray:
        return np.asarray(self._customers.born + self._customers.history.T)

    def _time(self, horizon: float, discount: float) -> tuple[FloatArray, FloatArray]:
        """Expected time to come, counted at the speed of buying, and the expectation of its square."""
        customers, now = self._customers, self._now
        customers.refuse_uncovered(float(now.max()) + finite(horizon))
        ahead = customers.time_in_periods(now, now + horizon)
        nodes, weights = legendre_rule(NODES)
        buying, leaving = np.exp(self._speeds.log_buying), np.exp(self._speeds.log_leaving)
        bought, left = ahead * buying, ahead * leaving
        before, worn = np.cumsum(bought, axis=1) - bought, np.cumsum(left, axis=1) - left
        elapsed = np.cumsum(ahead, axis=1) - ahead
        time, squared = np.zeros(len(customers)), np.zeros(len(customers))
        for node, weight in zip(nodes, weights, strict=True):
            stays = np.exp(-self._s * np.log1p((worn + left * node) / self._worn[:, None]))
            measure = weight * bought * stays * np.exp(-discount * (elapsed + ahead * node))
            time += measure.sum(axis=1)
            squared += (2 * (before + bought * node) * measure).sum(axis=1)
        return time, squared

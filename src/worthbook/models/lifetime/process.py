"""What every model of purchases can say at given parameters: the interface, and what follows from it for all of them.

A model answers a few questions about a customer who is *alive* at the end of observation; P(alive) and these answers
give all other quantities, so that they mean the same for every model. A new customer is the row x = 0, t_x = 0, T = 0.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import FloatArray
from worthbook.models.distinct import DistinctRows
from worthbook.models.lifetime.data import PERIODS_PER_YEAR, PurchaseHistory

HORIZON_NOT_POSITIVE = Fault(
    "forecast-horizon-not-positive",
    what=Text(
        en="A forecast over {horizon} units of time is not possible.", zh="无法对长度为 {horizon} 的时间段进行预测。"
    ),
    hint=Text(en="Give a horizon above zero, for example 52 weeks.", zh="预测期应大于零，例如 52 周。"),
)
WINDOW_REVERSED = Fault(
    "forecast-window-reversed",
    what=Text(
        en="A forecast from {start} to {end} units of time ahead is not possible.",
        zh="无法对从 {start} 到 {end} 的时间段进行预测。",
    ),
    hint=Text(en="Give a start of zero or later, and an end after it.", zh="起点不应小于零，终点应晚于起点。"),
)
DISCOUNT_NOT_POSITIVE = Fault(
    "discount-rate-not-positive",
    what=Text(
        en="With a yearly discount rate of {rate} a forecast without end has no value.",
        zh="年折现率为 {rate} 时，无限期预测没有有限的数值。",
    ),
    hint=Text(
        en="Give a rate above zero (0.1 is 10 % a year), or an end.",
        zh="请给出大于零的折现率（0.1 表示每年 10%）或终点。",
    ),
)


def discount_per_period(rate_per_year: float, unit: PeriodUnit) -> float:
    """The continuous discount rate for one unit of time that a yearly rate stands for; the only such conversion.

    A purchase one year ahead counts 1 / (1 + rate), whatever the unit: exp(-discount * periods in a year).

    >>> round(discount_per_period(0.1, "weeks") * 365.25 / 7, 6) == round(math.log(1.1), 6)
    True
    """
    return math.log1p(rate_per_year) / PERIODS_PER_YEAR[unit]


class PurchaseProcess(ABC):
    """A model of purchases at given parameters. All arrays have one value for each row of the history."""

    symbols: ClassVar[tuple[str, ...]]
    """Names of the parameters, in the literature's symbols and in the order in which the process takes them."""
    time_powers: ClassVar[tuple[int, ...]]
    """For each parameter, the power of the unit of time in it: 1 for alpha, 0 for a pure number."""
    log_shifts: ClassVar[tuple[float, ...]] = ()
    """What a likelihood adds to each logarithm that it is given; nothing if left out."""
    tells_gaps: ClassVar[bool] = False
    """Whether customers with other times between purchases are not alike; to most models a mean of them will do."""

    @classmethod
    def distinct(cls, history: PurchaseHistory) -> DistinctRows:
        """Which rows are equal in all that the model reads."""
        return history.distinct_gaps if cls.tells_gaps else history.distinct

    @abstractmethod
    def log_likelihood(self, history: PurchaseHistory) -> float:
        """Log-likelihood of a history."""

    @abstractmethod
    def p_alive(self, history: PurchaseHistory) -> FloatArray:
        """P(alive at T | x, t_x, T)."""

    @abstractmethod
    def purchases_if_alive(self, history: PurchaseHistory, horizon: float, discount: float = 0.0) -> FloatArray:
        """Expected purchases in (T, T + horizon] given alive at T.

        Args:
            history: The customers.
            horizon: In the unit of the history; may be infinite if there is a discount.
            discount: Continuous, for one unit of time: a purchase at T + u counts exp(-discount * u).
        """

    @abstractmethod
    def pairs_if_alive(self, history: PurchaseHistory, horizon: float) -> FloatArray:
        """E[Y (Y - 1)] of the number Y of purchases to come, given alive at T: what their variance needs."""

    @abstractmethod
    def probability_if_alive(self, n: int, history: PurchaseHistory, horizon: float) -> FloatArray:
        """P(exactly n purchases in (T, T + horizon]) given alive at T; for n = 0 the horizon may be infinite."""

    @abstractmethod
    def simulate(
        self, ages: FloatArray, horizon: float, rng: np.random.Generator, unit: PeriodUnit
    ) -> tuple[PurchaseHistory, FloatArray]:
        """Histories of new customers up to the given ages, and how often each buys in the `horizon` that follows."""

    @abstractmethod
    def draw_purchases_if_alive(self, history: PurchaseHistory, horizon: float, rng: np.random.Generator) -> FloatArray:
        """For each row, one random number of purchases in (T, T + horizon] of a customer who is alive at T."""

    def expected_purchases(self, history: PurchaseHistory, horizon: float, start: float = 0.0) -> FloatArray:
        """Expected number of purchases of each row between `start` and `horizon` units of time after T."""
        if not 0 <= start < math.inf or start >= horizon > 0:
            raise WINDOW_REVERSED(start=start, end=horizon)
        alive, until = self.p_alive(history), self.purchases_if_alive(history, finite(horizon))
        if start == 0:
            return alive * until
        return alive * (until - self.purchases_if_alive(history, start))

    def discounted_purchases(
        self, history: PurchaseHistory, horizon: float, discount_rate_per_year: float
    ) -> FloatArray:
        """The same with each purchase discounted from its own moment to T, at a yearly rate (0.1 is 10 %).

        Without end (`horizon` infinite) these are the discounted expected residual transactions (DERT) of Fader,
        Hardie and Lee (2005, Journal of Marketing Research 42, 415-430).
        """
        if horizon == math.inf and discount_rate_per_year <= 0:
            raise DISCOUNT_NOT_POSITIVE(rate=discount_rate_per_year)
        discount = discount_per_period(discount_rate_per_year, history.unit)
        endless = math.inf if horizon == math.inf else finite(horizon)
        return self.p_alive(history) * self.purchases_if_alive(history, endless, discount)

    def purchase_variance(self, history: PurchaseHistory, horizon: float) -> FloatArray:
        """Variance of each row's number of purchases to come: chance, unknown rate and unknown dropout together."""
        alive = self.p_alive(history)
        mean = self.purchases_if_alive(history, finite(horizon))
        return alive * (self.pairs_if_alive(history, horizon) + mean) - (alive * mean) ** 2

    def purchase_probabilities(self, n: int, history: PurchaseHistory, horizon: float) -> FloatArray:
        """P(exactly n purchases in the next `horizon` units of time) of each row."""
        alive = self.p_alive(history)
        return alive * self.probability_if_alive(n, history, finite(horizon)) + (1 - alive) * (n == 0)

    def draw_purchases(self, history: PurchaseHistory, horizon: float, rng: np.random.Generator) -> FloatArray:
        """For each row, one random number of purchases in the next `horizon` units of time."""
        alive = rng.random(len(history)) < self.p_alive(history)
        return np.where(alive, self.draw_purchases_if_alive(history, finite(horizon), rng), 0.0)

    def expected_purchases_new(self, horizon: float) -> float:
        """Expected repeat purchases of a new customer in the first `horizon` units of time."""
        return float(self.expected_purchases(NEW_CUSTOMER, horizon)[0])

    def probability_of(self, n: int, horizon: float) -> float:
        """P(exactly n repeat purchases in the first `horizon` units of time) of a new customer."""
        return float(self.purchase_probabilities(n, NEW_CUSTOMER, horizon)[0])


NEW_CUSTOMER = PurchaseHistory([0], [0], [0])
"""Somebody at the moment of the first purchase."""


def finite(horizon: float) -> float:
    """The horizon, if one can look so far ahead.

    Raises:
        WorthbookError: If it is not above zero, infinite, or no number.
    """
    if not 0 < horizon < math.inf:
        raise HORIZON_NOT_POSITIVE(horizon=horizon)
    return horizon

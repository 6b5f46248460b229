"""Lifetime value as textbooks work it out by hand: for one customer, from a few round numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text

NOT_BOUNDED = Fault(
    "textbook-value-not-bounded",
    what=Text(
        en=(
            "With retention {retention}, growth {growth} and discount {discount} a value without end grows beyond "
            "bounds."
        ),
        zh="留存率 {retention}、增长率 {growth}、折现率 {discount} 下，无限期价值没有上限。",
    ),
    hint=Text(en="Give a horizon, or a larger discount rate.", zh="请给出期限，或提高折现率。"),
)


def plain_value(  # noqa: PLR0913  # the letters of the formula
    revenue_per_period: float,
    periods: float,
    *,
    margin: float = 1.0,
    cost_per_period: float = 0.0,
    acquisition_cost: float = 0.0,
    customers: float = 1.0,
) -> float:
    """CLV = (RR - TRC) T - AC, and for N customers N times as much.

    Args:
        revenue_per_period: RR, recurring revenue of a period.
        periods: T, how many periods the relation lasts.
        margin: Share of revenue that remains.
        cost_per_period: TRC, cost of the relation in a period.
        acquisition_cost: AC.
        customers: N.

    A supermarket customer of 100 a week, 50 weeks a year, 10 years; a courier's of 1 500 a month at 10 %:

    >>> plain_value(100, 50 * 10)
    50000.0
    >>> round(plain_value(1500, 12 * 10, margin=0.1), 6)
    18000.0
    """
    return float(((margin * revenue_per_period - cost_per_period) * periods - acquisition_cost) * customers)


@dataclass(frozen=True, slots=True)
class Retention:
    """How the margin of a period runs on: kept with a probability, growing, discounted.

    Attributes:
        retention: Probability of staying for one more period.
        discount: Rate of one period by which later money counts less.
        growth: Rate of one period by which the margin of those who stay grows.
    """

    retention: float
    discount: float
    growth: float = 0.0

    @property
    def factor(self) -> float:
        """By what a period's contribution is multiplied in the next one."""
        return self.retention * (1 + self.growth) / (1 + self.discount)


def discounted_value(
    margin: float, terms: Retention, *, horizon: int | None = None, first: int = 0, acquisition_cost: float = 0.0
) -> float:
    """The sum over periods t of margin (1+g)^t r^t / (1+d)^t, less the acquisition cost.

    Args:
        margin: Of one period.
        terms: Retention, discount and growth.
        horizon: The last period that is counted; without end if left out.
        first: The first period: 0 if the margin of today is counted, 1 if it begins a period from now.
        acquisition_cost: What it cost to win the customer.

    Raises:
        WorthbookError: `textbook-value-not-bounded`.

    Gupta and Lehmann (2003, Journal of Interactive Marketing 17(1)): without end m r / (1 + d - r).

    >>> round(discounted_value(100, Retention(0.8, 0.1), first=1), 6) == round(100 * 0.8 / (1.1 - 0.8), 6)
    True
    """
    factor = terms.factor
    if horizon is None:
        if factor >= 1:
            raise NOT_BOUNDED(retention=terms.retention, growth=terms.growth, discount=terms.discount)
        return margin * factor**first / (1 - factor) - acquisition_cost
    return margin * math.fsum(factor**t for t in range(first, horizon + 1)) - acquisition_cost


def observed_value(margin: ArrayLike, staying: ArrayLike, discount: float, *, acquisition_cost: float = 0.0) -> float:
    """The same with the retention curve as it was observed: the sum over t of margin_t S_t / (1+d)^t.

    Args:
        margin: Of each period from 0 on, or one for all.
        staying: Share of customers still there in each period from 0 on.
        discount: Rate of one period.
        acquisition_cost: What it cost to win the customer.

    >>> round(observed_value(100, [1, 0.8, 0.64], 0.1), 2)
    225.62
    """
    shares = np.asarray(staying, dtype=np.float64)
    weights = shares / (1 + discount) ** np.arange(len(shares))
    return float((np.asarray(margin, dtype=np.float64) * weights).sum()) - acquisition_cost

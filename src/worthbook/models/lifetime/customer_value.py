"""Customer lifetime value: margin on discounted spend to come, less the cost to serve."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from worthbook.kernel.errors import Fault, raise_all
from worthbook.kernel.language import Text
from worthbook.models.base import Fact, FloatArray
from worthbook.models.lifetime.data import PERIODS_PER_YEAR, PurchaseHistory, SpendHistory
from worthbook.models.lifetime.gamma_gamma import GammaGammaFit
from worthbook.models.lifetime.process import DISCOUNT_NOT_POSITIVE, discount_per_period
from worthbook.models.lifetime.purchase_model import PurchaseFit

TERMS_WRONG = Fault(
    "value-terms-wrong",
    what=Text(en="{name} is {value}; that cannot be.", zh="{name} 为 {value}，不合理。"),
    hint=Text(
        en="Margin and discount rate are shares (0.1 is 10 %), costs are not negative, the horizon is above zero.",
        zh="毛利率和折现率以小数表示（0.1 为 10%），成本不为负，期限大于零。",
    ),
)


@dataclass(frozen=True, slots=True)
class ValueTerms:
    """What is counted as value, and how far ahead.

    Attributes:
        margin: Share of spend that remains after the cost of what was sold.
        discount_rate_per_year: Yearly rate (0.1 is 10 %) by which later money counts less.
        horizon: How far ahead, in the unit of the history; without end if left out.
        cost_per_purchase: Cost to serve a purchase (packing, payment, delivery).
        cost_per_year: Cost to keep up the relation (mailings, account management). It runs over the whole horizon: who
            has left does so silently, and is served on.
    """

    margin: float
    discount_rate_per_year: float
    horizon: float = math.inf
    cost_per_purchase: float = 0.0
    cost_per_year: float = 0.0

    def __post_init__(self) -> None:
        """Check the terms.

        Raises:
            WorthbookError: With every term that cannot be.
        """
        wrong = {
            "margin": not math.isfinite(self.margin),
            "discount_rate_per_year": not 0 <= self.discount_rate_per_year < math.inf,
            "horizon": not self.horizon > 0,
            "cost_per_purchase": not 0 <= self.cost_per_purchase < math.inf,
            "cost_per_year": not 0 <= self.cost_per_year < math.inf,
        }
        raise_all(TERMS_WRONG.problem(name=name, value=getattr(self, name)) for name, bad in wrong.items() if bad)
        if self.horizon == math.inf and self.discount_rate_per_year == 0:
            raise DISCOUNT_NOT_POSITIVE(rate=0)


@dataclass(frozen=True, slots=True, eq=False)
class CustomerValue:
    """The value of each customer and what it is made of; all in money of the end of observation."""

    discounted_purchases: FloatArray
    expected_spend: FloatArray
    margin: FloatArray
    """Of all purchases to come."""
    cost_to_serve: FloatArray
    value: FloatArray
    """Margin less cost to serve."""
    facts: Mapping[str, Fact]
    """The conversions that were made: periods in a year, discount for one of them."""


def customer_value(
    fit: PurchaseFit, spend_fit: GammaGammaFit, history: PurchaseHistory, spend: SpendHistory, terms: ValueTerms
) -> CustomerValue:
    """Margin times expected spend times discounted purchases, less the cost to serve, for each row.

    >>> from worthbook.models.lifetime import GammaGamma, ParetoNBD
    >>> history = PurchaseHistory([0, 0, 3, 1, 0, 6, 2], [0, 0, 20, 5, 0, 29, 14], [30, 31, 30, 32, 30, 30, 33])
    >>> spend = SpendHistory(history.x, [0, 0, 28.0, 90.0, 0, 31.0, 12.0])
    >>> terms = ValueTerms(margin=0.4, discount_rate_per_year=0.1, cost_per_purchase=2.0)
    >>> found = customer_value(ParetoNBD().fit(history), GammaGamma().fit(spend), history, spend, terms)
    >>> bool(np.allclose(found.value, found.discounted_purchases * (0.4 * found.expected_spend - 2.0)))
    True
    """
    purchases = fit.discounted_purchases(history, terms.horizon, terms.discount_rate_per_year)
    amount = spend_fit.expected_spend(spend)
    discount = discount_per_period(terms.discount_rate_per_year, history.unit)
    years = _annuity(discount, terms.horizon) / PERIODS_PER_YEAR[history.unit]
    margin = terms.margin * purchases * amount
    cost = terms.cost_per_purchase * purchases + terms.cost_per_year * years
    facts: dict[str, Fact] = {
        "discount_rate_per_year": terms.discount_rate_per_year,
        "unit": history.unit,
        "periods_per_year": PERIODS_PER_YEAR[history.unit],
        "discount_per_period": discount,
        "discounted_years": years,
    }
    return CustomerValue(purchases, amount, margin, cost, margin - cost, facts)


def _annuity(discount: float, horizon: float) -> float:
    """The present value of one a period, paid all the time."""
    return horizon if discount == 0 else -float(np.expm1(-discount * horizon)) / discount

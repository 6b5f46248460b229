"""Categories that customers of a kind buy, and one of them does not: what is missing, and which to offer next.

Of each category it is known which share of the customers of a kind buys it in a year, and what its buyers usually spend
on it (the geometric mean, so that a few large buyers do not set the measure). Share times usual spend is what may be
expected of a customer of that kind. A customer's gap is the sum over the categories that the customer does not buy; the
one that is worth most is the next to offer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import Estimate, Fact, Fit, FloatArray, Record, Specification

EVERYBODY = None
"""Stands for the customers of all kinds, with whom those of a rare kind are compared."""

TOO_FEW = Fault(
    "category-buyers-too-few",
    what=Text(
        en="Only {count} customers bought anything with a category in the year: too few to say what is usual.",
        zh="近一年购买过有品类商品的客户只有 {count} 位，不足以判断惯常品类。",
    ),
    hint=Text(
        en="At least {least} are needed; a product list that names categories helps.",
        zh="至少需要 {least} 位；请提供带品类的商品表。",
    ),
)


@dataclass(frozen=True)
class CategorySpend:
    """Buyers of categories.

    Attributes:
        buyers: Kind and category → how many customers bought it, and the logarithms of their spend added up.
        customers: Kind → how many customers bought anything.
    """

    buyers: Mapping[tuple[str, str], tuple[int, float]]
    customers: Mapping[str, int]


@dataclass(frozen=True)
class UsualCategory:
    """One category for the customers of a kind."""

    category: str
    share: float
    """Of the customers who buy it."""
    usual: float
    """What buyers spend on it in a year, in money."""

    @property
    def expected(self) -> float:
        """What a customer of the kind spends on it to be expected."""
        return self.share * self.usual


@dataclass(frozen=True)
class CategoryGaps(Specification[CategorySpend, "CategoryGapsFit"]):
    """The model before it has seen customers.

    Attributes:
        least: How many customers make a kind to compare with.
        most: How many categories of a kind count, those of the highest expected spend.
    """

    estimator: ClassVar[str] = "category_gaps"
    least: int = 30
    most: int = 20

    def fit(self, data: CategorySpend) -> CategoryGapsFit:
        """Find the usual categories of each kind, and of all together.

        Raises:
            WorthbookError: `category-buyers-too-few`.
        """
        total = sum(data.customers.values())
        if total < self.least:
            raise TOO_FEW(count=total, least=self.least)
        usual: dict[str | None, tuple[UsualCategory, ...]] = {EVERYBODY: self._usual(data, frozenset(data.customers))}
        for kind, count in data.customers.items():
            if count >= self.least:
                usual[kind] = self._usual(data, frozenset({kind}))
        return CategoryGapsFit(usual, total)

    def _usual(self, data: CategorySpend, kinds: frozenset[str]) -> tuple[UsualCategory, ...]:
        customers = sum(count for kind, count in data.customers.items() if kind in kinds)
        counted: dict[str, tuple[int, float]] = {}
        for (kind, category), (buyers, logs) in data.buyers.items():
            if kind in kinds:
                before = counted.get(category, (0, 0.0))
                counted[category] = (before[0] + buyers, before[1] + logs)
        found = [
            UsualCategory(category, buyers / customers, math.exp(logs / buyers))
            for category, (buyers, logs) in counted.items()
        ]
        return tuple(sorted(found, key=lambda each: (-each.expected, each.category))[: self.most])


@dataclass(frozen=True)
class CategoryGapsFit(Fit[CategorySpend]):
    """What is usual.

    Attributes:
        usual: Kind → its usual categories, the highest expected spend first; under None those of all customers.
        customers: How many bought anything.
    """

    estimator: ClassVar[str] = CategoryGaps.estimator

    usual: Mapping[str | None, tuple[UsualCategory, ...]]
    customers: int

    @property
    def categories(self) -> tuple[str, ...]:
        """All categories that count for any kind."""
        return tuple(sorted({each.category for found in self.usual.values() for each in found}))

    def gap(self, kind: str, bought: frozenset[str]) -> float:
        """What a customer of the kind who buys these categories leaves to others, in money a year."""
        return math.fsum(each.expected for each in self.of(kind) if each.category not in bought)

    def following(self, kind: str, bought: frozenset[str]) -> UsualCategory | None:
        """The category to offer next; None where every usual one is bought."""
        return next((each for each in self.of(kind) if each.category not in bought), None)

    def of(self, kind: str) -> tuple[UsualCategory, ...]:
        """What is usual for a kind; for a rare one, what is usual for all."""
        return self.usual.get(kind, self.usual[EVERYBODY])

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """There are no parameters beyond the shares themselves."""
        return ()

    @property
    def facts(self) -> Mapping[str, Fact]:
        """How many customers, kinds and categories it rests on."""
        return {"customers": self.customers, "kinds": len(self.usual) - 1, "categories": len(self.categories)}

    @property
    def cautions(self) -> tuple[Text, ...]:
        """Nothing that the numbers could not say."""
        return ()

    def predict(self, data: CategorySpend) -> Mapping[str, FloatArray]:
        """What a customer of each kind spends in all on its usual categories, kinds in the order of the data."""
        return {"expected": np.array([self.gap(kind, frozenset()) for kind in data.customers])}

    def as_record(self) -> Record:
        """Plain values."""
        return {
            "usual": [
                [kind, [[each.category, each.share, each.usual] for each in found]]
                for kind, found in self.usual.items()
            ],
            "customers": self.customers,
        }

    @classmethod
    def from_record(cls, record: Record) -> Self:
        """The inverse."""
        usual = {kind: tuple(UsualCategory(*each) for each in found) for kind, found in record["usual"]}
        return cls(usual, record["customers"])

"""What the simulated firm sells on each purchase day: products, quantities, prices, costs, discounts and returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from worthbook.kernel.language import Language, Text
from worthbook.models.company.buying import BIG_ACCOUNT, FloatArray, IntArray, Occasions

PRICE_RISE = 0.04
"""A year; costs rise half as fast."""
RETURN_RATE = 0.03
RETURN_WITHIN = 20
"""Days."""
BIG_ACCOUNT_DISCOUNT = 0.52
BIG_ACCOUNT_QUANTITY = 40
DAYS_PER_YEAR = 365

_CATEGORIES: tuple[tuple[Text, float, float], ...] = (
    (Text(en="Green tea", zh="绿茶"), 18.0, 0.52),
    (Text(en="Black tea", zh="红茶"), 22.0, 0.50),
    (Text(en="Oolong", zh="乌龙茶"), 35.0, 0.54),
    (Text(en="Pu'er", zh="普洱茶"), 58.0, 0.55),
    (Text(en="Teaware", zh="茶具"), 80.0, 0.60),
    (Text(en="Gift box", zh="礼盒"), 120.0, 0.58),
)
"""Name, usual price, cost as a part of the price."""
_PRODUCTS_EACH = 8


@dataclass(frozen=True)
class Shelf:
    """The firm's products, one a row; more popular ones first within a category."""

    price: FloatArray
    cost: FloatArray
    popularity: FloatArray

    @classmethod
    def fill(cls, random: np.random.Generator) -> Self:
        """Prices around each category's usual price."""
        usual = np.repeat([price for _, price, _ in _CATEGORIES], _PRODUCTS_EACH)
        cost_share = np.repeat([share for _, _, share in _CATEGORIES], _PRODUCTS_EACH)
        price = np.round(usual * np.exp(random.normal(0, 0.25, len(usual))), 1)
        popularity = np.tile(1 / np.arange(1, _PRODUCTS_EACH + 1), len(_CATEGORIES)) / usual**0.7
        return cls(price, price * cost_share, popularity / popularity.sum())

    def name(self, product: int, language: Language) -> str:
        """What is written on the order."""
        return f"{self.category(product, language)} {product % _PRODUCTS_EACH + 1:02d}"

    def category(self, product: int, language: Language) -> str:
        """The category's name."""
        return _CATEGORIES[product // _PRODUCTS_EACH][0].say(language)


@dataclass(frozen=True)
class Lines:
    """Order lines, one a row.

    A return has a negative quantity, amount and cost; it has no discount, since it pays back what was paid.
    """

    order: IntArray
    customer: IntArray
    day: IntArray
    product: IntArray
    quantity: IntArray
    amount: FloatArray
    discount: FloatArray
    cost: FloatArray

    def take(self, rows: IntArray) -> Lines:
        """Some of the lines."""
        return Lines(**{name: column[rows] for name, column in vars(self).items()})


def sell(bought: Occasions, customers: int, shelf: Shelf, random: np.random.Generator) -> Lines:
    """One to a few lines on each purchase day; how much a customer takes is the customer's own habit."""
    count = 1 + random.poisson(0.8, len(bought.day))
    order = np.repeat(np.arange(len(bought.day)), count)
    customer, day = bought.customer[order], bought.day[order]
    product = random.choice(len(shelf.price), len(order), p=shelf.popularity)
    _, once = np.unique(order * len(shelf.price) + product, return_index=True)  # one line a product
    order, customer, day, product = order[once], customer[once], day[once], product[once]
    habit = random.gamma(1.5, 0.5, customers)
    quantity = 1 + random.poisson(habit[customer])
    discount_rate = random.choice([0.0, 0.1, 0.2], len(order), p=[0.88, 0.08, 0.04])
    big = customer == BIG_ACCOUNT
    quantity = np.where(big, BIG_ACCOUNT_QUANTITY + random.poisson(10, len(order)), quantity)
    discount_rate = np.where(big, BIG_ACCOUNT_DISCOUNT, discount_rate)
    years = day / DAYS_PER_YEAR
    full = np.round(shelf.price[product] * (1 + PRICE_RISE) ** years, 2) * quantity
    discount = np.round(full * discount_rate, 2)
    cost = np.round(shelf.cost[product] * (1 + PRICE_RISE / 2) ** years * quantity, 2)
    return Lines(order, customer, day, product, quantity, np.round(full - discount, 2), discount, cost)


def with_returns(lines: Lines, random: np.random.Generator) -> Lines:
    """Some lines come back whole some days later, as an order of their own."""
    back = np.flatnonzero(random.uniform(size=len(lines.order)) < RETURN_RATE)
    returned = lines.take(back)
    both = Lines(
        order=np.concatenate([lines.order, lines.order.max() + 1 + np.arange(len(back))]),
        customer=np.concatenate([lines.customer, returned.customer]),
        day=np.concatenate([lines.day, returned.day + random.integers(1, RETURN_WITHIN + 1, len(back))]),
        product=np.concatenate([lines.product, returned.product]),
        quantity=np.concatenate([lines.quantity, -returned.quantity]),
        amount=np.concatenate([lines.amount, -returned.amount]),
        discount=np.concatenate([lines.discount, np.zeros(len(back))]),
        cost=np.concatenate([lines.cost, -returned.cost]),
    )
    return both.take(np.lexsort((both.order, both.day)))

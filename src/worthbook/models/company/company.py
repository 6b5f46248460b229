"""A small tea firm simulated from known parameters: what a demonstration shows, and what tests must find again.

Planted truths: the purchase rhythm of the base; a large account that buys every week below cost; a group of regular
customers that stopped coming; prices that rise by a known rate; a year of purchases after the end that nobody is
shown; and in the answers to surveys what drives satisfaction, hostages, and a feature that becomes expected.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Language, Text
from worthbook.models.company.buying import BIG_ACCOUNT, DAYS, FUTURE_DAYS, IntArray, Occasions, Rhythm, occasions
from worthbook.models.company.dealing import Dealings, deal
from worthbook.models.company.selling import Lines, Shelf, sell, with_returns
from worthbook.models.company.surveying import Asked, ask

END = dt.date(2026, 6, 30)
"""The last day of the history."""

DAYS_PER_YEAR = 365
FEWEST = 100

TOO_SMALL = Fault(
    "demo-too-small",
    what=Text(
        en="A simulated firm needs at least {fewest} customers, not {customers}.",
        zh="模拟企业至少需要 {fewest} 位客户，当前为 {customers} 位。",
    ),
    hint=Text(en="Ask for more customers, for example 10000.", zh="请增加客户数量，例如 10000。"),
)


@dataclass(frozen=True)
class Truth:
    """What was planted."""

    rhythm: Rhythm
    base: frozenset[str]
    """Customers who follow the rhythm."""
    leavers: frozenset[str]
    big_account: str
    future_purchases: int
    """Purchase days in the year after the end, of customers whom the history knows."""
    future_revenue: float
    """What they bring on those days, returns not taken off."""


@dataclass(frozen=True)
class Company:
    """The firm's order lines, one array a column, as its shop would export them."""

    lines: Mapping[str, NDArray[np.generic]]
    truth: Truth
    asked: Asked
    """What customers answered in three waves, and what was planted in it."""


def simulate_company(customers: int = 10_000, seed: int = 7, language: Language = "en") -> Company:
    """Simulate the firm.

    Args:
        customers: How many there are, the large account and the leaving group among them.
        seed: The same seed gives the same firm.
        language: In which products are named.

    Raises:
        WorthbookError: `demo-too-small`.

    >>> company = simulate_company(customers=200)
    >>> len(set(company.lines["customer_id"].tolist())), company.truth.big_account
    (200, 'C000001')
    """
    if customers < FEWEST:
        raise TOO_SMALL(fewest=FEWEST, customers=customers)
    random = np.random.default_rng(seed)
    rhythm, shelf = Rhythm(), Shelf.fill(random)
    bought, leavers = occasions(customers, rhythm, random)
    sold = sell(bought, customers, shelf, random)
    future = (bought.day >= DAYS) & (bought.day < DAYS + FUTURE_DAYS)
    sold_later = (sold.day >= DAYS) & (sold.day < DAYS + FUTURE_DAYS)
    truth = Truth(
        rhythm=rhythm,
        base=frozenset(_customer_ids(np.arange(leavers[-1] + 1, customers)).tolist()),
        leavers=frozenset(_customer_ids(leavers).tolist()),
        big_account=str(_customer_ids(np.array([BIG_ACCOUNT]))[0]),
        future_purchases=int(future.sum()),
        future_revenue=float(sold.amount[sold_later].sum()),
    )
    lines = with_returns(sold, random)
    # Answers have a chance of their own, so that a firm's orders are the same whether it asks or not.
    asked = ask(*_last_year(bought, customers), np.random.default_rng([seed, 1]))
    return Company(_exported(lines.take(np.flatnonzero(lines.day < DAYS)), shelf, language), truth, asked)


def records_of(company: Company, seed: int = 7, language: Language = "en") -> Dealings:
    """What the firm has on record beside its orders; the same seed gives the same records.

    >>> records = records_of(simulate_company(customers=200))
    >>> sorted(records.files)[:3], len(records.businesses.ids)
    (['account_years', 'accounts', 'appraisals'], 20)
    """
    return deal(company.lines, np.datetime64(END), language, np.random.default_rng([seed, 2]))


def _last_year(bought: Occasions, customers: int) -> tuple[NDArray[np.str_], IntArray]:
    """Everyone who had bought by the end, and on how many days of the last year."""
    known = np.unique(bought.customer[bought.day < DAYS])
    recent = (bought.day >= DAYS - DAYS_PER_YEAR) & (bought.day < DAYS)
    counts = np.bincount(bought.customer[recent], minlength=customers)
    return _customer_ids(known), counts[known].astype(np.int64)


def _customer_ids(numbers: IntArray) -> NDArray[np.str_]:
    return np.char.add("C", np.char.zfill((numbers + 1).astype(str), 6))


def _exported(lines: Lines, shelf: Shelf, language: Language) -> dict[str, NDArray[np.generic]]:
    products = range(len(shelf.price))
    names = np.array([shelf.name(product, language) for product in products])
    categories = np.array([shelf.category(product, language) for product in products])
    start = np.datetime64(END) - (DAYS - 1)
    return {
        "order_id": np.char.add("T", np.char.zfill((lines.order + 1).astype(str), 8)),
        "ordered_on": start + lines.day.astype("timedelta64[D]"),
        "customer_id": _customer_ids(lines.customer),
        "product_id": np.char.add("P", np.char.zfill((lines.product + 1).astype(str), 3)),
        "product_name": names[lines.product],
        "category": categories[lines.product],
        "quantity": lines.quantity,
        "amount": lines.amount,
        "discount": lines.discount,
        "cost": lines.cost,
    }

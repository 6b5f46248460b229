"""What the simulated firm knows of its business customers: terms, judgements, statements, invoices and payments.

Planted: some pay a month late and stay so; some are deep in debt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worthbook.models.base import FloatArray

Columns = Mapping[str, NDArray[np.generic]]

BUSINESSES = 60
"""At most; a small firm has fewer."""
LATE_SHARE = 0.2
INDEBTED_SHARE = 0.15
PAYMENT_DAYS = 30
LATE_BY = 35
CRITERIA = (
    "importance", "need_fit", "growth_potential", "bargaining_power", "price_pressure", "serving_effort",
    "cooperation", "promotion_support", "technical_support", "industry_outlook", "rivalry", "prospects",
    "buying_risk", "need_for_help",
)  # fmt: skip
JUDGES = ("Chen", "Meyer")
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Businesses:
    """The business customers, and what was planted among them."""

    ids: NDArray[np.str_]
    late: frozenset[str]
    indebted: frozenset[str]


def choose_businesses(customers: NDArray[np.str_], revenue: FloatArray, random: np.random.Generator) -> Businesses:
    """Customers with much revenue, up to a tenth of all, are businesses."""
    count = min(BUSINESSES, max(10, len(customers) // 10))
    ids = np.sort(customers[np.argsort(-revenue, kind="stable")[: 2 * count]])
    ids = np.sort(random.choice(ids, count, replace=False))
    late = random.choice(ids, max(1, round(LATE_SHARE * count)), replace=False)
    indebted = random.choice(ids, max(1, round(INDEBTED_SHARE * count)), replace=False)
    return Businesses(ids, frozenset(late.tolist()), frozenset(indebted.tolist()))


def account_files(
    of: Businesses, lines: Columns, end: np.datetime64, random: np.random.Generator
) -> dict[str, Columns]:
    """Table → rows about business customers."""
    invoices, payments = _invoiced(of, lines, end, random)
    return {
        "accounts": _accounts(of, invoices, random),
        "appraisals": _appraisals(of, end, random),
        "account_years": _statements(of, end, random),
        "invoices": invoices,
        "payments": payments,
    }


def _accounts(of: Businesses, invoices: Columns, random: np.random.Generator) -> Columns:
    place = np.searchsorted(of.ids, invoices["customer_id"].astype(str))
    invoiced = np.bincount(place, invoices["amount"].astype(np.float64), len(of.ids))
    return {
        "customer_id": of.ids,
        "payment_days": np.full(len(of.ids), PAYMENT_DAYS),
        "credit_limit": np.ceil(invoiced * random.uniform(0.1, 0.5, len(of.ids)) / 100) * 100 + 500,
        "employees": random.integers(3, 250, len(of.ids)),
    }


def _appraisals(of: Businesses, end: np.datetime64, random: np.random.Generator) -> Columns:
    """Two people judge every account by every criterion, from 1 to 5; one of them once more a quarter later."""
    true = random.integers(1, 6, (len(of.ids), len(CRITERIA)))
    parts = []
    for judge, days in ((JUDGES[0], 200), (JUDGES[1], 190), (JUDGES[0], 100)):
        score = np.clip(true + random.integers(-1, 2, true.shape), 1, 5)
        parts.append(
            {
                "customer_id": np.repeat(of.ids, len(CRITERIA)),
                "criterion": np.tile(np.array(CRITERIA), len(of.ids)),
                "judge": np.full(true.size, judge),
                "appraised_on": np.full(true.size, end - days * _DAY),
                "score": score.ravel(),
            }
        )
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _statements(of: Businesses, end: np.datetime64, random: np.random.Generator) -> Columns:
    """Two years of each account; those in debt owe nine tenths of what they have."""
    count = len(of.ids)
    years = np.array([end.astype("datetime64[Y]").astype(int) + 1970 - back for back in (2, 1)])
    ends = np.array([f"{year}-12-31" for year in years], dtype="datetime64[D]")
    owner, year = np.repeat(np.arange(count), 2), np.tile(np.arange(2), count)
    indebted = np.isin(of.ids, list(of.indebted))[owner]
    total = np.round(np.repeat(np.exp(random.normal(13.5, 0.8, count)), 2), -3)
    revenue = np.round(total * random.uniform(0.8, 2.2, 2 * count), -3)
    owed = np.where(indebted, 0.9, random.uniform(0.25, 0.6, 2 * count))
    current = total * random.uniform(0.4, 0.7, 2 * count)
    return {
        "customer_id": of.ids[owner],
        "year_ends_on": ends[year],
        "known_on": ends[year] + 100 * _DAY,
        "current_assets": np.round(current),
        "inventories": np.round(current * random.uniform(0.2, 0.5, 2 * count)),
        "current_liabilities": np.round(current * np.where(indebted, 1.3, random.uniform(0.35, 0.8, 2 * count))),
        "total_assets": total,
        "total_liabilities": np.round(total * owed),
        "revenue": revenue,
        "previous_revenue": np.round(revenue / (1 + random.normal(0.06, 0.1, 2 * count))),
        "net_profit": np.round(revenue * random.normal(0.06, 0.03, 2 * count)),
        "operating_cash_flow": np.round(revenue * random.normal(0.07, 0.04, 2 * count)),
    }


def _invoiced(
    of: Businesses, lines: Columns, end: np.datetime64, random: np.random.Generator
) -> tuple[Columns, Columns]:
    """An invoice an order of the last two years, and its payment; what is due after the end is still open."""
    owner, day = lines["customer_id"].astype(str), lines["ordered_on"].astype("datetime64[D]")
    theirs = np.isin(owner, of.ids) & (day > end - 730 * _DAY)
    orders, first, place = np.unique(lines["order_id"][theirs], return_index=True, return_inverse=True)
    amount = np.round(np.bincount(place, lines["amount"][theirs].astype(np.float64)), 2)
    kept = np.flatnonzero(amount > 0)
    who, issued = owner[theirs][first][kept], day[theirs][first][kept]
    due = issued + PAYMENT_DAYS * _DAY
    wait = np.where(np.isin(who, list(of.late)), LATE_BY, 0) + random.integers(-10, 4, len(kept))
    paid = due + wait.astype("timedelta64[D]")
    number = np.char.replace(orders[kept].astype(str), "T", "I")
    invoices: dict[str, NDArray[np.generic]] = {
        "invoice_id": number,
        "customer_id": who,
        "order_id": orders[kept].astype(str),
        "issued_on": issued,
        "due_on": due,
        "amount": amount[kept],
    }
    there = np.flatnonzero(paid <= end)
    payments: dict[str, NDArray[np.generic]] = {
        "payment_id": np.char.replace(number[there], "I", "Y"),
        "customer_id": who[there],
        "invoice_id": number[there],
        "paid_on": paid[there],
        "amount": amount[kept][there],
    }
    return invoices, payments

"""What else the simulated firm has on record of its customers: who they are, what they cost, what passed between them.

Planted: customers whose delivery eats a third of what they bring; customers whose last complaint was left unanswered;
advocates who brought others; wallets of a known share; and a field of information, hobbies, that costs more than it is
ever used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worthbook.kernel.language import Language, Text
from worthbook.models.base import FloatArray, IntArray
from worthbook.models.company.accounts import Businesses, account_files, choose_businesses

Columns = Mapping[str, NDArray[np.generic]]

REGIONS = (Text(en="North", zh="华北"), Text(en="East", zh="华东"), Text(en="South", zh="华南"))
WALLET_SHARES = (0.3, 0.5, 0.8)
"""By region: the part of what customers there spend on tea that the firm gets."""
COSTLY_SHARE = 0.04
COSTLY_RATE, USUAL_RATE = 0.33, 0.05
"""Cost to serve by revenue."""
COMPLAINT_SHARE, UNANSWERED_SHARE = 0.05, 0.2
ADVOCATE_SHARE, BROUGHT = 0.02, 2
PARTNER_SHARE, WON_SHARE = 0.1, 0.6
CARD_SHARE, MONTHS = 0.1, 12
OCCUPATIONS = ("manager", "professional", "clerk", "worker", "self-employed", "student", "retired")
HOBBIES = "hobbies"
FIELDS = ("phone", "birthday", HOBBIES)
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Dealings:
    """The records, one file a table, and what was planted in them."""

    files: Mapping[str, Columns]
    """Table → columns, under the table's own names."""
    businesses: Businesses
    costly: frozenset[str]
    unanswered: frozenset[str]
    """Customers whose complaint was never answered."""
    advocates: frozenset[str]


@dataclass(frozen=True)
class _Base:
    """The customers, in the order of their ids, and what they bought."""

    ids: NDArray[np.str_]
    first: NDArray[np.datetime64]
    last: NDArray[np.datetime64]
    revenue: FloatArray
    """Of the last year."""
    end: np.datetime64

    def some(self, share: float, random: np.random.Generator) -> IntArray:
        """The places of a part of the customers, at least one, in order."""
        count = max(1, round(share * len(self.ids)))
        return np.sort(random.choice(len(self.ids), count, replace=False))


def deal(lines: Columns, end: np.datetime64, language: Language, random: np.random.Generator) -> Dealings:
    """Everything on record beside orders and answers.

    Args:
        lines: the order lines.
        end: the last day of the history.
        language: in which regions are named.
        random: where chance comes from.
    """
    base = _base(lines, end)
    businesses = choose_businesses(base.ids, base.revenue, random)
    region = random.integers(0, len(REGIONS), len(base.ids))
    costly = base.some(COSTLY_SHARE, random)
    complaints, unanswered = _complaints(base, random)
    referrals, advocates = _referrals(base, random)
    files = {
        "customers": _customers(base, businesses, region, language, random),
        "customer_costs": _costs(base, costly, random),
        "complaints": complaints,
        "interactions": _interactions(base, businesses, random),
        "referrals": referrals,
        "loyalty_entries": _points(base, random),
        "wallets": _wallets(base, region, random),
        "holdings": _holdings(base, random),
        "information_uses": _information(base, random),
        "opportunities": _opportunities(base, businesses, random),
        **account_files(businesses, lines, end, random),
    }
    ids = base.ids
    return Dealings(files, businesses, frozenset(ids[costly].tolist()), unanswered, advocates)


def _base(lines: Columns, end: np.datetime64) -> _Base:
    day, amount = lines["ordered_on"].astype("datetime64[D]"), lines["amount"].astype(np.float64)
    ids, place = np.unique(lines["customer_id"].astype(str), return_inverse=True)
    order = np.lexsort((day, place))
    begin = np.searchsorted(place[order], np.arange(len(ids)))
    stop = np.append(begin[1:], len(order)) - 1
    recent = np.bincount(place, amount * (day > end - 365 * _DAY), len(ids)).astype(np.float64)
    return _Base(ids, day[order][begin], day[order][stop], recent, end)


def _customers(
    base: _Base, businesses: Businesses, region: IntArray, language: Language, random: np.random.Generator
) -> Columns:
    business = np.isin(base.ids, businesses.ids)
    partner = business & (random.random(len(base.ids)) < PARTNER_SHARE)
    names = np.array([each.say(language) for each in REGIONS])
    born = np.datetime64("1965-01-01") + random.integers(0, 14_000, len(base.ids)).astype("timedelta64[D]")
    return {
        "customer_id": base.ids,
        "kind": np.where(business, "business", "consumer"),
        "role": np.where(partner, "partner", "customer"),
        "region": names[region],
        "born_on": np.where(business, np.datetime64("NaT"), born),
        "occupation": np.where(business, "", random.choice(OCCUPATIONS, len(base.ids))),
        "income": np.where(business, "", np.round(np.exp(random.normal(11.6, 0.5, len(base.ids))), -2).astype(str)),
        "assets": np.where(business, "", np.round(np.exp(random.normal(12.5, 0.9, len(base.ids))), -3).astype(str)),
        "dependants": np.where(business, "", random.integers(0, 4, len(base.ids)).astype(str)),
        "joined_on": base.first,
        "acquisition_cost": np.round(random.gamma(4.0, 5.0, len(base.ids)), 2),
    }


def _costs(base: _Base, costly: IntArray, random: np.random.Generator) -> Columns:
    """A row of delivery cost a customer who bought in the last year."""
    rate = np.full(len(base.ids), USUAL_RATE)
    rate[costly] = COSTLY_RATE
    amount = np.round(np.maximum(base.revenue, 0) * rate * random.uniform(0.9, 1.1, len(rate)), 2)
    there = np.flatnonzero(amount > 0)
    return {
        "customer_id": base.ids[there],
        "spent_on": base.last[there],
        "cost_kind": np.full(len(there), "delivery"),
        "amount": amount[there],
    }


def _complaints(base: _Base, random: np.random.Generator) -> tuple[Columns, frozenset[str]]:
    who = base.some(COMPLAINT_SHARE, random)
    silent = random.random(len(who)) < UNANSWERED_SHARE
    opened = np.maximum(base.first[who], base.end - random.integers(20, 360, len(who)).astype("timedelta64[D]"))
    answered = np.minimum(opened + random.integers(1, 9, len(who)).astype("timedelta64[D]"), base.end)
    columns: Columns = {
        "complaint_id": np.char.add("K", base.ids[who]),
        "customer_id": base.ids[who],
        "opened_at": _at_noon(opened),
        "answered_at": np.where(silent, "", _at_noon(answered)),
        "resolved_at": np.where(silent, "", _at_noon(answered)),
        "severity": random.choice(["low", "medium", "high"], len(who)),
        "outcome": np.where(silent, "", "solved"),
    }
    return columns, frozenset(base.ids[who[silent]].tolist())


def _at_noon(days: NDArray[np.datetime64]) -> NDArray[np.str_]:
    """Times as a help desk's program writes them."""
    return np.char.add(days.astype("datetime64[D]").astype(str), " 12:00:00")


def _interactions(base: _Base, businesses: Businesses, random: np.random.Generator) -> Columns:
    """Services and feedback of the last year: businesses four times, others seldom."""
    who = np.concatenate([np.repeat(businesses.ids, 4), base.ids[base.some(0.1, random)]])
    kind = random.integers(0, 3, len(who))
    return {
        "interaction_id": np.char.add("A", np.arange(len(who)).astype(str)),
        "customer_id": who,
        "happened_at": base.end - random.integers(1, 360, len(who)).astype("timedelta64[D]"),
        "kind": np.array(["call", "service", "message"])[kind],
        "purpose": np.array(["order", "advice", "feedback"])[kind],
        "minutes": random.integers(3, 40, len(who)),
    }


def _referrals(base: _Base, random: np.random.Generator) -> tuple[Columns, frozenset[str]]:
    """Advocates brought customers who bought first later than they did themselves."""
    who = np.repeat(base.some(ADVOCATE_SHARE, random), BROUGHT)
    brought = random.choice(len(base.ids), len(who), replace=False)
    later = np.flatnonzero(base.first[brought] > base.first[who])
    day = base.first[brought[later]]
    columns: Columns = {
        "customer_id": base.ids[who[later]],
        "referred_id": base.ids[brought[later]],
        "referred_on": day,
        "became_customer_on": day,
    }
    return columns, frozenset(base.ids[who[later]].tolist())


def _points(base: _Base, random: np.random.Generator) -> Columns:
    """A point for each unit of money of the last year, of members: a half of all customers."""
    who = base.some(0.5, random)
    who = who[base.revenue[who] >= 1]
    return {
        "entry_id": np.char.add("L", base.ids[who]),
        "customer_id": base.ids[who],
        "entered_at": base.last[who],
        "kind": np.full(len(who), "earn"),
        "points": np.floor(base.revenue[who]),
    }


def _wallets(base: _Base, region: IntArray, random: np.random.Generator) -> Columns:
    """What a fifth of the customers say to spend on tea in a year."""
    who = base.some(0.2, random)
    who = who[base.revenue[who] > 0]
    share = np.array(WALLET_SHARES)[region[who]]
    return {
        "customer_id": base.ids[who],
        "category": np.full(len(who), "tea"),
        "known_on": np.full(len(who), base.end - 30 * _DAY),
        "amount": np.round(base.revenue[who] / share, 2),
        "evidence": np.full(len(who), "stated"),
    }


def _holdings(base: _Base, random: np.random.Generator) -> Columns:
    """The firm's prepaid card: a tenth of the customers have held one through the last year, with money on it."""
    who = np.repeat(base.some(CARD_SHARE, random), MONTHS)
    months = base.end.astype("datetime64[M]") - np.arange(MONTHS)
    balance = np.round(random.gamma(2.0, 90.0, len(who)), 2)
    return {
        "customer_id": base.ids[who],
        "product_id": np.full(len(who), "card"),
        "month": np.tile(months.astype("datetime64[D]"), len(who) // MONTHS),
        "is_held": np.full(len(who), "true"),
        "balance": balance,
        "margin": np.round(balance * 0.01, 2),
    }


def _information(base: _Base, random: np.random.Generator) -> Columns:
    """Three fields of a tenth of the customers; hobbies cost eight a piece and are never used."""
    who = np.repeat(base.some(0.1, random), len(FIELDS))
    field = np.tile(np.array(FIELDS), len(who) // len(FIELDS))
    idle = field == HOBBIES
    return {
        "customer_id": base.ids[who],
        "field": field,
        "used_on": np.full(len(who), base.end - 60 * _DAY),
        "points": np.ones(len(who), dtype=np.int64),
        "uses": np.where(idle, 0, random.integers(1, 5, len(who))),
        "collections": np.ones(len(who), dtype=np.int64),
        "collection_cost": np.where(idle, 8.0, 0.5),
    }


def _opportunities(base: _Base, businesses: Businesses, random: np.random.Generator) -> Columns:
    """One offer a business in the last year, closed after some weeks."""
    count = len(businesses.ids)
    opened = base.end - random.integers(120, 360, count).astype("timedelta64[D]")
    return {
        "opportunity_id": np.char.add("O", businesses.ids),
        "customer_id": businesses.ids,
        "opened_on": opened,
        "closed_on": opened + random.integers(5, 100, count).astype("timedelta64[D]"),
        "amount": np.round(random.gamma(3.0, 900.0, count), 2),
        "is_won": random.random(count) < WON_SHARE,
    }

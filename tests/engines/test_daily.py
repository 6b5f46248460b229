"""Purchases by day are, on both engines, what plain Python counts in the same rows."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from tests.engines.conftest import Shop
from tests.engines.shop import AS_OF, HIDDEN, nasty_lines
from worthbook.data.daily import daily_purchases

FIRST = dt.date(2021, 1, 1)
BORN_UNTIL = dt.date(2023, 3, 1)


def days_by_customer() -> dict[str, list[dt.date]]:
    days: dict[str, set[dt.date]] = {}
    for line in nasty_lines():
        if line.import_id != HIDDEN and not line.is_return and line.ordered_on <= AS_OF:
            days.setdefault(line.customer_id, set()).add(line.ordered_on)
    return {customer: sorted(found) for customer, found in days.items()}


def test_births_and_repeats_of_those_who_were_there(shop: Shop) -> None:
    found = daily_purchases(shop.engine, shop.snapshot, shop.catalogue.tables, FIRST, AS_OF, BORN_UNTIL)
    births: Counter[int] = Counter()
    repeats: Counter[int] = Counter()
    for days in days_by_customer().values():
        if days[0] <= BORN_UNTIL:
            births[(days[0] - FIRST).days] += 1
            repeats.update((day - FIRST).days for day in days[1:])
    assert {day: count for day, count in enumerate(found.births) if count} == births
    assert {day: count for day, count in enumerate(found.repeats) if count} == repeats
    assert len(found.births) == (AS_OF - FIRST).days + 1

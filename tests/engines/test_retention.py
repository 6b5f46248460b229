"""Turnover of customers is, on both engines, what plain Python counts in the same rows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.engines.conftest import Shop
from tests.engines.shop import AS_OF, HIDDEN, nasty_lines
from worthbook.data.activity import month_index
from worthbook.data.retention import Turnover, read_turnover

Periods = dict[int, Decimal | None]


def amounts_by_customer(months: int) -> dict[str, Periods]:
    """Customer → period → what was bought in it."""
    found: dict[str, Periods] = {}
    for line in nasty_lines():
        if line.import_id != HIDDEN and not line.is_return and line.ordered_on <= AS_OF:
            periods = found.setdefault(line.customer_id, {})
            period = month_index(line.ordered_on) // months
            periods[period] = added([periods.get(period), line.amount])
    return found


def added(amounts: list[Decimal | None]) -> Decimal | None:
    known = [each for each in amounts if each is not None]
    return sum(known, Decimal(0)) if known else None


def turnover(customers: dict[str, Periods], period: int) -> Turnover:
    here = [each for each in customers.values() if period in each]
    new = [each for each in here if min(each) == period]
    kept = [each for each in here if period - 1 in each]
    back = [each for each in here if min(each) < period and period - 1 not in each]
    stayed = [each for each in here if period + 1 in each]
    amounts = [added([each[period] for each in some]) for some in (here, new, kept, back, stayed)]
    return Turnover(
        len(here),
        len(new),
        len(kept),
        len(back),
        amounts[0],
        amounts[1],
        amounts[2],
        amounts[3],
        len(stayed),
        amounts[4],
    )


@pytest.mark.parametrize("months", [1, 3])
def test_turnover(shop: Shop, months: int) -> None:
    found = read_turnover(shop.engine, shop.snapshot, shop.catalogue.tables, AS_OF, months)
    customers = amounts_by_customer(months)
    periods = sorted({period for each in customers.values() for period in each})
    assert found == {period: turnover(customers, period) for period in periods}

"""How far customers have come."""

from __future__ import annotations

import pytest

from tests.catalogue.placing import placed
from worthbook.kernel.units import Value

COLUMNS = (
    *("contacts_12m", "purchase_days_lifetime", "activity", "referrals_lifetime", "nps_latest"),
    *("referred_customers_lifetime", "customer_role"),
)


@pytest.mark.parametrize(
    ("customer", "rung"),
    [
        ((0, 0, None, 0, None, 0, None), "suspect"),
        ((2, 0, None, 0, None, 0, None), "prospect"),
        ((0, 1, "new", 3, 10, 3, "partner"), "one_time"),
        ((0, 2, "active", 0, None, 0, None), "repeat"),
        ((0, 9, "slipping", 5, 10, 5, "partner"), "repeat"),
        ((0, 5, "active", 0, 8, 0, None), "follower"),
        ((0, 5, "active", None, None, None, None), "follower"),
        ((0, 5, "active", 0, 9, 0, "customer"), "advocate"),
        ((0, 5, "active", 1, None, 0, None), "advocate"),
        ((0, 5, "active", 1, None, 1, None), "partner"),
        ((0, 5, "active", 0, 10, 0, "partner"), "partner"),
        ((None, None, None, None, None, None, None), None),
    ],
)
def test_each_rung(customer: tuple[Value, ...], rung: str | None) -> None:
    assert placed("loyalty_ladder", {}, COLUMNS, customer) == [rung]

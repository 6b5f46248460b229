"""Scorecards: customers at both ends and in the middle, and what does not change a score."""

from __future__ import annotations

import pytest

from tests.catalogue.placing import columns_of, placed
from worthbook.kernel.units import Value

CREDIT = ("on_time_share_12m", "days_late_12m", "overdue_share", "credit_limit_used", "payment_days_agreed")
CREDIT_CUTS = {"overdue": [1e-9, 0.3], "limit": [0.8, 1.0000001]}


def test_credit_from_safe_to_unsafe() -> None:
    customers: list[tuple[Value, ...]] = [
        (1.0, 0, 0, 0.2, 30),
        (0.94, 4, 0, 0.5, 30),
        (0.85, 12, 0.1, 0.9, 60),
        (0.3, 60, 0.9, 1.4, 90),
        (None, None, None, None, None),
    ]
    assert placed("credit_grades", CREDIT_CUTS, CREDIT, *customers) == ["a", "a", "c", "d", None]


def test_what_is_unknown_of_credit_shares_its_weight() -> None:
    """Paid on time in 9 of 10 (60 points at 35) and 3 days late (100 at 25): (21 + 25) / 60."""
    found = columns_of("credit_grades", CREDIT_CUTS, CREDIT, (0.9, 3, None, None, None))
    assert found["credit_grades__score"] == [pytest.approx(100 * (0.6 * 35 + 25) / 60, abs=1e-6)]


LOYALTY = (
    *("repeat_purchases", "categories_lifetime", "revenue_growth_12m", "overdue_ratio", "tenure_days"),
    *("discounted_share_12m", "wallet_share", "deliberation_days_lifetime", "referrals_lifetime"),
    *("rival_resistance_stated", "tolerance_stated", "satisfaction_latest"),
)
LOYALTY_CUTS = {"repeat": [1, 4, 9], "breadth": [3, 6], "deliberation": [20]}
DEVOTED: tuple[Value, ...] = (20, 8, 0.5, 0.4, 2000, 0.0, 0.9, 5, 4, 100, 100, 100)
INDIFFERENT: tuple[Value, ...] = (0, 1, -0.5, 9.0, 40, 1.0, 0.1, 90, 0, 0, 0, 0)


def test_loyal_behaviour_at_both_ends() -> None:
    found = columns_of("loyalty_behaviour", LOYALTY_CUTS, LOYALTY, DEVOTED, INDIFFERENT)
    assert found["loyalty_behaviour"] == ["high", "low"]
    assert found["loyalty_behaviour__score"][0] == 100


def test_each_sign_of_loyalty_raises_the_score() -> None:
    """One indicator at a time is turned from its worst to its best; none of them may lower the score."""
    turned = [(*INDIFFERENT[:place], DEVOTED[place], *INDIFFERENT[place + 1 :]) for place in range(len(LOYALTY))]
    base, *raised = columns_of("loyalty_behaviour", LOYALTY_CUTS, LOYALTY, INDIFFERENT, *turned)[
        "loyalty_behaviour__score"
    ]
    assert [float(str(each)) > float(str(base)) for each in raised] == [True] * len(LOYALTY)

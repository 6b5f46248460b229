"""Where a relationship stands, by trends and rhythm."""

from __future__ import annotations

import pytest

from tests.catalogue.placing import placed
from worthbook.kernel.units import Value

COLUMNS = (
    *("activity", "repeat_purchases", "recency_weeks", "tenure_days", "revenue_growth_12m", "recent_pace"),
    *("margin_rate_change_12m", "categories_change_12m"),
)
STEADY: dict[str, Value] = {
    "activity": "active",
    "repeat_purchases": 20,
    "recency_weeks": 150,
    "tenure_days": 1100,
    "revenue_growth_12m": 0.0,
    "recent_pace": 1.0,
    "margin_rate_change_12m": 0.0,
    "categories_change_12m": 0,
}


@pytest.mark.parametrize(
    ("differs", "stage"),
    [
        ({}, "stable"),
        ({"margin_rate_change_12m": None, "categories_change_12m": None}, "stable"),
        ({"activity": "new", "repeat_purchases": 0, "revenue_growth_12m": None}, "probing"),
        ({"activity": "slipping", "repeat_purchases": 1}, "probing"),
        ({"activity": "lapsed_once", "repeat_purchases": 0, "recency_weeks": 0}, "early_death"),
        ({"activity": "lapsed", "repeat_purchases": 9, "recency_weeks": 25}, "early_death"),
        ({"activity": "lapsed", "repeat_purchases": 9, "recency_weeks": 26}, "declining"),
        ({"activity": "slipping"}, "declining"),
        ({"revenue_growth_12m": -0.21}, "declining"),
        ({"margin_rate_change_12m": -0.06}, "stable"),
        ({"margin_rate_change_12m": -0.06, "categories_change_12m": -1}, "declining"),
        ({"revenue_growth_12m": 0.2}, "growing"),
        ({"categories_change_12m": 1}, "growing"),
        ({"revenue_growth_12m": None, "tenure_days": 182, "recent_pace": None}, "growing"),
        ({"revenue_growth_12m": None, "tenure_days": 300, "recent_pace": 1.4}, "growing"),
        ({"revenue_growth_12m": None, "tenure_days": 300, "recent_pace": 0.59}, "declining"),
        ({"revenue_growth_12m": None, "tenure_days": 300}, "stable"),
        ({"activity": None}, None),
    ],
)
def test_each_stage(differs: dict[str, Value], stage: str | None) -> None:
    customer = STEADY | differs
    assert placed("lifecycle_stage", {}, COLUMNS, [customer[column] for column in COLUMNS]) == [stage]

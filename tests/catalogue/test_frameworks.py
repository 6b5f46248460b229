"""The shipped frameworks on a few customers each, whose cells were worked out by hand."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from functools import cache

import pytest

from tests.scoring.laid import laid
from worthbook.definitions.framework import Cell, FrameworkDefinition
from worthbook.definitions.framework_checks import problems
from worthbook.kernel.language import Text
from worthbook.kernel.units import Value
from worthbook.planning.index import read_shipped
from worthbook.scoring.bands import Thresholds

NAMES = (
    "abc_classes",
    "abc_classes_margin",
    "activity",
    "attachment",
    "attitude_behaviour",
    "bank_five_index",
    "bank_scorecard",
    "buyer_selection",
    "buying_mode",
    "company_standard",
    "credit_grades",
    "current_potential",
    "customer_appraisal",
    "customer_kinds",
    "customer_pyramid",
    "customer_pyramid_four",
    "customer_pyramid_orders",
    "customer_pyramid_two",
    "customer_roles",
    "cycle_ticket",
    "general_scorecard",
    "grades",
    "hygiene_motivators",
    "lifecycle_stage",
    "loyalty_behaviour",
    "loyalty_ladder",
    "membership_tiers",
    "outlook_tiers",
    "price_and_cost",
    "rfm",
    "satisfaction_loyalty",
    "supplier_view",
    "value_loyalty",
)


@cache
def shipped() -> dict[str, FrameworkDefinition]:
    reading = read_shipped()
    assert reading.problems == ()
    return {each.name: each for each in reading.definitions if isinstance(each, FrameworkDefinition)}


def cells(name: str, thresholds: dict[str, Thresholds], **columns: list[float | None]) -> list[Value]:
    values: dict[str, list[Value]] = {column: list(given) for column, given in columns.items()}
    return laid(shipped()[name], thresholds, values)[name]


def words(cell: Cell) -> tuple[Text | None, ...]:
    """What a cell says: its name, its meaning, and the three depths of what to do."""
    return (cell.title, cell.meaning, cell.strategy, cell.service_level, cell.next_action)


def test_these_are_shipped() -> None:
    assert tuple(sorted(shipped())) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_fits_together(name: str) -> None:
    assert problems(shipped()[name]) == ()


@pytest.mark.parametrize("name", NAMES)
def test_each_cell_says_what_it_means_and_what_to_do(name: str) -> None:
    said = [
        [bool(text and text.en.strip() and text.zh.strip()) for text in words(cell)] for cell in shipped()[name].cells
    ]
    assert said == [[True] * 5] * len(shipped()[name].cells)


@pytest.mark.parametrize("name", NAMES)
def test_chinese_is_written_with_chinese_signs(name: str) -> None:
    definition = shipped()[name]
    texts: list[Text] = [definition.title, definition.description, *definition.caveats]
    texts += [text for cell in definition.cells for text in words(cell) if text]
    assert [text.zh for text in texts if any(sign in text.zh for sign in ",;:?!() ")] == []


def test_the_pyramid_has_one_four_fifteen_and_eighty() -> None:
    # 100 customers with 1, 2, … 100: the 80th lies half below 80 %, the 81st above, and so on for 95 and 99 %.
    values = [float(each) for each in range(1, 101)]
    found = Counter(cells("customer_pyramid", {"value": [81, 96, 100]}, revenue_12m=[*values]))
    assert found == {"small": 80, "ordinary": 15, "major": 4, "vip": 1}


def test_the_pyramid_keeps_equal_customers_together() -> None:
    # 18 of 20 bought nothing: their middle lies at 45 %, so that all of them are below the cut at 80 %.
    found = cells("customer_pyramid", {"value": [5, 9, math.inf]}, revenue_12m=[*[0.0] * 18, 5.0, 9.0])
    assert found == [*["small"] * 18, "ordinary", "major"]


def test_the_lead_tier_is_whoever_brings_nothing() -> None:
    revenue = [-50.0, 0.0, 0.0, 0.01, *[float(each) for each in range(1, 17)], None]
    # 20 known: 80 % begins at the 17th (13), 95 % at the 20th (16).
    found = cells("customer_pyramid_four", {"value": [0.01, 13, 16]}, revenue_12m=[*revenue])
    assert found == [*["lead"] * 3, *["iron"] * 13, *["gold"] * 3, "platinum", None]


def test_where_most_bring_nothing_they_are_still_lead() -> None:
    # Most brought less than nothing, so that the 80 % end below 0: the cut above 0 is higher and counts for both.
    found = cells("customer_pyramid_four", {"value": [3, 3, 3]}, revenue_12m=[*[-1.0] * 17, 0.0, 0.0, 3.0])
    assert found == [*["lead"] * 19, "platinum"]


def test_two_layers_part_at_eighty_per_cent() -> None:
    values = [float(each) for each in range(10, 210, 10)]
    found = cells("customer_pyramid_two", {"value": [170]}, revenue_12m=[*values])
    assert found == [*["rest"] * 16, *["core"] * 4]


def test_the_pyramid_works_without_amounts() -> None:
    # 15 of 20 ordered once (37.5 %), three twice (82.5 %), one three times (92.5 %), one nine times (97.5 %).
    orders = [*[1.0] * 15, 2.0, 2.0, 2.0, 3.0, 9.0]
    found = cells("customer_pyramid_orders", {"value": [2, 9, math.inf]}, orders_lifetime=[*orders])
    assert found == [*["small"] * 15, *["ordinary"] * 4, "major"]


@pytest.mark.parametrize(
    ("name", "column"), [("abc_classes", "revenue_lifetime"), ("abc_classes_margin", "gross_margin_lifetime")]
)
def test_abc_parts_the_total_at_five_and_twenty_per_cent(name: str, column: str) -> None:
    # A total of 1000: ten bring 50 together (5 %), six 25 each (20 %), two 200 and two 200 the rest.
    values: list[float | None] = [*[5.0] * 10, *[25.0] * 6, 200.0, 200.0, 200.0, 200.0, -30.0, None]
    found = cells(name, {"value": [25, 200]}, **{column: values})
    assert found == [*["c"] * 10, *["b"] * 6, *["a"] * 4, "c", None]


RFM: dict[str, Thresholds] = {"r": [10, 20, 30, 40], "f": [2, 3, 4, 5], "m": [20, 30, 40, 50]}
COMBINATIONS = list(itertools.product(range(1, 6), repeat=3))


def rfm_group(r: int, f: int, m: int) -> str:  # noqa: PLR0911
    """The group of one of the 125 combinations, written another way than the rules: by recency first."""
    if r >= 4:  # recent
        if f >= 4 and m >= 4:
            return "champions"
        if f >= 4:
            return "loyal"
        if f == 3:
            return "potential_loyalist"
        return "new" if r == 5 else "promising"
    if r == 3:  # a while ago
        if f >= 4:
            return "loyal"
        return "needs_attention" if f == 3 or m >= 3 else "about_to_sleep"
    if r == 1 and f >= 4 and m >= 4:  # long ago
        return "cant_lose"
    if f >= 3 or m >= 4:
        return "at_risk"
    return "lost" if r == 1 and m <= 2 else "hibernating"


def rfm_customers() -> dict[str, list[float | None]]:
    """One customer for each combination of bands; recent is few days."""
    return {
        "recency_days": [float((5 - r) * 10 + 5) for r, _, _ in COMBINATIONS],
        "orders_lifetime": [float(f) for _, f, _ in COMBINATIONS],
        "revenue_lifetime": [float(m * 10) for _, _, m in COMBINATIONS],
    }


def test_each_of_the_125_combinations_is_in_one_group() -> None:
    assert cells("rfm", RFM, **rfm_customers()) == [rfm_group(*each) for each in COMBINATIONS]


def test_the_bands_are_the_scores() -> None:
    values: dict[str, list[Value]] = {name: list(given) for name, given in rfm_customers().items()}
    found = laid(shipped()["rfm"], RFM, values)
    scores = list(zip(found["rfm__r"], found["rfm__f"], found["rfm__m"], strict=True))
    assert scores == [(f"r{r}", f"f{f}", f"m{m}") for r, f, m in COMBINATIONS]


def test_each_group_has_combinations() -> None:
    counted = Counter(rfm_group(*each) for each in COMBINATIONS)
    assert dict(counted) == {
        "champions": 8,
        "loyal": 22,
        "potential_loyalist": 10,
        "new": 10,
        "promising": 10,
        "needs_attention": 11,
        "about_to_sleep": 4,
        "cant_lose": 4,
        "at_risk": 34,
        "hibernating": 8,
        "lost": 4,
    }


def test_cycle_and_ticket_against_the_means() -> None:
    # Mean cycle 30 days, mean ticket 100, median ticket 60.
    cycle = [10.0, 30.0, 29.9, 45.0, 60.0, None, 5.0, 90.0, 90.0, 30.0]
    ticket = [100.0, 100.0, 99.9, 60.0, 59.9, 400.0, None, 300.0, 20.0, 99.9]
    found = cells(
        "cycle_ticket",
        {"cycle": [30], "ticket": [100], "half": [60]},
        mean_days_between=[*cycle],
        average_order_value_lifetime=[*ticket],
    )
    expected = ["platinum", "gold", "silver", "develop", "optimise", None, None, "gold", "optimise", "develop"]
    assert found == expected


def test_grades_by_value_loyalty_and_growth() -> None:
    # High from 1000, often from 5 orders.
    customers: list[tuple[float, float, float | None, float, str]] = [
        (2000, 8, 0.3, 900, "gold"),
        (1000, 5, -0.2, 900, "gold"),
        (1000, 5, None, 100, "gold"),
        (1000, 5, -0.21, 900, "silver"),
        (1500, 4, 0.5, 900, "silver"),
        (1500, 1, None, 20, "silver"),
        (999, 5, -0.5, 900, "silver"),
        (10, 9, None, 300, "silver"),
        (10, 2, 0.2, 900, "potential"),
        (10, 1, None, 183, "potential"),
        (500, 4, 0.9, 900, "potential"),
        (500, 4, None, 184, "regular"),
        (500, 4, 0.19, 900, "regular"),
        (500, 1, -0.9, 900, "regular"),
        (0, 1, None, 900, "regular"),
        (0, 9, -1.0, 900, "regular"),
        (-5, 2, None, 30, "regular"),
    ]
    found = cells(
        "grades",
        {"value": [10, 1000], "loyalty": [2, 5], "growth": [-0.2, 0.2]},
        revenue_12m=[revenue for revenue, *_ in customers],
        orders_lifetime=[orders for _, orders, *_ in customers],
        revenue_growth_12m=[growth for _, _, growth, *_ in customers],
        tenure_days=[tenure for *_, tenure, _ in customers],
    )
    assert found == [grade for *_, grade in customers]


def activity(usual: tuple[float, float], customers: list[tuple[float | None, float | None]]) -> list[Value]:
    return cells(
        "activity",
        {"silence": list(usual), "overdue": [2, 4]},
        recency_days=[silence for silence, _ in customers],
        overdue_ratio=[overdue for _, overdue in customers],
    )


def test_activity_in_a_shop_where_customers_come_back_after_two_months() -> None:
    customers: list[tuple[float | None, float | None, str | None]] = [
        (10, None, "new"),
        (60, None, "slipping"),
        (450, None, "lapsed_once"),
        (500, None, "lapsed_once"),
        (30, 0.5, "active"),
        (30, 9.0, "active"),  # two purchases three days apart are no rhythm to judge by
        (300, 0.8, "active"),  # comes once a year
        (100, 2.0, "slipping"),
        (100, 9.0, "slipping"),
        (300, 2.5, "slipping"),
        (300, 4.0, "lapsed"),
        (450, 40.0, "lapsed"),
        (None, None, None),
    ]
    found = activity((60, 200), [(silence, overdue) for silence, overdue, _ in customers])
    assert found == [cell for _, _, cell in customers]


def test_activity_among_households_that_shop_weekly() -> None:
    customers: list[tuple[float | None, float | None, str]] = [
        (3, 0.5, "active"),
        (9, 1.9, "active"),
        (16, 2.3, "slipping"),
        (29, 2.0, "slipping"),
        (35, 5.0, "lapsed"),
        (40, None, "lapsed_once"),
        (5, None, "new"),
    ]
    found = activity((8, 29), [(silence, overdue) for silence, overdue, _ in customers])
    assert found == [cell for _, _, cell in customers]


def test_where_nobody_came_back_nobody_is_gone() -> None:
    assert activity((math.inf, math.inf), [(900, None)]) == ["new"]

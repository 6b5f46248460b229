from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.scoring.examples import GRID, RULES, SCORECARD, TIERS, axis, band, cell, framework, said
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import ColumnMeta
from worthbook.kernel.units import Unit, Value
from worthbook.scoring.bands import Number
from worthbook.scoring.change import changes
from worthbook.scoring.explain import explain
from worthbook.scoring.place import Case

COLUMNS = {
    name: ColumnMeta(name, title, unit, said(""), "test")
    for name, title, unit in [
        ("revenue", Text(en="revenue, last 12 months", zh="最近12个月收入"), Unit.MONEY),
        ("orders", Text(en="orders", zh="订单数"), Unit.COUNT),
        ("growth_rate", Text(en="growth", zh="增长率"), Unit.RATE),
    ]
}
THRESHOLDS: dict[str, list[Number]] = {
    "value": [Decimal(100), Decimal(500)],
    "stay": [2, 5],
    "growth": [0.0],
    "score": [2.0, 4.0],
}


def case(definition: FrameworkDefinition, **values: Value) -> Case:
    fitted = {name: THRESHOLDS[name][: len(axis.cuts)] for name, axis in definition.axes.items()}
    return Case(definition, values, {**fitted, "score": THRESHOLDS["score"]}, COLUMNS, "CNY")


def test_up_and_down_with_what_they_take() -> None:
    found = [
        (each.effect, each.amount, each.limit, each.cell) for each in changes(case(TIERS, revenue=Decimal("187.8")))
    ]
    assert found == [
        ("down", Decimal("87.8"), Decimal(100), "small"),
        ("up", Decimal("312.2"), Decimal(500), "vip"),
    ]


def test_changes_are_said_in_both_languages() -> None:
    texts = [each.text for each in changes(case(TIERS, revenue=Decimal("187.8")))]
    assert texts == [
        Text(
            en="revenue, last 12 months: more than ¥87.80 less (below ¥100.00) leads to small.",
            zh="最近12个月收入减少超过¥87.80（低于¥100.00），即归入“small”。",
        ),
        Text(
            en="revenue, last 12 months: ¥312.20 more (from ¥500.00 on) leads to vip.",
            zh="最近12个月收入再增加¥312.20（达到¥500.00），即归入“vip”。",
        ),
    ]


def test_a_threshold_kept_as_a_float_is_still_exact() -> None:
    kept = Case(TIERS, {"revenue": Decimal("87.8")}, {"value": [100.1, 500.0]}, COLUMNS)
    assert [each.amount for each in changes(kept)] == [Decimal("12.3")]


def test_on_the_limit_any_less_is_enough() -> None:
    (down, _) = changes(case(TIERS, revenue=Decimal(100)))
    assert down.text.en == "revenue, last 12 months: any less (below ¥100.00) leads to small."


def test_counts_change_by_whole_numbers() -> None:
    definition = framework("tiers", {"stay": axis("orders", ["2", "5"])}, [cell("c"), cell("b"), cell("a")])
    texts = [each.text.en for each in changes(case(definition, orders=6))]
    assert texts == ["orders: 2 less (below 5) leads to b."]


def test_a_change_may_jump_over_bands_that_alter_nothing() -> None:
    found = [(each.column, each.direction, each.cell) for each in changes(case(GRID, revenue=10.0, orders=7))]
    assert found == [("orders", "less", "prune"), ("revenue", "more", "keep")]


def test_two_axes_of_one_column_change_together() -> None:
    bands = [band("low"), band("high")]
    axes = {"a": axis("revenue", ["100"], bands), "b": axis("revenue", ["500"], bands)}
    definition = framework(
        "grid", axes, [cell("x", bands={"b": "low"}), cell("y", bands={"a": "low", "b": "high"}),
                       cell("z", bands={"a": "high", "b": "high"})]
    )  # fmt: skip
    found = changes(Case(definition, {"revenue": 10.0}, {"a": [100.0], "b": [500.0]}, COLUMNS))
    assert [(each.limit, each.cell) for each in found] == [(500.0, "z")]


def test_rates_change_by_percentage_points() -> None:
    definition = framework("tiers", {"growth": axis("growth_rate", ["0"])}, [cell("b"), cell("a")])
    texts = [each.text for each in changes(case(definition, growth_rate=-0.3))]
    assert texts == [
        Text(
            en="growth: 30 percentage points more (from 0 % on) leads to a.",
            zh="增长率再增加30个百分点（达到0%），即归入“a”。",
        )
    ]


def test_what_is_not_known_offers_no_change() -> None:
    assert changes(case(TIERS, revenue=None)) == ()


def test_a_scorecard_tells_its_points() -> None:
    found = explain(case(SCORECARD, revenue=Decimal(200), orders=None))
    assert [reading.points for reading in found.readings] == [3, None]
    assert found.because == Text(
        en="revenue, last 12 months: ¥200.00, mid; orders: not known; score 3 → b.",
        zh="最近12个月收入为¥200.00（mid），订单数未知，得分3，因此归入“b”。",
    )


def test_the_reading_says_between_which_limits_a_value_lies() -> None:
    readings = [explain(case(TIERS, revenue=Decimal(each))).readings[0] for each in (1, 100, 900)]
    found = [(reading.begins, reading.ends) for reading in readings]
    assert found == [(None, 100), (100, 500), (500, None)]


def test_nobody_is_explained_into_a_cell_by_what_is_not_known() -> None:
    found = explain(case(GRID, revenue=Decimal(900), orders=None))
    assert (found.cell, found.because.en) == (
        None,
        "revenue, last 12 months: ¥900.00, high; orders: not known. With this no cell can be given.",
    )


def test_rules_are_followed() -> None:
    found = explain(case(RULES, revenue=Decimal(900), growth_rate=-0.5, orders=1))
    assert (found.cell, [(each.column, each.cell) for each in found.changes]) == (
        "value",
        [("revenue", "rest"), ("growth_rate", "star")],
    )


def test_rules_with_functions_keep_the_cell_that_the_engine_gave() -> None:
    cells = [cell("up", when="abs(growth_rate) > 1 and value = 'high'"), cell("rest")]
    definition = framework("rules", {"value": RULES.axes["value"]}, cells)
    found = explain(case(definition, revenue=Decimal(900), growth_rate=2.0, sample="up"))
    assert (found.cell, found.changes, found.notes[0].en) == (
        "up",
        (),
        "Which change would lead to another cell cannot be said: the rules use functions.",
    )


def test_limits_that_depend_on_others_are_said_to_move() -> None:
    definition = framework("tiers", {"value": axis("revenue", ["80% of customers"])}, [cell("b"), cell("a")])
    found = explain(Case(definition, {"revenue": 1.0}, {"value": [5.0]}, COLUMNS))
    assert found.notes[0].en.startswith("The limits are those found among all customers")


@pytest.mark.parametrize("definition", [TIERS, GRID, SCORECARD, RULES], ids=lambda each: each.method)
@given(revenue=st.floats(0, 1000), orders=st.integers(0, 9), growth=st.floats(-1, 1))
def test_making_the_change_leads_to_the_cell(
    definition: FrameworkDefinition, revenue: float, orders: int, growth: float
) -> None:
    asked = case(definition, revenue=revenue, orders=orders, growth_rate=growth)
    for change in changes(asked):
        value = asked.values[change.column]
        assert isinstance(value, int | float)
        step = float(change.amount) * (1 + 1e-9) + 1e-6
        moved = value + step if change.direction == "more" else value - step
        if change.column == "orders":
            moved = value + int(change.amount) * (1 if change.direction == "more" else -1)
        assert asked.with_value(change.column, moved).cell == change.cell


@given(revenue=st.floats(0, 1000))
def test_anything_less_than_the_change_leads_nowhere(revenue: float) -> None:
    asked = case(TIERS, revenue=revenue)
    for change in changes(asked):
        assume(float(change.amount) > 1e-3)
        step = float(change.amount) * 0.999
        moved = revenue + step if change.direction == "more" else revenue - step
        assert asked.with_value("revenue", moved).cell == asked.cell

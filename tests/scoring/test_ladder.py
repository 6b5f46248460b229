from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scoring.examples import LADDER, axis, band, cell, framework, said
from tests.scoring.laid import laid
from worthbook.kernel.language import Text
from worthbook.kernel.result import ColumnMeta
from worthbook.kernel.units import Unit, Value
from worthbook.scoring.explain import explain
from worthbook.scoring.place import Case

Customer = dict[str, Value]
MAYBE = st.none() | st.integers(0, 3).map(float)
CUSTOMERS = st.fixed_dictionaries({"orders": MAYBE, "revenue": MAYBE, "referrals": MAYBE})
COLUMNS = {
    name: ColumnMeta(name, said(name), unit, said(name), "test")
    for name, unit in (("orders", Unit.COUNT), ("revenue", Unit.MONEY), ("referrals", Unit.COUNT))
}


def rung(customer: Customer) -> Value:
    return laid(LADDER, {}, {name: [value] for name, value in customer.items()})["sample"][0]


def seen(orders: Value, revenue: Value, referrals: Value) -> Customer:
    return {"orders": orders, "revenue": revenue, "referrals": referrals}


@pytest.mark.parametrize(
    ("customer", "expected"),
    [
        (seen(0, 0, 0), "prospect"),
        (seen(1, 50, 0), "customer"),
        (seen(3, 50, 0), "repeat"),
        (seen(3, 50, 2), "advocate"),
        (seen(0, 0, 2), "advocate"),
        (seen(3, 50, None), "repeat"),
        (seen(0, None, None), "prospect"),
        (seen(None, None, None), None),
    ],
    ids=["none", "first", "second", "top", "top alone", "top unknown", "nothing reached", "nothing known"],
)
def test_a_customer_stands_on_the_highest_rung_that_holds(customer: Customer, expected: str | None) -> None:
    assert rung(customer) == expected


@given(CUSTOMERS)
def test_the_engine_and_one_customer_agree(customer: Customer) -> None:
    assert rung(customer) == Case(LADDER, customer, {}).cell


def test_bands_of_axes_can_be_rungs() -> None:
    axes = {"value": axis("revenue", ["100"], [band("low"), band("high")])}
    ladder = framework("ladder", axes, [cell("rest"), cell("best", when="value = 'high'")])
    found = laid(ladder, {"value": [100.0]}, {"revenue": [99.0, 100.0, None]})
    assert found["sample"] == ["rest", "best", None]


def explained(customer: Customer) -> list[str]:
    told = explain(Case(LADDER, customer, {}, COLUMNS, "CNY"))
    return [told.because.en, *(each.text.en for each in told.changes), *(each.en for each in told.notes)]


def test_it_is_said_which_condition_holds_and_what_leads_on() -> None:
    assert explained(seen(1, 50.0, 0)) == [
        "orders: 1; revenue: ¥50.00; referrals: 0. It holds that “orders” >= 1 → customer.",
        "orders: 1 more (from 2 on) leads to repeat.",
        "orders: 1 less (below 1) leads to prospect.",
        "referrals: 1 more (from 1 on) leads to advocate.",
        "Still missing for repeat: “orders” >= 2.",
    ]


def test_a_rung_that_cannot_be_decided_is_named() -> None:
    assert explained(seen(2, 50.0, None))[-1] == "Not decided, because something that it asks is not known: advocate."


def test_rungs_lie_above_each_other() -> None:
    told = explain(Case(LADDER, seen(1, 50.0, 0), {}, COLUMNS, "CNY"))
    assert [each.effect for each in told.changes] == ["up", "down", "up"]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (119.0, "recency: more than 1 day more (above 120 days) leads to rest."),
        (120.0, "recency: any more (above 120 days) leads to rest."),
        (123.0, "recency: 3 days less (down to 120 days) leads to fresh."),
    ],
)
def test_a_limit_that_belongs_to_the_values_below_it_is_told_as_such(days: float, expected: str) -> None:
    ladder = framework("ladder", {}, [cell("rest"), cell("fresh", when="recency <= 120")])
    column = ColumnMeta("recency", said("recency"), Unit.DAYS, said("recency"), "test")
    (change,) = explain(Case(ladder, {"recency": days}, {}, {"recency": column}, "CNY")).changes
    assert change.text.en == expected


@pytest.mark.parametrize(
    ("customer", "expected"),
    [
        (seen(1, -5.0, 0), "Still missing for repeat: “orders” >= 2; “revenue” > 0."),
        (seen(3, 50.0, 0), "Still missing for advocate: “referrals” >= 1."),
        (seen(1, None, 0), "Still missing for repeat: “orders” >= 2; “revenue” > 0."),
    ],
    ids=["two changes", "one change", "unknown"],
)
def test_what_is_missing_for_the_next_rung_is_named_part_by_part(customer: Customer, expected: str) -> None:
    assert explained(customer)[-1] == expected


def test_nothing_is_missing_on_the_highest_rung() -> None:
    assert not any("missing" in text for text in explained(seen(3, 50.0, 2)))


def test_keys_are_told_by_their_titles() -> None:
    axes = {"value": axis("revenue", ["100"], [band("low"), band("high")])}
    ladder = framework("ladder", axes, [cell("rest"), cell("best", when="value = 'high' and state in ('a', 'b')")])
    labels = {"a": Text(en="Active", zh="活跃"), "b": Text(en="Back", zh="回流"), "c": Text(en="Cold", zh="沉睡")}
    state = ColumnMeta("state", said("state"), Unit.LABEL, said("state"), "test", labels=labels)
    columns = {"revenue": COLUMNS["revenue"], "state": state}
    told = explain(Case(ladder, {"revenue": 200.0, "state": "c"}, {"value": [100.0]}, columns, "CNY"))
    assert (told.readings[-1].text.zh, told.notes[-1].zh) == (
        "state为沉睡",
        "距“best”还差：“state” in (“活跃”, “回流”)。",
    )


def test_what_is_unknown_below_the_rung_does_not_matter() -> None:
    assert not any("Not decided" in text for text in explained(seen(None, 50.0, 2)))

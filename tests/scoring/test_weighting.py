from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scoring.examples import TREE, axis, band, cell, framework, group
from tests.scoring.laid import laid
from worthbook.kernel.units import Value
from worthbook.scoring.place import Case
from worthbook.scoring.weighting import Weighting, contributions

CUTS = {"funds": [100.0, 500.0], "trades": [2.0], "stays": [365.0], "content": [70.0], "score": [40.0, 70.0]}
MAYBE = st.none() | st.floats(-1000, 1000)
CUSTOMERS = st.fixed_dictionaries({"balance": MAYBE, "orders": MAYBE, "tenure": MAYBE, "satisfaction": MAYBE})
WEIGHTS = st.lists(st.integers(1, 100).map(lambda each: each / 10), min_size=6, max_size=6)


def in_engine(customer: dict[str, Value], weights: Weighting | None = None) -> dict[str, Value]:
    found = laid(TREE, CUTS, {name: [value] for name, value in customer.items()}, weighting=weights)
    return {name: values[0] for name, values in found.items()}


def case(customer: dict[str, Value], weights: Weighting | None = None) -> Case:
    return Case(TREE, customer, CUTS, weighting=weights)


@pytest.mark.parametrize(
    ("customer", "expected"),
    [
        ({"balance": 200.0, "orders": 1.0, "tenure": 10.0, "satisfaction": 80.0}, (50, 70, 58)),
        ({"balance": None, "orders": 1.0, "tenure": 10.0, "satisfaction": 80.0}, (20, 70, 40)),
        ({"balance": None, "orders": None, "tenure": 10.0, "satisfaction": 80.0}, (None, 70, 70)),
        ({"balance": 200.0, "orders": 1.0, "tenure": None, "satisfaction": None}, (50, None, 50)),
        ({"balance": None, "orders": None, "tenure": None, "satisfaction": None}, (None, None, None)),
    ],
    ids=["all known", "an axis unknown", "a group unknown", "the other group unknown", "nothing known"],
)
def test_weights_are_shared_within_the_group_and_among_groups(
    customer: dict[str, Value], expected: tuple[float | None, ...]
) -> None:
    """Worked by hand from the weights 60 (3, 1) and 40 (1, 2)."""
    found = in_engine(customer)
    assert (found["sample__brings"], found["sample__loyalty"], found["sample__score"]) == expected


@given(CUSTOMERS)
def test_the_engine_and_one_customer_agree(customer: dict[str, Value]) -> None:
    found = in_engine(customer)
    assert (found["sample__score"], found["sample"]) == (case(customer).score, case(customer).cell)


@given(CUSTOMERS, WEIGHTS)
def test_other_weights_reach_the_engine_and_one_customer_alike(
    customer: dict[str, Value], weights: list[float]
) -> None:
    given = Weighting(dict(zip(TREE.axes, weights, strict=False)), {"brings": weights[4], "loyalty": weights[5]})
    assert in_engine(customer, given)["sample__score"] == case(customer, given).score


@given(CUSTOMERS)
def test_shares_sum_to_one_exactly(customer: dict[str, Value]) -> None:
    added = case(customer).contributions
    assert sum((each.share for each in added), Fraction(0)) == (1 if added else 0)


@given(CUSTOMERS, st.sampled_from(["balance", "orders", "tenure", "satisfaction"]), st.floats(0, 1000))
def test_more_of_what_scores_higher_never_leads_to_a_lower_grade(
    customer: dict[str, Value], column: str, more: float
) -> None:
    value = customer[column]
    before = case(customer)
    after = before.with_value(column, None if value is None else float(value) + more)  # type: ignore[arg-type]
    keys = [None, *(each.key for each in TREE.cells)]
    assert keys.index(after.cell) >= keys.index(before.cell)


def test_a_group_does_not_gain_from_having_many_axes() -> None:
    many = {f"a{n}": axis("orders", ["2"], [band("few", 0), band("many", 100)], 1, "wide") for n in range(9)}
    one = {"b": axis("balance", ["1"], [band("low", 0), band("high", 100)], 1, "narrow")}
    groups = {"wide": group("wide", 1), "narrow": group("narrow", 1)}
    tree = framework("scorecard", {**many, **one}, [cell("x"), cell("y")], ["50"], groups)
    cuts = {**{name: [2.0] for name in many}, "b": [1.0]}
    found = contributions(tree, Weighting.stated(tree), {"orders": 5.0, "balance": 5.0}, cuts)
    assert {each.axis: each.share for each in found} == {**dict.fromkeys(many, Fraction(1, 18)), "b": Fraction(1, 2)}


def test_an_axis_of_weight_zero_decides_nothing() -> None:
    weights = Weighting({"funds": 0, "trades": 1, "stays": 1, "content": 1}, {"brings": 1, "loyalty": 1})
    customer: dict[str, Value] = {"balance": 900.0, "orders": None, "tenure": 1.0, "satisfaction": None}
    assert (in_engine(customer, weights)["sample__score"], case(customer, weights).score) == (10, 10)

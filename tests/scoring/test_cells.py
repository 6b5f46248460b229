from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scoring.examples import GRID, RULES, SCORECARD, TIERS
from tests.scoring.laid import laid
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.kernel.units import Value
from worthbook.scoring.place import Case

THRESHOLDS = {"value": [100.0, 500.0], "stay": [2.0, 5.0], "growth": [0.0], "score": [2.0, 4.0]}
CUSTOMER = st.fixed_dictionaries(
    {
        "revenue": st.none() | st.floats(-1000, 1000),
        "orders": st.none() | st.integers(0, 9).map(float),
        "growth_rate": st.none() | st.floats(-1, 1),
    }
)


def fitted(definition: FrameworkDefinition) -> dict[str, list[float]]:
    """As many thresholds as each axis has cuts."""
    axes = {name: THRESHOLDS[name][: len(axis.cuts)] for name, axis in definition.axes.items()}
    return {**axes, "score": THRESHOLDS["score"]} if definition.method == "scorecard" else axes


def columns(customers: list[dict[str, float | None]]) -> dict[str, list[Value]]:
    return {name: [customer[name] for customer in customers] for name in ("revenue", "orders", "growth_rate")}


def test_a_grid_gives_bands_and_cell() -> None:
    found = laid(GRID, {"value": [100], "stay": [2, 5]}, {"revenue": [10.0, 10.0, 900.0], "orders": [1.0, 7.0, 1.0]})
    assert found == {
        "sample__value": ["low", "low", "high"],
        "sample__stay": ["once", "often", "once"],
        "sample": ["prune", "grow", "keep"],
    }


def test_a_grid_places_nobody_with_an_unknown_axis() -> None:
    found = laid(GRID, {"value": [100], "stay": [2, 5]}, {"revenue": [900.0, None], "orders": [None, 1.0]})
    assert found["sample"] == [None, None]


@pytest.mark.parametrize(
    ("revenue", "growth", "orders", "expected"),
    [
        (900.0, 0.5, 1.0, "star"),
        (900.0, None, 1.0, "star"),
        (900.0, -0.5, 1.0, "value"),
        (10.0, 0.5, 3.0, "seed"),
        (10.0, 0.5, None, None),
        (10.0, -0.5, None, "rest"),
        (None, 0.5, 3.0, None),
        (10.0, None, 3.0, "rest"),
    ],
)
def test_the_first_rule_that_holds_wins_and_an_undecided_one_ends_it(
    revenue: float | None, growth: float | None, orders: float | None, expected: str | None
) -> None:
    customer = {"revenue": [revenue], "growth_rate": [growth], "orders": [orders]}
    assert laid(RULES, {"value": [100], "growth": [0]}, customer)["sample"] == [expected]


@pytest.mark.parametrize("definition", [TIERS, GRID, SCORECARD, RULES], ids=lambda each: each.method)
@given(customers=st.lists(CUSTOMER, min_size=1, max_size=12))
def test_the_engine_and_a_single_customer_agree(
    definition: FrameworkDefinition, customers: list[dict[str, float | None]]
) -> None:
    thresholds = fitted(definition)
    expected = [Case(definition, {**customer}, thresholds).cell for customer in customers]
    assert laid(definition, thresholds, columns(customers))["sample"] == expected


@pytest.mark.parametrize("definition", [TIERS, GRID, SCORECARD, RULES], ids=lambda each: each.method)
@given(revenue=st.floats(-1000, 1000), orders=st.integers(0, 9).map(float), growth=st.floats(-1, 1))
def test_whoever_is_known_is_in_one_cell(
    definition: FrameworkDefinition, revenue: float, orders: float, growth: float
) -> None:
    customer = {"revenue": [revenue], "orders": [orders], "growth_rate": [growth]}
    (cell,) = laid(definition, fitted(definition), customer)["sample"]
    assert cell in {each.key for each in definition.cells}

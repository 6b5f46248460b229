from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scoring.examples import SCORECARD, axis, band, framework
from tests.scoring.laid import laid
from worthbook.definitions.framework import FrameworkDefinition

CUTS = {"value": [100.0, 500.0], "stay": [2.0]}
KNOWN = st.floats(-1000, 1000)


def weighted(value: float, stay: float) -> FrameworkDefinition:
    bands = [band("low", 1), band("mid", 3), band("high", 5)]
    axes = {
        "value": axis("revenue", ["100", "500"], bands, weight=value),
        "stay": axis("orders", ["2"], [band("once", 1), band("again", 5)], weight=stay),
    }
    return framework("scorecard", axes, SCORECARD.cells, ["2", "4"])


@pytest.mark.parametrize(
    ("revenue", "orders", "expected"),
    [
        (50.0, 1.0, 1.0),
        (900.0, 3.0, 5.0),
        (200.0, 1.0, 2.333333),
        (200.0, None, 3.0),
        (None, 3.0, 5.0),
        (None, None, None),
    ],
)
def test_the_weight_of_an_unknown_axis_is_shared_among_the_rest(
    revenue: float | None, orders: float | None, expected: float | None
) -> None:
    assert laid(SCORECARD, CUTS, {"revenue": [revenue], "orders": [orders]})["sample__score"] == [expected]


def test_the_score_comes_first_and_is_cut_when_its_thresholds_are_known() -> None:
    customers = {"revenue": [50.0, 200.0, 900.0, None], "orders": [1.0, 1.0, 3.0, None]}
    assert list(laid(SCORECARD, CUTS, customers)) == ["sample__value", "sample__stay", "sample__score"]
    assert laid(SCORECARD, {**CUTS, "score": [2.0, 4.0]}, customers)["sample"] == ["c", "b", "a", None]


@given(st.none() | KNOWN, KNOWN, st.floats(0.01, 100), st.floats(0.01, 100))
def test_a_score_lies_between_the_fewest_and_the_most_points(
    revenue: float | None, orders: float, value: float, stay: float
) -> None:
    (score,) = laid(weighted(value, stay), CUTS, {"revenue": [revenue], "orders": [orders]})["sample__score"]
    assert isinstance(score, float)
    assert 1 - 1e-9 <= score <= 5 + 1e-9


@given(KNOWN, KNOWN, st.integers(1, 20), st.integers(1, 20), st.integers(1, 50))
def test_only_the_proportion_of_weights_counts(
    revenue: float, orders: float, value: int, stay: int, scale: int
) -> None:
    customer = {"revenue": [revenue], "orders": [orders]}
    once = laid(weighted(value, stay), CUTS, customer)["sample__score"]
    assert laid(weighted(value * scale, stay * scale), CUTS, customer)["sample__score"] == once


@given(st.tuples(KNOWN, KNOWN).map(sorted), KNOWN)
def test_more_of_what_scores_higher_never_scores_less(revenue: list[float], orders: float) -> None:
    low, high = laid(SCORECARD, CUTS, {"revenue": revenue, "orders": [orders, orders]})["sample__score"]
    assert isinstance(low, float)
    assert isinstance(high, float)
    assert low <= high

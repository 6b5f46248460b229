from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worthbook.kernel.errors import WorthbookError
from worthbook.models.perception.function_cost import function_cost
from worthbook.models.weights import direct

POINTS = st.lists(st.tuples(st.integers(1, 100), st.integers(0, 100)), min_size=2, max_size=8)


def test_target_cost_of_a_budget_below_the_present_cost() -> None:
    found = function_cost(direct({"a": 60, "b": 40}), {"a": 50, "b": 50}, target_total=80)
    assert {each.name: (each.target_cost, each.excess, each.verdict) for each in found.functions} == {
        "b": (32.0, 18.0, "cut_cost"),
        "a": (48.0, 2.0, "invest"),
    }
    assert found.to_save == 20.0


def test_a_function_that_costs_nothing_has_no_value_index() -> None:
    found = function_cost(direct({"a": 1, "free": 1}), {"a": 10, "free": 0})
    assert {each.name: each.value for each in found.functions} == {"a": 0.5, "free": None}


@given(POINTS.filter(lambda pairs: sum(cost for _, cost in pairs) > 1), st.sampled_from([0.01, 1.0, 1e6]))
def test_excesses_cancel_and_money_has_no_unit(pairs: list[tuple[int, int]], scale: float) -> None:
    weights = direct({f"f{i}": importance for i, (importance, _) in enumerate(pairs)})
    costs = {f"f{i}": cost * scale for i, (_, cost) in enumerate(pairs)}
    found = function_cost(weights, costs)
    assert sum(each.excess for each in found.functions) == pytest.approx(0.0, abs=1e-9 * found.total)
    weighted = [each.value * each.cost_share for each in found.functions if each.value is not None]
    free = sum(each.importance for each in found.functions if each.value is None)
    assert sum(weighted) + free == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("costs", "slug"),
    [
        ({"a": 1.0}, "function-costs-missing"),
        ({"a": 1.0, "b": -1.0}, "function-costs-unusable"),
        ({"a": 0.0, "b": 0.0}, "function-costs-unusable"),
        ({"a": 1.0, "b": np.nan}, "function-costs-unusable"),
    ],
)
def test_unusable_costs_are_named(costs: dict[str, float], slug: str) -> None:
    with pytest.raises(WorthbookError) as refused:
        function_cost(direct({"a": 1, "b": 1}), costs)
    assert [problem.slug for problem in refused.value.problems] == [slug]

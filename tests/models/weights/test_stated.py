from __future__ import annotations

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.weights import combine_linear, combine_product, constant_sum, direct, equal, global_weights

POINTS = np.array([[50.0, 30.0, 20.0], [40.0, 40.0, 20.0], [10.0, 10.0, 5.0], [0.0, 0.0, 0.0], [90.0, -10.0, 20.0]])


def test_constant_sum_scales_what_can_be_scaled_and_says_so() -> None:
    found = constant_sum(["a", "b", "c"], POINTS)
    assert found.values == pytest.approx([(0.5 + 0.4 + 0.4) / 3, (0.3 + 0.4 + 0.4) / 3, 0.2])
    assert dict(found.facts) == {"answers": 5, "used": 3, "rescaled": 1, "left_out": 2}
    assert len(found.notes) == 2


def test_constant_sum_leaves_out_what_is_off() -> None:
    found = constant_sum(["a", "b", "c"], POINTS, off_sum="reject")
    assert found.values == pytest.approx([0.45, 0.35, 0.2])
    assert dict(found.facts) == {"answers": 5, "used": 2, "rescaled": 0, "left_out": 3}


def test_constant_sum_refuses_with_the_count() -> None:
    with pytest.raises(WorthbookError, match="3 of 5 answers cannot be used"):
        constant_sum(["a", "b", "c"], POINTS, off_sum="refuse")


def test_thirds_are_taken_for_the_whole() -> None:
    found = constant_sum(["a", "b", "c"], np.array([[33.33, 33.33, 33.33]]), off_sum="refuse")
    assert found.values == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize(
    ("weights", "slug"),
    [
        ({"a": 1.0, "b": -0.5}, "weights-negative"),
        ({"a": 0.0, "b": 0.0}, "weights-all-zero"),
        ({"a": 1.0, "b": float("inf")}, "weights-negative"),
    ],
)
def test_impossible_weights_are_refused(weights: dict[str, float], slug: str) -> None:
    with pytest.raises(WorthbookError) as refused:
        direct(weights)
    assert [problem.slug for problem in refused.value.problems] == [slug]


def test_combinations_lie_between_their_sources() -> None:
    first, second = direct({"a": 3, "b": 1}), direct({"b": 3, "a": 1})
    assert combine_linear(first, second, 0.5).values.tolist() == [0.5, 0.5]
    assert combine_linear(first, second, 1.0).values.tolist() == [0.75, 0.25]
    assert combine_product(first, equal(["a", "b"])).values.tolist() == [0.75, 0.25]


def test_sources_must_weigh_the_same_criteria() -> None:
    with pytest.raises(WorthbookError, match="different criteria"):
        combine_product(equal(["a"]), equal(["b"]))
    with pytest.raises(WorthbookError, match="below 'b'"):
        global_weights(equal(["a", "b"]), {"a": equal(["x"])})


def test_a_criterion_named_twice_is_refused() -> None:
    with pytest.raises(WorthbookError, match="named twice: a"):
        equal(["a", "a"])

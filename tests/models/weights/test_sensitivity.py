from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worthbook.kernel.errors import WorthbookError
from worthbook.models.weights import direct, equal, sensitivity

WEIGHTS = direct({"value": 0.5, "loyalty": 0.3, "potential": 0.2})
POINTS = np.array([[100.0, 100, 100], [0, 0, 0], [80, 40, 60], [60, np.nan, 60], [np.nan] * 3])


def test_equal_points_never_move_and_unknown_rows_have_no_grade() -> None:
    found = sensitivity(WEIGHTS, POINTS, [30, 60])
    assert found.p_moved[[0, 1, 3]].tolist() == [0.0, 0.0, 0.0]
    assert np.isnan(found.p_moved[4])
    assert np.isnan(found.p_grade[4]).all()
    assert found.p_grade[[0, 1]].tolist() == [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]


def test_moved_is_the_mean_of_the_probabilities_over_customers() -> None:
    customers = np.array([1.0, 1, 5, 2, 100])
    found = sensitivity(WEIGHTS, POINTS, [30, 63], customers)
    expected = (found.p_moved[:4] * customers[:4]).sum() / customers[:4].sum()
    assert found.moved == pytest.approx(expected)
    assert 0 < found.moved_low <= found.moved <= found.moved_high <= 1 or found.moved_low == 0


def test_weights_that_stand_still_move_nobody() -> None:
    assert sensitivity(WEIGHTS, POINTS, [30, 60], spread=1e-6).moved == 0.0


@given(st.integers(0, 50), st.permutations(range(5)))
def test_rows_in_another_order_get_the_same(seed: int, order: list[int]) -> None:
    still = sensitivity(WEIGHTS, POINTS, [30, 63], draws=50, seed=seed)
    moved = sensitivity(WEIGHTS, POINTS[order], [30, 63], draws=50, seed=seed)
    np.testing.assert_array_equal(moved.p_moved, still.p_moved[order])


def test_the_probability_agrees_with_the_distribution_of_two_weights() -> None:
    """With two equal weights the share of the first is Beta(1/s², 1/s²): the grade changes above or below a half."""
    found = sensitivity(equal(["a", "b"]), np.array([[100.0, 0.0]]), [50.0], spread=0.5, draws=20_000)
    assert found.p_moved[0] == pytest.approx(0.5, abs=0.015)  # four standard errors


def test_the_weight_that_decides_is_named() -> None:
    points = np.array([[100.0, 50, 50], [0.0, 50, 50]] * 3)
    found = sensitivity(direct({"wild": 0.2, "flat": 0.4, "even": 0.4}), points, [41, 59])
    assert max(found.influence, key=lambda name: found.influence[name]) == "wild"


def test_cuts_must_rise() -> None:
    with pytest.raises(WorthbookError, match="do not rise"):
        sensitivity(WEIGHTS, POINTS, [60, 30])


def test_a_weight_that_moves_alone_moves_who_is_near_the_cut() -> None:
    """Weights 0.5 and 0.5 and a score of 50 at a cut of 50: any less of the first leaves the upper grade."""
    points = np.array([[100.0, 0.0], [0.0, 0.0]])
    found = sensitivity(equal(["a", "b"]), points, [50.0], np.array([1.0, 3.0]))
    assert found.alone == {"a": (0.25, 0.0), "b": (0.0, 0.25)}


def test_bands_that_nobody_reaches_are_no_hindrance() -> None:
    found = sensitivity(WEIGHTS, POINTS, [30, 60, np.inf, np.inf])
    assert found.grade.tolist() == [2, 0, 2, 2, -1]

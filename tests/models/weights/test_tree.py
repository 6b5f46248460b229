from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from worthbook.models.weights import Tree, direct, sensitivity
from worthbook.models.weights.split import Split

TREE = Tree(direct({"a": 60, "b": 40}), {"a": direct({"x": 3, "y": 1}), "b": direct({"z": 1, "u": 2})})
POINTS = arrays.arrays(float, (8, 4), elements=st.sampled_from([0.0, 20.0, 60.0, 100.0, np.nan]))


def test_the_weight_of_the_unknown_is_shared_within_its_level() -> None:
    """Worked by hand: 0.6 x 3/4 and so on; without y, x has all of its group; without b, a has all."""
    known = np.array([[1, 1, 1, 1], [1, 0, 1, 1], [1, 1, 0, 0], [0, 0, 0, 0]], dtype=bool)
    expected = [[0.45, 0.15, 0.4 / 3, 0.8 / 3], [0.6, 0, 0.4 / 3, 0.8 / 3], [0.75, 0.25, 0, 0], [0, 0, 0, 0]]
    assert TREE.shares(known) == pytest.approx(np.array(expected))


def test_a_tree_of_single_criteria_moves_as_far_as_its_groups() -> None:
    tree = Tree(direct({"a": 1, "b": 1}), {"a": direct({"x": 1}), "b": direct({"y": 1})})
    found = sensitivity(tree, np.array([[100.0, 0.0]]), [50.0], spread=0.5, draws=20_000)
    assert found.p_moved[0] == pytest.approx(0.5, abs=0.015)  # four standard errors


@given(POINTS)
def test_grades_stay_where_the_weights_stand_still(points: np.ndarray) -> None:
    assert sensitivity(TREE, points, [40.5, 70.5], spread=1e-6, draws=20).moved == 0.0


@given(POINTS)
def test_shares_of_the_variance_sum_to_one(points: np.ndarray) -> None:
    split = Split.of(TREE, points, np.arange(1.0, 9.0), [50.0])
    whole = split.of_variance.sum()
    assert np.isnan(whole) or whole == pytest.approx(1.0)


@given(POINTS, st.permutations(range(8)))
def test_the_order_of_rows_changes_nothing(points: np.ndarray, order: list[int]) -> None:
    customers = np.arange(1.0, 9.0)
    first, other = Split.of(TREE, points, customers, [50.0]), Split.of(TREE, points[order], customers[order], [50.0])
    assert first.contribution == pytest.approx(other.contribution)
    assert first.by_grade == pytest.approx(other.by_grade, nan_ok=True)


def test_contributions_sum_to_the_mean_score() -> None:
    points = np.array([[100.0, 0, 0, 0], [0, 0, np.nan, np.nan], [60, 60, 60, 60], [np.nan] * 4])
    split = Split.of(TREE, points, np.array([1.0, 1, 2, 9]), [50.0])
    assert split.contribution.sum() == pytest.approx((45 + 0 + 2 * 60) / 4)


def test_a_criterion_that_works_against_the_others_has_a_share_below_zero() -> None:
    tree = Tree.flat(direct({"x": 3, "y": 1}))
    split = Split.of(tree, np.array([[0.0, 100], [100, 0]]), np.ones(2), [])
    assert split.of_variance == pytest.approx([1.5, -0.5])


def test_without_customers_there_is_nothing_to_split() -> None:
    split = Split.of(TREE, np.empty((0, 4)), np.empty(0), [50.0])
    assert (split.customers, split.contribution.tolist()) == (0.0, [0.0] * 4)

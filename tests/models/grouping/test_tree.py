from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("sklearn")

from worthbook.models.base import FloatArray
from worthbook.models.grouping.tree import Bound, grow, roundest

RANDOM = np.random.default_rng(5)
MATRIX = RANDOM.uniform(0, 1000, (4000, 3))


def test_planted_conditions_are_found_again() -> None:
    """Simulated: 100 for those from 400 in the first column and below 700 in the third, else 10; noise of 5."""
    inside = (MATRIX[:, 0] >= 400) & (MATRIX[:, 2] < 700)
    tree = grow(MATRIX, np.where(inside, 100.0, 10.0) + RANDOM.normal(0, 5, 4000), groups=False, depth=3)
    best = max(tree.leaves, key=lambda leaf: leaf.value)
    assert best.bounds == (Bound(0, 400.0, None), Bound(2, None, 700.0))
    assert tree.quality > 0.97


def test_a_target_that_is_noise_is_told_by_nothing() -> None:
    tree = grow(MATRIX, RANDOM.normal(size=4000), groups=False, depth=3)
    assert ([leaf.bounds for leaf in tree.leaves], round(tree.quality, 1)) == ([()], 0.0)


def test_groups_are_told_right() -> None:
    target = (MATRIX[:, 1] >= 250).astype(float) + (MATRIX[:, 1] >= 750)
    tree = grow(MATRIX, target, groups=True, depth=3)
    assert {leaf.bounds: leaf.value for leaf in tree.leaves} == {
        (Bound(1, None, 250.0),): 0.0,
        (Bound(1, 250.0, 750.0),): 1.0,
        (Bound(1, 750.0, None),): 2.0,
    }
    assert tree.quality > 0.98
    assert tree.plain < 0.55


def test_a_small_group_is_told_where_groups_weigh_the_same() -> None:
    matrix = np.random.default_rng(3).normal(size=(4000, 2))
    rare = (matrix[:, 0] > 1.9) & (np.random.default_rng(4).random(4000) < 0.6)
    plain, balanced = (grow(matrix, rare.astype(float), groups=True, depth=2, balanced=each) for each in (False, True))
    assert 1.0 in {leaf.value for leaf in balanced.leaves}
    assert sum(leaf.value for leaf in plain.leaves) <= sum(leaf.value for leaf in balanced.leaves)


def test_every_customer_is_in_one_leaf() -> None:
    tree = grow(MATRIX, MATRIX[:, 0] * (MATRIX[:, 1] > 500), groups=False, depth=4)
    assert sum(leaf.customers for leaf in tree.leaves) == tree.held_back
    assert [kept(leaf.bounds, MATRIX) for leaf in tree.leaves] != []
    assert sum(kept(leaf.bounds, MATRIX).astype(int) for leaf in tree.leaves).tolist() == [1] * 4000  # type: ignore[union-attr]


def kept(bounds: tuple[Bound, ...], matrix: FloatArray) -> np.ndarray:
    inside = np.ones(len(matrix), dtype=bool)
    for bound in bounds:
        column = matrix[:, bound.feature]
        inside &= (column >= (-np.inf if bound.low is None else bound.low)) & (
            column < (np.inf if bound.high is None else bound.high)
        )
    return inside


def test_leaves_tell_the_target_in_its_own_terms() -> None:
    target = np.exp(np.where(MATRIX[:, 0] >= 500, 5.0, 2.0))
    tree = grow(MATRIX, target, groups=False, depth=1, logged=True)
    assert sorted(round(leaf.actual, 6) for leaf in tree.leaves) == [round(float(np.exp(end)), 6) for end in (2.0, 5.0)]


@given(
    st.floats(-1e6, 1e6).map(lambda value: round(value, 4)), st.floats(0.001, 1e6).map(lambda value: round(value, 4))
)
def test_a_round_number_lies_between(low: float, more: float) -> None:
    high = low + more
    assert low < roundest(low, high) <= high

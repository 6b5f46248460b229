"""Shares by all subsets agree with their definition, order by order."""

from __future__ import annotations

from itertools import permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worthbook.models.base import FloatArray
from worthbook.models.perception.drivers.games import Game
from worthbook.models.perception.drivers.subsets import lmg


def correlations(p: int, seed: int) -> FloatArray:
    rng = np.random.default_rng(seed)
    return np.asarray(np.corrcoef(rng.normal(size=(50, p + 1)) @ rng.normal(size=(p + 1, p + 1)), rowvar=False))


def explained(matrix: FloatArray, members: list[int]) -> float:
    if not members:
        return 0.0
    r = matrix[members, -1]
    return float(r @ np.linalg.solve(matrix[np.ix_(members, members)], r))


@given(st.integers(1, 4), st.integers(0, 10_000))
@settings(max_examples=20)
def test_the_mean_gain_over_all_orders(p: int, seed: int) -> None:
    matrix = correlations(p, seed)
    by_hand = np.zeros(p)
    for order in permutations(range(p)):
        for place, player in enumerate(order):
            by_hand[player] += explained(matrix, list(order[: place + 1])) - explained(matrix, list(order[:place]))
    assert lmg(matrix[None])[0].tolist() == pytest.approx((by_hand / factorial(p)).tolist(), abs=1e-9)


@given(st.integers(2, 8), st.integers(0, 10_000))
@settings(max_examples=20)
def test_shares_add_up_to_r2_and_groups_to_their_own(p: int, seed: int) -> None:
    matrix = correlations(p, seed)
    whole = explained(matrix, list(range(p)))
    assert lmg(matrix[None]).sum() == pytest.approx(whole, abs=1e-9)
    grouped = lmg(matrix[None], [list(range(p - 1)), [p - 1]])
    assert grouped.sum() == pytest.approx(whole, abs=1e-9)
    assert grouped[0, 1] == pytest.approx(
        (explained(matrix, [p - 1]) + whole - explained(matrix, list(range(p - 1)))) / 2, abs=1e-9
    )


def test_equal_predictors_share_alike() -> None:
    """Two that are one and the same, and a third: nobody is lost, nothing is divided by zero."""
    matrix = np.array([[1, 1, 0, 0.6], [1, 1, 0, 0.6], [0, 0, 1, 0.5], [0.6, 0.6, 0.5, 1]])
    assert lmg(matrix[None])[0].tolist() == pytest.approx([0.18, 0.18, 0.25], abs=1e-12)


@given(st.integers(1, 5), st.integers(0, 10_000))
@settings(max_examples=20)
def test_the_closed_form_of_the_game(p: int, seed: int) -> None:
    """Against reach less noise of every coalition, order by order."""
    rng = np.random.default_rng(seed)
    met, explained_side, weights = rng.random((40, p)) < 0.4, np.arange(40) < 15, rng.random(40)

    def worth(members: list[int]) -> float:
        reached = met[:, members].any(axis=1)
        reach, noise = (
            float(weights[reached & side].sum() / weights[side].sum()) for side in (explained_side, ~explained_side)
        )
        return reach - noise

    by_hand = np.zeros(p)
    for order in permutations(range(p)):
        for place, player in enumerate(order):
            by_hand[player] += worth(list(order[: place + 1])) - worth(list(order[:place]))
    game = Game(met, explained_side, weights)
    assert game.values.tolist() == pytest.approx((by_hand / factorial(p)).tolist(), abs=1e-12)
    if len(game.key):
        assert worth(game.key.tolist()) == pytest.approx(float((game.reach - game.noise).max()), abs=1e-12)


def test_a_game_without_a_key() -> None:
    met = np.array([[False, True], [False, True], [True, False], [True, False]])
    dissatisfied = np.array([False, False, False, True])
    assert Game(met[:, :1], dissatisfied, np.ones(4)).key.tolist() == [0]
    assert not Game(met[:, 1:], dissatisfied, np.ones(4)).key.tolist()

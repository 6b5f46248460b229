"""Entropy and CRITIC against published answers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from worthbook.kernel.errors import WorthbookError
from worthbook.models.weights import critic, entropy

MATRIX = arrays.arrays(float, (6, 3), elements=st.floats(0.0, 100.0, width=32))


@pytest.mark.shared_data
def test_entropy_published(shared: Path) -> None:
    """Elsayed, Dawood and Karthikeyan (2017), IJETT 46(2): weights of five criteria."""
    case = json.loads((shared / "data" / "worked_examples" / "examples.json").read_text())["entropy"]
    matrix = np.array(case["matrix"], dtype=float)
    names = [f"c{i}" for i in range(5)]
    plain = entropy(names, matrix)
    assert plain.values == pytest.approx(case["weights"], abs=1e-6)
    assert list(plain.facts.values()) == pytest.approx(case["entropy"], abs=1e-6)
    stretched = entropy(names, matrix, normalisation="minmax")
    assert stretched.values == pytest.approx(case["weights_after_minmax_0ln0"], abs=1e-6)
    assert (plain.method, stretched.method) == ("entropy, shares of the sum", "entropy, shares after min-max")


@pytest.mark.shared_data
def test_critic_published(shared: Path) -> None:
    """Tus and Adali (2019), Opsearch 56: weights of six criteria."""
    case = json.loads((shared / "data" / "worked_examples" / "examples.json").read_text())["critic"]
    found = critic([f"c{i}" for i in range(6)], np.array(case["matrix"], dtype=float))
    assert found.values == pytest.approx(case["weights_6dp"], abs=1e-6)


@given(MATRIX, st.permutations(range(6)), st.sampled_from([0.01, 1.0, 1000.0]))
def test_rows_and_units_change_nothing(matrix: np.ndarray, order: list[int], scale: float) -> None:
    matrix[0] += np.arange(1.0, 4.0)
    matrix[:, 0] += np.arange(6.0)
    names = ["a", "b", "c"]
    for method in (entropy, critic):
        still = method(names, matrix)
        assert method(names, matrix[order] * scale).values == pytest.approx(still.values, abs=1e-7)


def test_a_constant_criterion_counts_nothing_and_is_named() -> None:
    matrix = np.array([[1.0, 5.0, 2.0], [2.0, 5.0, 9.0], [4.0, 5.0, 1.0]])
    for found in (entropy(["a", "flat", "c"], matrix), critic(["a", "flat", "c"], matrix)):
        assert found.as_mapping()["flat"] == 0.0
        assert [note.en for note in found.notes] == ["'flat' does not vary and gets the weight 0."]


def test_direction_changes_what_critic_calls_a_conflict() -> None:
    matrix = np.array([[1.0, 9.0, 3.0], [2.0, 7.0, 1.0], [3.0, 6.0, 2.0], [4.0, 2.0, 5.0]])
    costs = critic(["a", "cost", "c"], matrix, better=[True, False, True])
    turned = critic(["a", "cost", "c"], matrix * [1, -1, 1])
    assert costs.values == pytest.approx(turned.values)


def test_criteria_that_all_say_the_same_count_by_their_spread() -> None:
    column = np.array([0.0, 1.0, 4.0])
    assert critic(["a", "b"], np.column_stack([column, 2 * column])).values.tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("matrix", "slug"),
    [
        ([[1.0, -1.0], [2.0, 3.0]], "criteria-unusable"),
        ([[1.0, np.nan], [2.0, 3.0]], "criteria-unusable"),
        ([[1.0, 2.0]], "criteria-too-few-rows"),
        ([[1.0, 2.0], [1.0, 2.0]], "weights-all-zero"),
        ([[1.0, 2.0, 3.0], [1.0, 2.0, 4.0]], "criteria-miscounted"),
    ],
)
def test_what_cannot_be_weighed_is_named(matrix: list[list[float]], slug: str) -> None:
    with pytest.raises(WorthbookError) as refused:
        entropy(["a", "b"], np.array(matrix))
    assert [problem.slug for problem in refused.value.problems] == [slug]


@given(MATRIX, st.lists(st.integers(1, 4), min_size=6, max_size=6))
def test_a_row_that_stands_for_many_counts_as_many_rows(matrix: np.ndarray, times: list[int]) -> None:
    names = ["a", "b", "c"]
    if (np.ptp(matrix, axis=0) < 1e-3).all():  # nothing varies
        return
    counted, repeated = np.array(times, dtype=float), np.repeat(matrix, times, axis=0)
    for method in (entropy, critic):
        whole = method(names, repeated).values
        assert method(names, matrix, customers=counted).values == pytest.approx(whole, abs=1e-9)

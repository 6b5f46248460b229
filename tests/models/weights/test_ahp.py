"""The analytic hierarchy process against published answers (worked examples of the field, each recomputed)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worthbook.kernel.errors import WorthbookError
from worthbook.models.weights import Judgements, global_weights
from worthbook.models.weights.ahp import RANDOM_INDEX, RandomIndex

SAATY = st.sampled_from([1 / 9, 1 / 5, 1 / 3, 1.0, 2.0, 3.0, 5.0, 9.0])


@pytest.fixture(scope="session")
def examples(shared: Path) -> dict[str, Any]:
    return dict(json.loads((shared / "data" / "worked_examples" / "examples.json").read_text()))


def upper(rows: Sequence[Sequence[float | str]], names: list[str] | None = None) -> Judgements:
    n = len(rows) + 1
    matrix = np.full((n, n), np.nan)
    for i, row in enumerate(rows):
        matrix[i, i + 1 :] = [float(Fraction(str(value))) for value in row]
    return Judgements.from_matrix(names or [f"c{i}" for i in range(n)], matrix)


def pairs(given_pairs: dict[str, float]) -> Judgements:
    return Judgements.of({tuple(key.split(">")): value for key, value in given_pairs.items()})  # type: ignore[misc]


@pytest.mark.shared_data
class TestPublished:
    def test_drinks(self, examples: dict[str, Any]) -> None:
        """Saaty (2008), Int. J. Services Sciences 1(1), drink consumption: weights, lambda_max and CR by table."""
        case = examples["ahp_drinks"]
        found = upper(case["upper_triangle_rows"], case["labels"]).weigh()
        assert found.weights.values == pytest.approx(case["weights_eigenvector"], abs=1e-6)
        assert found.geometric.values == pytest.approx(case["weights_row_geometric_mean"], abs=1e-6)
        assert found.lambda_max == pytest.approx(case["lambda_max"], abs=1e-9)
        assert found.ci == pytest.approx(case["CI"], abs=1e-9)
        assert found.consistent

    @pytest.mark.parametrize("table", sorted(RANDOM_INDEX))
    def test_drinks_by_random_index(self, examples: dict[str, Any], table: RandomIndex) -> None:
        case = examples["ahp_drinks"]
        published = next(value for key, value in case["CR"].items() if key.startswith(table))
        assert upper(case["upper_triangle_rows"]).weigh(table).cr == pytest.approx(published, abs=2e-6)

    def test_random_index_tables(self, examples: dict[str, Any]) -> None:
        case = examples["random_index"]
        assert {name: list(values) for name, values in RANDOM_INDEX.items()} == {
            name: case[name] for name in RANDOM_INDEX
        }

    def test_inconsistent(self, examples: dict[str, Any]) -> None:
        """Wang and Chin (2011), Information Sciences 181(23): CR 0.229, to be flagged with the judgement to mend."""
        case = examples["ahp_inconsistent"]
        found = upper(case["upper_triangle_rows"]).weigh()
        assert found.weights.values == pytest.approx(case["weights"], abs=5e-5)
        assert found.lambda_max == pytest.approx(case["lambda_max"], abs=1e-9)
        assert found.cr == pytest.approx(0.229, abs=5e-5)
        assert not found.consistent
        assert found.worst is not None
        assert found.worst.cr_with_suggestion < found.cr
        assert len(found.weights.notes) == 1

    def test_incomplete(self, examples: dict[str, Any]) -> None:
        """Bozóki, Fülöp and Rónyai (2010), Math. Comput. Modelling 52: the missing judgement of c over d."""
        case = examples["ahp_incomplete"]
        known = {(key[0], key[1]): float(value) for key, value in case["known"].items()}
        found = Judgements.of(known, case["labels"]).weigh("donegan_dodd_1991")
        assert found.filled == {("c", "d"): pytest.approx(case["missing_cd"], abs=1e-6)}
        assert found.weights.values == pytest.approx(case["weights"], abs=5e-5)
        assert found.cr == pytest.approx(case["CR_donegan_dodd"], abs=5e-5)

    def test_hierarchy(self, examples: dict[str, Any]) -> None:
        """Saaty (2005), choice of a city: weights multiplied through the hierarchy."""
        case = examples["ahp_city_hierarchy"]
        criteria = pairs(case["criteria"]).weigh().weights
        below = {name: pairs(case[name]).weigh().weights for name in criteria.names}
        expected = {name: pytest.approx(value, abs=5e-5) for name, value in case["global"].items()}
        assert global_weights(criteria, below).as_mapping() == expected


@given(st.lists(st.floats(0.1, 10), min_size=3, max_size=6))
def test_consistent_judgements_give_back_their_weights(values: list[float]) -> None:
    weights = np.array(values)
    found = Judgements.from_matrix([f"c{i}" for i in range(len(values))], np.divide.outer(weights, weights)).weigh()
    assert found.weights.values == pytest.approx(weights / weights.sum(), rel=1e-9)
    assert found.geometric.values == pytest.approx(weights / weights.sum(), rel=1e-9)
    assert found.cr == pytest.approx(0.0, abs=1e-9)


@given(st.lists(SAATY, min_size=6, max_size=6), st.permutations(range(4)))
def test_order_of_criteria_changes_nothing(values: list[float], order: list[int]) -> None:
    asked = upper([values[:3], values[3:5], values[5:]])
    names = [asked.names[i] for i in order]
    moved, still = asked.reordered(names).weigh(), asked.weigh()
    assert moved.weights.as_mapping() == pytest.approx(still.weights.as_mapping(), abs=1e-9)
    assert moved.cr == pytest.approx(still.cr, abs=1e-9)


@given(st.lists(SAATY, min_size=6, max_size=6))
def test_turning_every_judgement_around_turns_the_geometric_ranking_around(values: list[float]) -> None:
    asked = upper([values[:3], values[3:5], values[5:]])
    turned = Judgements.from_matrix(asked.names, asked.matrix.T)
    product = asked.weigh().geometric.values * turned.weigh().geometric.values
    assert product / product[0] == pytest.approx(np.ones(4))


def test_a_group_that_agrees_judges_as_each_member() -> None:
    one = Judgements.of({("a", "b"): 3, ("b", "c"): 2, ("a", "c"): 5})
    assert Judgements.of_group([one, one]).weigh().weights.values == pytest.approx(one.weigh().weights.values)


def test_opposite_judgements_of_a_group_cancel() -> None:
    first = Judgements.of({("a", "b"): 4})
    second = Judgements.of({("b", "a"): 4})
    assert Judgements.of_group([first, second]).weigh().weights.as_mapping() == {"a": 0.5, "b": 0.5}


def test_shares_say_how_much_each_member_counts() -> None:
    first, second = Judgements.of({("a", "b"): 4}), Judgements.of({("a", "b"): 1})
    assert Judgements.of_group([first, second], [1, 1]).matrix[0, 1] == pytest.approx(2.0)
    assert Judgements.of_group([first, second], [1, 0]).matrix[0, 1] == pytest.approx(4.0)


def test_the_planted_contradiction_is_pointed_out_with_what_the_others_imply() -> None:
    weights = np.array([0.5, 0.25, 0.125, 0.125])
    matrix = np.divide.outer(weights, weights)
    matrix[1, 3], matrix[3, 1] = 1 / 8, 8.0
    found = Judgements.from_matrix(["a", "b", "c", "d"], matrix).weigh()
    assert found.worst is not None
    assert (found.worst.first, found.worst.second, found.worst.suggested) == ("b", "d", 2.0)
    assert found.worst.cr_with_suggestion == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("judged", "slug"),
    [
        ({("a", "b"): 0.0}, "judgement-unusable"),
        ({("a", "b"): -2.0}, "judgement-unusable"),
        ({("a", "b"): float("nan")}, "judgement-unusable"),
        ({("a", "b"): 3.0, ("b", "a"): 3.0}, "judgement-contradicts"),
        ({("a", "b"): 3.0, ("c", "d"): 3.0}, "judgements-apart"),
        ({("a", f"c{i}"): 1.0 for i in range(15)}, "ahp-criteria-many"),
    ],
)
def test_unusable_judgements_are_named(judged: dict[tuple[str, str], float], slug: str) -> None:
    with pytest.raises(WorthbookError) as refused:
        Judgements.of(judged).weigh()
    assert [problem.slug for problem in refused.value.problems] == [slug]


def test_two_criteria_cannot_contradict_each_other() -> None:
    found = Judgements.of({("a", "b"): 3}).weigh()
    assert (found.cr, found.gci, found.worst) == (0.0, 0.0, None)

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("sklearn")

from sklearn.metrics import adjusted_rand_score

from worthbook.models.base import FloatArray
from worthbook.models.grouping.clusters import Clusters, find_clusters
from worthbook.models.grouping.middles import Labels
from worthbook.models.grouping.scaling import REACH, Scaling
from worthbook.models.grouping.stability import STABLE

TRIED = range(2, 7)
FEW = range(2, 4)
"""Tried where it is not about how many there are."""
RANDOM = 20260630


def found(matrix: FloatArray, groups: range = TRIED) -> tuple[Clusters, FloatArray]:
    points = Scaling.of(matrix).apply(matrix)
    return find_clusters(points, groups), points


def planted(centres: list[list[float]], shares: list[float], customers: int = 1500) -> tuple[FloatArray, Labels]:
    """Skewed amounts of customers in groups of which the truth is known."""
    random = np.random.default_rng(RANDOM)
    truth = random.choice(len(centres), customers, p=shares)
    return np.exp(np.array(centres)[truth] + random.normal(0, 0.35, (customers, len(centres[0])))), truth


@pytest.mark.parametrize(
    ("centres", "shares"),
    [
        ([[2, 1, 5], [2, 3, 3], [4, 1, 3], [5, 3.2, 5]], [0.25, 0.25, 0.25, 0.25]),
        ([[1, 1], [3, 3]], [0.6, 0.4]),
        ([[1, 1], [4, 1], [1, 4]], [0.8, 0.12, 0.08]),
    ],
)
def test_planted_groups_are_found_again(centres: list[list[float]], shares: list[float]) -> None:
    """Simulated: the adjusted Rand index of Hubert and Arabie (1985) is 1 for the same groups and 0 for chance."""
    matrix, truth = planted(centres, shares)
    clusters, points = found(matrix)
    assert clusters.are_there
    assert clusters.chosen.groups == len(centres)
    assert adjusted_rand_score(truth, clusters.of(points)) > 0.9


def noise(kind: str) -> FloatArray:
    random = np.random.default_rng(RANDOM)
    normal = random.normal(size=(1500, 3))
    mixed = normal @ np.linalg.cholesky([[1, 0.8, 0.3], [0.8, 1, 0.2], [0.3, 0.2, 1]]).T
    often = random.gamma(0.5, 4, 1500)
    shapes = {
        "normal": normal,
        "even": random.uniform(size=(1500, 3)),
        "skewed and correlated": np.exp(mixed),
        "orders and money": np.column_stack([1 + random.poisson(often), np.exp(normal[:, 0]) * (1 + often)]),
    }
    return shapes[kind]


@pytest.mark.parametrize("kind", ["normal", "even", "skewed and correlated", "orders and money"])
def test_customers_without_groups_have_none(kind: str) -> None:
    assert not found(noise(kind))[0].are_there


def test_a_number_that_is_asked_for_is_given_whether_or_not_it_stands() -> None:
    clusters, points = found(noise("normal"), range(4, 5))
    assert (clusters.are_there, len(np.unique(clusters.of(points)))) == (False, 4)


def test_the_groups_of_noise_are_less_stable_than_planted_ones() -> None:
    shaky, firm = (
        found(noise("normal"), range(6, 7))[0],
        found(planted([[1, 1], [3, 3]], [0.5, 0.5])[0], range(2, 3))[0],
    )
    assert shaky.chosen.stability is not None
    assert firm.chosen.stability is not None
    assert float(shaky.chosen.stability.min()) < STABLE < float(firm.chosen.stability.min())


def test_the_same_customers_always_give_the_same_groups() -> None:
    matrix, _ = planted([[1, 1], [3, 3]], [0.5, 0.5])
    (first, points), (second, _) = found(matrix, FEW), found(matrix, FEW)
    assert np.array_equal(first.of(points), second.of(points))


def test_the_largest_group_is_first() -> None:
    clusters, points = found(planted([[1, 1], [4, 1], [1, 4]], [0.1, 0.2, 0.7])[0], FEW)
    sizes = np.bincount(clusters.of(points))
    assert sizes.tolist() == sorted(sizes.tolist(), reverse=True)


def test_the_scale_of_money_changes_no_group() -> None:
    matrix, _ = planted([[4, 4], [7, 7]], [0.5, 0.5])
    (first, points), (second, scaled) = found(matrix, FEW), found(matrix * 100, FEW)
    assert adjusted_rand_score(first.of(points), second.of(scaled)) > 0.99


def test_skewed_amounts_are_taken_by_their_logarithm() -> None:
    random = np.random.default_rng(RANDOM)
    matrix = np.column_stack(
        [np.exp(random.normal(size=500)), random.normal(size=500), -np.exp(random.normal(size=500))]
    )
    assert Scaling.of(matrix).logged == (True, False, False)


def test_a_giant_counts_no_further_than_others_who_are_far() -> None:
    column = np.array([[float(value)] for value in [*range(100), -1e9]])
    assert float(Scaling.of(column).apply(column).min()) == -REACH


def test_a_column_that_never_varies_says_nothing() -> None:
    matrix = np.column_stack([np.ones(50), np.arange(50.0)])
    assert Scaling.of(matrix).apply(matrix)[:, 0].tolist() == [0.0] * 50

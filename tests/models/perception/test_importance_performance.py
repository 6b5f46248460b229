from __future__ import annotations

import numpy as np
import pytest

from worthbook.models.perception.importance_performance import importance_performance
from worthbook.models.perception.points import share_out

BOUNDS = np.array([[1.0, 10.0], [1.0, 10.0]])


def answers(means: list[float], spread: float, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    return np.clip(random.normal(means, spread, (400, len(means))).round(), 1, 10)


def test_planted_quadrants_are_found() -> None:
    importance, performance = answers([9, 9, 3, 3], 1.0, 1), answers([3, 9, 3, 9], 1.0, 2)
    found = importance_performance(importance, performance, np.ones(400), BOUNDS)

    assert found.quadrant.tolist() == [2, 3, 0, 1]
    assert found.certain.all()
    assert np.argmax(found.priority) == 0


def test_the_rule_of_the_cut_decides() -> None:
    importance, performance = answers([8, 8.6, 9], 0.5, 1), answers([7, 7.4, 9], 0.5, 2)
    quadrants = [importance_performance(importance, performance, np.ones(400), BOUNDS, rule).quadrant.tolist()
                 for rule in ("middle", "means", "medians")]  # fmt: skip

    assert quadrants == [[3, 3, 3], [0, 2, 3], [0, 3, 3]]


def test_an_interval_that_crosses_the_cut_is_not_certain() -> None:
    importance, performance = answers([5, 5.02], 2.0, 1)[:20], answers([5, 5.02], 2.0, 2)[:20]

    assert not importance_performance(importance, performance, np.ones(20), BOUNDS).certain.any()


def test_the_index_weighs_by_what_matters_to_each() -> None:
    """Two respondents: (9·2 + 1·10) / 10 = 2.8 and (1·2 + 9·10) / 10 = 9.2, mean 6.0."""
    importance, performance = np.array([[9.0, 1.0], [1.0, 9.0]]), np.array([[2.0, 10.0], [2.0, 10.0]])
    found = importance_performance(importance, performance, np.ones(2), BOUNDS)

    assert found.index.mean[0] == pytest.approx(6.0)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("accept", [[50, 25]]), ("rescale", [[200 / 3, 100 / 3]]), ("reject", [[np.nan, np.nan]])],
)
def test_points_that_do_not_add_up(rule: str, expected: list[list[float]]) -> None:
    found = share_out(np.array([[50.0, 25.0]]), 100.0, rule)  # type: ignore[arg-type]

    np.testing.assert_allclose(found.points, expected)
    assert found.off.tolist() == [True]


def test_a_gap_left_by_someone_who_gave_points_is_no_point() -> None:
    found = share_out(np.array([[100.0, np.nan], [np.nan, np.nan], [50.0, 50.0]]), 100.0)

    np.testing.assert_array_equal(found.points, [[100.0, 0.0], [np.nan, np.nan], [50.0, 50.0]])
    assert (found.off.tolist(), found.alike.tolist()) == ([False, False, False], [False, False, True])

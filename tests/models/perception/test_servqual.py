from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from worthbook.models.perception.servqual import quality

PRINTED = 5e-7
EXACT = 1e-9
DIMENSION = np.repeat(np.arange(5), [4, 5, 4, 4, 5])


@pytest.mark.shared_data
def test_dimensions_and_alphas_of_a_maker_of_durable_goods(shared: Path) -> None:
    """SQ of cSEM (Bliemel et al. 2004): 411 respondents, 22 perceptions; means and alphas by R 4.2.2."""
    values = np.genfromtxt(shared / "data" / "service_quality_durables" / "sq.csv", delimiter=",", names=True)
    items = np.stack([values[f"a{number:02d}"] for number in range(1, 23)], axis=1)
    found = quality(items, None, DIMENSION, np.ones(len(items)))

    assert found.dimensions.mean == pytest.approx([77.420925, 81.450122, 78.394161, 81.995134, 74.277372], abs=PRINTED)
    assert found.alphas == pytest.approx([0.816249, 0.873697, 0.853325, 0.919547, 0.904975], abs=PRINTED)


def test_gaps_weighted_and_not() -> None:
    """Gaps of 12manage's example: −0.858 unweighted; −0.9007 with the points of Zeithaml et al. (1990)."""
    gaps = np.array([-0.65, -1.10, -0.83, -0.70, -1.01])
    expectation = np.full((2, 22), 6.0)
    perception = expectation + gaps[DIMENSION]
    points = np.array([[11.0, 32, 22, 19, 16]] * 2)
    found = quality(perception, expectation, DIMENSION, np.ones(2), points)

    assert found.overall.mean[0] == pytest.approx(-0.858, abs=EXACT)
    assert found.weighted is not None
    assert found.weighted.mean[0] == pytest.approx(-0.9007, abs=5e-5)


def test_a_true_gap_is_found_and_no_gap_is_not() -> None:
    random = np.random.default_rng(4)
    expectation = random.normal(5.5, 0.8, (300, 2))
    perception = expectation + random.normal([-0.6, 0.0], 0.9, (300, 2))
    found = quality(perception, expectation, np.array([0, 1]), np.ones(300))

    assert (bool(found.item_p[0] < 0.001), bool(found.item_p[1] > 0.05)) == (True, True)


def test_who_gave_no_points_counts_by_the_mean_importance() -> None:
    points = np.array([[80.0, 20.0], [np.nan, np.nan]])
    found = quality(np.array([[1.0, 3.0], [1.0, 3.0]]), np.zeros((2, 2)), np.array([0, 1]), np.ones(2), points)

    assert found.weighted is not None
    assert found.weighted.mean[0] == pytest.approx(0.8 * 1 + 0.2 * 3, abs=EXACT)

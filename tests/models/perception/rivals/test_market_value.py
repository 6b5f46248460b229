"""Gale's value map: his chicken business, and what must hold for any ratings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from worthbook.kernel.errors import WorthbookError
from worthbook.models.perception.rivals import Ratings, market_value
from worthbook.models.perception.rivals.market_value import MarketValue, Ratio, band_of
from worthbook.models.weights import direct

SCALE = arrays.arrays(float, (12, 3, 3), elements=st.integers(1, 10).map(float))
WEIGHTS = direct({"a": 50, "b": 30, "c": 20})
PRICES = {"us": 12.0, "rival": 10.0, "other": 8.0}


def rated(values: np.ndarray) -> Ratings:
    return Ratings(values, ("a", "b", "c"), ("us", "rival", "other"))


@pytest.fixture(scope="session")
def chicken(shared: Path) -> dict[str, Any]:
    """Gale (1994), Managing Customer Value: the chicken business after Frank Perdue."""
    return dict(json.loads((shared / "data" / "worked_examples" / "examples.json").read_text())["gale_chicken"])


def perdue(case: dict[str, Any], ratio: Ratio = "mean_of_ratios") -> MarketValue:
    values = np.array([[case["perdue"], case["others"]]], dtype=float).transpose(0, 2, 1)
    ratings = Ratings(values, tuple(case["attributes"]), ("Perdue", "others"))
    weights = direct(dict(zip(case["attributes"], case["weights"], strict=True)))
    return market_value(ratings, weights, {"Perdue": 1.1, "others": 1.0}, ratio=ratio)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("ratio", "key"),
    [("mean_of_ratios", "unrounded_weighted_mean_of_ratios"), ("ratio_of_means", "ratio_of_weighted_means")],
)
def test_chicken(chicken: dict[str, Any], ratio: Ratio, key: str) -> None:
    """Both definitions of the ratio, to the digits of the recomputed sheet; the book prints 126.1 from rounded ones."""
    assert 100 * perdue(chicken, ratio).ours.quality.value == pytest.approx(chicken[key], abs=5e-4)


@pytest.mark.shared_data
def test_one_sheet_says_nothing_about_chance(chicken: dict[str, Any]) -> None:
    found = perdue(chicken)
    assert found.ours.quality.low is None
    assert [caution.en for caution in found.cautions] == [
        "One sheet of ratings says nothing about chance: there are no intervals."
    ]


@given(SCALE)
def test_contributions_add_up_to_the_quality_ratio(values: np.ndarray) -> None:
    found = market_value(rated(values), WEIGHTS, PRICES, draws=20)
    assert 1 + sum(each.contribution for each in found.attributes) == pytest.approx(found.ours.quality.value)


@given(SCALE, st.permutations(range(12)))
def test_order_of_respondents_and_unit_of_money_change_nothing(values: np.ndarray, order: list[int]) -> None:
    still = market_value(rated(values), WEIGHTS, PRICES, draws=20).ours
    dearer = {name: 7.3 * price for name, price in PRICES.items()}
    moved = market_value(rated(values[order]), WEIGHTS, dearer, draws=20).ours
    assert (moved.quality.value, moved.price.value) == pytest.approx((still.quality.value, still.price.value))


@given(SCALE)
def test_equal_suppliers_stand_on_the_line(values: np.ndarray) -> None:
    alike = np.repeat(values[:, :, :1], 3, axis=2)
    found = market_value(rated(alike), WEIGHTS, dict.fromkeys(PRICES, 5.0), draws=20)
    assert [each.better_than_fair.value for each in found.positions] == pytest.approx([0.0] * 3, abs=1e-12)
    assert {each.band for each in found.positions} == {"parity"}


def test_the_points_to_fair_lead_to_the_line() -> None:
    values = np.array([[[5.0, 6.0, 6.0], [6.0, 6.0, 6.0], [6.0, 6.0, 6.0]]])
    found = market_value(rated(values), WEIGHTS, PRICES)
    assert found.ours.better_than_fair.value < 0
    needed = found.attributes[0].points_to_fair
    assert needed is not None
    raised = values.copy()
    raised[0, 0, 0] += needed
    assert market_value(rated(raised), WEIGHTS, PRICES).ours.better_than_fair.value == pytest.approx(0.0, abs=1e-12)


def test_what_the_scale_does_not_allow_is_not_promised() -> None:
    values = np.full((1, 3, 3), 9.0)
    far = market_value(rated(values), WEIGHTS, {"us": 40.0, "rival": 10.0, "other": 10.0})
    assert [each.points_to_fair for each in far.attributes] == [None, None, None]


def test_the_slope_of_the_line_pays_for_quality() -> None:
    found = market_value(rated(np.full((1, 3, 3), 5.0)), WEIGHTS, PRICES, quality_share=0.6)
    assert found.slope == pytest.approx(1.5)


def test_rated_prices_are_read_as_cheapness() -> None:
    values = np.full((40, 3, 3), 5.0)
    values[:, 2, 0] = 2.5  # our price is rated half as good as theirs: twice as dear
    weights = direct({"a": 1, "b": 1})
    assert market_value(rated(values), weights, ["c"]).ours.price.value == pytest.approx(2.0)


def test_a_difference_that_is_real_is_won_and_one_that_is_not_is_not() -> None:
    random = np.random.default_rng(1)
    values = np.clip(random.normal(6.0, 1.0, (200, 3, 3)), 1, 10)
    values[:, 0, 0] = np.clip(values[:, 0, 0] + 1.5, 1, 10)
    found = market_value(rated(values), WEIGHTS, PRICES)
    assert [each.won for each in found.attributes] == [True, None, None]


def test_intervals_cover_the_truth() -> None:
    """95 % intervals of MPQ over 200 simulated surveys: binomial 99.9 % limits around 95 % are 88 % and 99.5 %."""
    random = np.random.default_rng(2)
    truth = np.array([[7.0, 6.0, 6.5], [5.0, 6.0, 6.0], [6.0, 6.0, 5.0]])
    exact = market_value(rated(truth[np.newaxis]), WEIGHTS, PRICES).ours.quality.value
    covered = 0
    for seed in range(200):
        values = random.normal(truth, 1.0, (60, 3, 3))
        found = market_value(rated(values), WEIGHTS, PRICES, draws=300, seed=seed).ours.quality
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= exact <= found.high
    assert 176 <= covered <= 199


def test_the_free_sample_trap_is_said() -> None:
    values = np.full((10, 3, 3), 6.0)
    values[:8, :, 1:] = np.nan
    notes = market_value(rated(values), WEIGHTS, PRICES).cautions
    assert [note.en[:42] for note in notes] == ["80% of the respondents rated only us. Own "]


def test_bands() -> None:
    assert [band_of(value) for value in (0.9, 0.98, 1.0299, 1.03, 1.10)] == [
        *("below_parity", "parity", "parity", "above_parity", "world_class")
    ]


@pytest.mark.parametrize(
    ("suppliers", "prices", "share", "slug"),
    [
        (("us",), {"us": 1.0}, 0.5, "rivals-missing"),
        (("us", "rival"), {"us": 1.0, "rival": 0.0}, 0.5, "prices-unusable"),
        (("us", "rival"), {"us": 1.0}, 0.5, "prices-unusable"),
        (("us", "rival"), {"us": 1.0, "rival": 1.0}, 1.0, "quality-share-unusable"),
    ],
)
def test_what_is_missing_is_named(
    suppliers: tuple[str, ...], prices: dict[str, float], share: float, slug: str
) -> None:
    ratings = Ratings(np.full((2, 3, len(suppliers)), 5.0), ("a", "b", "c"), suppliers)
    with pytest.raises(WorthbookError) as refused:
        market_value(ratings, WEIGHTS, prices, quality_share=share)
    assert [problem.slug for problem in refused.value.problems] == [slug]

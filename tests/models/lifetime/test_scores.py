from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from worthbook.models.base import FloatArray
from worthbook.models.lifetime.scores import by_tenth, cohorts, gini, is_within_chance, score

COUNTS = arrays(np.float64, 12, elements=st.integers(0, 9).map(float))


def test_the_gini_is_one_for_the_right_order_and_turns_for_the_wrong_one() -> None:
    outcome, weights = np.array([5.0, 0.0, 1.0, 2.0]), np.ones(4)
    assert gini(outcome * 3, outcome, weights) == 1
    assert gini(-outcome, outcome, weights) == pytest.approx(-1)
    assert gini(np.ones(4), outcome, weights) == 0
    assert gini(outcome, np.ones(4), weights) is None


def test_the_gini_by_hand() -> None:
    """Forecast order 2, 0, 8 of 10: cumulative .2 .2 1, area 2 * (.1 + .2 + .6) / 3 - 1; in its own order 8, 2, 0."""
    own = 2 * (0.4 + 0.9 + 1.0) / 3 - 1
    found = gini(np.array([3.0, 2.0, 1.0]), np.array([2.0, 0.0, 8.0]), np.ones(3))
    assert found == pytest.approx((2 * (0.1 + 0.2 + 0.6) / 3 - 1) / own)


@given(COUNTS, COUNTS, st.permutations(range(12)))
def test_nothing_depends_on_the_order_of_rows(forecast: FloatArray, outcome: FloatArray, order: list[int]) -> None:
    outcome = outcome + np.arange(12) % 2
    weights, age = np.arange(1.0, 13.0), np.arange(20.0, 32.0)
    one = score(forecast, outcome, weights, age)
    other = score(forecast[order], outcome[order], weights[order], age[order])
    assert (one.rmse, one.mae, one.total) == pytest.approx((other.rmse, other.mae, other.total))
    assert one.gini == pytest.approx(other.gini, abs=1e-9)
    mine, theirs = by_tenth(forecast, outcome, weights), by_tenth(forecast[order], outcome[order], weights[order])
    assert [each.actual for each in mine] == pytest.approx([each.actual for each in theirs])


@given(COUNTS)
def test_tenths_hold_everyone_and_add_up(outcome: FloatArray) -> None:
    forecast, weights = np.round(np.arange(12.0) / 3), np.arange(1.0, 13.0)
    tenths = by_tenth(forecast, outcome, weights)
    assert sum(each.customers for each in tenths) == weights.sum()
    assert sum(each.customers * each.actual for each in tenths) == pytest.approx(weights @ outcome)
    assert sum(each.customers * each.expected for each in tenths) == pytest.approx(weights @ forecast)


def test_equal_forecasts_share_a_tenth() -> None:
    assert len(by_tenth(np.ones(50), np.arange(50.0), np.ones(50))) == 1


def test_cohorts_are_at_most_twelve_bands_of_age() -> None:
    ages = np.arange(5.0, 160.0)
    assert len(set(cohorts(ages).tolist())) <= 12
    assert (np.diff(cohorts(ages)) >= 0).all()


def test_errors_of_cohorts_do_not_cancel() -> None:
    found = score(np.array([2.0, 0.0]), np.array([1.0, 1.0]), np.ones(2), np.array([10.0, 40.0]))
    assert (found.total_error, found.cohort_error) == (0, 1)


def test_chance_covers_a_small_difference_and_not_a_large_one() -> None:
    rng = np.random.default_rng(3)
    outcome = rng.poisson(2, 400).astype(float)
    assert is_within_chance(np.full(400, 2.02), np.full(400, 2.0), outcome, np.ones(400))
    assert not is_within_chance(np.full(400, 3.0), np.full(400, 2.0), outcome, np.ones(400))

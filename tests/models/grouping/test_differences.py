from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from worthbook.models.base import FloatArray
from worthbook.models.grouping.differences import Moments, contrast_means, contrast_shares, corrected, ranked

SAMPLES = st.lists(st.floats(-1e6, 1e6).map(lambda value: round(value, 3)), min_size=2, max_size=30)


def moments(values: list[float]) -> Moments:
    array = np.array(values)
    return Moments(np.array([float(len(array))]), np.array([array.mean()]), np.array([array.var(ddof=1)]))


def shares(*pairs: tuple[int, int]) -> Moments:
    hits, count = np.array(pairs, float).T
    share = hits / count
    return Moments(count, share, share * (1 - share))


def only(values: FloatArray) -> float:
    (value,) = values
    return float(value)


def test_means_are_compared_as_welch_does() -> None:
    """Sleep data of Student (1908), Biometrika 6; R's `t.test(extra ~ group, sleep)`: p 0.07939, −3.3655 to 0.2055."""
    first = moments([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    second = moments([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    found = contrast_means(first, second)
    assert [round(only(each), 4) for each in (found.low, found.high)] == [-3.3655, 0.2055]
    assert only(found.p) == pytest.approx(0.07939, abs=5e-6)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_shares_are_compared_as_newcombe_does(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    """Newcombe (1998), Statistics in Medicine 17, table II, method 10, examples (a) to (h)."""
    found = contrast_shares(shares(one), shares(other))
    assert [only(found.low), only(found.high)] == pytest.approx([low, high], abs=1e-4)


def test_the_effect_of_means_is_austins() -> None:
    """Formula of Austin (2009) with means 60 and 50 and standard deviations 10 and 20: 10 / sqrt(250)."""
    one, other = (
        Moments(np.array([50.0]), np.array([mean]), np.array([sd**2])) for mean, sd in ((60.0, 10.0), (50.0, 20.0))
    )
    assert only(contrast_means(one, other).effect) == pytest.approx(10 / 250**0.5)


def test_thin_shares_are_tested_exactly() -> None:
    """Fisher's tea: Agresti (2013), Categorical Data Analysis, p. 91: 3 of 4 against 1 of 4, two-sided p of 0.486."""
    assert only(contrast_shares(shares((3, 4)), shares((1, 4))).p) == pytest.approx(0.486, abs=5e-4)


def test_a_share_of_all_against_none_is_a_complete_difference() -> None:
    assert only(contrast_shares(shares((10, 10)), shares((0, 20))).effect) == np.inf


@given(SAMPLES, SAMPLES, st.sampled_from([0.01, 7.0, 1000.0]))
def test_the_scale_of_money_changes_no_effect(one: list[float], other: list[float], scale: float) -> None:
    if min(np.ptp(one), np.ptp(other)) < 1:
        return
    with np.errstate(all="ignore"):
        plain = contrast_means(moments(one), moments(other))
        scaled = contrast_means(moments([each * scale for each in one]), moments([each * scale for each in other]))
    assert only(scaled.effect) == pytest.approx(only(plain.effect), rel=1e-6, abs=1e-9)


@given(SAMPLES, SAMPLES)
def test_turned_round_everything_changes_its_sign(one: list[float], other: list[float]) -> None:
    if min(np.ptp(one), np.ptp(other)) < 1:
        return
    there, back = contrast_means(moments(one), moments(other)), contrast_means(moments(other), moments(one))
    assert (only(there.difference), only(there.low), only(there.high)) == pytest.approx(
        (-only(back.difference), -only(back.high), -only(back.low))
    )


def test_nine_in_ten_and_more_intervals_hold_the_truth() -> None:
    """Simulated: 2 000 pairs of groups of 12 and 30 that truly differ by 1, with unequal spread."""
    random = np.random.default_rng(7)
    one, other = random.normal(1, 3, (2000, 12)), random.normal(0, 1, (2000, 30))
    found = contrast_means(
        Moments(np.full(2000, 12.0), one.mean(1), one.var(1, ddof=1)),
        Moments(np.full(2000, 30.0), other.mean(1), other.var(1, ddof=1)),
    )
    held = float(((found.low <= 1) & (found.high >= 1)).mean())
    assert held == pytest.approx(0.95, abs=0.015)


def test_among_columns_of_noise_holm_finds_nothing() -> None:
    random = np.random.default_rng(11)
    p = np.asarray(stats.ttest_ind(random.normal(size=(200, 40)), random.normal(size=(200, 40))).pvalue)
    assert [float(p.min()) < 0.05, bool((corrected(p) < 0.05).any())] == [True, False]


def test_what_cannot_be_told_is_not_ranked() -> None:
    assert ranked(np.array([np.nan, 0.2, -0.3])) == [2, 1]

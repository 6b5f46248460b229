"""Satisfaction into money: planted truths are found again, and intervals hold them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worthbook.kernel.errors import WorthbookError
from worthbook.models.perception.money import driver_money, effect_on_base, loyalty_curve, point_value
from worthbook.models.perception.money.curve import REFERENCE, monotone, share_of

STAY = np.array([0.03, 0.17, 0.62, 0.83, 0.94])
"""The middle of each range of the source text's table."""


def simulated(seed: int, n: int = 600) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    score = random.integers(1, 6, n).astype(float)
    stayed = (random.random(n) < STAY[score.astype(int) - 1]).astype(float)
    return score, stayed, stayed * random.gamma(2.0, 50.0 + 10 * score)


class TestCurve:
    def test_the_source_texts_table_is_found_again(self) -> None:
        found = loyalty_curve(*simulated(0, 20_000))
        for level in found.levels:
            low, high = REFERENCE[int(level.score)]
            assert low - 0.02 <= level.fitted.value <= high + 0.02
            assert level.reference == (low, high)
        assert found.rises.excludes(0.0)

    def test_never_falls(self) -> None:
        fitted = [level.fitted.value for level in loyalty_curve(*simulated(1, 60)).levels]
        assert fitted == sorted(fitted)

    def test_intervals_cover_the_truth(self) -> None:
        """Of 5 × 60 levels; 99.9 % limits of a binomial of 300 around 95 % are 90 % and 98.7 %."""
        covered = 0
        for seed in range(60):
            levels = loyalty_curve(*simulated(seed), draws=200).levels
            covered += sum(
                level.stayed.low is not None
                and level.stayed.high is not None
                and level.stayed.low <= p <= level.stayed.high
                for level, p in zip(levels, STAY, strict=True)
            )
        assert 270 <= covered <= 297

    def test_repeated_rows_and_weights_say_the_same(self) -> None:
        score, stayed, spend = simulated(2, 100)
        weights = np.random.default_rng(0).integers(1, 4, 100)
        twice = [np.repeat(each, weights) for each in (score, stayed, spend)]
        weighted = loyalty_curve(score, stayed, spend, weights.astype(float), draws=10)
        repeated = loyalty_curve(*twice, draws=10)
        assert [each.stayed.value for each in weighted.levels] == pytest.approx(
            [each.stayed.value for each in repeated.levels]
        )
        assert [each.spend.value for each in weighted.levels if each.spend] == pytest.approx(
            [each.spend.value for each in repeated.levels if each.spend]
        )

    def test_the_reference_is_not_laid_over_another_scale(self) -> None:
        score, stayed, _ = simulated(3)
        assert {level.reference for level in loyalty_curve(score, stayed, five_points=False).levels} == {None}

    def test_too_few_answers_are_refused_with_what_would_be_enough(self) -> None:
        with pytest.raises(WorthbookError, match="Only 20 customers") as refused:
            loyalty_curve(np.arange(20.0), np.ones(20))
        assert "At least 30" in str(refused.value)

    def test_cause_is_not_claimed(self) -> None:
        assert "cannot prove" in loyalty_curve(*simulated(4)).cautions[0].en


@given(st.floats(0, 1), st.integers(1, 10_000))
def test_a_share_stays_between_0_and_1_around_the_share(share: float, n: int) -> None:
    found = share_of(share, n)
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= share + 1e-12
    assert share - 1e-12 <= found.high <= 1


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_monotone_keeps_the_mean_and_rises(shares: list[float]) -> None:
    values = np.array(shares)
    fitted = monotone(values, np.ones(len(values)))
    assert (np.diff(fitted) >= -1e-12).all()
    assert fitted.mean() == pytest.approx(values.mean())


class TestPoints:
    def test_the_planted_money_per_point_is_covered(self) -> None:
        """40 a point, with earlier spend that hides it: 100 simulations, 99.9 % limits of 95 % are 87 and 100."""
        covered = 0
        for seed in range(100):
            random = np.random.default_rng(seed)
            earlier = random.gamma(2.0, 100.0, 300)
            score = np.clip(np.round(3 - (earlier - 200) / 200 + random.normal(0, 1, 300)), 1, 5)
            spend = 40 * score + 0.8 * earlier + random.normal(0, 1, 300) * earlier / 4
            found = point_value(score, spend, earlier).per_point
            covered += found.low is not None and found.high is not None and found.low <= 40 <= found.high
        assert 87 <= covered <= 100

    def test_equal_scores_are_refused(self) -> None:
        with pytest.raises(WorthbookError, match="two different scores"):
            point_value(np.ones(50), np.arange(50.0))

    def test_a_driver_brings_its_effect_times_the_money(self) -> None:
        level = np.repeat([1.0, 2.0, 3.0], 20)
        money = point_value(level, 100 + 40 * level)
        found = driver_money({"advice": (0.5, 0.0), "speed": (-0.75, 0.0)}, money)
        assert [(each.name, round(each.per_point.value, 6)) for each in found] == [("speed", -30.0), ("advice", 20.0)]


class TestBase:
    def test_groups_count_by_the_base_not_by_the_answers(self) -> None:
        group = ["gold"] * 90 + ["iron"] * 10
        value = np.concatenate([np.full(90, 100.0), np.full(10, 10.0)])
        found = effect_on_base(group, value, ["gold", "iron"], np.array([100.0, 900.0]))
        assert (found.respondents.value, found.total.value) == (91.0, 100 * 100 + 900 * 10)

    def test_a_silent_group_widens_the_interval(self) -> None:
        random = np.random.default_rng(0)
        group = ["a"] * 50 + ["b"] * 50 + ["c"] * 50
        value = np.concatenate([random.normal(centre, 5, 50) for centre in (20, 40, 60)])
        heard = effect_on_base(group, value, ["a", "b", "c"], np.array([100.0, 100, 100]))
        silent = effect_on_base(group, value, ["a", "b", "c", "d"], np.array([100.0, 100, 50, 50]))
        assert silent.silent_groups == ("d",)
        assert heard.total.low is not None
        assert heard.total.high is not None
        assert silent.total.low is not None
        assert silent.total.high is not None
        assert silent.total.high - silent.total.low > 2 * (heard.total.high - heard.total.low)

    def test_nothing_to_carry_over(self) -> None:
        with pytest.raises(WorthbookError, match="fewer than two groups"):
            effect_on_base(["a", "b"], np.array([1.0, 2.0]), ["a", "b"], np.array([5.0, 5.0]))

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worthbook.models.perception.net_promoter import ANSWERS, net_promoter
from worthbook.models.perception.tally import Tally

EXACT = 1e-9


def tally(answers: list[int], weights: list[float] | None = None) -> Tally:
    size = len(answers)
    given_weights = np.ones(size) if weights is None else np.array(weights)
    return Tally.of(np.zeros(size, int), np.array(answers), given_weights, (1, ANSWERS))


def test_score_and_variance_of_a_published_example() -> None:
    """Shares of 1/2, 1/3 and 1/6 give a score of 1/3 and a variance of 5/9 a respondent (Cross Validated)."""
    found = net_promoter(tally([10] * 300 + [7] * 200 + [0] * 100))

    assert found.score[0] == pytest.approx(1 / 3, abs=EXACT)
    assert found.standard_error[0] ** 2 * 600 == pytest.approx(5 / 9, abs=EXACT)


def test_the_interval_is_the_adjusted_wald_interval() -> None:
    """Rocks (2016): ¾ promoters, 1½ passives and ¾ detractors are added; worked out by hand for 12, 5, 3."""
    found = net_promoter(tally([9] * 12 + [8] * 5 + [2] * 3))
    promoters, detractors = 12.75 / 23, 3.75 / 23
    middle = promoters - detractors
    reach = 1.959963984540054 * np.sqrt((promoters + detractors - middle**2) / 23)

    assert (found.low[0], found.high[0]) == pytest.approx((middle - reach, middle + reach), abs=EXACT)


def test_three_promoters_are_not_certain() -> None:
    found = net_promoter(tally([10, 10, 10]))

    assert (found.score[0], found.high[0]) == (1.0, 1.0)
    assert found.low[0] < 0


def test_nobody_has_no_score() -> None:
    found = net_promoter(Tally(*(np.zeros((1, ANSWERS)) for _ in range(3))))

    assert np.isnan([found.score[0], found.low[0], found.high[0]]).all()


@given(st.lists(st.integers(0, 10), min_size=1, max_size=60), st.floats(0.1, 50))
def test_the_size_of_equal_weights_changes_nothing(answers: list[int], weight: float) -> None:
    plain, weighted = net_promoter(tally(answers)), net_promoter(tally(answers, [weight] * len(answers)))

    assert weighted.score[0] == pytest.approx(plain.score[0], abs=EXACT)
    assert weighted.standard_error[0] == pytest.approx(plain.standard_error[0], abs=EXACT)
    assert weighted.low[0] == pytest.approx(plain.low[0], abs=EXACT)


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(1, 4)), min_size=1, max_size=40))
def test_a_weight_scores_as_so_many_respondents(rows: list[tuple[int, int]]) -> None:
    answers, times = [row[0] for row in rows], [float(row[1]) for row in rows]
    repeated = net_promoter(tally([answer for answer, count in rows for _ in range(count)]))

    assert net_promoter(tally(answers, times)).score[0] == pytest.approx(repeated.score[0], abs=EXACT)


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    """4 000 samples of 25 with p 0.55, 0.30, 0.15: the truth lies in the interval 95 % ± 1.5 % of the time."""
    random = np.random.default_rng(11)
    chance = np.zeros(ANSWERS)
    chance[[2, 8, 10]] = 0.15, 0.30, 0.55
    counts = random.multinomial(25, chance, size=4000).astype(float)
    found = net_promoter(Tally(counts, counts, counts))

    assert np.mean((found.low <= 0.40) & (found.high >= 0.40)) == pytest.approx(0.95, abs=0.015)

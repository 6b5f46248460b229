from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worthbook.models.perception.answer_quality import copies, item_rest, speeders, straight_liners
from worthbook.models.perception.raking import LARGEST, rake


def likert(respondents: int, items: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    level = random.normal(4, 1.2, (respondents, 1))
    return np.clip((level + random.normal(0, 0.8, (respondents, items))).round(), 1, 7)


def test_a_forgotten_reverse_item_is_found_and_no_other() -> None:
    answers = likert(200, 5, 1)
    answers[:, 2] = 8 - answers[:, 2]

    assert item_rest(answers, np.zeros(5, int)).wrong_way.tolist() == [False, False, True, False, False]


@given(st.integers(0, 30))
def test_items_that_point_one_way_are_not_marked(seed: int) -> None:
    assert not item_rest(likert(150, 4, seed), np.zeros(4, int)).wrong_way.any()


def test_items_without_a_construct_and_alone_are_not_judged() -> None:
    assert np.isnan(item_rest(likert(50, 3, 2), np.array([-1, -1, 0])).correlation).all()


def test_planted_carelessness_is_found() -> None:
    answers = likert(100, 10, 3)
    answers[:5] = 4.0
    answers[50] = answers[60]
    seconds = np.full(100, 200.0)
    seconds[10:13] = 20.0

    assert np.flatnonzero(straight_liners(answers, np.zeros(10, int)))[:5].tolist() == [0, 1, 2, 3, 4]
    assert np.flatnonzero(speeders(seconds)).tolist() == [10, 11, 12]
    assert bool(copies(answers)[60]) is True
    assert not copies(answers)[:5].any()


def test_three_answers_alike_are_no_straight_line() -> None:
    assert not straight_liners(np.full((4, 3), 5.0), np.zeros(3, int)).any()


def test_nobody_is_fast_where_no_time_is_known() -> None:
    assert not speeders(np.full(5, np.nan)).any()


def test_raking_meets_two_margins() -> None:
    random = np.random.default_rng(9)
    sex, region = random.integers(0, 2, 400), random.integers(0, 3, 400)
    found = rake(np.ones(400), [sex, region], [np.array([0.6, 0.4]), np.array([0.5, 0.3, 0.2])])
    shares = [np.bincount(each, found.weights) / 400 for each in (sex, region)]

    assert found.fits
    assert np.concatenate(shares) == pytest.approx([0.6, 0.4, 0.5, 0.3, 0.2], abs=1e-6)
    assert found.weights.mean() == pytest.approx(1.0)


def test_a_group_that_nobody_is_in_is_left_out() -> None:
    found = rake(np.ones(4), [np.array([0, 0, 1, 1])], [np.array([0.3, 0.3, 0.4])])

    assert found.weights == pytest.approx(np.ones(4))


def test_no_respondent_counts_without_bound() -> None:
    found = rake(np.ones(100), [np.r_[np.zeros(99, int), 1]], [np.array([0.5, 0.5])])

    assert (found.fits, found.largest <= 1.1 * LARGEST) == (False, True)

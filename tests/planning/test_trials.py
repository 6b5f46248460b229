from __future__ import annotations

import datetime as dt

import pytest

from worthbook.planning.trials import Split, rolling_splits, split_of, told_apart

FIRST = dt.date(2024, 1, 1)


def test_half_of_the_history_is_held_back_and_a_year_at_most() -> None:
    short, long = (split_of(FIRST, FIRST + dt.timedelta(weeks=weeks)) for weeks in (40, 200))
    assert short == Split(FIRST + dt.timedelta(weeks=20), FIRST + dt.timedelta(weeks=40))
    assert long is not None
    assert long.weeks == 52


def test_less_than_four_weeks_are_no_test() -> None:
    assert split_of(FIRST, FIRST + dt.timedelta(weeks=7)) is None


@pytest.mark.parametrize("weeks", [16, 41, 160])
def test_rolling_tests_follow_each_other_to_the_end(weeks: int) -> None:
    as_of = FIRST + dt.timedelta(weeks=weeks)
    splits = rolling_splits(FIRST, as_of)
    assert len(splits) == 3
    assert [each.until for each in splits[:-1]] == [each.calibrate_until for each in splits[1:]]
    assert splits[-1].until == as_of


def test_a_short_history_is_not_rolled() -> None:
    assert rolling_splits(FIRST, FIRST + dt.timedelta(weeks=15)) == ()


def test_customers_with_other_gaps_are_told_apart_where_a_model_does_so() -> None:
    roles = {"x": "repeats", "t_x": "recency", "T": "age", "log_gaps": "gaps"}
    assert told_apart(roles, tells_gaps=False) == (["repeats", "recency", "age"], ["gaps"])
    assert told_apart(roles, tells_gaps=True) == (["repeats", "recency", "age", "gaps"], [])

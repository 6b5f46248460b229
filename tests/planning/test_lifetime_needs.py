from __future__ import annotations

import datetime as dt

import pytest

from worthbook.models.interval import Interval
from worthbook.models.lifetime import MBGNBD, PurchaseHistory
from worthbook.models.lifetime.choose import Candidate, compare
from worthbook.models.lifetime.forecast import TotalForecast
from worthbook.planning.lifetime_needs import needs
from worthbook.planning.lifetimes import Expected, Lifetimes

FIRST = dt.date(2026, 1, 1)


def lifetimes(history: PurchaseHistory, weeks: int, expected: Expected | None = None) -> Lifetimes:
    as_of = FIRST + dt.timedelta(weeks=weeks)
    comparison = compare([Candidate("mbg_nbd", "MBG/NBD", MBGNBD())], history, None)
    return Lifetimes(FIRST, as_of, as_of, history, None, None, comparison, {}, (), expected=expected)


def test_a_short_history_says_how_many_weeks_are_missing() -> None:
    history = PurchaseHistory([0, 1, 2], [0, 2, 4], [5, 5, 5], [60, 20, 20])
    assert needs(lifetimes(history, 5))[0].en.startswith("A test needs about 3 more weeks of history")


def test_few_repeat_buyers_say_how_many_customers_are_missing() -> None:
    """4 of 100 have bought again; 6 more at this rate are 150 customers more."""
    history = PurchaseHistory([0, 1, 2], [0, 12, 15], [20, 20, 20], [96, 3, 1])
    assert "about 150 more customers" in needs(lifetimes(history, 20))[0].en


def test_dropout_that_is_not_visible_says_how_much_history_is_missing() -> None:
    history = PurchaseHistory([0, 1, 2, 3, 4], [0, 20, 38, 39, 39.5], [40] * 5, [10, 30, 40, 30, 10])
    assert not MBGNBD().fit(history).dropout_visible
    (said,) = needs(lifetimes(history, 40))
    assert "ropout is not visible" in said.en
    assert "看不出客户流失" in said.zh


@pytest.mark.parametrize(("high", "said"), [(120.0, 0), (180.0, 1)])
def test_a_wide_interval_says_how_many_customers_it_takes(high: float, said: int) -> None:
    """An interval of plus or minus 80 % takes 64 times the customers to shrink to 10 %."""
    total = TotalForecast(52, Interval(100.0, 200 - high, high), None, ())
    history = PurchaseHistory([0, 1, 2, 6], [0, 2, 4, 18], [20, 20, 20, 20], [600, 200, 100, 100])
    found = needs(lifetimes(history, 20, Expected("mbg_nbd", FIRST, 52, 10, 20, total, MBGNBD().fit(history))))
    sentences = [each.en for each in found if "64 times the customers" in each.en]
    assert len(sentences) == said

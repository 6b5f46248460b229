from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.period import Every, Window, ends_between, months_before, parse_date

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31))
WINDOWS = st.builds(
    Window, st.integers(1, 60), st.sampled_from(["days", "weeks", "months", "years"]), previous=st.just(value=False)
)


@given(DAYS, WINDOWS)
def test_the_previous_window_ends_where_the_window_begins(as_of: dt.date, window: Window) -> None:
    previous = Window(window.length, window.unit, previous=True)
    assert previous.span(as_of)[1] == window.span(as_of)[0]


@given(DAYS, st.integers(0, 400))
def test_months_keep_the_day_where_the_month_has_it(day: dt.date, months: int) -> None:
    earlier = months_before(day, months)
    assert earlier.day == day.day or (earlier + dt.timedelta(days=1)).day == 1


@given(WINDOWS)
def test_a_window_is_read_as_it_is_written(window: Window) -> None:
    assert Window.parse(str(window)) == window


def test_a_month_after_the_last_of_january_is_the_last_of_february() -> None:
    assert Window.parse("1 month").after(dt.date(2026, 1, 31)) == dt.date(2026, 2, 28)


def test_a_window_says_its_suffix() -> None:
    assert [Window.parse(text).suffix for text in ("90 days", "12 months", "previous 12 months")] == [
        "90d",
        "12m",
        "previous_12m",
    ]


def test_an_unreadable_window_says_what_to_write() -> None:
    with pytest.raises(WorthbookError) as caught:
        Window.parse("a year")
    assert str(caught.value) == (
        "[window-unreadable] 'a year' is not a window.\n"
        "  hint: Write for example '90 days', '12 months', 'previous 12 months' or 'lifetime'."
    )


def test_an_unreadable_date_says_what_to_write() -> None:
    with pytest.raises(WorthbookError) as caught:
        parse_date("30.6.2026")
    assert caught.value.say("zh") == "[date-unreadable] “30.6.2026”不是有效日期。\n  提示: 请按 2026-06-30 的格式书写。"


@pytest.mark.parametrize(("every", "months"), [("month", 1), ("quarter", 3), ("year", 12)])
def test_ends_of_periods_follow_each_other(every: Every, months: int) -> None:
    first, last = dt.date(2023, 2, 14), dt.date(2026, 5, 31)
    ends = ends_between(every, first, last)
    starts = [each + dt.timedelta(days=1) for each in ends]
    assert all(first <= each <= last for each in ends)
    assert [months_before(each, months) for each in starts[1:]] == starts[:-1]


def test_both_ends_of_the_time_count() -> None:
    assert ends_between("month", dt.date(2024, 2, 29), dt.date(2024, 3, 31)) == (
        dt.date(2024, 2, 29), dt.date(2024, 3, 31),
    )  # fmt: skip

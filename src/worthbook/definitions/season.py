"""Seasons by name: months, quarters, some days of every year, or rows of the table of seasons."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from pydantic import AfterValidator

from worthbook.definitions.definition import RefusedError
from worthbook.kernel.errors import Fault, WorthbookError
from worthbook.kernel.language import Text

SEASONS = "seasons"
"""The table of seasons, campaigns and prices."""
MONTHS, QUARTERS = "months", "quarters"

_DAYS = re.compile(r"(\d\d)-(\d\d)\.\.(\d\d)-(\d\d)")
_NAME = re.compile(r"[^\W\d]\w*")
_LEAP_YEAR = 2024

SEASON_UNREADABLE = Fault(
    "season-unreadable",
    what=Text(en="'{text}' is not a season.", zh="“{text}”不是有效的季节。"),
    hint=Text(
        en=(
            "Write months, quarters, days of every year such as 11-01..12-31, or a name in the table of seasons "
            "(letters, digits and _)."
        ),
        zh=(
            "可写 months（按月）、quarters（按季）、每年的日期区间（如 11-01..12-31），"
            "或 seasons 表中的名称（文字、数字与下划线）。"
        ),
    ),
)


def days_of_year(text: str) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """First and last month and day of a span such as `11-01..12-31`; None for other seasons.

    >>> days_of_year("11-01..12-31"), days_of_year("sale")
    (((11, 1), (12, 31)), None)
    """
    match = _DAYS.fullmatch(text)
    if match is None:
        return None
    first, second, third, fourth = (int(each) for each in match.groups())
    return (first, second), (third, fourth)


def is_told(text: str) -> bool:
    """Whether a season is told by rows of the table, not by the calendar."""
    return text not in {MONTHS, QUARTERS} and days_of_year(text) is None


def parse_season(text: str) -> str:
    """The same text, if it names a season.

    Raises:
        WorthbookError: `season-unreadable`.

    >>> parse_season("11-01..12-31")
    '11-01..12-31'
    """
    span = days_of_year(text)
    if span is None and _NAME.fullmatch(text) is None:
        raise SEASON_UNREADABLE(text=text)
    for month, day in span or ():
        try:
            dt.date(_LEAP_YEAR, month, day)
        except ValueError:
            raise SEASON_UNREADABLE(text=text) from None
    return text


def _season(text: str) -> str:
    try:
        return parse_season(text)
    except WorthbookError as error:
        raise RefusedError(error.problems[0]) from None


SeasonText = Annotated[str, AfterValidator(_season)]
"""A season as `parse_season` reads it."""

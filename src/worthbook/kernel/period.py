"""Dates and windows: calendar-true months and years, always as at a date.

A window is the half-open span `(start, end]` of days that ends with the day of the evaluation, so that two windows laid
one behind the other share no day and miss none.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from worthbook.kernel.errors import Fault, Place
from worthbook.kernel.language import Text

DAYS_PER_WEEK = 7
DAYS_PER_YEAR = 365.25
WEEKS_PER_YEAR = DAYS_PER_YEAR / DAYS_PER_WEEK
MONTHS_PER_YEAR = 12

PeriodUnit = Literal["days", "weeks", "months", "years"]

Every = Literal["month", "quarter", "year"]

_MONTHS: dict[Every, int] = {"month": 1, "quarter": 3, "year": 12}
_WINDOW = re.compile(r"(?P<previous>previous )?(?P<length>[1-9][0-9]*) (?P<unit>day|week|month|year)s?")
_LETTER: dict[PeriodUnit, str] = {"days": "d", "weeks": "w", "months": "m", "years": "y"}
_SPOKEN: dict[PeriodUnit, Text] = {
    "days": Text(en="days", zh="天"),
    "weeks": Text(en="weeks", zh="周"),
    "months": Text(en="months", zh="个月"),
    "years": Text(en="years", zh="年"),
}

WINDOW_UNREADABLE = Fault(
    "window-unreadable",
    what=Text(en="'{text}' is not a window.", zh="“{text}”不是有效的时间窗口。"),
    hint=Text(
        en="Write for example '90 days', '12 months', 'previous 12 months' or 'lifetime'.",
        zh="例如可写“90 days”“12 months”“previous 12 months”或“lifetime”。",
    ),
)
DATE_UNREADABLE = Fault(
    "date-unreadable",
    what=Text(en="'{text}' is not a date.", zh="“{text}”不是有效日期。"),
    hint=Text(en="Write it as 2026-06-30.", zh="请按 2026-06-30 的格式书写。"),
)


def parse_date(text: str) -> dt.date:
    """Read an ISO date.

    >>> parse_date("2026-06-30")
    datetime.date(2026, 6, 30)
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise DATE_UNREADABLE(text=text) from None


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day so many months earlier; the month's last day where that month is shorter.

    >>> months_before(dt.date(2026, 3, 31), 1)
    datetime.date(2026, 2, 28)
    >>> months_before(dt.date(2024, 2, 29), 12)
    datetime.date(2023, 2, 28)
    """
    month_index = day.year * MONTHS_PER_YEAR + (day.month - 1) - months
    year, month = divmod(month_index, MONTHS_PER_YEAR)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def ends_between(every: Every, first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
    """The last days of the months, quarters or years that end between two days, both included.

    >>> [str(day) for day in ends_between("quarter", dt.date(2025, 6, 30), dt.date(2026, 1, 15))]
    ['2025-06-30', '2025-09-30', '2025-12-31']
    """
    step = _MONTHS[every]
    place = first.year * MONTHS_PER_YEAR + first.month - 1
    place += step - 1 - place % step
    found = []
    while (day := _month_end(place)) <= last:
        found.append(day)
        place += step
    return tuple(day for day in found if day >= first)


def _month_end(place: int) -> dt.date:
    """The last day of a month, counted from the year 0."""
    year, month = divmod(place, MONTHS_PER_YEAR)
    return dt.date(year, month + 1, calendar.monthrange(year, month + 1)[1])


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time that ends with the day of the evaluation, or that lies just before such a span.

    >>> year = Window.parse("12 months")
    >>> year.span(dt.date(2024, 2, 29))
    (datetime.date(2023, 2, 28), datetime.date(2024, 2, 29))
    >>> Window.parse("previous 12 months").span(dt.date(2024, 2, 29))
    (datetime.date(2022, 2, 28), datetime.date(2023, 2, 28))
    """

    length: int
    unit: PeriodUnit
    previous: bool = False

    @classmethod
    def parse(cls, text: str, where: Place | None = None) -> Window:
        """Read `12 months`, `90 days`, `previous 1 year`; the inverse of `str`."""
        match = _WINDOW.fullmatch(text)
        if match is None:
            raise WINDOW_UNREADABLE(where, text=text)
        unit = cast("PeriodUnit", match["unit"] + "s")
        return cls(int(match["length"]), unit, previous=match["previous"] is not None)

    def span(self, as_of: dt.date) -> tuple[dt.date, dt.date]:
        """The day before the window's first day, and its last day."""
        near = self._back(as_of, 1)
        return (self._back(as_of, 2), near) if self.previous else (near, as_of)

    def after(self, as_of: dt.date) -> dt.date:
        """The last day of a window of this length that begins on the day after `as_of`."""
        return self._back(as_of, -1)

    @property
    def suffix(self) -> str:
        """The ending of a measure's name: `12m`, or `previous_12m`."""
        short = f"{self.length}{_LETTER[self.unit]}"
        return f"previous_{short}" if self.previous else short

    @property
    def title(self) -> Text:
        """How people say it."""
        said = self.long
        if self.previous:
            return Text(en=f"the {said.en} before that", zh=f"再往前{said.zh}")
        return Text(en=f"last {said.en}", zh=f"近{said.zh}")

    @property
    def long(self) -> Text:
        """How people say its length alone.

        >>> Window.parse("1 month").long.en, Window.parse("previous 3 months").long.zh
        ('1 month', '3个月')
        """
        spoken = _SPOKEN[self.unit]
        unit = spoken.en.removesuffix("s") if self.length == 1 else spoken.en
        return Text(en=f"{self.length} {unit}", zh=f"{self.length}{spoken.zh}")

    def _back(self, day: dt.date, times: int) -> dt.date:
        count = self.length * times
        if self.unit == "months":
            return months_before(day, count)
        if self.unit == "years":
            return months_before(day, count * MONTHS_PER_YEAR)
        return day - dt.timedelta(days=count * (DAYS_PER_WEEK if self.unit == "weeks" else 1))

    def __str__(self) -> str:
        """The form that `parse` reads."""
        return f"{'previous ' if self.previous else ''}{self.length} {self.unit}"


def time_zone(name: str) -> ZoneInfo | None:
    """The time zone of an IANA name; None where there is none of that name.

    >>> time_zone("Asia/Shanghai"), time_zone("Asia/Shangri-La")
    (zoneinfo.ZoneInfo(key='Asia/Shanghai'), None)
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # an OSError for the name of a folder, such as `Asia`
        return None

"""Memory of a framework: when customers are reviewed, how far they may fall before they move, how long they stay."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from worthbook.definitions.definition import Part, RefusedError
from worthbook.definitions.measure import WindowText
from worthbook.kernel.errors import Fault, Problem
from worthbook.kernel.language import Text
from worthbook.kernel.period import MONTHS_PER_YEAR, Window

MARGIN_UNREADABLE = Fault(
    "stability-margin-unreadable",
    what=Text(en="'{text}' is not a margin.", zh="“{text}”不是有效的容差。"),
    hint=Text(
        en="Write a share of the limit from 0% to below 100%, as 10%, or an amount in the unit of the column, as 50.",
        zh="请写界限的百分比（0% 至 100% 以下，如 10%），或与该列同单位的数值（如 50）。",
    ),
)
STAY_UNFIT = Fault(
    "stability-stay-unfit",
    what=Text(en="Nobody can stay for '{text}'.", zh="“{text}”不能作为最短保留期。"),
    hint=Text(en="Write a length of time, such as 3 months.", zh="请写一段时长，例如 3 months。"),
)

_MARGIN = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)(?P<percent>%?)")
_WHOLE = 100
_STEPS = {"month": 1, "quarter": 3, "year": MONTHS_PER_YEAR}


def _margin(text: str) -> str:
    match = _MARGIN.fullmatch(text)
    if match is None or (match["percent"] and Decimal(match["number"]) >= _WHOLE):
        raise RefusedError(MARGIN_UNREADABLE.problem(text=text))
    return text


def _plain(value: object) -> object:
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else value


def _stay(text: str) -> str:
    if Window.parse(text).previous:
        raise RefusedError(_no_stay(text))
    return text


def _no_stay(text: str) -> Problem:
    return STAY_UNFIT.problem(text=text)


MarginText = Annotated[str, BeforeValidator(_plain, json_schema_input_type=str | float), AfterValidator(_margin)]


class Stability(Part):
    """How a framework whose cells have an order remembers where customers stood.

    Customers are reviewed on the last day of each month, quarter or year. Who passes a limit rises at once, between
    reviews too. Who falls below one stays until a review finds the value below the limit by the margin and the minimum
    stay over. Where somebody stood before is worked out from the book itself, review by review; kept evaluations
    decide nothing.

    >>> stability = Stability(reviews="quarter", looks_back=2, margin="10%", minimum_stay="3 months")
    >>> [day.isoformat() for day in stability.days_before(dt.date(2026, 6, 30))]
    ['2025-12-31', '2026-03-31']
    >>> stability.lowered(Decimal(200)), stability.is_review(dt.date(2026, 6, 30))
    (Decimal('180'), True)
    """

    reviews: Literal["month", "quarter", "year"] = "quarter"
    looks_back: Annotated[int, Field(ge=1, le=60)] = 12
    """How many reviews are looked back to; where a customer stood before the first of them is not asked."""
    margin: MarginText = "0%"
    """How far below its limit a value may lie before a customer falls: a share of the limit, or an amount."""
    minimum_stay: Annotated[WindowText, AfterValidator(_stay)] | None = None
    """How long a customer stays in a cell that was reached, before falling from it."""

    def is_review(self, day: dt.date) -> bool:
        """Whether customers may fall on a day."""
        return self._ends(day.year, day.month) and day.day == calendar.monthrange(day.year, day.month)[1]

    def days_before(self, as_of: dt.date) -> tuple[dt.date, ...]:
        """The reviews before a date that are looked back to, oldest first."""
        found: list[dt.date] = []
        day = as_of
        while len(found) < self.looks_back and day > dt.date(1900, 1, 31):
            day = day.replace(day=1) - dt.timedelta(days=1)
            if self._ends(day.year, day.month):
                found.append(day)
        return tuple(reversed(found))

    def next_day(self, as_of: dt.date) -> dt.date:
        """The first review after a date."""
        day = as_of + dt.timedelta(days=1)
        while not self._ends(day.year, day.month):
            day = day.replace(day=1) + dt.timedelta(days=31)
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])

    def may_fall(self, since: dt.date, on: dt.date) -> bool:
        """Whether the minimum stay that began on one day is over on another."""
        return self.minimum_stay is None or Window.parse(self.minimum_stay).after(since) <= on

    def lowered(self, limit: Decimal | float) -> Decimal | float:
        """The value from which on a customer who stands above a limit stays above it."""
        match = _MARGIN.fullmatch(self.margin)
        given = Decimal(match["number"]) if match else Decimal(0)
        exact = limit if isinstance(limit, Decimal) else Decimal(repr(float(limit)))
        less = abs(exact) * given / _WHOLE if self.margin.endswith("%") else given
        lower = exact - less
        return lower if isinstance(limit, Decimal) else float(lower)

    def _ends(self, year: int, month: int) -> bool:
        """Whether a month ends with a review."""
        return (year * MONTHS_PER_YEAR + month) % _STEPS[self.reviews] == 0

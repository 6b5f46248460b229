"""Months counted as numbers, as the queries give them, and the quarters made of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from worthbook.data.activity import month_index
from worthbook.kernel.period import MONTHS_PER_YEAR

_MONTHS_PER_QUARTER = 3
LONGEST = 24
"""A table has so many cohorts and so many periods at most."""


@dataclass(frozen=True)
class Calendar:
    """The unit in which a history is told: months, or quarters where it is long."""

    months: int
    """In one period: 1 or 3."""
    finished: int
    """The last period that is over at the date of the evaluation."""

    @classmethod
    def of(cls, first_month: int, as_of: dt.date) -> Calendar:
        """Months where the history has no more than 24 of them.

        >>> Calendar.of(month_index(dt.date(1997, 1, 1)), dt.date(1998, 6, 30)).months
        1
        """
        now = month_index(as_of)
        months = 1 if now - first_month < LONGEST else _MONTHS_PER_QUARTER
        tomorrow = month_index(as_of + dt.timedelta(days=1))
        return cls(months, tomorrow // months - 1)

    @property
    def unit(self) -> str:
        """`months` or `quarters`."""
        return "months" if self.months == 1 else "quarters"

    def period(self, month: int) -> int:
        """The period that a month is in."""
        return month // self.months

    def label(self, period: int) -> str:
        """How a period is written.

        >>> Calendar(1, 0).label(24288), Calendar(3, 0).label(8096)
        ('2024-01', '2024 Q1')
        """
        if self.months == 1:
            return month_label(period)
        year, quarter = divmod(period, MONTHS_PER_YEAR // _MONTHS_PER_QUARTER)
        return f"{year} Q{quarter + 1}"


def month_label(month: int) -> str:
    """How a month is written.

    >>> month_label(24288)
    '2024-01'
    """
    year, index = divmod(month, MONTHS_PER_YEAR)
    return f"{year}-{index + 1:02d}"

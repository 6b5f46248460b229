"""Histories as at a date, and histories cut in two: what models of purchases are fitted to and tested on."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from worthbook.data import columns, measures
from worthbook.data.engine import Sheet
from worthbook.definitions.measure import MeasureDefinition
from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.period import DAYS_PER_WEEK
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.holdout import Trial
from worthbook.planning.estimate import FIT_CUSTOMERS
from worthbook.planning.outlook import sample_parts
from worthbook.planning.run import Workbench

LONGEST_WEEKS = 52
SHORTEST_WEEKS = 4
CUSTOMERS = 250_000
"""A test is made on about so many customers at most: whole customer buckets, which are random samples."""

PLAIN_ROLES = ("x", "t_x", "T")

QUARTERS = 4
"""A rolling test forecasts the second, third and last quarter of the history, each from all that came before it."""

_AT = "at_{day}_{name}"
"""The name of a column as it was on another day."""


@dataclass(frozen=True)
class Split:
    """Where the history is divided, and where the test ends."""

    calibrate_until: dt.date
    until: dt.date

    @property
    def weeks(self) -> float:
        """Length of the test."""
        return (self.until - self.calibrate_until).days / DAYS_PER_WEEK


def split_of(first: dt.date, as_of: dt.date) -> Split | None:
    """Hold back half of the history, a year at most; None where that would be less than four weeks.

    >>> split_of(dt.date(2026, 1, 1), dt.date(2026, 3, 31)).calibrate_until
    datetime.date(2026, 2, 17)
    """
    weeks = min(LONGEST_WEEKS, (as_of - first).days // (2 * DAYS_PER_WEEK))
    return None if weeks < SHORTEST_WEEKS else Split(as_of - dt.timedelta(weeks=weeks), as_of)


def rolling_splits(first: dt.date, as_of: dt.date) -> tuple[Split, ...]:
    """Forecast each quarter of the history but the first from what came before it; none where they are too short.

    >>> [str(each.calibrate_until) for each in rolling_splits(dt.date(2025, 1, 1), dt.date(2025, 12, 31))]
    ['2025-04-02', '2025-07-02', '2025-10-01']
    """
    weeks = (as_of - first).days // (QUARTERS * DAYS_PER_WEEK)
    if weeks < SHORTEST_WEEKS:
        return ()
    ends = [as_of - dt.timedelta(weeks=weeks * back) for back in range(QUARTERS - 1, -1, -1)]
    return tuple(Split(start, end) for start, end in itertools.pairwise(ends))


@dataclass
class Histories:
    """The grouped purchase histories of a book's customers as at any day up to the date; each is made once.

    Args:
        bench: with the columns of the date made.
        roles: `x`, `t_x` and `T` of the models → column; models of regular buying read `log_gaps` as well.
        tells_gaps: whether customers with other times between purchases are not alike.
    """

    bench: Workbench
    roles: Mapping[str, str]
    tells_gaps: bool = False

    def now(self) -> PurchaseHistory:
        """As at the date, of all customers, or of a large sample."""
        sheets = self.bench.sheets_of(self.roles.values())
        parts = sample_parts(len(sheets[0].parts), columns.count(self.bench.engine, sheets[0]), FIT_CUSTOMERS)
        by, means = told_apart(self.roles, tells_gaps=self.tells_gaps)
        groups = columns.grouped(self.bench.engine, sheets, by, means=means, parts=parts)
        return _history(groups, self.roles)

    def trials(self, splits: Sequence[Split]) -> list[Trial | None]:
        """One for each split: None where nobody had bought before it, or nobody did after it."""
        now = self.bench.sheets[self.roles["x"]]
        buckets = self._buckets(now)
        with self.bench.store.new_sheet() as folder:
            days = {day for split in splits for day in (split.calibrate_until, split.until)}
            sheets = {self.bench.plan.as_of: Sheet(tuple(now.parts[bucket] for bucket in buckets), now.columns)}
            for day in sorted(days - {self.bench.plan.as_of}):
                place = folder / day.isoformat()
                place.mkdir()
                sheets[day] = self._made(day, buckets, place)
            return [self._trial(sheets, split) for split in splits]

    def _made(self, day: dt.date, buckets: Sequence[int], folder: Path) -> Sheet:
        bench = self.bench
        wanted = [_renamed(bench.catalogue.measures[column], day) for column in self.roles.values()]
        return measures.make_measures(
            bench.engine,
            bench.snapshot,
            bench.catalogue.tables,
            bench.plan.population,
            wanted,
            day,
            folder,
            buckets=buckets,
        )

    def _name(self, role: str, day: dt.date) -> str:
        column = self.roles[role]
        return column if day == self.bench.plan.as_of else _at(column, day)

    def _trial(self, sheets: Mapping[dt.date, Sheet], split: Split) -> Trial | None:
        then = {role: self._name(role, split.calibrate_until) for role in self.roles}
        later = self._name("x", split.until)
        both = [sheets[split.calibrate_until], sheets[split.until]]
        by, means = told_apart(then, tells_gaps=self.tells_gaps)
        groups = columns.grouped(self.bench.engine, both, [*by, later], means=means)
        if not len(groups["customers"]):
            return None
        history = _history(groups, then)
        try:
            return Trial(history, groups[later] - history.x, split.weeks)
        except WorthbookError:
            return None

    def _buckets(self, sheet: Sheet) -> list[int]:
        parts, customers = len(sheet.parts), columns.count(self.bench.engine, sheet)
        return sample_parts(parts, customers, CUSTOMERS) or list(range(parts))


def _history(groups: Mapping[str, np.ndarray], names: Mapping[str, str]) -> PurchaseHistory:
    gaps = groups[names["log_gaps"]] if "log_gaps" in names else None
    x, t_x, age = (groups[names[role]] for role in PLAIN_ROLES)
    return PurchaseHistory(x, t_x, age, groups["customers"], log_gaps=gaps)


def told_apart(roles: Mapping[str, str], *, tells_gaps: bool) -> tuple[list[str], list[str]]:
    """The columns that tell customers apart, and those of which customers who are alike in them have a mean."""
    by, gaps = [roles[role] for role in PLAIN_ROLES], [roles["log_gaps"]] if "log_gaps" in roles else []
    return ([*by, *gaps], []) if tells_gaps else (by, gaps)


def _at(name: str, day: dt.date) -> str:
    return _AT.format(day=day.strftime("%Y%m%d"), name=name)


def _renamed(measure: MeasureDefinition, day: dt.date) -> MeasureDefinition:
    return measure.model_copy(update={"name": _at(measure.name, day)})

"""Evaluate a book as at several dates: each sees nothing later, and what two dates share is made once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from worthbook.kernel.errors import Fault
from worthbook.kernel.evaluation import Evaluation
from worthbook.kernel.language import Text
from worthbook.kernel.period import Every, ends_between, parse_date
from worthbook.kernel.result import Table, TableColumn
from worthbook.kernel.units import Unit
from worthbook.services.evaluate import evaluate
from worthbook.services.open_book import OpenBook, open_book
from worthbook.services.summarise import summary_of

NO_DATES = Fault(
    "no-dates-between",
    what=Text(en="No {every} ends between {first} and {last}.", zh="{first} 至 {last} 之间没有{every_zh}末日期。"),
    hint=Text(
        en="Choose an earlier first date, or name dates with --as-of.",
        zh="请选择更早的起始日期，或用 --as-of 指定日期。",
    ),
)
KEPT = Text(en="{title}: evaluated at {count} dates", zh="{title}：已评估 {count} 个时点")
TITLE = Text(en="{framework}, customers at each date", zh="{framework}：各时点客户数")

_ZH: dict[Every, str] = {"month": "月", "quarter": "季", "year": "年"}


@dataclass(frozen=True)
class EvaluatedDates:
    """The evaluations, the earliest first."""

    evaluations: tuple[Evaluation, ...]

    @property
    def headline(self) -> Text:
        """Whose they are, and how many."""
        return KEPT.format(title=self.evaluations[-1].title, count=len(self.evaluations))

    def table(self) -> Table:
        """A row a date: all customers, and those of each group of the framework that leads the last evaluation."""
        framework = self.evaluations[-1].headline
        columns = (
            TableColumn("as_of", Text(en="Date", zh="日期"), Unit.DATE),
            TableColumn("customers", Text(en="Customers", zh="客户数"), Unit.COUNT),
            *(TableColumn(cell.key, cell.title, Unit.COUNT) for cell in framework.cells),
            TableColumn("run", Text(en="Kept as", zh="保存为"), Unit.TEXT),
        )
        rows = []
        for each in self.evaluations:
            same = next((other for other in each.frameworks if other.name == framework.name), None)
            counts = {} if same is None else {cell.key: cell.customers for cell in same.cells}
            rows.append((each.as_of, each.customers, *(counts.get(cell.key) for cell in framework.cells), each.run_id))
        return Table("dates", TITLE.format(framework=framework.title), columns, tuple(rows))

    def as_json(self) -> list[dict[str, object]]:
        """Each evaluation in short."""
        return [summary_of(each) for each in self.evaluations]


def evaluate_dates(
    folder: Path, days: Sequence[str], *, report: str | None = None, frameworks: Sequence[str] = ()
) -> EvaluatedDates:
    """Evaluate a book as at each date and keep the evaluations; with `frameworks` only what these need is made.

    Raises:
        WorthbookError: `book-missing`, `as-of-before-history`, `date-unreadable`, `report-unknown`,
            `framework-unknown`.
    """
    with open_book(folder) as opened:
        wanted = sorted({opened.day(day) for day in days})
        runs = (evaluate(opened, as_of=day, report=report, frameworks=frameworks) for day in wanted)
        return EvaluatedDates(tuple(run.evaluation for run in runs))


def dates_of(folder: Path, every: Every, first: str | None, last: str | None) -> tuple[str, ...]:
    """The ends of months, quarters or years between two dates, by default those of the history.

    Raises:
        WorthbookError: `no-dates-between`, `date-unreadable`, `book-missing`, `book-empty`.
    """
    with open_book(folder) as opened:
        start, end = period_of(opened, first, last)
        found = ends_between(every, start, end)
    if not found:
        raise NO_DATES(every=every, every_zh=_ZH[every], first=start, last=end)
    return tuple(day.isoformat() for day in found)


def period_of(opened: OpenBook, first: str | None, last: str | None) -> tuple[dt.date, dt.date]:
    """Two dates, by default the first and last day of the transactions."""
    start = opened.extent.first if first is None else parse_date(first)
    return start, opened.extent.last if last is None else parse_date(last)

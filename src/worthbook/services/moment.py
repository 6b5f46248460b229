"""A book as at one moment: some of its columns at a date, or as an evaluation kept them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from worthbook.data import columns
from worthbook.data.engine import Sheet
from worthbook.kernel.provenance import Provenance
from worthbook.planning.store import KeptRun
from worthbook.services.open_book import OpenBook

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Moment:
    """Columns as at a date."""

    label: str
    """The run, or the date."""
    as_of: dt.date
    columns: Mapping[str, Sheet]
    """Column → where it lies."""
    provenance: Mapping[str, Provenance]
    run: KeptRun | None = None
    """The evaluation, where one was named."""

    def sheets_of(self, names: Iterable[str]) -> tuple[Sheet, ...]:
        """The sheets that hold some columns, each once."""
        return tuple(dict.fromkeys(self.columns[name] for name in names))


def moment(opened: OpenBook, text: str, names: Sequence[str]) -> Moment:
    """Find columns as at a date, made now where they are not kept, or as a kept evaluation has them.

    Args:
        opened: the book.
        text: a date, or a kept evaluation or the beginning of its name.
        names: the columns. Those that the evaluation lacks are made as at its date, by today's definitions and data.

    Raises:
        WorthbookError: run-unknown, name-unknown, as-of-before-history, book-empty.
    """
    run = None if is_date(text) else opened.store.run(text)
    day = opened.day(text) if run is None else run.evaluation.as_of
    kept = {} if run is None else {name: sheet for sheet in run.sheets for name in sheet.columns if name in names}
    missing = [name for name in names if name not in kept]
    bench = opened.make(missing, as_of=day)
    found = {**kept, **{name: bench.sheets[name] for name in missing}}
    made = {**bench.plan.provenance, **({} if run is None else {name: run.provenance[name] for name in kept})}
    return Moment(text if run is None else run.run_id, day, found, made, run)


def is_date(text: str) -> bool:
    """Whether a text names a date, not a kept evaluation.

    >>> is_date("2026-06-30"), is_date("2026-06-30-5d32718d")
    (True, False)
    """
    return _DATE.fullmatch(text) is not None


def customers(opened: OpenBook, at: Moment) -> int:
    """How many customers there were."""
    return columns.count(opened.engine, next(iter(at.columns.values())))

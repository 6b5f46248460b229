"""A change of value between two dates, before it is told: divided line by line, or as the change of a column."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from worthbook.data import columns
from worthbook.data.bridge import Bridged, Of, Spans, read_bridge, write_part
from worthbook.data.column_bridge import read_column_bridge, read_kept, write_column_part
from worthbook.data.engine import Sheet
from worthbook.data.sides import View
from worthbook.definitions.measure import MeasureDefinition
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.period import Window
from worthbook.kernel.provenance import Provenance
from worthbook.kernel.units import Unit
from worthbook.planning.bridge import MIX, divisible, restated
from worthbook.planning.held import by_models_of
from worthbook.planning.resolve import resolve
from worthbook.planning.run import Workbench
from worthbook.planning.store import KeptRun
from worthbook.services.moment import is_date
from worthbook.services.open_book import OpenBook

ACTIVE, RATE = "orders_12m", "margin_rate_used"
"""A customer with orders in the last 12 months is active; lifetime value is margin at this rate."""
MEASURE = "revenue_12m"
HELD = "by_the_earlier_model"

DATES_IN_ORDER = Fault(
    "dates-not-in-order",
    what=Text(en="{first} is not before {last}.", zh="{first} 不早于 {last}。"),
    hint=Text(en="Give the earlier date first.", zh="请先写较早的日期。"),
)
NOT_MONEY = Fault(
    "bridge-not-money",
    what=Text(en="'{name}' is not an amount of money.", zh="“{name}”不是金额列。"),
    hint=Text(
        en="Name one such as revenue_12m, gross_margin_12m or clv_36m.",
        zh="请指定金额列，例如 revenue_12m、gross_margin_12m 或 clv_36m。",
    ),
)
NOT_KEPT = Fault(
    "run-without-column",
    what=Text(en="The run '{run}' did not keep '{name}'.", zh="评估记录“{run}”未保存“{name}”。"),
    hint=Text(en="Name a date instead, or another run.", zh="请改用日期，或指定其他评估记录。"),
)


@dataclass(frozen=True)
class Question:
    """Which value, from when to when, by what."""

    first: str
    """A date, or a kept evaluation: then what was kept is where the bridge begins."""
    last: str
    measure: str = MEASURE
    by: str | None = None
    """A framework, whose cells as at the earlier date divide the customers."""


@dataclass(frozen=True)
class Change:
    """What both kinds of bridge know."""

    opened: OpenBook
    question: Question
    first: dt.date
    last: dt.date
    kept: KeptRun | None
    """The evaluation with which the bridge begins, where one was named."""

    def made(self, day: dt.date, *names: str) -> Workbench:
        """Some columns as at one of the two dates, at the earlier with the groups."""
        by = [self.question.by] if self.question.by is not None and day == self.first else []
        return self.opened.make(dict.fromkeys((*names, *by)), as_of=day)


@dataclass(frozen=True)
class OfLines(Change):
    """The change of a sum over order lines, divided product by product."""

    of: Of
    window: Window

    @property
    def spans(self) -> Spans:
        """Both windows."""
        return Spans(self.window.span(self.first), self.window.span(self.last))

    @property
    def provenance(self) -> Mapping[str, Provenance]:
        """Where the value of the later date comes from."""
        name = self.question.measure
        return {name: resolve(self.opened.catalogue, self.opened.snapshot, [name], self.last).provenance[name]}

    def segments(self) -> dict[str, Bridged]:
        """The bridge of every group."""
        labels = None
        if self.question.by is not None:
            labels = Sheet(self.made(self.first).sheets[self.question.by].parts, (self.question.by,))
        tables = self.opened.catalogue.tables
        return read_bridge(self.opened.engine, self.opened.snapshot, tables, self.spans, self.of, labels)

    def write(self, step: str, folder: Path) -> Sheet:
        """Write the customers behind a step."""
        parts = MIX if step == "mix" else (step,)
        tables = self.opened.catalogue.tables
        return write_part(self.opened.engine, self.opened.snapshot, tables, self.spans, self.of, parts, folder)


@dataclass(frozen=True)
class OfColumn(Change):
    """The change of the sum of a column."""

    @cached_property
    def benches(self) -> tuple[Workbench, Workbench]:
        """The columns of both dates."""
        names = (self.question.measure, ACTIVE, *([RATE] if self._rated else []))
        return self.made(self.first, *names), self.made(self.last, *names)

    @property
    def _rated(self) -> bool:
        return RATE in self.opened.catalogue.needs(self.question.measure)

    @property
    def provenance(self) -> Mapping[str, Provenance]:
        """Where the value of the later date comes from."""
        return self.benches[1].plan.provenance

    def segments(self) -> dict[str, Bridged]:
        """The bridge of every group."""
        with tempfile.TemporaryDirectory(prefix="worthbook-") as place:
            return read_column_bridge(self.opened.engine, *self._views(Path(place)))

    def write(self, step: str, folder: Path) -> Sheet:
        """Write the customers behind a step."""
        before, after = self._views(folder)
        return write_column_part(self.opened.engine, before, after, step, folder)

    def _views(self, folder: Path) -> tuple[View, View]:
        first, last = self.benches
        shared = {"value": self.question.measure, "active": ACTIVE, **({"rate": RATE} if self._rated else {})}
        label = {} if self.question.by is None else {"label": self.question.by}
        held = by_models_of(first, last, self.question.measure, folder)
        before = View(first.sheets_of([*shared.values(), *label.values()]), {**shared, **label})
        sheets = last.sheets_of(shared.values())
        if held is None:
            return before, View(sheets, shared)
        renamed = self._renamed(held, folder)
        return before, View((*sheets, renamed), {**shared, "held": HELD})

    def _renamed(self, sheet: Sheet, folder: Path) -> Sheet:
        """The column as the earlier models give it, under a name that it does not share."""
        formula = {HELD: (self.question.measure, self.opened.catalogue.meta(self.question.measure).unit)}
        place = folder / HELD
        place.mkdir()
        return columns.derive(self.opened.engine, [sheet], formula, self.last, {}, place)


def change_of(opened: OpenBook, question: Question) -> OfLines | OfColumn:
    """What is asked.

    Raises:
        WorthbookError: dates-not-in-order, bridge-not-money, name-unknown, run-unknown, as-of-before-history.
    """
    kept = None if is_date(question.first) else opened.store.run(question.first)
    first = opened.day(question.first if kept is None else kept.evaluation.as_of)
    last = opened.day(question.last)
    if first >= last:
        raise DATES_IN_ORDER(first=first, last=last)
    measure = opened.catalogue.maker(question.measure)
    if opened.catalogue.meta(question.measure).unit is not Unit.MONEY:
        raise NOT_MONEY(name=question.measure)
    of = divisible(measure)
    if of is None or not isinstance(measure, MeasureDefinition) or measure.span is None:
        return OfColumn(opened, question, first, last, kept)
    return OfLines(opened, question, first, last, kept, of, measure.span)


def from_kept(change: OfLines | OfColumn, segments: dict[str, Bridged]) -> dict[str, Bridged]:
    """The bridge from what the named evaluation had kept, if one was named.

    Raises:
        WorthbookError: run-without-column.
    """
    name, run = change.question.measure, change.kept
    if run is None:
        return segments
    if not any(name in sheet.columns for sheet in run.sheets):
        raise NOT_KEPT(run=run.run_id, name=name)
    bench = change.made(change.first, name)
    label = {} if change.question.by is None else {"label": change.question.by}
    now = View(bench.sheets_of([name, *label.values()]), {"value": name, **label})
    kept = read_kept(change.opened.engine, View([run.sheet_of(name)], {"kept": name}), now)
    return restated(segments, kept)

"""The bridge of a value between two dates: revenue, gross margin, or the sum of any column of money."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from worthbook.data import columns
from worthbook.data.bridge import Bridged, Of, Spans, read_bridge, write_part
from worthbook.data.column_bridge import read_column_bridge, write_column_part
from worthbook.data.engine import Sheet
from worthbook.data.lists import write_list
from worthbook.data.moves import ABSENT, UNPLACED
from worthbook.data.sides import View
from worthbook.definitions.measure import MeasureDefinition
from worthbook.kernel.errors import Fault, did_you_mean
from worthbook.kernel.language import Text
from worthbook.kernel.period import Window
from worthbook.kernel.provenance import Provenance
from worthbook.kernel.result import Study
from worthbook.kernel.units import Unit
from worthbook.planning.bridge import ESTIMATE_STEPS, LINE_STEPS, MIX, Bridge, divisible
from worthbook.planning.held import by_models_of
from worthbook.planning.migration import NOT_PLACED, NOT_YET
from worthbook.planning.resolve import resolve
from worthbook.planning.run import Workbench
from worthbook.planning.study import StudyContext, make_study
from worthbook.services.by_group import divided_by, group_titles
from worthbook.services.open_book import OpenBook, open_book
from worthbook.services.study_json import study_json

ACTIVE, RATE = "orders_12m", "margin_rate_used"
"""A customer with orders in the last 12 months is active; lifetime value is margin at this rate."""
MEASURE = "revenue_12m"
HELD = "by_the_earlier_model"
HEADING = Text(en="{measure}: {first} → {last}", zh="{measure}：{first} → {last}")

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
NOTHING_KNOWN = Fault(
    "bridge-nothing-known",
    what=Text(
        en="'{name}' is not known, or is zero, for every customer on {first} and on {last}.",
        zh="“{name}”在 {first} 和 {last} 对所有客户均未知或为零。",
    ),
    hint=Text(
        en="`worthbook describe {name}` says what it is made from; perhaps costs have to be imported.",
        zh="可用 `worthbook describe {name}` 查看其来源；可能需要先导入成本等数据。",
    ),
)
STEP_UNKNOWN = Fault(
    "bridge-step-unknown",
    what=Text(en="This bridge has no step '{name}'.", zh="该变动桥没有名为“{name}”的步骤。"),
    hint=Text(en="{near}", zh="{near}"),
)


@dataclass(frozen=True)
class Question:
    """Which value, from when to when, by what."""

    first: str
    last: str
    measure: str = MEASURE
    by: str | None = None
    """A framework, whose cells as at the earlier date divide the customers."""


@dataclass(frozen=True)
class BridgeAnswer:
    """A bridge, and the study that tells of it."""

    bridge: Bridge
    study: Study
    currency: str

    def as_json(self) -> dict[str, object]:
        """Plain values; amounts with all their digits."""
        return {
            "measure": self.bridge.measure.name,
            "segments": {name: _plain(segment) for name, segment in self.bridge.segments.items()},
            "whole": _plain(self.bridge.whole),
            "study": study_json(self.study),
        }


def _plain(segment: Bridged) -> dict[str, object]:
    return {
        "opening": segment.opening,
        "closing": segment.closing,
        "parts": dict(segment.parts),
        "customers": dict(segment.customers),
    }


def bridge_value(folder: Path, question: Question) -> BridgeAnswer:
    """Explain a change of value between two dates.

    Raises:
        WorthbookError: `dates-not-in-order`, `bridge-not-money`, `bridge-nothing-known`, `name-unknown`,
            `segments-not-named`, `segments-unknown`, `as-of-before-history`, `book-empty`.
    """
    with open_book(folder) as opened:
        return bridge(opened, question)


def bridge(opened: OpenBook, question: Question) -> BridgeAnswer:
    """The same for an open book."""
    opened = divided_by(opened, question.by)
    change = _change(opened, question)
    segments = change.segments()
    found = Bridge(
        measure=opened.catalogue.meta(question.measure),
        first=change.first,
        last=change.last,
        segments=segments,
        titles={} if question.by is None else _titles(opened, question.by, segments),
        by_lines=isinstance(change, _OfLines),
        from_start=not isinstance(change, _OfLines) or change.spans.first[0] >= opened.extent.first,
    )
    if not found.whole.customers.get("opening") and not found.whole.customers.get("closing"):
        raise NOTHING_KNOWN(name=question.measure, first=found.first, last=found.last)
    return BridgeAnswer(found, _study(opened, found, change), opened.book.currency)


def list_step(  # noqa: PLR0913 - of what, where to, and how
    folder: Path, question: Question, step: str, to: Path, *, bom: bool = True, show_personal: bool = False
) -> int:
    """Write the customers behind a step of a bridge as CSV or Parquet; how many there are.

    Raises:
        WorthbookError: as `bridge_value`, and `bridge-step-unknown`.
    """
    with open_book(folder) as opened, tempfile.TemporaryDirectory(prefix="worthbook-") as place:
        change = _change(opened, question)
        known = (*LINE_STEPS, *MIX) if isinstance(change, _OfLines) else ESTIMATE_STEPS
        if step not in known:
            raise STEP_UNKNOWN(name=step, near=did_you_mean(step, known))
        sheet = change.write(step, Path(place))
        salt = None if show_personal else opened.book.salt
        return write_list(opened.engine, [sheet], sheet.columns, to, bom=bom, salt=salt)


@dataclass(frozen=True)
class _Change:
    """What both kinds of bridge know."""

    opened: OpenBook
    question: Question
    first: dt.date
    last: dt.date

    def made(self, day: dt.date, *names: str) -> Workbench:
        by = [self.question.by] if self.question.by is not None and day == self.first else []
        return self.opened.make(dict.fromkeys((*names, *by)), as_of=day)


@dataclass(frozen=True)
class _OfLines(_Change):
    """The change of a sum over order lines, divided product by product."""

    of: Of
    window: Window

    @property
    def spans(self) -> Spans:
        return Spans(self.window.span(self.first), self.window.span(self.last))

    @property
    def provenance(self) -> Mapping[str, Provenance]:
        name = self.question.measure
        return {name: resolve(self.opened.catalogue, self.opened.snapshot, [name], self.last).provenance[name]}

    def segments(self) -> dict[str, Bridged]:
        labels = None
        if self.question.by is not None:
            labels = Sheet(self.made(self.first).sheets[self.question.by].parts, (self.question.by,))
        tables = self.opened.catalogue.tables
        return read_bridge(self.opened.engine, self.opened.snapshot, tables, self.spans, self.of, labels)

    def write(self, step: str, folder: Path) -> Sheet:
        parts = MIX if step == "mix" else (step,)
        tables = self.opened.catalogue.tables
        return write_part(self.opened.engine, self.opened.snapshot, tables, self.spans, self.of, parts, folder)


@dataclass(frozen=True)
class _OfColumn(_Change):
    """The change of the sum of a column."""

    @cached_property
    def benches(self) -> tuple[Workbench, Workbench]:
        names = (self.question.measure, ACTIVE, *([RATE] if self._rated else []))
        return self.made(self.first, *names), self.made(self.last, *names)

    @property
    def _rated(self) -> bool:
        return RATE in self.opened.catalogue.needs(self.question.measure)

    @property
    def provenance(self) -> Mapping[str, Provenance]:
        return self.benches[1].plan.provenance

    def segments(self) -> dict[str, Bridged]:
        with tempfile.TemporaryDirectory(prefix="worthbook-") as place:
            return read_column_bridge(self.opened.engine, *self._views(Path(place)))

    def write(self, step: str, folder: Path) -> Sheet:
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


def _change(opened: OpenBook, question: Question) -> _OfLines | _OfColumn:
    first, last = (opened.day(text) for text in (question.first, question.last))
    if first >= last:
        raise DATES_IN_ORDER(first=first, last=last)
    measure = opened.catalogue.maker(question.measure)
    if opened.catalogue.meta(question.measure).unit is not Unit.MONEY:
        raise NOT_MONEY(name=question.measure)
    of = divisible(measure)
    if of is None or not isinstance(measure, MeasureDefinition) or measure.span is None:
        return _OfColumn(opened, question, first, last)
    return _OfLines(opened, question, first, last, of, measure.span)


def _titles(opened: OpenBook, by: str, segments: Mapping[str, Bridged]) -> dict[str, Text]:
    return {**group_titles(opened, by, segments), UNPLACED: NOT_PLACED, ABSENT: NOT_YET}


def _study(opened: OpenBook, found: Bridge, change: _OfLines | _OfColumn) -> Study:
    definition = opened.catalogue.studies["bridge"]
    words = {"first": found.first.isoformat(), "last": found.last.isoformat()}
    title = HEADING.format(measure=found.measure.title, **words)
    context = StudyContext(
        engine=opened.engine,
        snapshot=opened.snapshot,
        tables=opened.catalogue.tables,
        sheets=(),
        known={},
        as_of=found.last,
        customers=0,
        currency=opened.book.currency,
        fits={},
        provenance=change.provenance,
        bridge=found,
    )
    caveats = (*(definition.caveats if found.by_lines else ()), *opened.catalogue.meta(found.measure.name).caveats)
    return make_study(definition.model_copy(update={"title": title, "caveats": caveats}), context)

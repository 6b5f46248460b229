"""What differs between two kept evaluations: what was made differently, how totals moved, and who changed tier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from worthbook.data import columns
from worthbook.data.engine import Engine
from worthbook.kernel.evaluation import Evaluation
from worthbook.kernel.language import Language, Text
from worthbook.kernel.result import ColumnMeta
from worthbook.kernel.units import Unit, Value, show
from worthbook.planning.store import KeptRun, Store
from worthbook.services.open_book import open_book

BEFORE = "before"

HEADING = Text(en="{before} → {after}", zh="{before} → {after}")
CUSTOMERS = Text(en="Customers: {before} → {after}", zh="客户数：{before} → {after}")
SAME = Text(en="Nothing differs: every column was made from the same things.", zh="没有差异：所有列的来源完全相同。")
DIFFERENT = Text(en="{count} columns were made from something else: {names}", zh="{count} 列的来源不同：{names}")
TOTAL = Text(en="{title}: {before} → {after} ({change})", zh="{title}：{before} → {after}（{change}）")
MOVES = Text(en="{framework}: who moved", zh="{framework}：客户迁移")
MOVE = Text(en="{before} → {after}: {count} customers", zh="{before} → {after}：{count} 位客户")
NEW = Text(en="not yet a customer, or not placed", zh="尚非客户或未归类")

_SHOWN = 8


@dataclass(frozen=True)
class Move:
    """Customers of one cell before and one cell after."""

    before: str | None
    after: str | None
    customers: int


@dataclass(frozen=True)
class Total:
    """The sum of one column in both evaluations."""

    meta: ColumnMeta
    before: Value
    after: Value


@dataclass(frozen=True)
class Comparison:
    """Two evaluations, compared."""

    before: Evaluation
    after: Evaluation
    different: tuple[str, ...]
    """Columns in both whose provenance differs."""
    totals: tuple[Total, ...]
    moves: tuple[Move, ...]
    """Between the cells of the later evaluation's headline framework; empty where the earlier one lacks it."""

    def say(self, language: Language) -> str:
        """The comparison as text for a terminal."""
        return "\n".join(self._lines(language))

    def _lines(self, language: Language) -> Iterator[str]:
        before, after = self.before, self.after
        yield HEADING.format(before=before.run_id, after=after.run_id).say(language)
        yield CUSTOMERS.format(before=f"{before.customers:,}", after=f"{after.customers:,}").say(language)
        if not self.different:
            yield SAME.say(language)
            return
        names = ", ".join(self.different[:_SHOWN]) + (" …" if len(self.different) > _SHOWN else "")
        yield DIFFERENT.format(count=len(self.different), names=names).say(language)
        for total in self.totals:
            yield self._total(total).say(language)
        labels = after.headline.cells
        titles = {cell.key: cell.title for cell in labels}
        yield MOVES.format(framework=after.headline.title).say(language)
        for move in self.moves:
            if move.before != move.after:
                first = NEW if move.before is None else titles.get(move.before, NEW)
                last = NEW if move.after is None else titles.get(move.after, NEW)
                yield "  " + MOVE.format(before=first, after=last, count=f"{move.customers:,}").say(language)

    def _total(self, total: Total) -> Text:
        unit, currency = total.meta.unit, self.after.currency

        def spoken(value: Value, as_unit: Unit) -> Text:
            return Text(en=show(value, as_unit, "en", currency), zh=show(value, as_unit, "zh", currency))

        change = None if not total.before or total.after is None else float(total.after) / float(total.before) - 1  # type: ignore[arg-type]
        return TOTAL.format(
            title=total.meta.title,
            before=spoken(total.before, unit),
            after=spoken(total.after, unit),
            change=spoken(change, Unit.RATE),
        )

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return {
            "before": self.before.run_id,
            "after": self.after.run_id,
            "customers": [self.before.customers, self.after.customers],
            "different": list(self.different),
            "totals": {total.meta.name: [total.before, total.after] for total in self.totals},
            "moves": [vars(move) for move in self.moves],
        }


def compare_runs(folder: Path, before: str, after: str) -> Comparison:
    """Compare two kept evaluations of a book.

    Raises:
        WorthbookError: `book-missing`, `run-unknown`.
    """
    with open_book(folder) as opened:
        first, last = opened.store.run(before), opened.store.run(after)
        shared = sorted(set(first.provenance) & set(last.provenance))
        return Comparison(
            before=first.evaluation,
            after=last.evaluation,
            different=tuple(name for name in shared if first.provenance[name].id != last.provenance[name].id),
            totals=tuple(_totals(first.evaluation, last.evaluation)),
            moves=_moves(opened.engine, opened.store, first, last),
        )


def _totals(before: Evaluation, after: Evaluation) -> Iterator[Total]:
    for meta in after.columns:
        key = f"{meta.name}__sum"
        if meta.unit is Unit.MONEY and before.facts.get(key) is not None and after.facts.get(key) is not None:
            yield Total(meta, before.facts[key], after.facts[key])


def _moves(engine: Engine, store: Store, before: KeptRun, after: KeptRun) -> tuple[Move, ...]:
    name = after.evaluation.headline.name
    if all(name not in sheet.columns for sheet in before.sheets):
        return ()
    with store.new_sheet() as folder:
        formula = {BEFORE: (name, Unit.LABEL)}
        earlier = columns.derive(engine, [before.sheet_of(name)], formula, before.evaluation.as_of, {}, folder)
        counted = columns.cross(engine, [after.sheet_of(name), earlier], [BEFORE, name])
    return tuple(Move(*cast("tuple[str | None, str | None, int]", row)) for row in counted)

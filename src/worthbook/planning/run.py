"""Make the columns of a plan, each once: those that a kept sheet already holds are not made again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from worthbook.data import columns, cuts, measures
from worthbook.data.engine import Engine, Sheet, Snapshot
from worthbook.definitions.framework import Cut
from worthbook.kernel.units import Unit
from worthbook.planning.index import Catalogue
from worthbook.planning.resolve import FormulaStep, MeasureStep, Plan
from worthbook.planning.store import Store
from worthbook.scoring.bands import Thresholds

if TYPE_CHECKING:
    from worthbook.models.weights import Tree

AxisThresholds = Mapping[str, Thresholds]
"""Axis → the value at which each upper band begins."""


@dataclass
class Workbench:
    """What columns are made with; `sheets` grows as they are made."""

    engine: Engine
    catalogue: Catalogue
    snapshot: Snapshot
    store: Store
    plan: Plan
    another_day: Callable[[Catalogue, Iterable[str], dt.date], Workbench]
    """Makes columns of the same book as at another day, perhaps by further definitions."""
    sheets: dict[str, Sheet] = field(default_factory=dict)
    """Column → where it lies."""
    made: list[str] = field(default_factory=list)
    """Columns that had to be made; the others were found."""

    trees: dict[str, Tree] = field(default_factory=dict)
    """Scorecard → how its axes weigh, once that is found."""

    _cuts: dict[tuple[str, tuple[Cut, ...]], Thresholds] = field(default_factory=dict)

    def cut(self, column: str, where: tuple[Cut, ...]) -> Thresholds:
        """The values at which the upper bands of a column begin; found once."""
        key = (column, where)
        if key not in self._cuts:
            self._cuts[key] = cuts.thresholds(self.engine, self.sheets_of([column]), column, where)
        return self._cuts[key]

    def on(self, names: Iterable[str], day: dt.date) -> Workbench:
        """Columns of the same book as at another day."""
        return self.another_day(self.catalogue, names, day)

    def sheets_of(self, names: Iterable[str]) -> tuple[Sheet, ...]:
        """The sheets that hold some columns, each once."""
        return tuple(dict.fromkeys(self.sheets[name] for name in names))

    def keep(self, names: Sequence[str], make: Callable[[Path], Sheet]) -> None:
        """Make some columns together and keep them under what they were made from."""
        with self.store.new_sheet() as folder:
            make(folder)
            kept = self.store.keep_sheet(folder, {name: self.plan.provenance[name].id for name in names})
        self.sheets.update(dict.fromkeys(names, kept))
        self.made.extend(names)

    def derive(self, formulas: Mapping[str, tuple[str, Unit]], reads: Iterable[str]) -> None:
        """Make columns by row-level formulas over columns made before."""
        sheets = self.sheets_of(reads)

        def make(folder: Path) -> Sheet:
            return columns.derive(self.engine, sheets, formulas, self.plan.as_of, self.snapshot.settings, folder)

        self.keep(tuple(formulas), make)


def make_measures(bench: Workbench, step: MeasureStep) -> None:
    """One pass over the tables."""

    def make(folder: Path) -> Sheet:
        tables, population = bench.catalogue.tables, bench.plan.population
        wanted, as_of = step.measures, bench.plan.as_of
        return measures.make_measures(bench.engine, bench.snapshot, tables, population, wanted, as_of, folder)

    bench.keep(step.columns, make)


def make_formulas(bench: Workbench, step: FormulaStep) -> None:
    """Arithmetic over columns made before."""
    formulas = {measure.name: (measure.formula, measure.unit) for measure in step.measures}
    bench.derive(formulas, {name for measure in step.measures for name in bench.plan.needs[measure.name]})

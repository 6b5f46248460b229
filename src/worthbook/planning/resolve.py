"""From the names asked for to the steps that make them: each column once, everything it needs before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from worthbook.data.engine import Snapshot
from worthbook.data.formula import parse
from worthbook.data.history import LINKS
from worthbook.definitions.columns import Maker
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.model import ModelDefinition
from worthbook.definitions.population import PopulationDefinition
from worthbook.definitions.season import SEASONS, is_told
from worthbook.definitions.segment import SegmentDefinition
from worthbook.definitions.spread import Spread
from worthbook.definitions.stability import Stability
from worthbook.definitions.table import TableColumnDefinition, TableDefinition
from worthbook.kernel.period import Window
from worthbook.kernel.provenance import Provenance, fingerprint
from worthbook.planning.index import Catalogue
from worthbook.scoring.segment import as_measure

SQL_VERSION = "1"
"""Raised when the engine code changes a number, so that kept columns are not taken for new ones."""


@dataclass(frozen=True)
class MeasureStep:
    """Measures over tables, and those that need only such measures: one pass over the tables."""

    measures: tuple[MeasureDefinition, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """What it makes."""
        return tuple(measure.name for measure in self.measures)


@dataclass(frozen=True)
class FormulaStep:
    """Measures that are arithmetic over columns made before."""

    measures: tuple[MeasureDefinition, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """What it makes."""
        return tuple(measure.name for measure in self.measures)


@dataclass(frozen=True)
class ModelStep:
    """A model fitted to columns, and the columns it gives."""

    model: ModelDefinition

    @property
    def columns(self) -> tuple[str, ...]:
        """What it makes."""
        return tuple(self.model.gives)


@dataclass(frozen=True)
class FrameworkStep:
    """A framework laid over all customers."""

    framework: FrameworkDefinition
    columns: tuple[str, ...]
    """What it makes: its own column, its bands, its score; but for what it remembers."""


@dataclass(frozen=True)
class MemoryStep:
    """What a framework remembers: where customers stood at the reviews before, and what follows from that."""

    framework: FrameworkDefinition
    stability: Stability
    days: tuple[dt.date, ...]
    """The reviews, oldest first."""

    @property
    def columns(self) -> tuple[str, ...]:
        """What it makes."""
        return self.framework.remembered


@dataclass(frozen=True)
class ChanceStep:
    """The probability of each cell of a framework."""

    framework: FrameworkDefinition
    spread: Spread

    @property
    def columns(self) -> tuple[str, ...]:
        """What it makes."""
        return self.framework.chances


Step = MeasureStep | FormulaStep | ModelStep | FrameworkStep | MemoryStep | ChanceStep


@dataclass(frozen=True)
class Plan:
    """What will be made, in order, and the provenance that each column will have."""

    as_of: dt.date
    population: PopulationDefinition
    steps: tuple[Step, ...]
    provenance: Mapping[str, Provenance]
    needs: Mapping[str, frozenset[str]]
    """Definition → the columns that it is made from."""
    maker: Mapping[str, str]
    """Column → the definition that makes it."""


def resolve(catalogue: Catalogue, snapshot: Snapshot, names: Iterable[str], as_of: dt.date) -> Plan:
    """Plan the making of some columns and of all that they need, and of nothing else."""
    return _Resolver(catalogue, snapshot, as_of, catalogue.populations[snapshot.population]).plan(names)


class _Resolver:
    """One planning; keeps what it has already seen."""

    def __init__(
        self, catalogue: Catalogue, snapshot: Snapshot, as_of: dt.date, population: PopulationDefinition
    ) -> None:
        self.catalogue, self.snapshot, self.as_of, self.population = catalogue, snapshot, as_of, population
        self.provenance: dict[str, Provenance] = {}
        self.makers: dict[str, Maker] = {}
        """Every maker needed, in the order in which they can run."""
        self.memories: dict[str, MemoryStep] = {}
        """What frameworks must remember."""
        self.chances: dict[str, ChanceStep] = {}
        """The probabilities that frameworks must give."""

    def plan(self, names: Iterable[str]) -> Plan:
        for name in names:
            self._need(name)
        needs = {name: frozenset(self.catalogue.needs(name)) for name in self.makers}
        maker = {column: name for name in self.makers for column in self.catalogue.columns_of(name)}
        return Plan(self.as_of, self.population, tuple(self._steps()), self.provenance, needs, maker)

    def _need(self, column: str) -> Provenance:
        if column in self.provenance:
            return self.provenance[column]
        maker = self.catalogue.maker(column)
        afterwards = maker.afterwards if isinstance(maker, FrameworkDefinition) else ()
        if maker.name not in self.makers:
            made_from = tuple(self._need(name) for name in sorted(self.catalogue.needs(maker.name)))
            if isinstance(maker, ModelDefinition) and maker.span is not None:
                made_from += self._before(maker.covariates, maker.span)
            if isinstance(maker, ModelDefinition) and any(is_told(season) for season in maker.seasons):
                made_from += self._tables(SEASONS, self.catalogue.tables[SEASONS].columns)
            self.makers[maker.name] = maker
            for name in self.catalogue.columns_of(maker.name):
                if name not in afterwards:
                    self.provenance[name] = self._provenance(name, maker, made_from)
        if isinstance(maker, FrameworkDefinition):
            if maker.stability is not None and column in maker.remembered:
                self._remember(maker, maker.stability)
            if maker.spread is not None and column in maker.chances:
                self._weigh(maker, maker.spread)
        return self.provenance[column]

    def _before(self, names: Iterable[str], window: Window) -> tuple[Provenance, ...]:
        """Columns as they were a window before the date."""
        then = _Resolver(self.catalogue, self.snapshot, window.span(self.as_of)[0], self.population)
        return tuple(then._need(name) for name in sorted(names))

    def _weigh(self, framework: FrameworkDefinition, spread: Spread) -> None:
        """The probabilities of cells are made from the limits, the estimate and its spread."""
        made_from = (self.provenance[framework.computed], *(self._need(name) for name in spread.columns))
        for name in framework.chances:
            self.provenance[name] = self._provenance(name, framework, made_from)
        self.chances[framework.name] = ChanceStep(framework, spread)

    def _remember(self, framework: FrameworkDefinition, stability: Stability) -> None:
        """What a framework remembers is made from what it would have said at every review."""
        days = stability.days_before(self.as_of)
        own = [framework.computed, framework.kept_to]
        chosen = [] if framework.by_hand is None else [framework.by_hand]
        made_from = [self.provenance[name] for name in (*own, *chosen)]
        for day in days:
            then = _Resolver(self.catalogue, self.snapshot, day, self.population)
            told = fingerprint([then._need(name).id for name in own])
            made_from.append(Provenance("framework", framework.computed, day, told, framework.method))
        for name in framework.remembered:
            self.provenance[name] = self._provenance(name, framework, tuple(made_from))
        self.memories[framework.name] = MemoryStep(framework, stability, days)

    def _provenance(self, column: str, maker: Maker, made_from: tuple[Provenance, ...]) -> Provenance:
        definition = fingerprint([maker.fingerprint, column, self._settings(maker)])
        match maker:
            case MeasureDefinition(table=str(table), formula=formula):
                leaves = (*self._tables(table, parse(formula).columns), self._people())
                return Provenance(
                    "measure", column, self.as_of, definition, f"sql {SQL_VERSION}", (*made_from, *leaves)
                )
            case MeasureDefinition():
                return Provenance("measure", column, self.as_of, definition, f"sql {SQL_VERSION}", made_from)
            case ModelDefinition(estimator=estimator):
                return Provenance("model", column, self.as_of, definition, estimator, (*made_from, self._people()))
            case SegmentDefinition():
                return Provenance("segment", column, self.as_of, definition, f"sql {SQL_VERSION}", made_from)
            case FrameworkDefinition(method=method):
                return Provenance("framework", column, self.as_of, definition, method, (*made_from, self._people()))

    def _people(self) -> Provenance:
        """Cuts and fits depend on who is in the population, not only on the columns they read."""
        tables = tuple(
            leaf
            for _, rows in self.population.rows
            for leaf in self._tables(rows.table, parse(rows.where).columns if rows.where else ())
        )
        return Provenance("population", self.population.name, self.as_of, self.population.fingerprint, "sql", tables)

    def _tables(self, name: str, columns: Collection[str]) -> tuple[Provenance, ...]:
        """The stored tables that some columns of a table are read from, as leaves."""
        table = self.catalogue.tables[name]
        formulas = [each.formula for each in self._used(table, columns) if each.formula is not None]
        if table.derived_from is not None:
            asked = [*formulas, *([table.where] if table.where else [])]
            below = {*table.key, *(column for formula in asked for column in parse(formula).columns)}
            leaves = self._tables(table.derived_from, below)
            return (Provenance("table", name, None, table.fingerprint, "sql", leaves),)
        lookups = {each.lookup.split(".")[0] for each in self._used(table, columns) if each.lookup}
        makers = dict.fromkeys((name, *lookups), "import")
        if LINKS in self.snapshot.content and table.customer is not None:
            makers[LINKS] = "merge"
        return tuple(
            Provenance("table", each, None, self.snapshot.content.get(each, "empty"), maker)
            for each, maker in sorted(makers.items())
        )

    def _used(self, table: TableDefinition, columns: Collection[str]) -> Sequence[TableColumnDefinition]:
        """Some columns of a table, and those of the same table that they are worked out from."""
        used: dict[str, TableColumnDefinition] = {}
        waiting = list(columns)
        while waiting:
            name = waiting.pop()
            if name in table.columns and name not in used:
                used[name] = table.columns[name]
                waiting.extend(parse(formula).columns if (formula := used[name].formula) else ())
        return list(used.values())

    def _settings(self, maker: Maker) -> dict[str, float | str]:
        """The book's settings that the maker reads."""
        if isinstance(maker, MeasureDefinition):
            used = parse(maker.formula).settings
        elif isinstance(maker, SegmentDefinition) and maker.when is not None:
            used = parse(maker.when).settings
        elif isinstance(maker, ModelDefinition):
            used = frozenset(maker.options)
        else:
            used = frozenset()
        return {name: self.snapshot.settings[name] for name in sorted(used) if name in self.snapshot.settings}

    def _steps(self) -> Iterable[Step]:
        from_tables = self._first_pass()
        if from_tables:
            yield MeasureStep(from_tables)
        done = {measure.name for measure in from_tables}
        waiting: list[MeasureDefinition] = []
        for name, maker in self.makers.items():
            if name in done:
                continue
            for step in [each for each in self.chances.values() if set(each.columns) & self.catalogue.needs(name)]:
                yield FormulaStep(tuple(waiting))
                waiting = []
                yield self.chances.pop(step.framework.name)
            if self.catalogue.needs(name) & {measure.name for measure in waiting}:
                yield FormulaStep(tuple(waiting))
                waiting = []
            if isinstance(maker, MeasureDefinition | SegmentDefinition):
                waiting.append(_arithmetic(maker))
            elif isinstance(maker, ModelDefinition):
                yield ModelStep(maker)
            else:
                columns = (each for each in self.catalogue.columns_of(name) if each not in maker.afterwards)
                yield FrameworkStep(maker, tuple(columns))
                if name in self.memories:
                    yield self.memories[name]
        if waiting:
            yield FormulaStep(tuple(waiting))
        yield from self.chances.values()

    def _first_pass(self) -> tuple[MeasureDefinition, ...]:
        """Measures whose whole ancestry is measures."""
        chosen: dict[str, MeasureDefinition] = {}
        for name, maker in self.makers.items():
            from_rows = isinstance(maker, MeasureDefinition) and maker.table is not None
            if isinstance(maker, MeasureDefinition | SegmentDefinition) and (
                from_rows or self.catalogue.needs(name) <= set(chosen)
            ):
                chosen[name] = _arithmetic(maker)
        return tuple(chosen.values())


def _arithmetic(maker: MeasureDefinition | SegmentDefinition) -> MeasureDefinition:
    """A segment is made as a measure of yes and no is: its condition over columns."""
    return as_measure(maker) if isinstance(maker, SegmentDefinition) else maker


def missing(steps: Sequence[Step], have: Iterable[str], needs: Mapping[str, frozenset[str]]) -> tuple[Step, ...]:
    """The steps that still have something to make.

    A measure that is arithmetic over measures found in a kept sheet moves from the pass over the tables to its own.
    """
    there = set(have)
    left: list[Step] = []
    for step in steps:
        if set(step.columns) <= there:
            continue
        if isinstance(step, MeasureStep):
            left.extend(_narrowed(step, there, needs))
        elif isinstance(step, FormulaStep):
            left.append(FormulaStep(tuple(measure for measure in step.measures if measure.name not in there)))
        else:
            left.append(step)
    return tuple(left)


def _narrowed(step: MeasureStep, there: set[str], needs: Mapping[str, frozenset[str]]) -> Iterable[Step]:
    wanted = [measure for measure in step.measures if measure.name not in there]
    together: list[MeasureDefinition] = []
    apart: list[MeasureDefinition] = []
    for measure in wanted:
        names = {each.name for each in together}
        (together if measure.table or needs[measure.name] <= names else apart).append(measure)
    if together:
        yield MeasureStep(tuple(together))
    for measure in apart:
        yield FormulaStep((measure,))

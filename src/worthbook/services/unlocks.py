"""What a file leaves unsaid, and which measures that would make known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from worthbook.data.feeds import IMPORT_COLUMNS, stored_columns
from worthbook.data.formula import parse
from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.language import Text
from worthbook.planning.index import Catalogue


@dataclass(frozen=True)
class Missing:
    """A column that nothing gives."""

    table: str
    column: str
    title: Text
    unlocks: tuple[str, ...]
    """The names of measures that need it."""
    example: Text
    """The title of the first of them."""


def missing(catalogue: Catalogue, fed: Mapping[str, AbstractSet[str]]) -> tuple[Missing, ...]:
    """The columns of the tables fed that the file does not give and that some measure needs, the most needed first."""
    found = [each for table, columns in fed.items() for each in _of_table(catalogue, table, columns)]
    return tuple(sorted(found, key=lambda each: (-len(each.unlocks), each.table, each.column)))


def _of_table(catalogue: Catalogue, name: str, given: AbstractSet[str]) -> Iterator[Missing]:
    table = catalogue.tables[name]
    for column in stored_columns(table):
        if column in given or column in IMPORT_COLUMNS or _follows(table, column):
            continue
        waiting = [each for each in catalogue.measures.values() if column in _needs(each, name, catalogue)]
        if waiting:
            names = (*(each.name for each in waiting), *_made_from({each.name for each in waiting}, catalogue))
            yield Missing(name, column, table.columns[column].title, names, waiting[0].title)


def _follows(table: TableDefinition, column: str) -> bool:
    """Whether an import finds it from the other columns of the row."""
    default = table.columns[column].default
    return default is not None and bool(parse(default).columns)


def _made_from(names: set[str], catalogue: Catalogue) -> list[str]:
    """Everything that is made from some columns, step by step."""
    found: list[str] = []
    while True:
        known = {*names, *found}
        makers = {each.name: each for each in catalogue.makers.values()}
        more = [name for name, each in makers.items() if name not in known and catalogue.needs_of(each) & known]
        if not more:
            return found
        found += sorted(more)


def _needs(measure: MeasureDefinition, name: str, catalogue: Catalogue) -> frozenset[str]:
    """The stored columns of a table that a measure over it, or over a table derived from it, reads."""
    if measure.table is None:
        return frozenset()
    table, columns = catalogue.tables[measure.table], parse(measure.formula).columns
    while table.derived_from is not None and table.name != name:
        columns = _through(table, columns)
        table = catalogue.tables[table.derived_from]
    return _through(table, columns) if table.name == name else frozenset()


def _through(table: TableDefinition, columns: frozenset[str]) -> frozenset[str]:
    """What lies behind columns that are made from others."""
    reached: set[str] = set()
    waiting = list(columns)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            formula = table.columns[name].formula if name in table.columns else None
            waiting += parse(formula).columns if formula is not None else ()
    return frozenset(reached)

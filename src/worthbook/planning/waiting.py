"""Frameworks that place nobody, and what would let them: the tables that a book lacks, or columns nobody has."""

from __future__ import annotations

from collections.abc import Iterator

from worthbook.data import columns
from worthbook.data.relations import Relations
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.definitions.measure import MeasureDefinition
from worthbook.kernel.evaluation import Waiting
from worthbook.kernel.language import Text
from worthbook.planning.run import Workbench


def waiting(bench: Workbench, framework: FrameworkDefinition, customers: int) -> Waiting:
    """Say what a framework that placed nobody waits for."""
    unknown = [name for name in sorted(bench.plan.needs[framework.name]) if _unknown(bench, name, framework, customers)]
    needs = [need for name in unknown for need in needs_behind(bench, name)]
    return Waiting(
        name=framework.name,
        title=framework.title,
        description=framework.description,
        needs=tuple(dict.fromkeys(needs)),
        source=framework.source,
    )


def _unknown(bench: Workbench, name: str, framework: FrameworkDefinition, customers: int) -> bool:
    """Whether a column is known of nobody."""
    sheets = bench.sheets_of([name, framework.name])
    return columns.unknown(bench.engine, sheets, name, unplaced_in=framework.name) == customers


def needs_behind(bench: Workbench, name: str) -> Iterator[Text]:
    """The absent tables behind a column; the column itself where they are all there and yet nothing is known."""
    relations = Relations(bench.catalogue.tables, bench.snapshot, bench.plan.as_of)
    absent = [table for table in dict.fromkeys(_tables(bench, name)) if not relations.holds(table)]
    yield from (bench.catalogue.tables[table].title for table in absent)
    if not absent:
        yield bench.catalogue.meta(name).title


def _tables(bench: Workbench, name: str) -> Iterator[str]:
    """The stored tables from whose rows a column is made, step by step."""
    maker = bench.catalogue.maker(name)
    if isinstance(maker, MeasureDefinition) and maker.table is not None:
        table = bench.catalogue.tables[maker.table]
        while table.derived_from is not None:
            table = bench.catalogue.tables[table.derived_from]
        yield table.name
    for each in sorted(bench.catalogue.needs(maker.name)):
        yield from _tables(bench, each)

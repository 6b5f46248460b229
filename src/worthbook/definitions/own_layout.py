"""A layout for every stored table: a file whose headers are the table's own names, or its titles in either language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from worthbook.definitions.mapping import Feed, MappingDefinition, SourceField
from worthbook.definitions.table import TableColumnDefinition, TableDefinition
from worthbook.kernel.language import Text

OWN = "worthbook_"
"""What the names of such mappings begin with."""
_SOURCE = "Worthbook's own layout: the names and titles of the table's columns"


def own_layouts(tables: Iterable[TableDefinition], taken: Iterable[MappingDefinition]) -> Iterator[MappingDefinition]:
    """A mapping for each table that files can feed, unless a declared one begins with it under names of our own."""
    there = {each.feeds[0].table for each in taken if each.name.startswith(OWN)}
    return (own_layout(table) for table in tables if table.derived_from is None and table.name not in there)


def own_layout(table: TableDefinition) -> MappingDefinition:
    """The mapping of one table.

    It is generic: tried only where no special layout fits, and a file is of this kind only if it has what a row of the
    table must have.
    """
    stored = {name: column for name, column in table.columns.items() if not (column.lookup or column.formula)}
    return MappingDefinition(
        name=OWN + table.name,
        title=Text(en=f"{table.title.en}, under our own names", zh=f"{table.title.zh}（采用本系统列名）"),
        description=table.description,
        source=_SOURCE,
        generic=True,
        fields={name: _field(name, column) for name, column in stored.items()},
        feeds=(Feed(table=table.name, columns={name: name for name in stored}),),
    ).located(table.place, {})


def _field(name: str, column: TableColumnDefinition) -> SourceField:
    names = tuple(dict.fromkeys((name, column.title.en, column.title.zh)))
    return SourceField(names=names, unit=column.unit, needed=column.required and column.default is None)

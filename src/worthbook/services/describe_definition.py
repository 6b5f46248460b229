"""Everything that there is to know about one name: what it means, how it is made, from what, and where it is used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from worthbook.definitions.columns import Maker, columns_made
from worthbook.definitions.definition import Definition
from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.population import PopulationDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Table
from worthbook.kernel.units import Value
from worthbook.planning.index import Catalogue, read_catalogue
from worthbook.services.definition_facts import Fact, facts_of, given_facts
from worthbook.services.definition_tables import tables_of
from worthbook.services.own_definitions import definitions_folder


@dataclass(frozen=True)
class Described:
    """One name, explained."""

    name: str
    noun: str
    title: Text
    description: Text
    facts: tuple[Fact, ...]
    """Unit, table, window, formula and the like: what decides the numbers."""
    tables: tuple[Table, ...]
    """Cells with their strategies, bands, columns given."""
    caveats: tuple[Text, ...]
    """Its own, and those of everything that it is made from."""
    source: str
    needs: tuple[str, ...]
    """What it is made from directly."""
    used_by: tuple[str, ...]
    """What is made from it directly."""
    where: str
    """File and line."""

    def as_json(self) -> dict[str, object]:
        """Plain values, for `--json`."""
        return {
            "name": self.name,
            "noun": self.noun,
            "title": _both(self.title),
            "description": _both(self.description),
            "facts": {fact.key: fact.value for fact in self.facts},
            "tables": {
                table.name: [
                    {column.name: _cell(cell) for column, cell in zip(table.columns, row, strict=True)}
                    for row in table.rows
                ]
                for table in self.tables
            },
            "caveats": [_both(caveat) for caveat in self.caveats],
            "source": self.source,
            "needs": list(self.needs),
            "used_by": list(self.used_by),
            "where": self.where,
        }


def describe_definition(name: str, book: Path | None = None) -> Described:
    """Describe a definition, or a column by its name.

    Raises:
        WorthbookError: `name-unknown`; if there is no book; if its definitions have problems.
    """
    return describe(read_catalogue(definitions_folder(book)), name)


def describe(catalogue: Catalogue, name: str) -> Described:
    """Describe a name of a catalogue at hand.

    Raises:
        WorthbookError: `name-unknown`.
    """
    definition = catalogue.find(name)
    return Described(
        name=name,
        noun=definition.noun if name == definition.name else "column",
        facts=facts_of(definition) if name == definition.name else given_facts(catalogue, name),
        tables=tables_of(definition, catalogue) if name == definition.name else (),
        source=definition.source,
        needs=tuple(sorted(_needs(catalogue, definition))),
        used_by=_used_by(catalogue, definition, name),
        where=str(definition.place),
        **_words(catalogue, definition, name),
    )


def _words(catalogue: Catalogue, definition: Definition, name: str) -> dict[str, Any]:
    if name in catalogue.makers:
        meta = catalogue.meta(name)
        return {"title": meta.title, "description": meta.description, "caveats": meta.caveats}
    caveats = catalogue.caveats(definition)
    return {"title": definition.title, "description": definition.description, "caveats": caveats}


def _needs(catalogue: Catalogue, definition: Definition) -> set[str]:
    """What it is made from, tables among it."""
    if isinstance(definition, PopulationDefinition):
        return {rows.table for _, rows in definition.rows}
    table = definition.table if isinstance(definition, MeasureDefinition) else None
    return {*catalogue.needs_of(definition), *([table] if table else [])}


def _used_by(catalogue: Catalogue, definition: Definition, name: str) -> tuple[str, ...]:
    """Who needs the name; for a model, who needs anything that it gives."""
    names = {name}
    if name == definition.name and isinstance(definition, Maker):
        names |= set(columns_made(definition))
    users = (each for each in catalogue.definitions if names & _needs(catalogue, each))
    return tuple(sorted({each.name for each in users} - names))


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def _cell(cell: Value | Text) -> object:
    return _both(cell) if isinstance(cell, Text) else cell

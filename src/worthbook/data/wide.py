"""Columns of a file that are alike, one for each product or question: found, and each made a field of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from worthbook.data.source import Source, SourceColumn
from worthbook.definitions.mapping import MappingDefinition, SourceField, WideColumns, header_key


@dataclass(frozen=True)
class WideColumn:
    """One of several columns that are alike."""

    field: str
    """The name under which it is read as a field; no formula can say it."""
    column: SourceColumn
    label: str
    """What it stands for; the header where nobody says."""

    @property
    def header(self) -> str:
        """Its header in the file."""
        return self.column.header


def find_wide(
    source: Source, mapping: MappingDefinition, found: Mapping[str, SourceColumn]
) -> dict[str, tuple[WideColumn, ...]]:
    """For each group of the mapping, the columns of the file that belong to it and that no field reads.

    Where a needed field is missing the mapping does not fit anyway, and nothing is looked for.
    """
    fits = all(name in found for name, each in mapping.fields.items() if each.needed)
    taken = {header for column in found.values() for header in column.headers}
    free = [column for column in source.columns if column.header not in taken] if fits else []
    said = _second_line(source) if mapping.wide and mapping.header_lines > 1 and free else {}
    return {name: tuple(_columns(name, group, free, said)) for name, group in mapping.wide.items()}


def fields_of(wide: Mapping[str, Iterable[WideColumn]]) -> dict[str, SourceColumn]:
    """All of them by the names of their fields."""
    return {each.field: each.column for group in wide.values() for each in group}


def widened(mapping: MappingDefinition, wide: Mapping[str, Iterable[WideColumn]]) -> MappingDefinition:
    """The mapping with a field for each of the columns."""
    more = {
        each.field: SourceField(names=(each.header,), unit=mapping.wide[name].unit)
        for name, group in wide.items()
        for each in group
    }
    return mapping.model_copy(update={"fields": {**mapping.fields, **more}}) if more else mapping


def _columns(
    name: str, group: WideColumns, free: Iterable[SourceColumn], said: Mapping[str, str]
) -> Iterable[WideColumn]:
    labels = {header_key(header): label for header, label in group.labels.items()}
    chosen = (each for each in free if _fits(each, group.headers) and not _fits(each, group.but))
    for number, column in enumerate(chosen, start=1):
        label = said.get(column.header) or labels.get(header_key(column.header)) or column.header
        yield WideColumn(f"{name} {number}", column, label)


def _fits(column: SourceColumn, patterns: Iterable[str]) -> bool:
    """Whether a header fits one of several patterns; `*` stands for anything."""
    key = header_key(column.header)
    return any(fnmatchcase(key, "*".join(map(header_key, pattern.split("*")))) for pattern in patterns)


def _second_line(source: Source) -> dict[str, str]:
    """Header → what the line below says."""
    return {header: values[0] for header, values in source.sample().items() if values and values[0]}

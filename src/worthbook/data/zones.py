"""On whose clocks a file writes its times: its layout says it, a header does, or a column of the file line by line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

import duckdb

from worthbook.data.ledger import list_sql
from worthbook.data.recognition import Recognition
from worthbook.data.source import LINES, Source, SourceColumn
from worthbook.definitions.mapping import MappingDefinition, SourceField, zone_said
from worthbook.kernel.language import Text
from worthbook.kernel.period import time_zone

TURNED = Text(
    en="Times in '{column}' are in {zone} and were turned to the book's, {own}.",
    zh="“{column}”列的时间采用{zone}，已换算为账簿时区 {own}。",
)
AS_WRITTEN = Text(
    en="Times in '{column}' are in {zone} and are read as they stand; a book with a `time_zone` in its book.toml turns "
    "them to its own.",
    zh="“{column}”列的时间采用{zone}，现按原样读取；账簿的 book.toml 填有 time_zone 时，导入会换算为账簿时区。",
)
ZONES_UNKNOWN = Text(
    en="Lines whose time zone is not known: {lines}, the first is line {line}: '{value}'; their times were read as "
    "they stand.",
    zh="有 {lines} 行的时区无法识别，首行为第 {line} 行“{value}”；这些行的时间按原样读取。",
)
_STATED = Text(en="{zone}", zh=" {zone} 时区")
_NAMED = Text(en="the zone that '{column}' names", zh="“{column}”列所写的时区")


def on_clocks(
    column: SourceColumn, field: SourceField, mapping: MappingDefinition, named: SourceColumn | None
) -> SourceColumn:
    """A column of times that knows on whose clocks they are written, where anything says it.

    Args:
        column: the column.
        field: the field that is read from it.
        mapping: what its file calls zones.
        named: the column that names the zone of each line.
    """
    if field.unit.storage not in {"date", "time"}:
        return column
    if named is not None:
        return column.on_clocks(_zone_of(named, mapping.zones), named)
    zone = field.zone or zone_said(column.header)
    return column.on_clocks(f"'{zone}'") if zone else column


def on_clocks_below(
    source: Source, found: Mapping[str, SourceColumn], mapping: MappingDefinition
) -> dict[str, SourceColumn]:
    """The columns of a file, those of times on the clocks that its further lines of headers name.

    Where a needed field is missing the mapping does not fit anyway, and nothing is looked for.
    """
    fits = all(name in found for name, each in mapping.fields.items() if each.needed)
    if not mapping.zone_key or not fits:
        return dict(found)
    below = {header: values[: mapping.header_lines - 1] for header, values in source.sample().items()}
    zones = {
        name: _zone_below(below.get(column.header, ()), mapping)
        for name, column in found.items()
        if mapping.fields[name].unit.storage in {"date", "time"}
    }
    return {name: column.on_clocks(f"'{zones[name]}'") if zones.get(name) else column for name, column in found.items()}


def zone_columns(recognition: Recognition) -> str:
    """More columns for a query over the lines of a file, in SQL: the zones that lines name."""
    named = {column.zone_by: column.zone for column in recognition.fields.values() if column.zone_by}
    return "".join(f", {zone} AS {_kept(by)}" for by, zone in named.items())


def turned(read: str, column: SourceColumn, text: str, own: str, *, is_text: bool) -> str:
    """A time on the clocks of the book, where its value, header, layout or line says on which it is written.

    Args:
        read: the time as it stands, in SQL.
        column: where it is read from.
        text: the value of the file, in SQL.
        own: the book's zone.
        is_text: whether that value is text.
    """
    if column.type == "TIMESTAMP WITH TIME ZONE":
        return f"wb_sane(timezone('{own}', {text}))"
    if column.zone and column.type != "DATE":
        zone = _kept(column.zone_by) if column.zone_by else column.zone
        timed = f"{zone} IS NOT NULL" + (f" AND wb_timed({text})" if is_text else "")
        read = f"CASE WHEN {timed} THEN wb_moved({read}, {zone}, '{own}') ELSE {read} END"
    return f"CASE WHEN wb_zoned({text}) THEN wb_local({text}, '{own}') ELSE {read} END" if is_text else read


def zone_notes(connection: duckdb.DuckDBPyConnection, recognition: Recognition, own: str) -> Iterator[Text]:
    """What there is to say of the zones of an open file, for a book in the zone `own`; empty is none."""
    told, read = AS_WRITTEN if not own else TURNED, recognition.names_read
    for name, column in recognition.fields.items():
        if not column.zone or column.zone == f"'{own}'" or name not in read:
            continue
        stated = _STATED.format(zone=column.zone.strip("'"))
        zone = _NAMED.format(column=column.headers[-1]) if column.zone_by else stated
        yield told.format(column=column.header, zone=zone, own=own)
        if own and column.zone_by:
            yield from _unknown(connection, column)


def _zone_of(named: SourceColumn, called: Mapping[str, str]) -> str:
    """The IANA name of the zone that a line names; unknown where it is neither one nor among those of the mapping."""
    text = f"wb_clean(CAST({named.sql} AS VARCHAR))"
    own = f"CASE WHEN {text} IN (SELECT name FROM pg_timezone_names()) THEN {text} END"
    if not called:
        return own
    return f"coalesce(MAP({list_sql(called)}, {list_sql(called.values())})[{text}], {own})"


def _zone_below(texts: Iterable[str | None], mapping: MappingDefinition) -> str:
    """The IANA name of the zone that one of several texts under a header names; empty where none does."""
    for text in texts:
        try:
            said = json.loads(text or "")
        except ValueError:
            continue
        called = str(said.get(mapping.zone_key, "")) if isinstance(said, dict) else ""
        zone = mapping.zones.get(called, called)
        if zone and time_zone(zone) is not None:
            return zone
    return ""


def _unknown(connection: duckdb.DuckDBPyConnection, column: SourceColumn) -> Iterator[Text]:
    """Lines that name a zone of which nothing is known."""
    ((lines, line),) = connection.execute(
        f"SELECT count(*), min(line) FROM {LINES} WHERE {column.zone} IS NULL"
    ).fetchall()
    if lines:
        query = f"SELECT CAST({column.zone_by} AS VARCHAR) FROM {LINES} WHERE line = ?"
        ((value,),) = connection.execute(query, [line]).fetchall()
        yield ZONES_UNKNOWN.format(lines=lines, line=line, value=value or "")


def _kept(zone_by: str) -> str:
    return f'"zone by {zone_by}"'

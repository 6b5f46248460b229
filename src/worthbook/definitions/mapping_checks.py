"""Whether a mapping feeds columns that there are, from fields that it reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from worthbook.definitions.formulas import COLUMN_UNKNOWN, FormulaReader
from worthbook.definitions.mapping import MappingDefinition
from worthbook.definitions.table import TableDefinition
from worthbook.definitions.table_checks import TABLE_UNKNOWN, table_named
from worthbook.kernel.errors import Fault, Problem, did_you_mean
from worthbook.kernel.language import Text
from worthbook.kernel.period import time_zone

FIELD_UNKNOWN = Fault(
    "mapping-field-unknown",
    what=Text(en="The mapping has no field '{name}'.", zh="该映射没有名为“{name}”的字段。"),
    hint=Text(en="{near}", zh="{near}"),
)
FIELD_RESERVED = Fault(
    "mapping-field-reserved",
    what=Text(
        en="A field cannot be called '{name}': that is what an import itself keeps of each line.",
        zh="字段不能命名为“{name}”，该名称由导入程序自身使用。",
    ),
    hint=Text(en="Give the field another name.", zh="请为该字段另取名称。"),
)
WIDE_UNKNOWN = Fault(
    "mapping-wide-unknown",
    what=Text(en="The mapping has no columns '{name}' under `wide`.", zh="该映射的 wide 中没有名为“{name}”的一组列。"),
    hint=Text(en="{near}", zh="{near}"),
)
COLUMN_REQUIRED = Fault(
    "mapping-column-required",
    what=Text(
        en="The table '{table}' needs '{name}', which is not fed.", zh="数据表“{table}”必须有“{name}”，此处却没有提供。"
    ),
    hint=Text(en="Add `{name}: …` to the columns.", zh="请在 columns 中补充 `{name}: …`。"),
)
ZONE_UNKNOWN = Fault(
    "mapping-zone-unknown",
    what=Text(en="There is no time zone '{zone}'.", zh="不存在名为“{zone}”的时区。"),
    hint=Text(
        en="Write an IANA name such as UTC or Asia/Shanghai.", zh="请填写 IANA 时区名，例如 UTC 或 Asia/Shanghai。"
    ),
)
TABLE_DERIVED = Fault(
    "mapping-table-derived",
    what=Text(
        en="The table '{table}' is derived; files cannot feed it.", zh="数据表“{table}”是派生表，不能由文件导入。"
    ),
    hint=Text(en="Feed the table '{source}' instead.", zh="请改为导入到“{source}”。"),
)

_RESERVED = frozenset({"copy", "is_blank", "line", "looks", "place", "verdict"})
"""Columns of the lines as they are judged; a field of the same name would be read as one of these."""


def problems(
    mapping: MappingDefinition, tables: Mapping[str, TableDefinition], formulas: FormulaReader
) -> Iterator[Problem]:
    """What is wrong with one mapping."""
    for name in mapping.fields.keys() & _RESERVED:
        yield FIELD_RESERVED.problem(mapping.place_of("fields", name), name=name)
    yield from _fields_named(mapping)
    yield from _zones_named(mapping)
    whole = Text(en=f"The mapping '{mapping.name}'", zh=f"映射“{mapping.name}”")
    for path, formula, known in _formulas(mapping):
        yield from formulas.problems(formula, mapping.place_of(*path), known, whole, aggregate=False)
    for index, feed in enumerate(mapping.feeds):
        if feed.each is not None and feed.each not in mapping.wide:
            near = did_you_mean(feed.each, mapping.wide)
            yield WIDE_UNKNOWN.problem(mapping.place_of("feeds", index, "each"), name=feed.each, near=near)
        yield from _table_fed(mapping, index, tables)


def _formulas(mapping: MappingDefinition) -> Iterator[tuple[tuple[str | int, ...], str, Collection[str]]]:
    """Every formula, where it stands, and what it may read."""
    if mapping.carry_down is not None:
        for name, formula in mapping.carry_down.totals.items():
            yield ("carry_down", "totals", name), formula, mapping.fields
    for index, skip in enumerate(mapping.skip):
        yield ("skip", index, "when"), skip.when, mapping.readable
    for index, feed in enumerate(mapping.feeds):
        known = mapping.readable_by(feed)
        if feed.when is not None:
            yield ("feeds", index, "when"), feed.when, known
        for column, formula in feed.columns.items():
            yield ("feeds", index, "columns", column), formula, known


def _fields_named(mapping: MappingDefinition) -> Iterator[Problem]:
    if mapping.carry_down is None:
        return
    named: list[tuple[tuple[str | int, ...], str]] = [(("by",), mapping.carry_down.by)]
    named += [(("fields", index), name) for index, name in enumerate(mapping.carry_down.fields)]
    for path, name in named:
        if name not in mapping.fields:
            where = mapping.place_of("carry_down", *path)
            yield FIELD_UNKNOWN.problem(where, name=name, near=did_you_mean(name, mapping.fields))


def _zones_named(mapping: MappingDefinition) -> Iterator[Problem]:
    named: list[tuple[tuple[str, ...], str]] = [
        *((("fields", name, "zone"), field.zone) for name, field in mapping.fields.items() if field.zone),
        *((("zones", called), zone) for called, zone in mapping.zones.items()),
    ]
    for path, zone in named:
        if time_zone(zone) is None:
            yield ZONE_UNKNOWN.problem(mapping.place_of(*path), zone=zone)


def _table_fed(mapping: MappingDefinition, index: int, tables: Mapping[str, TableDefinition]) -> Iterator[Problem]:
    feed = mapping.feeds[index]
    where = mapping.place_of("feeds", index, "table")
    table = tables.get(feed.table)
    if table is None:
        yield TABLE_UNKNOWN.problem(where, name=feed.table, near=did_you_mean(feed.table, tables))
        return
    if table.derived_from is not None:
        yield TABLE_DERIVED.problem(where, table=table.name, source=table.derived_from)
        return
    for name in feed.columns:
        if name not in table.columns:
            place = mapping.place_of("feeds", index, "columns", name)
            near = did_you_mean(name, table.columns)
            yield COLUMN_UNKNOWN.problem(place, whole=table_named(table.name), name=name, near=near)
    for name, column in table.columns.items():
        if column.required and column.default is None and name not in feed.columns:
            yield COLUMN_REQUIRED.problem(where, table=table.name, name=name)

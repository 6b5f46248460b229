"""Which mapping fits a file, and which of its columns each field of the mapping is read from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from worthbook.data import looks
from worthbook.data.recognition import Recognition
from worthbook.data.source import Source, SourceColumn
from worthbook.data.unknown_file import unknown
from worthbook.data.wide import fields_of, find_wide, widened
from worthbook.data.zones import on_clocks, on_clocks_below
from worthbook.definitions.mapping import Look, MappingDefinition, header_key
from worthbook.kernel.errors import Fault, Place, did_you_mean
from worthbook.kernel.language import Text

MAPPING_UNKNOWN = Fault(
    "mapping-unknown",
    what=Text(en="There is no mapping '{name}'.", zh="没有名为“{name}”的映射。"),
    hint=Text(en="{near}", zh="{near}"),
)
MAPPING_MISFIT = Fault(
    "mapping-misfit",
    what=Text(
        en="The mapping '{name}' does not fit {file}: it has no column for {missing}.",
        zh="映射“{name}”不适用于 {file}：缺少对应“{missing}”的列。",
    ),
    hint=Text(
        en="Leave the mapping out to have the layout recognised. Columns found: {columns}.",
        zh="可不指定映射，由系统自动识别。文件中的列：{columns}。",
    ),
)
GUESSED = Text(
    en="The column '{column}' was taken for the {role} because of its values.",
    zh="根据取值，将“{column}”列识别为{role}。",
)
_ROLES: Mapping[Look, Text] = {
    "customer": Text(en="customer", zh="客户"),
    "date": Text(en="date", zh="日期"),
    "money": Text(en="amount", zh="金额"),
}
_ENOUGH = 0.5
"""A generic layout that reads this part of the columns by their names is not doubted."""


def recognise(source: Source, mappings: Mapping[str, MappingDefinition], name: str | None = None) -> Recognition:
    """The mapping that fits a file best, or the one that was asked for.

    Raises:
        WorthbookError: mapping-unknown or mapping-misfit for the one asked for; else customer-column-missing,
            date-column-missing or file-layout-unknown, with the nearest layouts and a line to start from.
    """
    if name is not None:
        if name not in mappings:
            raise MAPPING_UNKNOWN(name=name, near=did_you_mean(name, mappings))
        return _asked(source, mappings[name], mappings)
    fitting = ranked(source, mappings.values())
    if fitting:
        return fitting[0]
    raise unknown(source, [_by_value(source, lay(source, each)) for each in mappings.values()])


def ranked(source: Source, mappings: Iterable[MappingDefinition]) -> list[Recognition]:
    """Every mapping that has all it needs, the best first.

    Special layouts come before generic ones; of several, the one that needs more columns and then the one that reads
    more of the file. A generic layout is tried by values only where what fits by names reads little of the file.
    """
    laid = [lay(source, each) for each in mappings]
    named = [each for each in laid if not each.lacking]
    sure = any(not each.declared.generic or len(each.read) >= _ENOUGH * len(source.columns) for each in named)
    guessed = [] if sure else [_by_value(source, each) for each in laid if each.declared.generic and each.lacking]
    found = [*(_by_value(source, each) for each in named), *(each for each in guessed if not each.lacking)]
    return sorted(found, key=_fit, reverse=True)


def lay(source: Source, mapping: MappingDefinition) -> Recognition:
    """A mapping laid over a file by the names of its columns, whether it fits or not."""
    columns = {header_key(column.header): column for column in reversed(source.columns)}
    found: dict[str, SourceColumn] = {}
    for name, each in mapping.fields.items():
        column, clock = _first(columns, each.names), _first(columns, each.with_time)
        if column is not None:
            dated = column if clock is None else column.with_time(clock)
            found[name] = on_clocks(dated, each, mapping, _first(columns, each.zone_in))
            if mapping.generic:  # a column is read by one field only
                columns.pop(header_key(column.header))
    found = on_clocks_below(source, found, mapping)
    wide = find_wide(source, mapping, found)
    fields = {**found, **fields_of(wide)}
    return Recognition(widened(mapping, wide), mapping, fields, len(source.columns), wide=wide)


def _fit(laid: Recognition) -> tuple[bool, int, int, float, int]:
    sureness = laid.sureness
    return not laid.declared.generic, sureness.needed, sureness.read, sureness.confidence, sureness.fields


def _first(columns: Mapping[str, SourceColumn], names: Iterable[str]) -> SourceColumn | None:
    return next((columns[key] for key in map(header_key, names) if key in columns), None)


def _asked(source: Source, mapping: MappingDefinition, mappings: Mapping[str, MappingDefinition]) -> Recognition:
    found = _by_value(source, lay(source, mapping))
    if not found.lacking:
        return found
    if any(each.looks_like for each in mapping.fields.values()):
        raise unknown(source, [found, *(lay(source, each) for each in mappings.values())])
    names = ", ".join(found.called(each) for each in found.lacking)
    columns = ", ".join(column.header for column in source.columns)
    place = Place(str(source.file))
    raise MAPPING_MISFIT(place, name=mapping.name, file=source.file.name, missing=names, columns=columns)


def _by_value(source: Source, found: Recognition) -> Recognition:
    """The same with the fields of a generic layout that no header gave, found by what the values look like."""
    wanted = [
        (name, field.looks_like)
        for name, field in found.declared.fields.items()
        if field.looks_like is not None and name not in found.fields and not (_is_priced(found) and not field.needed)
    ]
    if not wanted or not found.declared.generic:
        return found
    fields, notes, guessed = dict(found.fields), list(found.notes), found.is_guessed
    sample = source.sample()
    # Dates first: a column of 20260603 would pass for ids or amounts.
    for name, look in sorted(wanted, key=lambda each: ("date", "money", "customer").index(each[1])):
        taken = {column.header for column in fields.values()}
        free = {header: values for header, values in sample.items() if header not in taken}
        header = looks.find(look, free)
        if header is not None:
            fields[name] = next(column for column in source.columns if column.header == header)
            guessed = guessed or found.declared.fields[name].needed
            notes.append(GUESSED.format(column=header, role=_ROLES[look]))
    return replace(found, fields=fields, notes=tuple(notes), is_guessed=guessed)


def _is_priced(found: Recognition) -> bool:
    """Whether some field already gives money, so that amounts need not be guessed."""
    money = {name for name, field in found.mapping.fields.items() if field.unit.storage == "money"}
    return bool(money & found.fields.keys())

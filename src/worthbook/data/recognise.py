"""Which mapping fits a file, and which of its columns each field of the mapping is read from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from worthbook.data import looks
from worthbook.data.formula import parse
from worthbook.data.source import Source, SourceColumn
from worthbook.definitions.mapping import Look, MappingDefinition, header_key
from worthbook.kernel.errors import Fault, Place, Problem, did_you_mean, raise_all
from worthbook.kernel.language import Text

_HOW = Text(
    en="Name one of the columns {name}, or describe the file in a mapping in the book's definitions/ folder. "
    "Columns found: {columns}.",
    zh="请将其中一列命名为 {name}，或在账簿的 definitions/ 文件夹中为该文件编写映射。文件中的列：{columns}。",
)
CUSTOMER_COLUMN_MISSING = Fault(
    "customer-column-missing",
    what=Text(en="No column of {file} says who the customer is.", zh="{file} 中没有可识别的客户列。"),
    hint=_HOW,
)
DATE_COLUMN_MISSING = Fault(
    "date-column-missing",
    what=Text(en="No column of {file} holds dates.", zh="{file} 中没有可识别的日期列。"),
    hint=_HOW,
)
FILE_UNKNOWN = Fault(
    "file-layout-unknown",
    what=Text(en="No mapping fits {file}.", zh="没有适用于 {file} 的映射。"),
    hint=Text(
        en="Describe the file in a mapping in the book's definitions/ folder. Columns found: {columns}.",
        zh="请在账簿的 definitions/ 文件夹中为该文件编写映射。文件中的列：{columns}。",
    ),
)
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
_MISSING: Mapping[Look, tuple[Fault, str]] = {
    "customer": (CUSTOMER_COLUMN_MISSING, "customer_id"),
    "date": (DATE_COLUMN_MISSING, "date"),
}

_SURE = 0.6
"""Confidence that the needed headers alone give; the optional ones add the rest."""
_BY_NAME = 0.5
_BY_VALUE = 0.3


@dataclass(frozen=True)
class Reading:
    """How one column of a table is read from the file."""

    table: str
    column: str
    formula: str
    """Over the fields of the mapping."""
    headers: tuple[str, ...]
    """The columns of the file that it reads."""


@dataclass(frozen=True)
class Recognition:
    """A mapping laid over a file."""

    mapping: MappingDefinition
    fields: Mapping[str, SourceColumn]
    """The fields that the file has."""
    confidence: float
    """0 to 1: how sure the layout is; a plain list of orders found by names has 0.5, by values less."""
    notes: tuple[Text, ...] = ()

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Every column of every table that is fed from the file."""
        return tuple(
            Reading(feed.table, column, formula, tuple(self.fields[name].header for name in names))
            for feed in self.mapping.feeds
            for column, formula in feed.columns.items()
            if (names := sorted(parse(formula).columns & self.fields.keys()))
        )


def recognise(source: Source, mappings: Mapping[str, MappingDefinition], name: str | None = None) -> Recognition:
    """The mapping that fits a file best, or the one that was asked for.

    Raises:
        WorthbookError: mapping-unknown or mapping-misfit for the one asked for; else customer-column-missing and
            date-column-missing, with the columns that were found.
    """
    if name is not None:
        if name not in mappings:
            raise MAPPING_UNKNOWN(name=name, near=did_you_mean(name, mappings))
        return _asked(source, mappings[name])
    special = [_by_name(source, each) for each in mappings.values() if not each.generic]
    fitting = [each for each in special if not _lacking(each)]
    if fitting:
        return max(fitting, key=lambda each: (each.confidence, len(each.fields)))
    generic = [_by_value(source, _by_name(source, each)) for each in mappings.values() if each.generic]
    complete = [each for each in generic if not _lacking(each)]
    if complete:
        return max(complete, key=lambda each: each.confidence)
    raise_all(problem for each in generic[:1] for problem in _unfit(source, each))
    raise FILE_UNKNOWN(Place(str(source.file)), file=source.file.name, columns=_headers(source))


def _asked(source: Source, mapping: MappingDefinition) -> Recognition:
    found = _by_name(source, mapping)
    if mapping.generic:
        found = _by_value(source, found)
        raise_all(_unfit(source, found))
    missing = _lacking(found)
    if missing:
        names = ", ".join(mapping.fields[each].names[0] for each in missing)
        place = Place(str(source.file))
        raise MAPPING_MISFIT(place, name=mapping.name, file=source.file.name, missing=names, columns=_headers(source))
    return found


def _by_name(source: Source, mapping: MappingDefinition) -> Recognition:
    """The fields whose headers the file has; a column is read by one field only."""
    columns = {header_key(column.header): column for column in reversed(source.columns)}
    found: dict[str, SourceColumn] = {}
    for name, field in mapping.fields.items():
        keys = [header_key(each) for each in field.names]
        key = next((each for each in keys if each in columns), None)
        if key is not None:
            found[name] = columns.pop(key) if mapping.generic else columns[key]
    share = len(found) / len(mapping.fields)
    confidence = _BY_NAME if mapping.generic else _SURE + (1 - _SURE) * share
    return Recognition(mapping, found, round(confidence, 2))


def _by_value(source: Source, found: Recognition) -> Recognition:
    """The same with the fields that no header gave, found by what the values look like."""
    wanted = [
        (name, field.looks_like)
        for name, field in found.mapping.fields.items()
        if field.looks_like is not None and name not in found.fields and not (_is_priced(found) and not field.needed)
    ]
    if not wanted:
        return found
    fields, notes = dict(found.fields), list(found.notes)
    sample = source.sample()
    # Dates first: a column of 20260603 would pass for ids or amounts.
    for name, look in sorted(wanted, key=lambda each: ("date", "money", "customer").index(each[1])):
        taken = {column.header for column in fields.values()}
        free = {header: values for header, values in sample.items() if header not in taken}
        header = looks.find(look, free)
        if header is not None:
            fields[name] = next(column for column in source.columns if column.header == header)
            notes.append(GUESSED.format(column=header, role=_ROLES[look]))
    return Recognition(found.mapping, fields, _BY_VALUE, tuple(notes))


def _is_priced(found: Recognition) -> bool:
    """Whether some field already gives money, so that amounts need not be guessed."""
    money = {name for name, field in found.mapping.fields.items() if field.unit.storage == "money"}
    return bool(money & found.fields.keys())


def _lacking(found: Recognition) -> list[str]:
    return [name for name, field in found.mapping.fields.items() if field.needed and name not in found.fields]


def _unfit(source: Source, found: Recognition) -> Sequence[Problem]:
    place = Place(str(source.file))
    looked_for = [found.mapping.fields[name].looks_like for name in _lacking(found)]
    faults = [_MISSING[look] for look in looked_for if look is not None and look in _MISSING]
    return [fault.problem(place, file=source.file.name, name=name, columns=_headers(source)) for fault, name in faults]


def _headers(source: Source) -> str:
    return ", ".join(column.header for column in source.columns)

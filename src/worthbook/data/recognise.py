"""Which mapping fits a file, and which of its columns each field of the mapping is read from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from worthbook.data import looks
from worthbook.data.formula import parse
from worthbook.data.source import Source, SourceColumn
from worthbook.data.wide import WideColumn, fields_of, find_wide, widened
from worthbook.definitions.mapping import Look, MappingDefinition, header_key
from worthbook.kernel.errors import Fault, Place, Problem, did_you_mean, raise_all
from worthbook.kernel.language import Text

_HOW = Text(
    en="Name one of the columns {name}, or say which it is: --map {name}=COLUMN. Columns found: {columns}.",
    zh="请将其中一列命名为 {name}，或指明是哪一列：--map {name}=列名。文件中的列：{columns}。",
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
    "date": (DATE_COLUMN_MISSING, "ordered_on"),
}

_SURE = 0.6
"""Confidence that the needed headers alone give …"""
_FIELDS, _COLUMNS = 0.2, 0.2
"""… and what the part of the mapping's fields that the file has, and of the file's columns that are read, adds."""
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
    wide: Mapping[str, tuple[WideColumn, ...]] = field(default_factory=dict)
    """For each group of columns that are alike: those that the file has, each of which is a field too."""

    @property
    def lacking(self) -> tuple[str, ...]:
        """The needed fields that the file does not have."""
        missing = [name for name, each in self.mapping.fields.items() if each.needed and name not in self.fields]
        return (*missing, *(name for name, each in self.mapping.wide.items() if each.needed and not self.wide[name]))

    @property
    def read(self) -> frozenset[str]:
        """The columns of the file that are read."""
        return frozenset(header for column in self.fields.values() for header in column.headers)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Every column of every table that is fed from the file."""
        return tuple(
            Reading(feed.table, column, formula, headers)
            for feed in self.mapping.feeds
            for column, formula in feed.columns.items()
            if (headers := self._headers(feed.each, formula))
        )

    def _headers(self, each: str | None, formula: str) -> tuple[str, ...]:
        names = sorted(parse(formula).columns)
        own = [self.fields[name].header for name in names if name in self.fields]
        among = [column.header for column in self.wide[each]] if each is not None and each in names else []
        return (*own, *among)


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
    fitting = ranked(source, mappings.values())
    if fitting:
        return fitting[0]
    generic = [lay(source, each) for each in mappings.values() if each.generic]
    raise_all(problem for each in generic[:1] for problem in _unfit(source, each))
    raise FILE_UNKNOWN(Place(str(source.file)), file=source.file.name, columns=_headers(source))


def ranked(source: Source, mappings: Iterable[MappingDefinition]) -> list[Recognition]:
    """Every mapping that has all it needs, the best first.

    Special layouts come before generic ones; of several, the one that needs more columns and then the one that reads
    more of the file. A generic layout is tried by values only where no mapping fits by names.
    """
    laid = [lay(source, each) for each in mappings]
    named = sorted((each for each in laid if not each.lacking), key=_fit, reverse=True)
    if named:
        return named
    guessed = [_by_value(source, each) for each in laid if each.mapping.generic]
    return sorted((each for each in guessed if not each.lacking), key=_fit, reverse=True)


def nearest(source: Source, mappings: Iterable[MappingDefinition], most: int = 3) -> list[Recognition]:
    """The mappings that lack something but have most of what they need, the nearest first."""
    laid = [lay(source, each) for each in mappings]
    close = [each for each in laid if each.lacking and _share_there(each) > 0]
    return sorted(close, key=lambda each: (_share_there(each), len(each.read)), reverse=True)[:most]


def lay(source: Source, mapping: MappingDefinition) -> Recognition:
    """A mapping laid over a file by the names of its columns, whether it fits or not."""
    columns = {header_key(column.header): column for column in reversed(source.columns)}
    found: dict[str, SourceColumn] = {}
    for name, each in mapping.fields.items():
        column, clock = _first(columns, each.names), _first(columns, each.with_time)
        if column is not None:
            found[name] = column if clock is None else column.with_time(clock)
            if mapping.generic:  # a column is read by one field only
                columns.pop(header_key(column.header))
    wide = find_wide(source, mapping, found)
    laid = Recognition(widened(mapping, wide), {**found, **fields_of(wide)}, _BY_NAME, wide=wide)
    if mapping.generic:
        return laid
    fields, read = len(found) / max(len(mapping.fields), 1), len(laid.read) / len(source.columns)
    return replace(laid, confidence=round(_SURE + _FIELDS * fields + _COLUMNS * read, 2))


def _fit(laid: Recognition) -> tuple[bool, int, int, float]:
    needed = 0 if laid.mapping.generic else sum(1 for each in laid.mapping.fields.values() if each.needed)
    return not laid.mapping.generic, needed, len(laid.read), laid.confidence


def _share_there(laid: Recognition) -> float:
    needed = [name for name, each in laid.mapping.fields.items() if each.needed]
    return sum(1 for name in needed if name in laid.fields) / max(len(needed), 1)


def _first(columns: Mapping[str, SourceColumn], names: Iterable[str]) -> SourceColumn | None:
    return next((columns[key] for key in map(header_key, names) if key in columns), None)


def _asked(source: Source, mapping: MappingDefinition) -> Recognition:
    found = lay(source, mapping)
    if mapping.generic:
        found = _by_value(source, found)
        raise_all(_unfit(source, found))
    if found.lacking:
        names = ", ".join(_called(mapping, each) for each in found.lacking)
        place = Place(str(source.file))
        raise MAPPING_MISFIT(place, name=mapping.name, file=source.file.name, missing=names, columns=_headers(source))
    return found


def _called(mapping: MappingDefinition, name: str) -> str:
    """What the file should call a field, or a group of columns."""
    return mapping.fields[name].names[0] if name in mapping.fields else mapping.wide[name].headers[0]


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
    return replace(found, fields=fields, confidence=_BY_VALUE, notes=tuple(notes))


def _is_priced(found: Recognition) -> bool:
    """Whether some field already gives money, so that amounts need not be guessed."""
    money = {name for name, field in found.mapping.fields.items() if field.unit.storage == "money"}
    return bool(money & found.fields.keys())


def _unfit(source: Source, found: Recognition) -> Sequence[Problem]:
    place = Place(str(source.file))
    looked_for = [found.mapping.fields[name].looks_like for name in found.lacking]
    faults = [_MISSING[look] for look in looked_for if look is not None and look in _MISSING]
    return [fault.problem(place, file=source.file.name, name=name, columns=_headers(source)) for fault, name in faults]


def _headers(source: Source) -> str:
    return ", ".join(column.header for column in source.columns)

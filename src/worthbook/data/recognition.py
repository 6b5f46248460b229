"""A mapping laid over a file: which column each field is read from, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from worthbook.data.formula import parse
from worthbook.data.source import SourceColumn
from worthbook.data.wide import WideColumn
from worthbook.definitions.mapping import MappingDefinition
from worthbook.kernel.language import Text

NEEDED = 0.6
"""Confidence that all needed columns of a special layout give …"""
FIELDS, COLUMNS = 0.2, 0.2
"""… and what the part of the mapping's fields that the file has, and of the file's columns that are read, adds."""
BY_NAMES, BY_VALUES = 0.5, 0.3
"""Confidence of a generic layout, found by headers or by what the values look like."""

_LAYOUT = Text(
    en="all {needed} needed columns are there (0.6); {found} of {fields} fields (+{by_fields:.2f}); "
    "{read} of {columns} columns of the file are read (+{by_columns:.2f})",
    zh="必需的 {needed} 列齐全（0.6）；{fields} 个字段中有 {found} 个（+{by_fields:.2f}）；"
    "文件 {columns} 列中读取 {read} 列（+{by_columns:.2f}）",
)
_NAMES = Text(
    en="a generic layout, found by the names of columns; {read} of {columns} columns of the file are read",
    zh="通用格式，按列名识别；文件 {columns} 列中读取 {read} 列",
)
_VALUES = Text(
    en="a generic layout, found by what the values look like; {read} of {columns} columns of the file are read",
    zh="通用格式，按数值特征识别；文件 {columns} 列中读取 {read} 列",
)


@dataclass(frozen=True)
class Sureness:
    """What the confidence in a mapping is made of."""

    by: Literal["layout", "names", "values"]
    needed: int
    """Needed fields of the mapping."""
    found: int
    """Fields of the mapping that the file has, of …"""
    fields: int
    read: int
    """Columns of the file that are read, of …"""
    columns: int

    @property
    def confidence(self) -> float:
        """0 to 1.

        >>> Sureness("layout", needed=3, found=4, fields=8, read=5, columns=10).confidence
        0.8
        """
        if self.by == "layout":
            return round(NEEDED + self._by_fields + self._by_columns, 2)
        return BY_NAMES if self.by == "names" else BY_VALUES

    @property
    def said(self) -> Text:
        """How it comes about."""
        sentence = {"layout": _LAYOUT, "names": _NAMES, "values": _VALUES}[self.by]
        return sentence.format(
            needed=self.needed,
            found=self.found,
            fields=self.fields,
            read=self.read,
            columns=self.columns,
            by_fields=self._by_fields,
            by_columns=self._by_columns,
        )

    @property
    def _by_fields(self) -> float:
        return FIELDS * self.found / max(self.fields, 1)

    @property
    def _by_columns(self) -> float:
        return COLUMNS * self.read / max(self.columns, 1)


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
    """With a field for each of the columns that are alike."""
    declared: MappingDefinition
    """As it is written."""
    fields: Mapping[str, SourceColumn]
    """The fields that the file has."""
    columns: int
    """How many columns the file has."""
    notes: tuple[Text, ...] = ()
    wide: Mapping[str, tuple[WideColumn, ...]] = field(default_factory=dict)
    """For each group of columns that are alike: those that the file has, each of which is a field too."""
    is_guessed: bool = False
    """Whether some needed column was found by its values."""

    @property
    def sureness(self) -> Sureness:
        """What its confidence is made of."""
        declared = self.declared.fields
        return Sureness(
            by="values" if self.is_guessed else "names" if self.declared.generic else "layout",
            needed=sum(1 for each in declared.values() if each.needed),
            found=len(declared.keys() & self.fields.keys()),
            fields=len(declared),
            read=len(self.read),
            columns=self.columns,
        )

    @property
    def confidence(self) -> float:
        """0 to 1: how sure the layout is."""
        return self.sureness.confidence

    @property
    def lacking(self) -> tuple[str, ...]:
        """The needed fields, and groups of columns that are alike, that the file does not have."""
        missing = [name for name, each in self.declared.fields.items() if each.needed and name not in self.fields]
        return (*missing, *(name for name, each in self.declared.wide.items() if each.needed and not self.wide[name]))

    def called(self, name: str) -> str:
        """What the file should call a field, or a group of columns that are alike."""
        declared = self.declared
        return declared.fields[name].names[0] if name in declared.fields else declared.wide[name].headers[0]

    @property
    def read(self) -> frozenset[str]:
        """The headers of the columns that are read."""
        return frozenset(header for column in self.fields.values() for header in column.headers)

    @property
    def names_read(self) -> frozenset[str]:
        """Everything that its formulas read."""
        feeds = self.mapping.feeds
        formulas = [
            formula for feed in feeds for formula in (*feed.columns.values(), *([feed.when] if feed.when else []))
        ]
        return frozenset().union(*(parse(each).columns for each in (*formulas, *(s.when for s in self.mapping.skip))))

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Every column of every table that is fed from the file."""
        return tuple(
            Reading(feed.table, column, formula, headers)
            for feed in self.declared.feeds
            for column, formula in feed.columns.items()
            if (headers := self._headers(feed.each, formula))
        )

    def _headers(self, each: str | None, formula: str) -> tuple[str, ...]:
        names = sorted(parse(formula).columns)
        own = [self.fields[name].header for name in names if name in self.fields]
        wide = any(name.startswith(each) for name in names) if each is not None else False
        return (*own, *(column.header for column in self.wide[each])) if each is not None and wide else tuple(own)

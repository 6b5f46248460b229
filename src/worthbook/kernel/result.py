"""What an evaluation gives: columns about customers, studies about the firm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from worthbook.kernel.language import Text
from worthbook.kernel.provenance import Provenance
from worthbook.kernel.units import Unit, Value

Tone = Literal["good", "neutral", "warning"]
ChartKind = Literal[
    "line",
    "area",
    "bar",
    "stacked_bar",
    "heatmap",
    "scatter",
    "interval",
    "pyramid",
    "quadrant",
    "matrix",
    "waterfall",
]


class ArrowStream(Protocol):
    """Anything that hands out an Arrow C stream: Polars, pandas and PyArrow read it without a copy."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The stream as a capsule (Arrow PyCapsule interface)."""
        ...


@dataclass(frozen=True)
class ColumnMeta:
    """What a column means, without its values."""

    name: str
    title: Text
    unit: Unit
    description: Text
    source: str
    caveats: tuple[Text, ...] = ()
    labels: Mapping[str, Text] = field(default_factory=dict)
    """For a column of named bands, cells or tiers: the title of each key, lowest first."""


@dataclass(frozen=True)
class TableColumn:
    """One column of a small table."""

    name: str
    title: Text
    unit: Unit


@dataclass(frozen=True)
class Table:
    """A small table of a study: some rows that a person reads, never a row per customer."""

    name: str
    title: Text
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Value | Text, ...], ...]
    """Cells in the order of `columns`; a cell that people read as words is a `Text`."""

    def column(self, name: str) -> tuple[Value | Text, ...]:
        """The cells of one column."""
        index = [column.name for column in self.columns].index(name)
        return tuple(row[index] for row in self.rows)

    def unit(self, name: str) -> Unit:
        """The unit of one column."""
        return next(column.unit for column in self.columns if column.name == name)


@dataclass(frozen=True)
class Chart:
    """A picture of a table: which columns go where. The renderer knows how it looks."""

    name: str
    title: Text
    kind: ChartKind
    table: str
    """The name of the table, in the same study, that holds its data."""
    x: str
    y: tuple[str, ...]
    """One column, or several series that share the axis and unit."""
    summary: Text
    """What the picture shows, in a sentence, for those who cannot see it."""
    colour: str | None = None
    """For a heat map: the column that colours; otherwise a column of categories."""
    x_title: Text | None = None
    y_title: Text | None = None
    reference: Mapping[str, float] = field(default_factory=dict)
    """Straight reference lines by meaning: `{"diagonal": 1.0}`, `{"y": 0.0}`.

    On a map a diagonal may have an `offset`, its height where x is zero.
    """


@dataclass(frozen=True)
class Finding:
    """One sentence with numbers, written by a rule."""

    text: Text
    tone: Tone = "neutral"


@dataclass(frozen=True)
class Study:
    """A result about the firm."""

    name: str
    title: Text
    description: Text
    as_of: dt.date
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...]
    findings: tuple[Finding, ...]
    caveats: tuple[Text, ...]
    source: str
    provenance: Provenance
    facts: Mapping[str, Value] = field(default_factory=dict)
    """The numbers that the findings were written from."""

    def table(self, name: str) -> Table:
        """One of the tables."""
        return next(table for table in self.tables if table.name == name)

"""What a method of a study is given, and what it gives back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from worthbook.data.activity import Activity, read_activity
from worthbook.data.columns import totals
from worthbook.data.cost_sheet import CostSheet
from worthbook.data.engine import Engine, Sheet, Snapshot
from worthbook.data.invited import Invited
from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.definitions.segment import SegmentDefinition
from worthbook.definitions.structure import StructureDefinition
from worthbook.definitions.study import StudyDefinition
from worthbook.definitions.table import TableDefinition
from worthbook.definitions.vocabulary import VocabularyDefinition
from worthbook.kernel.evaluation import FrameworkResult, ModelResult
from worthbook.kernel.language import Text
from worthbook.kernel.provenance import Provenance
from worthbook.kernel.result import ColumnMeta, Finding, Table, TableColumn
from worthbook.kernel.units import Unit, Value
from worthbook.planning.bridge import Bridge
from worthbook.planning.history import CustomerHistory
from worthbook.planning.lifetimes import Lifetimes
from worthbook.planning.migration import Migration
from worthbook.planning.moved_weights import MovedWeights
from worthbook.planning.structures import Structure
from worthbook.planning.surveys import NoSurveys, Surveys
from worthbook.planning.timeline import Timeline


@dataclass(frozen=True)
class StudyContext:
    """One evaluation, as its studies see it; they all share one, so that what they share is read once."""

    engine: Engine
    snapshot: Snapshot
    tables: Mapping[str, TableDefinition]
    sheets: Sequence[Sheet]
    """All columns made so far."""
    known: Mapping[str, ColumnMeta]
    """The columns available."""
    as_of: dt.date
    customers: int
    currency: str
    fits: Mapping[str, object]
    """Model → its fit; a model that could not be fitted is not there."""
    provenance: Mapping[str, Provenance]
    """Table, column or study → how it was made."""
    models: Mapping[str, ModelResult] = field(default_factory=dict)
    """Model → how far to trust it."""
    frameworks: Sequence[FrameworkResult] = ()
    """The frameworks of the evaluation that could place anyone."""
    lifetimes: Lifetimes | None = None
    """The models of purchases side by side; None where no study asks for them, or there is no test."""
    surveys: Surveys = field(default_factory=NoSurveys)
    """The answers of respondents, read where a study asks for them."""
    instruments: Mapping[str, InstrumentDefinition] = field(default_factory=dict)
    structures: Mapping[str, StructureDefinition | Structure] = field(default_factory=dict)
    """Structural models: definitions, or models that were read from a text."""
    vocabularies: Mapping[str, VocabularyDefinition] = field(default_factory=dict)
    segments: Mapping[str, SegmentDefinition] = field(default_factory=dict)
    """The segments of the book."""
    invited: Invited | None = None
    """Whom a file says to have been invited to a survey."""
    costs: CostSheet | None = None
    """What functions cost, where it was given beside the definitions."""
    migration: Migration | None = None
    """Who moved from where to where, where two evaluations are compared."""
    moved_weights: MovedWeights | None = None
    """A scorecard whose weights were moved, where that is asked for."""
    bridge: Bridge | None = None
    """What led from one value to another, where two dates are compared."""
    history: CustomerHistory | None = None
    """One customer through time, where that is asked for."""
    timeline: Timeline | None = None
    """How probable it was each day that a customer is still there, where that is asked for."""

    future_lines: int = 0
    """Lines that were rejected because they lie in the future."""
    possible_duplicates: int | None = None
    """Pairs of customers that may be one; None where nobody looked."""

    @cached_property
    def activity(self) -> Activity:
        """Purchases by month and cohort, and the days between purchases, from one pass over the lines."""
        return read_activity(self.engine, self.snapshot, self.as_of)

    def total(self, column: str) -> Decimal | None:
        """The sum of a column of money over all customers; None where it is known of nobody."""
        sheets = [sheet for sheet in self.sheets if column in sheet.columns][:1]
        found = totals(self.engine, sheets, [column])[column]
        return None if found.sum is None or not found.known else Decimal(str(found.sum))

    def has(self, column: str | None) -> bool:
        """Whether a column was made."""
        return column is not None and column in self.known and any(column in sheet.columns for sheet in self.sheets)


@dataclass(frozen=True)
class Made:
    """What a method found."""

    tables: tuple[Table, ...]
    facts: Mapping[str, Value]
    used: tuple[str, ...]
    """The tables, columns and models it was made from."""
    findings: tuple[Finding, ...] = ()
    """What others say in whole sentences, such as a model about itself; said after the definition's findings."""


@dataclass(frozen=True)
class Method:
    """A way to make a study, and the names that its definition may use."""

    make: Callable[[StudyDefinition, StudyContext], Made]
    maker: str
    """Name and version: raised when the code changes a number."""
    roles: frozenset[str]
    """Of inputs and optional inputs."""
    tables: Mapping[str, frozenset[str]]
    """Table → the columns that it can have."""
    facts: frozenset[str]
    """A fact that is not known is None."""


def column(name: str, unit: Unit, en: str, zh: str) -> TableColumn:
    """A column of a study's table."""
    return TableColumn(name, Text(en=en, zh=zh), unit)


def table(name: str, title: Text, columns: Sequence[TableColumn], rows: Sequence[Sequence[Value | Text]]) -> Table:
    """A table without the columns that are not known in any row."""
    kept = [index for index in range(len(columns)) if any(row[index] is not None for row in rows)]
    return Table(
        name, title, tuple(columns[index] for index in kept), tuple(tuple(row[index] for index in kept) for row in rows)
    )


def share(part: float, whole: float) -> float | None:
    """A part of a whole; None where the whole is not positive.

    >>> share(1, 4), share(1, 0)
    (0.25, None)
    """
    return part / whole if whole > 0 else None

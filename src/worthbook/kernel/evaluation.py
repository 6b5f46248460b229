"""The answer of one evaluation as a value: all that a summary, a page or a workbook shows but the rows per customer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from worthbook.kernel.language import Text
from worthbook.kernel.provenance import Provenance
from worthbook.kernel.result import ColumnMeta, Finding, Study, Table
from worthbook.kernel.units import Unit, Value

RANKED = frozenset({"tiers", "scorecard", "ladder"})
"""The methods whose cells lie above each other."""


@dataclass(frozen=True)
class CellResult:
    """One cell, tier or grade of a framework, and who is in it."""

    key: str
    title: Text
    meaning: Text
    strategy: Text
    customers: int
    customer_share: float
    """Of all customers placed."""
    value: Value
    """The sum of the framework's value column over its customers."""
    value_share: float | None
    """Of the total over all customers placed; None where the total is not positive or not known."""
    service_level: Text | None = None
    """How the group is served, where the definition says so."""
    next_action: Text | None = None
    """The one thing to do next, where the definition says so."""


@dataclass(frozen=True)
class AxisResult:
    """One axis as it was cut."""

    name: str
    title: Text
    column: str
    unit: Unit
    thresholds: tuple[Decimal | float, ...]
    """The value at which each upper band begins, as found in these customers."""
    bands: tuple[Text, ...]
    """Lowest first."""


@dataclass(frozen=True)
class FrameworkResult:
    """A framework laid over all customers."""

    name: str
    title: Text
    description: Text
    method: str
    cells: tuple[CellResult, ...]
    """In the order of the definition."""
    unplaced: int
    unplaced_because: tuple[tuple[Text, int], ...]
    """Why customers could not be placed: the column that is not known for them, and for how many."""
    axes: tuple[AxisResult, ...]
    value_title: Text
    """What `value` of the cells adds up: e.g. revenue, last 12 months."""
    value_unit: Unit
    caveats: tuple[Text, ...]
    source: str
    provenance: Provenance
    notes: tuple[Text, ...] = ()
    """What decided beside the axes: customers who were placed by hand; in a scorecard, what is to be known of its
    weights."""
    tables: tuple[Table, ...] = ()
    """In a scorecard: what the score is made of."""
    spread: Table | None = None
    """How customers spread over the fields of a grid or over the scores of a card, for the picture."""

    @property
    def best_first(self) -> tuple[CellResult, ...]:
        """Tiers, grades and rungs from the highest down; other cells in the order of their definition."""
        return self.cells[::-1] if self.method in RANKED else self.cells


@dataclass(frozen=True)
class Waiting:
    """A framework that could place nobody, because what it is made from is not known of anyone."""

    name: str
    title: Text
    description: Text
    needs: tuple[Text, ...]
    """What would let it place customers: tables that the book does not hold, or columns that nobody has."""
    source: str


@dataclass(frozen=True)
class ModelResult:
    """A fitted model and how far to trust it."""

    name: str
    title: Text
    parameters: Table
    facts: Mapping[str, Value]
    grade: str | None
    """A, B or C from the hold-out check; None where there is too little history to check."""
    verdict: Text
    """How far to trust it, in a sentence with the numbers."""
    cautions: tuple[Text, ...]
    caveats: tuple[Text, ...]
    source: str
    provenance: Provenance
    holdout: Table | None = None


@dataclass(frozen=True)
class SourceFile:
    """One file that was imported."""

    file: str
    mapping: str
    read: int
    accepted: int
    rejected: int
    skipped: int
    imported_at: dt.datetime


@dataclass(frozen=True)
class Evaluation:
    """One evaluation of one book as at a date."""

    run_id: str
    title: str
    as_of: dt.date
    made_at: dt.datetime
    currency: str
    customers: int
    headline: FrameworkResult
    frameworks: tuple[FrameworkResult, ...]
    """Those that could place anyone, the headline among them."""
    models: tuple[ModelResult, ...]
    studies: tuple[Study, ...]
    columns: tuple[ColumnMeta, ...]
    """The columns of the customer list, in order, after `customer_id`."""
    findings: tuple[Finding, ...]
    """The few sentences that matter most, first things first."""
    sources: tuple[SourceFile, ...]
    cautions: tuple[Finding, ...] = ()
    """What to know before relying on it: data problems, thin history, missing costs."""
    facts: Mapping[str, Value] = field(default_factory=dict)
    waiting: tuple[Waiting, ...] = ()
    """Frameworks that were asked for and could place nobody."""
    drawn: tuple[str, ...] = ()
    """The frameworks, beside the headline, that the page draws."""

    def study(self, name: str) -> Study | None:
        """One of the studies, if it was made."""
        return next((study for study in self.studies if study.name == name), None)

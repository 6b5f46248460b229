"""Canonical tables: what the book holds, column by column, and the coarser grains derived from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from worthbook.definitions.definition import Definition, Formula, Name, Part
from worthbook.definitions.measure import WindowText
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit


class TableColumnDefinition(Part):
    """One column of a table."""

    title: Text
    unit: Unit
    description: Text | None = None
    required: bool = False
    """In a stored table: a row without it is rejected."""
    personal: bool = False
    """Whether it is personal data."""
    refers_to: Literal["customers"] | None = None
    """In a stored table: whose ids it holds, beside the table's own customer. Merged customers are merged here too."""
    unlocks: Text | None = None
    """What can be answered where it is known."""
    default: Formula | None = None
    """In a stored table: what an import writes where the file gives nothing, from the row's other columns."""
    lookup: str | None = None
    """In a stored table: `products.category`, read from that table's row with the same key when the column is used."""
    formula: Formula | None = None
    """In a stored table: worked out from the row's other columns when the column is used. In a derived table: an
    aggregate over the rows of a group, or, over such aggregates, what the customer's row before gives:
    `previous(column)`."""
    window: WindowText | None = None
    """In a derived table: only rows of this window count."""
    values: Mapping[str, Text] = {}
    """Codes that have a meaning here, and what they mean. A file may hold others; they are kept as they are."""


class AnonymousDefinition(Part):
    """Rows whose customer is nobody in particular: a sale over the counter, a guest."""

    table: Name
    """The stored table that takes them instead: they count in totals and make no customer."""
    ids: tuple[str, ...]
    """Ids that mean nobody, beside a blank. Words are compared without case, width, spaces and punctuation; numbers as
    they are."""


class TableDefinition(Definition):
    """A stored table, or a table derived from one by grouping its rows.

    Every table has one row per `key`, belongs to customers through `customer` (None for a table such as products that
    is about something else) and lies in time by its `time` column.
    """

    noun: ClassVar[str] = "table"

    unlocks: Text | None = None
    """What can be answered where a stored table has rows."""
    columns: Mapping[Name, TableColumnDefinition]
    key: tuple[Name, ...]
    """Stored: what identifies a row. Derived: the columns that are grouped by."""
    line_key: tuple[Name, ...] = ()
    """In a stored table without a key, the table of lines: what a line of a later import must agree in to be the same
    line, corrected or not. The first column must be in the file; lines alike in all of them are told apart by their
    order."""
    customer: Name | None = "customer_id"
    anonymous: AnonymousDefinition | None = None
    time: Name | None = None
    derived_from: Name | None = None
    where: Formula | None = None
    """Derived: which rows of the source count."""

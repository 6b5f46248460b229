"""Mappings: how the lines of one kind of file become rows of the book's tables."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from worthbook.definitions.definition import Definition, Formula, Name, Part
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit

Look = Literal["customer", "date", "money"]
"""What the values of a column may look like: ids that come back, dates, amounts."""


FIRST_LINE = "is_first_line"
"""In a mapping with `carry_down`: holds on the first line of each order."""
FILE_NAME, IMPORTED_ON, LINE_NUMBER = "file_name", "imported_on", "line_number"
"""What every mapping may read beside its fields: the file's name without its endings, and the day of the import."""
LINE_CONTENT = "line_content"
"""Another: a hash of all that the line holds, and its place among the lines that hold the same."""
HEADER, LABEL = "_header", "_label"
"""In a feed over columns that are alike: endings of the fields that hold a column's header and its words."""


class SourceField(Part):
    """One column of the file, by the headers it goes under, and how it is read."""

    names: Annotated[tuple[str, ...], Field(min_length=1)]
    """The first one that the file has is read; case, spaces and punctuation do not matter."""
    unit: Unit = Unit.TEXT
    needed: bool = False
    """Whether a file without it is of another kind."""
    looks_like: Look | None = None
    """How the column may be found by its values where no header fits."""
    with_time: tuple[str, ...] = ()
    """For dates: headers of a column that holds the time of day."""
    zone: str = ""
    """For times: the IANA name of the zone on whose clocks they are written; a header that ends in UTC or GMT says so
    itself."""
    zone_in: tuple[str, ...] = ()
    """For times: headers of a column that names the zone line by line, by its IANA name or as `zones` has it."""


class WideColumns(Part):
    """Columns of the file that are alike: one for each product held, one for each question. Each may give a row."""

    headers: Annotated[tuple[str, ...], Field(min_length=1)]
    """Headers, or patterns in which `*` stands for anything; a column that a field reads is never among them."""
    but: tuple[str, ...] = ()
    """Headers or patterns of columns that are left out nevertheless."""
    labels: Mapping[str, str] = {}
    """Header → what it stands for, where the file does not say."""
    unit: Unit = Unit.TEXT
    needed: bool = True
    """Whether a file without any of them is of another kind."""


class CarryDown(Part):
    """For files with several lines an order: what concerns the whole order."""

    by: Name
    """The field with the number of the order."""
    fields: tuple[Name, ...] = ()
    """Fields that are written on one line of an order only and hold for all its lines."""
    totals: Mapping[Name, Formula] = {}
    """New fields: the sum of a formula over the lines of the order."""


class Skip(Part):
    """Lines that are left out on purpose."""

    when: Formula
    """A condition over the fields."""
    reason: Name
    because: Text
    """Said as `12 lines: …`."""


class Feed(Part):
    """Rows for one canonical table: one row a line, or one row a key where the table's key is among the columns.

    Formulas read the fields; a field that the file does not have is unknown.
    """

    table: Name
    when: Formula | None = None
    """Which accepted lines give a row; None is every line."""
    each: Name | None = None
    """One of the mapping's `wide`: a row for each of its columns that holds something on the line. Formulas then also
    read the value under this name, and the column's header and words under `…_header` and `…_label`."""
    columns: Mapping[Name, Formula]


class MappingDefinition(Definition):
    """How one kind of file is recognised and read."""

    noun: ClassVar[str] = "mapping"

    fields: Mapping[Name, SourceField]
    feeds: Annotated[tuple[Feed, ...], Field(min_length=1)]
    wide: Mapping[Name, WideColumns] = {}
    carry_down: CarryDown | None = None
    skip: tuple[Skip, ...] = ()
    identical_lines: Literal["keep", "reject"] = "keep"
    """Lines alike in every column: separate purchases in a plain log, a mistake where each line has an order number."""
    generic: bool = False
    """Whether it is tried only where no special layout fits."""
    zones: Mapping[str, str] = {}
    """What the file calls time zones → their IANA names."""
    header_lines: Annotated[int, Field(ge=1, le=9)] = 1
    """How many lines of headers the file has: columns are found by the first, the second holds their words."""
    zone_key: str = ""
    """Where a further line of headers holds JSON for each column: the key that says in which zone its times are."""

    @property
    def readable(self) -> Mapping[str, Unit]:
        """Everything that its formulas may read, and its unit."""
        own = {name: field.unit for name, field in self.fields.items()}
        given = {FILE_NAME: Unit.TEXT, IMPORTED_ON: Unit.DATE, LINE_NUMBER: Unit.TEXT, LINE_CONTENT: Unit.TEXT, **own}
        if self.carry_down is None:
            return given
        return {**given, **dict.fromkeys(self.carry_down.totals, Unit.QUANTITY), FIRST_LINE: Unit.FLAG}

    def readable_by(self, feed: Feed) -> Mapping[str, Unit]:
        """Everything that the formulas of one feed may read."""
        if feed.each is None or feed.each not in self.wide:
            return self.readable
        words = dict.fromkeys((feed.each + HEADER, feed.each + LABEL), Unit.TEXT)
        return {**self.readable, feed.each: self.wide[feed.each].unit, **words}


def vocabulary(mappings: Iterable[MappingDefinition]) -> frozenset[str]:
    """The keys of all headers that some mapping knows."""
    return frozenset(
        header_key(name)
        for mapping in mappings
        for field in mapping.fields.values()
        for name in (*field.names, *field.with_time, *field.zone_in)
    )


def zone_said(header: str) -> str:
    """The zone that a header itself names: many programs write times in UTC and say so there.

    >>> zone_said("Created date (UTC)"), zone_said("date_created_gmt"), zone_said("Created at")
    ('UTC', 'UTC', '')
    """
    return "UTC" if re.search(r"[\W_](utc|gmt)\W*$", header.casefold()) else ""


def header_key(header: str) -> str:
    """What is compared of a header: letters and digits, in lower case and half width.

    >>> header_key("Customer ID") == header_key("customer_id"), header_key("商品总价（元）")
    (True, '商品总价元')
    """
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", header).casefold())

"""Every line of a file judged: its fields read as values, and whether it is accepted, rejected or skipped, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from worthbook.data import verdict
from worthbook.data.anonymous import nobody_sql
from worthbook.data.bucket import bucket_sql, kept_bucket
from worthbook.data.convert import cleaned_plain, is_readable_as_is, plain_as, text_as, value_as
from worthbook.data.delta import SQL_TYPES
from worthbook.data.fields import Fields, fields_of
from worthbook.data.formula import parse
from worthbook.data.judged import REDONE, Part, show
from worthbook.data.recognition import Recognition
from worthbook.data.source import LINES, Source, SourceColumn, content_sql
from worthbook.data.verdict import Reason
from worthbook.data.zones import turned, zone_columns
from worthbook.definitions.mapping import FILE_NAME, FIRST_LINE, IMPORTED_ON, LINE_CONTENT, LINE_NUMBER, Feed
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.money import LARGEST
from worthbook.kernel.units import Unit

LOOKS = "looks"
"""The column that lines judged plainly have in place of a number: a hash of what tells them apart best."""
TEXT = Part("judged text")
"""The table of the lines that are judged from cleaned text."""


@dataclass(frozen=True)
class Barred:
    """Customers of whom a book imports nothing."""

    slug: str
    when: str
    """Condition in SQL, over `{customer}`."""
    sentence: Text


@dataclass(frozen=True)
class AsTheyStand:
    """The lines of a file, to be read as they stand."""

    lines: str
    """A table function that gives them."""
    told_by: Sequence[SourceColumn]
    """The columns that tell them apart."""
    blanks: str
    """The signs for blanks, other than the space, that occur in the file."""


@dataclass(frozen=True)
class Judge:
    """What is needed to judge the lines of one file."""

    source: Source
    recognition: Recognition
    tables: Mapping[str, TableDefinition]
    day_first: Mapping[str, bool]
    """For each field that holds dates as text: how 3/4/2026 is read."""
    today: dt.date
    barred: Sequence[Barred] = ()
    """Customers whose lines are skipped."""
    day: dt.date | None = None
    """What `imported_on` says; None for today."""
    zone: str = ""
    """IANA name of the zone on whose clocks times are read that say how far they are from UTC; empty reads them as
    they are written."""
    buckets: int = 1
    """Into how many buckets rows will be split; where there are several, each line keeps that of its customer."""
    plainly: AsTheyStand | None = None
    """The lines without numbers, where numbers and dates are read as they stand; lines of which that is not enough are
    to be judged anew."""

    @property
    def fields(self) -> Fields:
        """What formulas of the mapping may read."""
        return fields_of(self.recognition)

    def run(self, connection: duckdb.DuckDBPyConnection) -> tuple[Reason, ...]:
        """Make the relation `judged`; the reasons that its verdicts number, from 1 and from -1."""
        reasons = self.reasons
        connection.execute(f'CREATE TABLE "{TEXT.table}" AS {self.query(reasons)}')
        show(connection, [TEXT], self.constants)
        return reasons

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why a line may give nothing, in the order in which that is tried."""
        return tuple(self._reasons())

    def query(self, reasons: tuple[Reason, ...]) -> str:
        """The judged lines: `line`, the fields that differ from line to line, and `verdict`."""
        cases = [(each.when, number) for each, number in numbered(reasons)]
        names = ", ".join(_quoted(name) for name in self.stored)
        if self.plainly:
            cases = [(self._redone(reasons), REDONE), *(each for each in cases if each[1] < verdict.ACCEPTED)]
        customer = customer_of(self.recognition, self.tables)
        if self.buckets > 1 and customer is not None:
            names += f", {bucket_sql(customer, self.buckets)} AS {_quoted(kept_bucket(self.buckets))}"
        return (
            f"SELECT {LOOKS if self.plainly else 'line'}, {names}, "
            f"CAST(CASE {' '.join(f'WHEN {when} THEN {number}' for when, number in cases)} "
            f"ELSE {verdict.ACCEPTED} END AS SMALLINT) AS verdict "
            f"FROM ({self._summed(self._valued(self._carried(self._cleaned())))})"
        )

    def _redone(self, reasons: tuple[Reason, ...]) -> str:
        """When a line judged plainly is judged anew: what cannot be read as it stands, or may be rejected."""
        failed = tuple(_unread(name) for name in self._plain)
        others = (each.when for each in reasons if not each.is_skip and not each.when.startswith(failed))
        return " OR ".join(["FALSE", *(f"({when})" for when in (*failed, *others))])

    @property
    def stored(self) -> tuple[str, ...]:
        """The fields that the file has, and those that are worked out from other lines."""
        given = {FILE_NAME, IMPORTED_ON, LINE_NUMBER, *self.recognition.mapping.fields}
        given |= {LINE_CONTENT} - self.recognition.names_read
        worked_out = [name for name in self.fields.kinds if name not in given]
        return (*self.recognition.fields, *worked_out)

    @property
    def constants(self) -> dict[str, str]:
        """All other fields, in SQL."""
        missing = {
            name: _typed_null(each.unit)
            for name, each in self.recognition.mapping.fields.items()
            if name not in self.recognition.fields
        }
        return {**missing, **self._given}

    @property
    def _given(self) -> dict[str, str]:
        stem = self.source.file.name.split(".")[0].replace("'", "''")
        given = {
            FILE_NAME: f"'{stem}'",
            IMPORTED_ON: f"DATE '{self.day or self.today}'",
            LINE_NUMBER: "CAST(line AS VARCHAR)",
        }
        return {name: value for name, value in given.items() if name not in self.recognition.mapping.fields}

    # --- the fields of a line, step by step ---

    def _cleaned(self) -> str:
        """Each field as it stands in the file, under `text_…`; blank is unknown."""
        fields = ", ".join(f"{self._cell(name)} AS {_text(name)}" for name in self.recognition.fields)
        fields += zone_columns(self.recognition)
        if LINE_CONTENT in self.recognition.names_read:
            fields += f", {content_sql(self.source.columns)} AS {_quoted(LINE_CONTENT)}"
        columns = [column.sql for column in self.source.columns]
        blank = " AND ".join(f"{each} IS NULL" for each in columns)
        copy = f", row_number() OVER (PARTITION BY {', '.join(columns)} ORDER BY line) AS copy"
        counted = copy if self.recognition.mapping.identical_lines == "reject" else ""
        if self.plainly:
            lines = f"(SELECT 0 AS line, * FROM {self.plainly.lines}) AS {LINES}"
            told_by = ", ".join(column.sql for column in self.plainly.told_by)
            looks = f"CAST(hash({told_by}) >> 32 AS UINTEGER)"  # half of it is sorted in half the time
            return f"SELECT line, {blank} AS is_blank, {fields}, {looks} AS {LOOKS} FROM {lines}"
        return f"SELECT line, {blank} AS is_blank, {fields}{counted} FROM {LINES}"

    def _cell(self, name: str) -> str:
        column, unit = self.recognition.fields[name], self.recognition.mapping.fields[name].unit
        if not self._is_text(name) or name in self._plain:
            return column.sql
        if self.plainly:
            return cleaned_plain(unit, column.sql, self.plainly.blanks)
        return f"wb_clean(CAST({column.sql} AS VARCHAR))"

    def _carried(self, query: str) -> str:
        """What an order says on one of its lines holds for all of them."""
        orders = self.recognition.mapping.carry_down
        if orders is None:
            return query
        known = [name for name in orders.fields if name in self.recognition.fields]
        by = _text(orders.by)
        window = f"OVER (PARTITION BY {by} ORDER BY line ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
        carried = "".join(
            f", CASE WHEN {by} IS NULL THEN {_text(name)} ELSE first_value({_text(name)} IGNORE NULLS) {window} END "
            f"AS {_text(name)}"
            for name in known
        )
        replaced = f" EXCLUDE ({', '.join(_text(name) for name in known)})" if known else ""
        first = f"row_number() OVER (PARTITION BY {by} ORDER BY line) = 1"
        return f"SELECT *{replaced}{carried}, {first} AS {_quoted(FIRST_LINE)} FROM ({query})"

    def _valued(self, query: str) -> str:
        """Each field as a value, under its own name."""
        values = [f"{self._value(name)} AS {_quoted(name)}" for name in self.recognition.mapping.fields]
        values += [f"{value} AS {_quoted(name)}" for name, value in self._given.items()]
        return f"SELECT *, {', '.join(values)} FROM ({query})"

    def _summed(self, query: str) -> str:
        orders = self.recognition.mapping.carry_down
        if orders is None or not orders.totals:
            return query
        sums = ", ".join(
            f"CAST(sum({self.fields.value(formula)}) OVER (PARTITION BY {_quoted(orders.by)}) AS DOUBLE) "
            f"AS {_quoted(name)}"
            for name, formula in orders.totals.items()
        )
        return f"SELECT *, {sums} FROM ({query})"

    def _value(self, name: str) -> str:
        unit = self.recognition.mapping.fields[name].unit
        column = self.recognition.fields.get(name)
        if column is None:
            return _typed_null(unit)
        plain = plain_as(unit, _text(name)) if name in self._plain else None
        if plain is not None:
            read = plain
        elif self.plainly and unit is Unit.ID:
            read = _text(name)  # read as an id already, in one look at its cell
        elif self._is_text(name):
            read = text_as(unit, _text(name), day_first=self.day_first.get(name, True))
        else:
            read = value_as(unit, _text(name), column.type)
        if self.zone and unit.storage in {"date", "time"}:
            read = turned(read, column, _text(name), self.zone, is_text=self._is_text(name))
        return f"CAST({read} AS DATE)" if unit is Unit.DATE else read

    def _is_text(self, name: str) -> bool:
        return is_text(self.recognition, name)

    @property
    def _plain(self) -> tuple[str, ...]:
        """The fields that are read as they stand."""
        units = {name: self.recognition.mapping.fields[name].unit for name in self.recognition.fields}
        return tuple(name for name, unit in units.items() if self.plainly and plain_as(unit, "") is not None)

    # --- why a line gives nothing ---

    def _reasons(self) -> Iterator[Reason]:
        yield from self._of_barred()
        yield Reason("blank-line", "is_blank", verdict.BLANK_LINE, is_skip=True)
        more = self.recognition.mapping.header_lines - 1
        if more:
            of_headers = f"line <= (SELECT max(line) FROM (SELECT line FROM {LINES} ORDER BY line LIMIT {more}))"
            yield Reason("header-line", of_headers, verdict.HEADER_LINE, is_skip=True)
        yield from self._of_nobody()
        for skip in self.recognition.mapping.skip:
            slug = skip.reason.replace("_", "-")
            yield Reason(slug, self.fields.condition(skip.when), skip.because, is_skip=True)
        for name, column in self.recognition.fields.items():
            yield from _unreadable(name, self.recognition.mapping.fields[name].unit, column)
        yield from self._missing(self.recognition.mapping.feeds[0])
        yield from self._out_of_range(self.recognition.mapping.feeds[0])
        if self.recognition.mapping.identical_lines == "reject":
            yield Reason("duplicate-line", "copy > 1", verdict.DUPLICATE_LINE)

    def _of_nobody(self) -> Iterator[Reason]:
        """Lines about a customer who is nobody, in a file that brings nothing else."""
        feeds = self.recognition.mapping.feeds
        if any(self.tables[feed.table].anonymous is not None for feed in feeds):
            return
        table, first = self.tables[feeds[0].table], feeds[0]
        if (
            table.customer is not None
            and table.key == (table.customer,)
            and self._of_line(first.columns[table.customer])
        ):
            customer = self.fields.value(first.columns[table.customer])
            when = f"({customer}) IS NOT NULL AND {nobody_sql(customer, self.tables)}"
            yield Reason("anonymous-customer", when, verdict.ANONYMOUS, is_skip=True)

    def _of_barred(self) -> Iterator[Reason]:
        """First of all, so that not even a rejected line keeps what must not be kept."""
        customers = {
            self.fields.value(feed.columns[customer])
            for feed in self.recognition.mapping.feeds
            if (customer := self.tables[feed.table].customer) is not None and customer in feed.columns
        }
        for each in self.barred:
            when = " OR ".join(each.when.replace("{customer}", f"({customer})") for customer in sorted(customers))
            if when:
                yield Reason(each.slug, when, each.sentence, is_skip=True)

    def _missing(self, feed: Feed) -> Iterator[Reason]:
        for name, column in self.tables[feed.table].columns.items():
            if (
                column.required
                and column.default is None
                and not (name == self.tables[feed.table].customer and self.tables[feed.table].anonymous is not None)
                and name in feed.columns
                and self._of_line(feed.columns[name])
            ):
                source = self._read_by(feed.columns[name])
                title = column.title if source is None else Text(en=source.header, zh=source.header)
                sentence = Text(
                    en=verdict.VALUE_MISSING.en.replace("{column}", title.en),
                    zh=verdict.VALUE_MISSING.zh.replace("{column}", title.zh),
                )
                missing = f"({self.fields.value(feed.columns[name])}) IS NULL"
                of_line = feed.when is not None and self._of_line(feed.when)
                when = (
                    missing
                    if feed.when is None or not of_line
                    else f"{missing} AND ({self.fields.condition(feed.when)})"
                )
                yield Reason("value-missing", when, sentence, source)

    def _out_of_range(self, feed: Feed) -> Iterator[Reason]:
        table = self.tables[feed.table]
        if table.time is not None and table.time in feed.columns and self._of_line(feed.columns[table.time]):
            formula = feed.columns[table.time]
            later = f"CAST({self.fields.value(formula)} AS DATE) > DATE '{self.today}'"
            yield Reason("date-in-future", later, verdict.DATE_IN_FUTURE, self._read_by(formula))
        for name, formula in feed.columns.items():
            given = formula in self.fields.kinds or not self._of_line(formula)
            if table.columns[name].unit is Unit.MONEY and not given:
                over = f"abs(CAST({self.fields.value(formula)} AS DOUBLE)) > {LARGEST}"
                yield Reason("amount-too-large", over, verdict.PRODUCT_TOO_LARGE)

    def _of_line(self, formula: str) -> bool:
        """Whether it is about the line as a whole, not about one of several columns that are alike."""
        return parse(formula).columns <= self.fields.kinds.keys()

    def _read_by(self, formula: str) -> SourceColumn | None:
        """The first column of the file that a formula reads."""
        read = parse(formula).columns
        return next((column for name, column in self.recognition.fields.items() if name in read), None)


def customer_of(recognition: Recognition, tables: Mapping[str, TableDefinition]) -> str | None:
    """Whom a line is about, in SQL over the judged lines, as the mapping's first feed has it."""
    feed = recognition.mapping.feeds[0]
    customer = tables[feed.table].customer
    alone = customer is not None and customer in feed.columns and feed.each is None
    return fields_of(recognition).value(feed.columns[customer]) if alone and customer is not None else None


def is_text(recognition: Recognition, name: str) -> bool:
    """Whether a field must be read from text."""
    return not is_readable_as_is(recognition.mapping.fields[name].unit, recognition.fields[name].type)


def dates_as_text(recognition: Recognition) -> dict[str, SourceColumn]:
    """The fields of dates and times that must be read from text, where it must be decided what 3/4/2026 is."""
    fields = recognition.mapping.fields
    return {
        name: column
        for name, column in recognition.fields.items()
        if fields[name].unit.storage in {"date", "time"} and is_text(recognition, name)
    }


def numbered(reasons: tuple[Reason, ...]) -> Iterator[tuple[Reason, int]]:
    """Each reason and its verdict."""
    for number, reason in enumerate(reasons, start=1):
        yield reason, -number if reason.is_skip else number


def _unreadable(name: str, unit: Unit, column: SourceColumn) -> Iterator[Reason]:
    failed = _unread(name)
    if unit.storage in {"date", "time"}:
        yield Reason("date-unreadable", failed, verdict.DATE_UNREADABLE, column)
    elif unit is Unit.MONEY:
        large = f"{failed} AND abs(wb_number(CAST({_text(name)} AS VARCHAR))) > {LARGEST}"
        yield Reason("amount-too-large", large, verdict.AMOUNT_TOO_LARGE, column)
        yield Reason("number-unreadable", failed, verdict.NUMBER_UNREADABLE, column)
    elif unit.is_numeric:
        yield Reason("number-unreadable", failed, verdict.NUMBER_UNREADABLE, column)
    elif unit is Unit.FLAG:
        yield Reason("flag-unreadable", failed, verdict.FLAG_UNREADABLE, column)


def _unread(name: str) -> str:
    """Whether there is text that gave no value."""
    return f"{_text(name)} IS NOT NULL AND {_quoted(name)} IS NULL"


def _typed_null(unit: Unit) -> str:
    return f"CAST(NULL AS {SQL_TYPES[unit.storage]})"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _text(name: str) -> str:
    return f'"text of {name}"'

"""The rows of the imported files from which one customer's value of a column was made: all of them, and no others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from worthbook.data.rows import SourceRow, customer_rows
from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.language import Language, Text
from worthbook.kernel.period import Window
from worthbook.kernel.units import show_exactly
from worthbook.services.open_book import OpenBook

TITLE = Text(en="{table}: rows up to {as_of}: {count}", zh="{table}：截至 {as_of} 的原始记录共 {count} 行")
TITLE_SINCE = Text(
    en="{table}: rows after {first} up to {as_of}: {count}",
    zh="{table}：{first} 之后至 {as_of} 的原始记录共 {count} 行",
)
MORE_ROWS = Text(en="… and {count} before them", zh="……此前另有 {count} 行")
ROW_LINE = Text(en="{file}, line {line}: {values}", zh="{file} 第 {line} 行：{values}")


@dataclass(frozen=True)
class RowsBehind:
    """The rows of one table."""

    table: TableDefinition
    first: dt.date | None
    """The day after which the column looks; None where it looks back to the beginning."""
    as_of: dt.date
    rows: tuple[SourceRow, ...]
    """Oldest first."""

    def lines(self, files: Mapping[str, str], language: Language, currency: str, most: int) -> Iterator[str]:
        """A title, and the last rows; all of them where `most` is 0."""
        title = TITLE if self.first is None else TITLE_SINCE
        words = {"table": self.table.title, "count": len(self.rows), "as_of": self.as_of, "first": self.first}
        yield title.format(**words).say(language)
        shown = self.rows[-most:] if most else self.rows
        yield from (f"  {self._line(row, files, language, currency)}" for row in shown)
        if len(shown) < len(self.rows):
            yield f"  {MORE_ROWS.format(count=len(self.rows) - len(shown)).say(language)}"

    def _line(self, row: SourceRow, files: Mapping[str, str], language: Language, currency: str) -> str:
        """One line of a file, its columns by the titles that people know."""
        values = [
            f"{column.title.say(language)} {show_exactly(row.values[name], column.unit, language, currency)}"
            for name, column in self.table.columns.items()
            if row.values.get(name) not in {None, False}
        ]
        file = files.get(row.import_id, row.import_id)
        joined = ("，" if language == "zh" else ", ").join(values)
        return ROW_LINE.format(file=file, line=row.import_line, values=joined).say(language)

    def as_json(self, files: Mapping[str, str]) -> Iterator[dict[str, object]]:
        """Plain values, one a row."""
        for row in self.rows:
            file = files.get(row.import_id, row.import_id)
            yield {"table": self.table.name, "file": file, "line": row.import_line, **row.values}


def rows_behind(opened: OpenBook, names: Iterable[str], customer_id: str, as_of: dt.date) -> tuple[RowsBehind, ...]:
    """The rows that the measures among some columns read of a customer, table by table.

    Args:
        opened: the book.
        names: a column and all columns that it is made from.
        customer_id: the customer.
        as_of: the last day that counts.
    """
    read: dict[str, dict[tuple[str, Window | None], None]] = {}
    for name in names:
        maker = opened.catalogue.maker(name)
        if isinstance(maker, MeasureDefinition) and maker.table is not None:
            read.setdefault(_stored(opened, maker.table), {})[maker.table, maker.span] = None
    return tuple(
        RowsBehind(
            opened.catalogue.tables[table],
            _first([window for _, window in wanted], as_of),
            as_of,
            _rows(opened, opened.catalogue.tables[table], wanted, customer_id, as_of),
        )
        for table, wanted in sorted(read.items(), key=lambda each: -len(each[1]))
    )


def _stored(opened: OpenBook, name: str) -> str:
    table = opened.catalogue.tables[name]
    while table.derived_from is not None:
        table = opened.catalogue.tables[table.derived_from]
    return table.name


def _first(windows: list[Window | None], as_of: dt.date) -> dt.date | None:
    starts = [None if window is None else window.span(as_of)[0] for window in windows]
    known = [start for start in starts if start is not None]
    return min(known) if len(known) == len(starts) else None


def _rows(
    opened: OpenBook,
    table: TableDefinition,
    wanted: Iterable[tuple[str, Window | None]],
    customer_id: str,
    as_of: dt.date,
) -> tuple[SourceRow, ...]:
    """Each row once, by whatever measures it is read."""
    found: dict[tuple[str, int], SourceRow] = {}
    for name, window in wanted:
        for row in customer_rows(
            opened.engine, opened.snapshot, opened.catalogue.tables, name, customer_id, as_of, window
        ):
            found[row.import_id, row.import_line] = row
    time = table.time
    return tuple(
        row for _, row in sorted(found.items(), key=lambda each: (str(each[1].values.get(time or "")), each[0]))
    )

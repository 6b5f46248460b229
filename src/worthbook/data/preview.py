"""A file looked at without importing it: how it would be read, and what would become of its lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from worthbook.data.convert import add_macros
from worthbook.data.dates import DateOrder, date_orders
from worthbook.data.delta import MEMORY
from worthbook.data.judge import Judge, dates_as_text
from worthbook.data.judged import JUDGED
from worthbook.data.notes import Counts, Notes
from worthbook.data.opening import open_source
from worthbook.data.recognise import ranked, recognise
from worthbook.data.recognition import Recognition
from worthbook.data.source import LINES, Source
from worthbook.data.table_source import TableSource
from worthbook.data.text_source import TextSource
from worthbook.data.unfed import skip_unfed
from worthbook.data.zones import zone_notes
from worthbook.definitions.mapping import MappingDefinition, vocabulary
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.errors import Place
from worthbook.kernel.language import Text

SAMPLES = 3
"""So many values of each column are shown."""
_ENCODINGS = {"utf-8-sig": "UTF-8 (BOM)", "gb18030": "GB18030 (GBK)"}
_DELIMITERS = {
    ",": Text(en="comma", zh="逗号"),
    "\t": Text(en="tab", zh="制表符"),
    ";": Text(en="semicolon", zh="分号"),
    "|": Text(en="vertical bar", zh="竖线"),
}


@dataclass(frozen=True)
class Sample:
    """One value of the file, and what it is read as."""

    text: str
    value: str | None
    """None where it cannot be read."""


@dataclass(frozen=True)
class Preview:
    """What is to be said of a file before it is imported."""

    source: Source
    recognition: Recognition
    rivals: tuple[Recognition, ...]
    """Other mappings that fit, the best first."""
    counts: Counts
    left_out: tuple[Text, ...]
    zones: tuple[Text, ...]
    """On whose clocks times are written."""
    orders: Mapping[str, DateOrder]
    samples: Mapping[str, tuple[Sample, ...]]
    """Field → its first values."""
    unread: Mapping[str, tuple[str, ...]]
    """Header → the first values of a column that nothing reads."""

    @property
    def form(self) -> dict[str, Text | None]:
        """Encoding and delimiter of a text file."""
        if not isinstance(self.source, TextSource):
            return {"encoding": None, "delimiter": None}
        name = _ENCODINGS.get(self.source.encoding, self.source.encoding.upper())
        return {"encoding": Text(en=name, zh=name), "delimiter": _DELIMITERS[self.source.delimiter]}

    @property
    def sheet(self) -> str | None:
        """The sheet of a workbook that is read."""
        return self.source.sheet if isinstance(self.source, TableSource) else None

    @property
    def of_rows(self) -> tuple[Text, ...]:
        """What was noted when rows were read that are no text: other sheets, rows before the headers."""
        return self.source.notes if isinstance(self.source, TableSource) else ()

    @property
    def preamble(self) -> tuple[str, ...]:
        """The lines before the headers."""
        return self.source.preamble if isinstance(self.source, TextSource) else ()


@contextmanager
def opened(file: Path, mappings: Mapping[str, MappingDefinition], sheet: str | None = None) -> Iterator[Source]:
    """A file opened for as long as it is looked at."""
    with TemporaryDirectory(prefix="worthbook-") as folder:
        yield open_source(file, Path(folder), vocabulary(mappings.values()), sheet)


def preview(  # noqa: PLR0913, PLR0917 - a file, what is known of layouts, and how to read it
    source: Source,
    mappings: Mapping[str, MappingDefinition],
    tables: Mapping[str, TableDefinition],
    today: dt.date,
    name: str | None = None,
    zone: str = "",
) -> Preview:
    """Look at an open file under the mapping that fits best, or the one that was asked for.

    Args:
        source: the file.
        mappings: the known layouts by name.
        tables: the canonical tables by name.
        today: later days lie in the future.
        name: the mapping to read it by; None for the one that fits best.
        zone: on whose clocks times are read that say how far they are from UTC; empty reads them as written.

    Raises:
        WorthbookError: what `recognise` and the reading of dates raise.
    """
    recognition = recognise(source, mappings, name)
    rivals = [each for each in ranked(source, mappings.values()) if each.mapping.name != recognition.mapping.name]
    with (
        TemporaryDirectory(prefix="worthbook-") as spill,
        duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": spill}) as connection,
    ):
        add_macros(connection)
        refused = source.load(connection)
        orders = date_orders(connection, dates_as_text(recognition), Place(str(source.file)))
        day_first = {field: order.day_first for field, order in orders.items()}
        judge = Judge(source, recognition, tables, day_first, today, zone=zone)
        reasons = skip_unfed(connection, recognition, tables, judge.run(connection))
        notes = Notes(connection, source, recognition, reasons, refused)
        return Preview(
            source=source,
            recognition=recognition,
            rivals=tuple(rivals),
            counts=notes.counts,
            left_out=(*notes.left_out(), *notes.of_orders()),
            zones=tuple(zone_notes(connection, recognition, zone)),
            orders=orders,
            samples={field: tuple(_samples(connection, recognition, field)) for field in recognition.fields},
            unread=_unread(source, recognition),
        )


def _samples(connection: duckdb.DuckDBPyConnection, recognition: Recognition, field: str) -> Iterator[Sample]:
    """Its first different values, those of lines that are not headers."""
    column = recognition.fields[field].of_lines
    skipped = recognition.mapping.header_lines - 1
    rows = connection.execute(
        f'SELECT text, value FROM (SELECT CAST({column} AS VARCHAR) AS text, CAST({JUDGED}."{field}" AS VARCHAR) '
        f"AS value, line, row_number() OVER (ORDER BY line) AS row FROM {LINES} JOIN {JUDGED} USING (line)) "
        f"WHERE wb_clean(text) IS NOT NULL AND row > {skipped} GROUP BY text, value ORDER BY min(line) LIMIT {SAMPLES}"
    ).fetchall()
    is_number = recognition.mapping.fields[field].unit.is_numeric
    return (Sample(str(text), _plain(value) if is_number and value is not None else value) for text, value in rows)


def _plain(number: str) -> str:
    """A number as people write it.

    >>> _plain("20.0000"), _plain("0.2500"), _plain("1e+16")
    ('20', '0.25', '1e+16')
    """
    return number.rstrip("0").rstrip(".") if "." in number and "e" not in number else number


def _unread(source: Source, recognition: Recognition) -> dict[str, tuple[str, ...]]:
    sample = source.sample()
    return {
        header: tuple(dict.fromkeys(value for value in values if value))[:SAMPLES]
        for header, values in sample.items()
        if header not in recognition.read
    }

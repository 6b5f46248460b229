"""Lines that are no text: rows of a sheet, of JSON lines, of a query. They are copied as text, with their numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import duckdb

from worthbook.data.ledger import quoted
from worthbook.data.source import LINES, RAW, SAMPLE_LINES, Refused, SourceColumn, by_header, told_apart
from worthbook.kernel.language import Text

Row = tuple[int, Sequence[str | None]]
"""Its number in the file, and its values; later ones may be missing."""


class TableSource:
    """Rows that are read already; see `Source`."""

    def __init__(self, file: Path, copy: Path, notes: tuple[Text, ...] = ()) -> None:
        """Use `write` to fill it."""
        self.file = file
        self.notes = notes
        self.delimiter = ","
        self.sheet: str | None = None
        self.columns: tuple[SourceColumn, ...] = ()
        self.copy = copy
        self._sample: list[Sequence[str | None]] = []
        self._rows = 0
        self._refused: list[Refused] = []

    def write(self, rows: Iterable[Row], refused: Sequence[Refused] = ()) -> None:
        """Keep the rows; `refused` may grow while they are read."""
        with self.copy.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            for number, cells in rows:
                values = [None if cell is None else cell.replace("\0", "") for cell in cells]
                writer.writerow([number, *values])
                self._rows += 1
                if self._rows <= SAMPLE_LINES:
                    self._sample.append([value or None for value in values])
        self._refused = list(refused)

    def name_columns(self, headers: Sequence[str]) -> None:
        """Say what the columns are called."""
        self.columns = tuple(
            SourceColumn(name, f"c{index}", "VARCHAR") for index, name in enumerate(told_apart(headers))
        )

    @property
    def read(self) -> int:
        """Its rows, those among them that could not be divided into columns."""
        return self._rows + len(self._refused)

    def sample(self) -> Mapping[str, Sequence[str | None]]:
        """Header → the values of the first rows."""
        width = len(self.columns)
        return by_header(self.columns, [[*row[:width], *[None] * (width - len(row))] for row in self._sample])

    def load(self, connection: duckdb.DuckDBPyConnection) -> tuple[Refused, ...]:
        """Make the relation from the copy."""
        columns = ", ".join(["'line': 'BIGINT'", *(f"'{column.sql}': 'VARCHAR'" for column in self.columns)])
        connection.execute(
            f"CREATE TABLE {RAW} AS SELECT * FROM read_csv('{quoted(self.copy)}', columns = {{{columns}}}, "
            f"auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', new_line = '\\n', "
            f"nullstr = '', null_padding = true, strict_mode = true, max_line_size = {64 << 20}, parallel = false)"
        )
        connection.execute(f"CREATE VIEW {LINES} AS SELECT * FROM {RAW}")
        return tuple(self._refused)


def with_some_value(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows that are not blank from end to end."""
    return (row for row in rows if any(cell is not None and cell.strip() for cell in row[1]))

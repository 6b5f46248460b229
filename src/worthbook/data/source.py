"""A file to be imported, opened: its columns, how many lines of data it has, and its lines as a relation of DuckDB."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import duckdb
import numpy as np

from worthbook.data.decode import FILE_DAMAGED, decode
from worthbook.data.header import LOOKED_AT, delimiter_of, divided, header_line
from worthbook.data.ledger import quoted
from worthbook.data.scan import LONGEST_LINE, Layout, Scan, line_at, scan
from worthbook.kernel.errors import Fault, Place
from worthbook.kernel.language import Text

FILE_WITHOUT_ROWS = Fault(
    "file-without-rows",
    what=Text(en="{file} has a header and no line of data.", zh="{file} 只有标题行，没有数据行。"),
    hint=Text(en="Export it again with the lines.", zh="请重新导出包含数据的文件。"),
)

PREAMBLE = Text(
    en="Lines that stand before the headers: {lines}. The headers are in line {line}.",
    zh="标题行之前有 {lines} 行说明文字，标题行为第 {line} 行。",
)
SAMPLE_LINES = 2000
_LONGEST_PREAMBLE = 1 << 20

LINES = "source_lines"
"""The relation that `load` makes: `line` and the columns `c0`, `c1` …"""
RAW = "source_raw"


@dataclass(frozen=True)
class SourceColumn:
    """One column of a file."""

    header: str
    """As people know it; made different where the file repeats it."""
    sql: str
    """Its name in the relation."""
    type: str
    """What DuckDB holds it as; VARCHAR for every column of a text file."""
    parts: tuple[str, ...] = ()
    """The headers of the columns that it is put together from, if there are several."""

    def with_time(self, clock: SourceColumn) -> SourceColumn:
        """A column of days with the time of day from another."""
        day, time = (f"CAST({column.of_lines} AS VARCHAR)" for column in (self, clock))
        together = f"({day} || coalesce(' ' || {time}, ''))"
        return SourceColumn(f"{self.header} {clock.header}", together, "VARCHAR", (self.header, clock.header))

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers in the file of what it is read from."""
        return self.parts or (self.header,)

    @property
    def of_lines(self) -> str:
        """Its name where other relations are beside the file's."""
        return self.sql if self.sql.startswith("(") else f"{LINES}.{self.sql}"


@dataclass(frozen=True)
class Refused:
    """A line that the parser could not divide into columns."""

    line: int
    reason: str
    text: str


class Source(Protocol):
    """A file of lines."""

    file: Path
    columns: tuple[SourceColumn, ...]
    notes: tuple[Text, ...]
    delimiter: str
    """What stands between the values of a line; a comma where they are not divided by signs."""

    @property
    def read(self) -> int:
        """How many lines of data the file has; empty lines do not count, a value over several lines is one."""
        ...

    def sample(self) -> Mapping[str, Sequence[str | None]]:
        """Header → the values of the first lines, as text."""
        ...

    def load(self, connection: duckdb.DuckDBPyConnection) -> tuple[Refused, ...]:
        """Make the relation `source_lines`; the lines that could not be divided into columns."""
        ...


class ParquetSource:
    """A Parquet file."""

    def __init__(self, file: Path) -> None:
        """Read its schema and the number of its rows."""
        self.file = file
        self.notes: tuple[Text, ...] = ()
        self.delimiter = ","
        with duckdb.connect(config={"threads": 1}) as connection:
            try:
                described = connection.execute(f"DESCRIBE SELECT * FROM '{quoted(file)}'").fetchall()
                counted = connection.execute("SELECT num_rows FROM parquet_file_metadata(?)", [str(file)]).fetchall()
            except (duckdb.IOException, duckdb.InvalidInputException) as error:
                reason = str(error).splitlines()[0]
                raise FILE_DAMAGED(file=file.name, reason=reason) from None
        self.columns = tuple(SourceColumn(row[0], f"c{index}", row[1]) for index, row in enumerate(described))
        self._rows = int(counted[0][0])
        if not self._rows:
            raise FILE_WITHOUT_ROWS(file=file.name)

    @property
    def read(self) -> int:
        """Its rows."""
        return self._rows

    def sample(self) -> Mapping[str, Sequence[str | None]]:
        """Header → the values of the first rows, as text."""
        wanted = ", ".join(f"CAST({_name(column.header)} AS VARCHAR)" for column in self.columns)
        with duckdb.connect(config={"threads": 1}) as connection:
            query = f"SELECT {wanted} FROM '{quoted(self.file)}' LIMIT {SAMPLE_LINES}"
            rows = connection.execute(query).fetchall()
        return by_header(self.columns, rows)

    def load(self, connection: duckdb.DuckDBPyConnection) -> tuple[Refused, ...]:
        """A view over the file; nothing can go wrong with dividing its rows."""
        renamed = ", ".join(f"{_name(column.header)} AS {column.sql}" for column in self.columns)
        connection.execute(
            f"CREATE VIEW {LINES} AS SELECT file_row_number + 1 AS line, {renamed} "
            f"FROM read_parquet('{quoted(self.file)}', file_row_number = true)",
        )
        return ()


class TextSource:
    """A text file with one line of headers."""

    def __init__(self, file: Path, folder: Path, known: Collection[str] = ()) -> None:
        """Decode it, find its delimiter and headers, and count its lines."""
        self.file = file
        text = decode(file, folder / "text.csv")
        self._path = text.path
        self.encoding = text.encoding
        self.notes: tuple[Text, ...] = () if text.note is None else (text.note,)
        first_lines = _first_lines(self._path)
        at = header_line(first_lines, known)
        self.preamble = tuple(line.strip() for line in first_lines[:at] if line.strip())
        if self.preamble:
            self.notes = (*self.notes, PREAMBLE.format(lines=len(self.preamble), line=at + 1))
        header = first_lines[at].rstrip("\n") if first_lines else ""
        self.delimiter = delimiter_of(header)
        headers = told_apart(divided(header, self.delimiter))
        self.columns = tuple(SourceColumn(name, f"c{index}", "VARCHAR") for index, name in enumerate(headers))
        self._scan: Scan = scan(
            self._path, Layout(self.delimiter.encode(), len(headers), file, at + 1 if first_lines else 0)
        )
        if not self._scan.records:
            raise FILE_WITHOUT_ROWS(Place(str(file), self._scan.header), file=file.name)

    @property
    def read(self) -> int:
        """Its lines of data."""
        return self._scan.records

    def sample(self) -> Mapping[str, Sequence[str | None]]:
        """Header → the values of the first lines."""
        with self._path.open(encoding="utf-8-sig", newline="") as stream:
            lines = itertools.islice(stream, self._scan.header, self._scan.header + SAMPLE_LINES)
            rows = [row for row in csv.reader(lines, delimiter=self.delimiter) if len(row) == len(self.columns)]
        return by_header(self.columns, [[value or None for value in row] for row in rows])

    def load(self, connection: duckdb.DuckDBPyConnection) -> tuple[Refused, ...]:
        """Read the file with nothing left to guess; every line is in the relation or among those refused."""
        refused = self._parse(connection, parallel=True)
        if self._found(connection) + len(refused) != self.read:
            connection.execute(f"DROP TABLE {RAW}")
            refused = self._parse(connection, parallel=False)
        self._number(connection, [each.line for each in refused])
        return refused

    def _parse(self, connection: duckdb.DuckDBPyConnection, *, parallel: bool) -> tuple[Refused, ...]:
        connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
        columns = ", ".join(f"'{column.sql}': 'VARCHAR'" for column in self.columns)
        connection.execute(
            f"CREATE TABLE {RAW} AS SELECT * FROM read_csv('{quoted(self._path)}', columns = {{{columns}}}, "
            f"auto_detect = false, header = false, skip = {self._scan.header}, delim = '{self.delimiter}', "
            f"quote = '\"', escape = '\"', new_line = '\\n', nullstr = '', strict_mode = true, null_padding = false, "
            f"max_line_size = {LONGEST_LINE}, store_rejects = true, rejects_limit = 0, parallel = {parallel})",
        )
        errors = connection.execute(
            "SELECT line_byte_position, min_by(error_type, column_idx), any_value(csv_line) "
            "FROM reject_errors GROUP BY 1 ORDER BY 1",
        ).fetchall()
        lines = line_at(self._path, [int(row[0]) - 1 for row in errors])
        return tuple(Refused(line, str(row[1]), str(row[2])) for line, row in zip(lines, errors, strict=True))

    def _found(self, connection: duckdb.DuckDBPyConnection) -> int:
        return int(connection.execute(f"SELECT count(*) FROM {RAW}").fetchall()[0][0])

    def _number(self, connection: duckdb.DuckDBPyConnection, refused: Sequence[int]) -> None:
        """Give each row the number of the line where it begins: the row number, moved by the lines that gave no row."""
        gaps = self._scan.gaps(refused)
        first = self._scan.header + 1
        if not len(gaps):
            connection.execute(f"CREATE VIEW {LINES} AS SELECT rowid + {first} AS line, * FROM {RAW}")
            return
        connection.register("source_moves", {"from_row": gaps, "move": np.arange(1, len(gaps) + 1)})
        connection.execute(
            "CREATE TABLE source_gaps AS SELECT from_row, max(move) AS move FROM source_moves GROUP BY from_row",
        )
        connection.execute(
            f"CREATE VIEW {LINES} AS SELECT r.rowid + {first} + coalesce(g.move, 0) AS line, r.* FROM {RAW} r "
            "ASOF LEFT JOIN source_gaps g ON r.rowid >= g.from_row",
        )


def _name(header: str) -> str:
    return '"' + header.replace('"', '""') + '"'


def _first_lines(path: Path) -> list[str]:
    found: list[str] = []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        while line := stream.readline(_LONGEST_PREAMBLE):
            found.append(line)
            if len(found) == LOOKED_AT or sum(map(len, found)) > _LONGEST_PREAMBLE:
                break
    return found


def told_apart(headers: Sequence[str]) -> list[str]:
    """Headers without blanks around them; repeated and missing ones numbered.

    >>> told_apart(["a", " a ", "", "a"])
    ['a', 'a_2', 'column_3', 'a_3']
    """
    found: dict[str, None] = {}
    counts: dict[str, int] = {}
    for index, header in enumerate(headers, start=1):
        base = header.strip().strip("\ufeff") or f"column_{index}"
        name = base
        while name in found:
            counts[base] = counts.get(base, 1) + 1
            name = f"{base}_{counts[base]}"
        found[name] = None
    return list(found)


def by_header(columns: Sequence[SourceColumn], rows: Sequence[Sequence[str | None]]) -> dict[str, Sequence[str | None]]:
    """A sample of a file: for each header the values under it."""
    return {column.header: [row[index] for row in rows] for index, column in enumerate(columns)}

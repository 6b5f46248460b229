"""A text file to be imported: its lines are counted by us and divided by DuckDB, and both must agree."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np

from worthbook.data.decode import decode
from worthbook.data.header import LOOKED_AT, delimiter_of, divided, header_line
from worthbook.data.ledger import quoted
from worthbook.data.scan import LONGEST_LINE, Layout, Lines, Scan, cut_lines, line_at, scan
from worthbook.data.source import (
    FILE_WITHOUT_ROWS,
    LINES,
    RAW,
    SAMPLE_LINES,
    Refused,
    SourceColumn,
    by_header,
    told_apart,
)
from worthbook.kernel.errors import Place
from worthbook.kernel.language import Text

PREAMBLE = Text(
    en="Lines that stand before the headers: {lines}. The headers are in line {line}.",
    zh="标题行之前有 {lines} 行说明文字，标题行为第 {line} 行。",
)
_LONGEST_PREAMBLE = 1 << 20
_SHORT = 2 << 20
"""A reader takes a file in pieces of some of the longest lines that it is told of: told of short ones, it can work on
many pieces at once, and holds few of them."""


class TextSource:
    """A text file with one line of headers."""

    def __init__(self, file: Path, folder: Path, known: Collection[str] = ()) -> None:
        """Decode it, find its delimiter and headers, and count its lines."""
        self.file = file
        self._folder = folder
        text = decode(file, folder / "text.csv")
        self.path = text.path
        self.encoding = text.encoding
        self.notes: tuple[Text, ...] = () if text.note is None else (text.note,)
        first_lines = _first_lines(self.path)
        at = header_line(first_lines, known)
        self.preamble = tuple(line.strip() for line in first_lines[:at] if line.strip())
        if self.preamble:
            self.notes = (*self.notes, PREAMBLE.format(lines=len(self.preamble), line=at + 1))
        header = first_lines[at].rstrip("\n") if first_lines else ""
        self.delimiter = delimiter_of(header)
        headers = told_apart(divided(header, self.delimiter))
        self.columns = tuple(SourceColumn(name, f"c{index}", "VARCHAR") for index, name in enumerate(headers))
        self._scan: Scan = scan(
            self.path, Layout(self.delimiter.encode(), len(headers), file, at + 1 if first_lines else 0)
        )
        if not self._scan.records:
            raise FILE_WITHOUT_ROWS(Place(str(file), self._scan.header), file=file.name)

    @property
    def read(self) -> int:
        """Its lines of data."""
        return self._scan.records

    def sample(self) -> Mapping[str, Sequence[str | None]]:
        """Header → the values of the first lines."""
        with self.path.open(encoding="utf-8-sig", newline="") as stream:
            lines = itertools.islice(stream, self._scan.header, self._scan.header + SAMPLE_LINES)
            rows = [row for row in csv.reader(lines, delimiter=self.delimiter) if len(row) == len(self.columns)]
        return by_header(self.columns, [[value or None for value in row] for row in rows])

    def load(self, connection: duckdb.DuckDBPyConnection) -> tuple[Refused, ...]:
        """Read the file with nothing left to guess; every line is in the relation or among those refused."""
        refused = self._parse(connection, self.path, self._scan.header, parallel=self._scan.divisible)
        if _found(connection) + len(refused) != self.read:
            refused = self._parse(connection, self.path, self._scan.header, parallel=False)
        _number(connection, self._scan, [each.line for each in refused])
        connection.execute(f"CREATE VIEW {LINES} AS FROM source_numbered")
        return refused

    def load_lines(self, connection: duckdb.DuckDBPyConnection, lines: Lines) -> tuple[Refused, ...]:
        """The same for some lines, named by the numbers under which they begin, in rising order."""
        piece = self._folder / "lines.csv"
        cut = cut_lines(self.path, self._scan, lines, piece)
        refused = self._parse(connection, piece, 0, parallel=False)
        inside = np.flatnonzero(np.isin(cut, self._scan.continued)) + 1
        scanned = Scan(lines=len(cut), header=0, blank=np.empty(0, np.int64), continued=inside)
        _number(connection, scanned, [each.line for each in refused])
        connection.register("source_cut", {"cut": np.arange(1, len(cut) + 1), "origin": cut})
        connection.execute(
            f"CREATE OR REPLACE TABLE source_origins AS FROM source_cut; "
            f"CREATE OR REPLACE VIEW {LINES} AS SELECT o.origin AS line, n.* EXCLUDE (line) "
            f"FROM source_numbered AS n JOIN source_origins AS o ON o.cut = n.line"
        )
        return tuple(replace(each, line=int(cut[each.line - 1])) for each in refused)

    def relation(self, path: Path, skip: int, *, parallel: bool) -> str:
        """The lines of a file divided into columns of text, as a table function of DuckDB."""
        columns = ", ".join(f"'{column.sql}': 'VARCHAR'" for column in self.columns)
        longest = _SHORT if self._scan.longest <= _SHORT else LONGEST_LINE
        return (
            f"read_csv('{quoted(path)}', columns = {{{columns}}}, auto_detect = false, header = false, skip = {skip}, "
            f"delim = '{self.delimiter}', quote = '\"', escape = '\"', new_line = '\\n', nullstr = '', "
            f"strict_mode = true, null_padding = false, max_line_size = {longest}, store_rejects = true, "
            f"rejects_limit = 0, parallel = {parallel})"
        )

    @property
    def every(self) -> str:
        """All lines of data as they come, without numbers: what `refused_lines` and `gaps` explain."""
        return self.relation(self.path, self._scan.header, parallel=self._scan.divisible)

    def refused_lines(self, connection: duckdb.DuckDBPyConnection) -> Lines:
        """The numbers of the lines that `every` could not divide when it was read last."""
        query = "SELECT DISTINCT line_byte_position FROM reject_errors ORDER BY 1"
        positions = [int(row[0]) - 1 for row in connection.execute(query).fetchall()]
        return np.asarray(line_at(self.path, positions), dtype=np.int64)

    def gaps(self, refused: Lines) -> Lines:
        """Before which row of `every`, counted from 0, each line lies that gave none."""
        return self._scan.gaps(refused.tolist())

    @property
    def blanks(self) -> str:
        """The signs for blanks, other than the space, that occur in it."""
        return self._scan.blanks

    @property
    def first(self) -> int:
        """The number of the first line of data."""
        return self._scan.header + 1

    def _parse(
        self, connection: duckdb.DuckDBPyConnection, path: Path, skip: int, *, parallel: bool
    ) -> tuple[Refused, ...]:
        forget_refused(connection)
        connection.execute(f"CREATE OR REPLACE TABLE {RAW} AS FROM {self.relation(path, skip, parallel=parallel)}")
        errors = connection.execute(
            "SELECT line_byte_position, min_by(error_type, column_idx), any_value(csv_line) "
            "FROM reject_errors GROUP BY 1 ORDER BY 1",
        ).fetchall()
        lines = line_at(path, [int(row[0]) - 1 for row in errors])
        return tuple(Refused(line, str(row[1]), str(row[2])) for line, row in zip(lines, errors, strict=True))


def forget_refused(connection: duckdb.DuckDBPyConnection) -> None:
    """DuckDB adds to its tables of refused lines with every file that is read."""
    connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")


def _found(connection: duckdb.DuckDBPyConnection) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {RAW}").fetchall()[0][0])


def _number(connection: duckdb.DuckDBPyConnection, scanned: Scan, refused: Sequence[int]) -> None:
    """Give each row the number of the line where it begins: the row number, moved by the lines that gave no row."""
    gaps = scanned.gaps(refused)
    first = scanned.header + 1
    if not len(gaps):
        connection.execute(f"CREATE OR REPLACE VIEW source_numbered AS SELECT rowid + {first} AS line, * FROM {RAW}")
        return
    connection.register("source_moves", {"from_row": gaps, "move": np.arange(1, len(gaps) + 1)})
    connection.execute(
        "CREATE OR REPLACE TABLE source_gaps AS SELECT from_row, max(move) AS move FROM source_moves GROUP BY from_row",
    )
    connection.execute(
        f"CREATE OR REPLACE VIEW source_numbered AS SELECT r.rowid + {first} + coalesce(g.move, 0) AS line, r.* "
        f"FROM {RAW} r ASOF LEFT JOIN source_gaps g ON r.rowid >= g.from_row",
    )


def _first_lines(path: Path) -> list[str]:
    found: list[str] = []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        while line := stream.readline(_LONGEST_PREAMBLE):
            found.append(line)
            if len(found) == LOOKED_AT or sum(map(len, found)) > _LONGEST_PREAMBLE:
                break
    return found

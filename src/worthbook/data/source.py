"""A file to be imported, opened: its columns, how many lines of data it has, and its lines as a relation of DuckDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import duckdb

from worthbook.data.decode import FILE_DAMAGED
from worthbook.data.ledger import quoted
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text

FILE_WITHOUT_ROWS = Fault(
    "file-without-rows",
    what=Text(en="{file} has a header and no line of data.", zh="{file} 只有标题行，没有数据行。"),
    hint=Text(en="Export it again with the lines.", zh="请重新导出包含数据的文件。"),
)

SAMPLE_LINES = 2000

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
    zone: str = ""
    """The zone on whose clocks its times are written: its IANA name in quotes, or SQL over the relation; empty where
    nothing says."""
    zone_by: str = ""
    """The name in the relation of the column that names the zone of each line, if there is one."""

    def with_time(self, clock: SourceColumn) -> SourceColumn:
        """A column of days with the time of day from another."""
        day, time = (f"CAST({column.of_lines} AS VARCHAR)" for column in (self, clock))
        together = f"({day} || coalesce(' ' || {time}, ''))"
        return SourceColumn(f"{self.header} {clock.header}", together, "VARCHAR", (self.header, clock.header))

    def on_clocks(self, zone: str, named: SourceColumn | None = None) -> SourceColumn:
        """The same column on the clocks of a zone, or of the zone that another column names line by line."""
        if named is None:
            return replace(self, zone=zone)
        return replace(self, zone=zone, zone_by=named.sql, parts=(*self.headers, *named.headers))

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


def _name(header: str) -> str:
    return '"' + header.replace('"', '""') + '"'


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


def content_sql(columns: Sequence[SourceColumn]) -> str:
    """What a line holds, and its place among those that hold the same, in SQL over the lines of a file."""
    names = ", ".join(column.sql for column in columns)
    texts = ", ".join(f"coalesce(CAST({column.sql} AS VARCHAR), '')" for column in columns)
    place = f"row_number() OVER (PARTITION BY {names} ORDER BY line)"
    return f"md5(concat_ws(chr(31), {texts}))[:16] || '-' || {place}"


def by_header(columns: Sequence[SourceColumn], rows: Sequence[Sequence[str | None]]) -> dict[str, Sequence[str | None]]:
    """A sample of a file: for each header the values under it."""
    return {column.header: [row[index] for row in rows] for index, column in enumerate(columns)}

"""What the rows of an import do to the rows that are there: which are new, which changed, and which stay the same.

A table with a key is read by its last known values, so nothing has to be done about earlier rows. In a table of lines
an arriving line supersedes the one that is there under the same `line_key` and in the same place among the lines alike
in it, if customer or day agree: two shops may number their orders alike, but hardly sell the same to the same people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from worthbook.data.completion import COMPLETED
from worthbook.data.delta import PARQUET, SQL_TYPES, DataFile
from worthbook.data.dialect import render
from worthbook.data.engine import TableFiles
from worthbook.data.feeds import IMPORT_COLUMNS, default_sql, stored_columns
from worthbook.data.history import Change
from worthbook.data.ledger import quoted
from worthbook.data.superseded import COLUMNS, counting, listed
from worthbook.definitions.table import TableDefinition

_ENTRIES = "superseding"
_THERE = "rows there"
_ARRIVING = "rows arriving"
_KEYS = '"keys ahead"'
MOST_AHEAD = 1_000_000
"""With more keys there is more to write than to look for, and no memory for both at once."""


@dataclass(frozen=True)
class Overlap:
    """How many of the arriving rows were there already, and what becomes of those."""

    changed: int = 0
    same: int = 0
    replaced: int = 0
    """Lines that no longer count."""
    kept: int = 0
    """Lines of arriving orders that did not arrive again; they still count."""
    moved: int = 0
    """Rows with a key under which there are rows of another customer, or of none."""

    repeated: int = 0
    """Lines without a number of their own that an earlier import brought too, alike in every value; all count."""
    repeats: str = ""
    """The import that brought most of them."""
    told_apart: int = 0
    """Where nothing came again: lines there of the same orders, customers and days, but other products or stores."""
    told_by: str = ""
    """The import that brought most of them."""

    def of(self, change: Change) -> Change:
        """What an import did to a table, with how much of it was there already."""
        return replace(change, changed=self.changed, same=self.same, replaced=self.replaced, moved=self.moved)


@dataclass(frozen=True)
class Ahead:
    """Rows there that some lines may bring again, looked for while those are still being written."""

    there: TableFiles
    rows: str
    """The table that holds them, as `there` holds those of the rows that arrive."""


@dataclass(frozen=True)
class Upsert:
    """Compares what one import brings with what is there, table by table."""

    connection: duckdb.DuckDBPyConnection
    import_id: str
    completing: bool
    """Whether the lines say themselves which lines they stand for, in the table `completed`."""
    superseded: Sequence[str]
    """The files that say which lines are superseded already."""

    def begin(self) -> None:
        """Forget what was found before."""
        columns = ", ".join(f'"{name}" {SQL_TYPES[storage]}' for name, storage in COLUMNS.items())
        self.connection.execute(f"CREATE OR REPLACE TABLE {_ENTRIES} ({columns})")

    def look_ahead(self, table: TableDefinition, there: TableFiles, arriving: str) -> Ahead | None:
        """Look for the rows there that may be brought again; None where that is better left until the rows are written.

        Args:
            table: of lines.
            there: its files.
            arriving: a query for what the lines hold in the first column of the key.
        """
        self.connection.execute(f"CREATE OR REPLACE TABLE {_KEYS} AS SELECT DISTINCT * FROM ({arriving}) AS k(key)")
        ((keys,),) = self.connection.execute(f"SELECT count(*) FROM {_KEYS}").fetchall()
        if keys > MOST_AHEAD:
            return None
        self._view(_THERE, rows_there(self.connection, table, there))
        rows = f'"{table.name} ahead"'
        alike = f'"{table.line_key[0]}" IN (SELECT key FROM {_KEYS})'
        self.connection.execute(f"CREATE OR REPLACE TABLE {rows} AS {self._placed(table, _THERE, alike)}")
        return Ahead(there, rows)

    def compare(
        self,
        table: TableDefinition,
        there: TableFiles | None,
        arriving: Sequence[DataFile],
        ahead: Ahead | None = None,
    ) -> Overlap:
        """How the arriving rows of a table overlap with those that are there."""
        if there is None or not there.files or not arriving or not (table.key or table.line_key):
            return Overlap()
        self._see(table, there, arriving)
        if table.key:
            return self._by_key(table)
        if self.completing:
            self._complete(table)
            return self._by_line(table)
        own = self._match(table, ahead if ahead is not None and ahead.there == there else None)
        return self._repeating(table, own, self._by_line(table))

    def write(self, path: Path) -> tuple[DataFile, ...]:
        """Write which lines are superseded to a file; none where there are none."""
        query = f"SELECT {', '.join(COLUMNS)} FROM {_ENTRIES} ORDER BY old_line"
        ((rows,),) = self.connection.execute(f"COPY ({query}) TO '{quoted(path)}' ({PARQUET})").fetchall()
        if rows:
            return (DataFile(path, rows, None),)
        path.unlink(missing_ok=True)
        return ()

    def _see(self, table: TableDefinition, there: TableFiles, arriving: Sequence[DataFile]) -> None:
        """Views of both sides with the same columns."""
        self._view(_THERE, rows_there(self.connection, table, there))
        source = _read([str(file.path) for file in arriving])
        self._view(_ARRIVING, f"SELECT {_columns(self.connection, table, source)} FROM {source}")

    def _view(self, name: str, query: str) -> None:
        self.connection.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS {query}')

    # --- tables with a key ---

    def _by_key(self, table: TableDefinition) -> Overlap:
        keys = ", ".join(f'"{key}"' for key in table.key)
        others = [name for name in stored_columns(table) if name not in {*table.key, *IMPORT_COLUMNS}]
        last = "".join(
            f', max_by("{name}", import_id) FILTER (WHERE "{name}" IS NOT NULL) AS "{name}"' for name in others
        )
        of_whom = "''" if table.customer is None else f"coalesce(\"{table.customer}\", '')"
        alike = [f'(a."{name}" IS NULL OR a."{name}" IS NOT DISTINCT FROM t."{name}")' for name in others]
        ((found, same, moved),) = self.connection.execute(
            f"SELECT count(*), count(*) FILTER (WHERE {' AND '.join(['TRUE', *alike])}), "
            f"count(*) FILTER (WHERE a.whose <> t.first_of OR a.whose <> t.last_of) "
            f'FROM (SELECT *, {of_whom} AS whose FROM "{_ARRIVING}") AS a JOIN ('
            f"SELECT {keys}{last}, min({of_whom}) AS first_of, max({of_whom}) AS last_of "
            f'FROM "{_THERE}" AS t SEMI JOIN "{_ARRIVING}" AS b USING ({keys}) GROUP BY {keys}) AS t USING ({keys})'
        ).fetchall()
        return Overlap(changed=found - same, same=same, moved=moved)

    # --- tables of lines ---

    def _match(self, table: TableDefinition, ahead: Ahead | None) -> str:
        """Lines of the same key and place; the condition that a line has a key of its own."""
        first = f'"{table.line_key[0]}"'
        default = table.columns[table.line_key[0]].default
        own = f"{first} IS NOT NULL"
        if default is not None:
            own += f" AND {first} <> {default_sql(table, table.line_key[0])}"
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE arriving AS {self._placed(table, _ARRIVING, own)}")
        alike = f"{first} IN (SELECT {first} FROM arriving)"
        found = self._placed(table, _THERE, alike) if ahead is None else f"FROM {ahead.rows} WHERE {alike}"
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE there AS {found}")
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE matched AS SELECT a.import_line, t.import_id AS old_import, "
            f"t.import_line AS old_line, a.content = t.content AS same FROM arriving AS a JOIN there AS t "
            f"ON {' AND '.join(_agree(table))}"
        )
        return own

    def _repeating(self, table: TableDefinition, own: str, found: Overlap) -> Overlap:
        """With what lines without a key of their own repeat."""
        values = ", ".join(f'"{name}"' for name in stored_columns(table) if name not in IMPORT_COLUMNS)
        mine = f'SELECT hash({values}) AS content FROM "{_ARRIVING}" WHERE NOT ({own})'
        if not self.connection.execute(f"{mine} LIMIT 1").fetchall():
            return found
        theirs = f'SELECT DISTINCT import_id, hash({values}) AS content FROM "{_THERE}" WHERE NOT ({own})'
        shared = self.connection.execute(
            f"SELECT import_id, count(*) FROM ({mine}) JOIN ({theirs}) USING (content) GROUP BY 1 "
            f"ORDER BY 2 DESC, 1 LIMIT 1"
        ).fetchall()
        return replace(found, repeats=shared[0][0], repeated=shared[0][1]) if shared else found

    def _complete(self, table: TableDefinition) -> None:
        """Lines that the arriving ones say they stand for."""
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE arriving AS {self._placed(table, _ARRIVING, 'TRUE')}")
        named = f"(import_id, import_line) IN (SELECT (old_import, old_line) FROM {COMPLETED})"
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE there AS {self._placed(table, _THERE, named)}")
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE matched AS SELECT a.import_line, c.old_import, c.old_line, "
            f"bool_or(a.content = t.content) AS same FROM arriving AS a JOIN {COMPLETED} AS c USING (import_line) "
            f"JOIN there AS t ON t.import_id = c.old_import AND t.import_line = c.old_line GROUP BY ALL"
        )

    def _by_line(self, table: TableDefinition) -> Overlap:
        """What the matched lines come to."""
        replaced = self._enter(table.name)
        ((found, same, there),) = self.connection.execute(
            "SELECT count(*), count(*) FILTER (WHERE same), (SELECT count(*) FROM there) FROM matched"
        ).fetchall()
        overlap = Overlap(found - same, same, replaced, there - found)
        return overlap if found or not there or table.customer is None else self._told_apart(table, overlap)

    def _told_apart(self, table: TableDefinition, found: Overlap) -> Overlap:
        """With the lines there that seem to tell of the same sales in other words, as items and totals of a till do."""
        agreeing = (table.line_key[0], table.customer, table.time)
        named = ", ".join(f'"{name}"' for name in agreeing if name is not None)
        told = self.connection.execute(
            f"SELECT import_id, count(*) FROM there SEMI JOIN arriving USING ({named}) GROUP BY 1 "
            "ORDER BY 2 DESC, 1 LIMIT 1"
        ).fetchall()
        return replace(found, told_by=told[0][0], told_apart=told[0][1]) if told else found

    def _placed(self, table: TableDefinition, rows: str, where: str) -> str:
        """Key, place among the lines that are alike in it, what must agree, and a hash of all values."""
        keys = ", ".join(f'"{key}"' for key in table.line_key)
        values = ", ".join(f'"{name}"' for name in stored_columns(table) if name not in IMPORT_COLUMNS)
        agreeing = "".join(f', "{name}"' for name in (table.customer, table.time) if name is not None)
        return (
            f"SELECT {keys}{agreeing}, import_id, import_line, hash({values}) AS content, "
            f"row_number() OVER (PARTITION BY {keys} ORDER BY import_id, import_line) AS place "
            f'FROM "{rows}" WHERE {where}'
        )

    def _enter(self, name: str) -> int:
        """Enter the matched lines, and those that they had superseded themselves; how many lines."""
        self.connection.execute(
            f"INSERT INTO {_ENTRIES} SELECT DISTINCT '{self.import_id}', import_line, '{name}', old_import, old_line "
            f"FROM matched"
        )
        if self.superseded:
            self.connection.execute(
                f"INSERT INTO {_ENTRIES} "
                f"SELECT DISTINCT e.import_id, e.import_line, '{name}', s.old_import, s.old_line "
                f"FROM {_ENTRIES} AS e JOIN {_read(self.superseded)} AS s "
                f"ON s.in_table = e.in_table AND s.import_id = e.old_import AND s.import_line = e.old_line "
                f"WHERE e.in_table = '{name}'"
            )
        ((lines,),) = self.connection.execute(f"SELECT count(*) FROM {_ENTRIES} WHERE in_table = '{name}'").fetchall()
        return int(lines)


def rows_there(connection: duckdb.DuckDBPyConnection, table: TableDefinition, there: TableFiles) -> str:
    """A query for the rows of a table that count."""
    source = _read(there.files)
    if there.superseded:
        connection.execute(
            f'CREATE OR REPLACE TEMP VIEW "{listed(table.name)}" AS SELECT * FROM {_read(there.superseded)}'
        )
    conditions = " AND ".join(["TRUE", *(render(each, "duckdb") for each in counting(there))])
    return f'SELECT {_columns(connection, table, source)} FROM {source} AS "{table.name}" WHERE {conditions}'


def _columns(connection: duckdb.DuckDBPyConnection, table: TableDefinition, source: str) -> str:
    """All columns of a table, in SQL over files of it; those that the files do not have are unknown."""
    known = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    return ", ".join(
        f'"{name}"' if name in known else f'CAST(NULL AS {SQL_TYPES[storage]}) AS "{name}"'
        for name, storage in stored_columns(table).items()
    )


def _agree(table: TableDefinition) -> Iterator[str]:
    first, *others = table.line_key
    yield f'a."{first}" = t."{first}"'
    yield from (f'a."{key}" IS NOT DISTINCT FROM t."{key}"' for key in others)
    yield "a.place = t.place"
    either = [f'a."{name}" = t."{name}"' for name in (table.customer, table.time) if name is not None]
    if either:
        yield f"({' OR '.join(either)})"


def _read(paths: Sequence[str]) -> str:
    listed_paths = ", ".join(f"'{quoted(Path(path))}'" for path in paths)
    return f"read_parquet([{listed_paths}], union_by_name = true, hive_partitioning = false)"

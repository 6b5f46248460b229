"""The rows that the accepted lines of a file give to each table, written as sorted Parquet files bucket by bucket."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from sqlglot import exp

from worthbook.data.anonymous import nobody_sql, somebody_sql
from worthbook.data.bucket import bucket_sql, kept_bucket
from worthbook.data.compile import Scope, compile_value
from worthbook.data.delta import BUCKET, PARQUET, SQL_TYPES, DataFile, StoredTable
from worthbook.data.dialect import render
from worthbook.data.fields import Fields, fields_of_feed
from worthbook.data.formula import parse
from worthbook.data.judge import customer_of
from worthbook.data.judged import JUDGED
from worthbook.data.ledger import quoted
from worthbook.data.recognition import Recognition
from worthbook.data.typed import Kind, cast
from worthbook.data.verdict import ACCEPTED
from worthbook.definitions.mapping import HEADER, LABEL, Feed
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.units import Storage, Unit

RATE = "exchange rate"
"""The column of the judged lines that says by what their amounts are multiplied."""
IMPORT_COLUMNS: Mapping[str, Storage] = {"import_id": "text", "import_line": "integer"}
_NOBODY = "nobody"
"""The table of the ids that mean nobody in particular."""


def stored_columns(table: TableDefinition) -> dict[str, Storage]:
    """The columns of a table that are in its files."""
    own = {
        name: column.unit.storage
        for name, column in table.columns.items()
        if column.lookup is None and column.formula is None
    }
    return {**own, **IMPORT_COLUMNS}


@dataclass(frozen=True)
class Rows:
    """The rows for one table, as a relation of DuckDB."""

    table: TableDefinition
    feeds: Sequence[Feed]
    recognition: Recognition
    timeless: frozenset[str]
    """Fields that hold days without a time of day."""
    import_id: str
    tables: Mapping[str, TableDefinition]
    rated: bool = False
    """Whether the lines have an exchange rate each, by which amounts are multiplied."""
    of_nobody: str | None = None
    """The feeds' column of customers, where only rows of nobody in particular are wanted."""
    beside_nobody: bool = False
    """Whether some lines are about nobody in particular; `find_nobody` found out, and listed their ids."""

    def find_nobody(self, connection: duckdb.DuckDBPyConnection) -> bool:
        """List the ids among the lines that mean nobody in particular; whether there are any.

        Each id is looked at once, not once a line: the patterns that tell are a tenth of what an import takes. Those
        that are somebody at first sight are not even gathered.
        """
        customers = [
            f"SELECT {self._whose(feed, feed.columns[self.table.customer or ''])} AS id "
            f"FROM {self._lines(feed)} WHERE verdict = {ACCEPTED}"
            for feed in self.feeds
            if self.table.customer in feed.columns
        ]
        if not customers:
            return False
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {_NOBODY} AS "
            f"WITH ids AS MATERIALIZED (SELECT DISTINCT id FROM ({' UNION ALL '.join(dict.fromkeys(customers))}) "
            f"WHERE ({somebody_sql('id', self.tables)}) IS NOT TRUE) "
            f"SELECT id FROM ids WHERE {nobody_sql('id', self.tables)}"
        )
        ((found,),) = connection.execute(f"SELECT count(*) FROM {_NOBODY}").fetchall()
        return bool(found)

    def write(self, connection: duckdb.DuckDBPyConnection, target: StoredTable, buckets: int) -> tuple[DataFile, ...]:
        """Write the rows, sorted by customer within each bucket; a table without customers has no buckets."""
        customer = self.table.customer
        given = ", ".join(f'"{name}"' for name in self._given())
        names = ", ".join(self._after_sorting())
        order = ", ".join(f'"{name}"' for name in self._order())
        if customer is None:
            query = f"SELECT {names} FROM (SELECT {given} FROM ({self._query()}) ORDER BY {order})"
            return tuple(_copy(connection, query, target.place(self.import_id, None), None))
        files: list[DataFile] = []
        for number, relation in enumerate(self._by_bucket(connection, buckets)):
            query = f"SELECT {names} FROM (SELECT {given} FROM {relation} ORDER BY {order})"
            files.extend(_copy(connection, query, target.place(self.import_id, number), number))
        return tuple(files)

    @property
    def first_of_key(self) -> str:
        """A query for what the first column of the key holds in all rows, also in those of nobody."""
        return f'SELECT "{self.table.line_key[0]}" FROM ({self._query()})'

    def _by_bucket(self, connection: duckdb.DuckDBPyConnection, buckets: int) -> Iterator[str]:
        """The rows of each bucket, as a relation."""
        if buckets == 1:
            yield f"({self._query()})"
        elif self.table.key:
            relation = f'"rows of {self.table.name}"'
            where = bucket_sql(f'"{self.table.customer}"', buckets)
            connection.execute(
                f"CREATE OR REPLACE TABLE {relation} AS SELECT *, {where} AS {BUCKET} FROM ({self._query()})"
            )
            yield from (f"{relation} WHERE {BUCKET} = {number}" for number in range(buckets))
        else:
            judged = {row[0] for row in connection.execute(f"DESCRIBE {JUDGED}").fetchall()}
            for number in range(buckets):
                yield f"({self._query(functools.partial(self._is_in, number, buckets, judged))})"

    def _is_in(self, bucket: int, buckets: int, judged: Collection[str], feed: Feed) -> str:
        """The condition that a line gives a row to a bucket; the judged lines may keep theirs."""
        customer = self._column(feed, self.table.customer or "", "text")
        kept = kept_bucket(buckets)
        if kept in judged and customer == f"CAST({customer_of(self.recognition, self.tables)} AS VARCHAR)":
            return f'"{kept}" = {bucket}'
        return f"{bucket_sql(customer, buckets)} = {bucket}"

    def _given(self) -> list[str]:
        """The columns that differ from row to row; a tenth of an import is saved by sorting no others."""
        own = {
            name
            for name, column in self.table.columns.items()
            if column.default is not None or any(self._is_fed(feed, name, column.unit.storage) for feed in self.feeds)
        }
        return [name for name in stored_columns(self.table) if name in own | set(self._order())]

    def _after_sorting(self) -> Iterator[str]:
        """The columns of the files; one that a file does not have is unknown in all its rows."""
        yield from (f'"{name}"' for name in self._given())
        import_id = literal(self.import_id)
        yield f'CAST({import_id} AS ENUM({import_id})) AS "import_id"'  # written as text, but looked at once

    def _order(self) -> Iterator[str]:
        if self.table.customer is not None:
            yield self.table.customer
        yield from (key for key in self.table.key if key != self.table.customer)
        if self.table.time is not None:
            yield self.table.time
        yield "import_line"

    def _query(self, which: Callable[[Feed], str] | None = None) -> str:
        """The rows, or those of lines under a condition that may differ from feed to feed."""
        rows = " UNION ALL ".join(self._fed(feed, [] if which is None else [which(feed)]) for feed in self.feeds)
        if self.table.key:
            rows = self._one_a_key(rows)
        return f"SELECT * REPLACE ({', '.join(self._defaults())}) FROM ({rows})" if any(self._defaults()) else rows

    def _fed(self, feed: Feed, which: Sequence[str]) -> str:
        columns = ", ".join(
            f'{self._column(feed, name, storage)} AS "{name}"'
            for name, storage in stored_columns(self.table).items()
            if name not in IMPORT_COLUMNS
        )
        conditions = [f"verdict = {ACCEPTED}", *which, *self.gives(feed), *self._of_whom(feed)]
        return (
            f"SELECT {columns}, '{self.import_id}' AS import_id, line AS import_line "
            f"FROM {self._lines(feed)} WHERE {' AND '.join(conditions)}"
        )

    def _lines(self, feed: Feed) -> str:
        return JUDGED if feed.each is None else f"({each_column(self.recognition, feed.each)})"

    def gives(self, feed: Feed) -> Iterator[str]:
        """The conditions, in SQL, under which an accepted line gives a row; where there are none, each does."""
        if feed.when is not None:
            yield f"({self._fields(feed).condition(feed.when)})"
        yield from (f"({self._key(feed, key)}) IS NOT NULL" for key in self.table.key)
        formula = feed.columns.get(self.table.customer or "")
        if self.table.anonymous is None and self.table.key == (self.table.customer,) and formula is not None:
            yield f"NOT {nobody_sql(self._fields(feed).value(formula), self.tables)}"

    def _of_whom(self, feed: Feed) -> Iterator[str]:
        """Rows of nobody go to a table of their own."""
        formula = feed.columns.get(self.of_nobody or self.table.customer or "")
        if formula is None:
            yield "FALSE" if self.of_nobody is not None else "TRUE"
        elif self.of_nobody is not None or self.beside_nobody:
            whose = self._whose(feed, formula)
            of_nobody = f"({whose} IS NULL OR {whose} IN (SELECT id FROM {_NOBODY} WHERE id IS NOT NULL))"
            yield of_nobody if self.of_nobody is not None else f"NOT {of_nobody}"

    def _whose(self, feed: Feed, formula: str) -> str:
        return f"CAST({self._fields(feed).value(formula)} AS VARCHAR)"

    def _fields(self, feed: Feed) -> Fields:
        return fields_of_feed(self.recognition, feed)

    def _key(self, feed: Feed, name: str) -> str:
        """A part of the key: what the feed says, or the column's default, which reads no other columns."""
        default = self.table.columns[name].default
        given = [feed.columns[name]] if name in feed.columns else []
        values = [self._fields(feed).value(each) for each in (*given, *([] if default is None else [default]))]
        return f"coalesce({', '.join(values)})"

    def _column(self, feed: Feed, name: str, storage: Storage) -> str:
        if name in self.table.key:
            return f"CAST({self._key(feed, name)} AS {SQL_TYPES[storage]})"
        if not self._is_fed(feed, name, storage):
            return _unknown(storage)
        formula, fields = feed.columns[name], self._fields(feed)
        kind, value = fields.kind(formula), fields.value(formula)
        if storage == "money" and self.rated:
            value, kind = f'CAST({value} AS DOUBLE) * "{RATE}"', "number"
        if storage == "money" and kind == "number":
            value = f"round({value}, 4)"  # as DOUBLE, so that 0.1 + 0.2 does not become 0.30000000000000004
        return f"CAST({value} AS {SQL_TYPES[storage]})"

    def _is_fed(self, feed: Feed, name: str, storage: Storage) -> bool:
        """Whether any line may say something of a column."""
        formula, fields = feed.columns.get(name), self._fields(feed)
        if formula is None or formula in fields.missing:
            return False
        optional_time = storage == "time" and not self.table.columns[name].required
        return not (optional_time and parse(formula).columns <= self._days(feed) | fields.missing)

    def _days(self, feed: Feed) -> frozenset[str]:
        """Fields without a time of day whose day a column of dates keeps, so that a column of times adds nothing."""
        dated = {name for name, column in self.table.columns.items() if column.unit.storage == "date"}
        kept = (parse(formula).columns for name, formula in feed.columns.items() if name in dated)
        return self.timeless.intersection(*[frozenset().union(*kept)])

    def _one_a_key(self, rows: str) -> str:
        """The last known value of each column, as the file goes on."""
        keys = ", ".join(f'"{key}"' for key in self.table.key)
        others = [name for name in stored_columns(self.table) if name not in {*self.table.key, *IMPORT_COLUMNS}]
        last = "".join(
            f', max_by("{name}", import_line) FILTER (WHERE "{name}" IS NOT NULL) AS "{name}"' for name in others
        )
        return (
            f"SELECT {keys}{last}, any_value(import_id) AS import_id, max(import_line) AS import_line "
            f"FROM ({rows}) GROUP BY {keys}"
        )

    def _defaults(self) -> list[str]:
        """What an import writes where the file gives nothing."""
        return [
            f'coalesce("{name}", {default_sql(self.table, name)}) AS "{name}"'
            for name, column in self.table.columns.items()
            if column.default is not None
        ]


def _unknown(storage: Storage) -> str:
    return f"CAST(NULL AS {SQL_TYPES[storage]})"


def default_sql(table: TableDefinition, name: str) -> str:
    """The default of a column in SQL, over the other columns of its row."""
    column = table.columns[name]
    kinds: dict[str, Kind] = dict(stored_columns(table))
    value = _default(column.default or "null", kinds, as_text=column.unit in {Unit.ID, Unit.TEXT})
    return f"CAST({value} AS {SQL_TYPES[column.unit.storage]})"


def each_column(recognition: Recognition, name: str) -> str:
    """The judged lines, each once for every one of some columns that are alike and holds something there."""
    wide = recognition.wide[name]
    listed = ", ".join(f'"{column.field}"' for column in wide)
    known = ", ".join(
        f"({literal(column.field)}, {literal(column.header)}, {literal(column.label)})" for column in wide
    )
    return (
        f'SELECT * EXCLUDE (of_field, field) FROM (UNPIVOT {JUDGED} ON {listed} INTO NAME of_field VALUE "{name}") '
        f'JOIN (VALUES {known}) AS known(field, "{name}{HEADER}", "{name}{LABEL}") ON field = of_field'
    )


def literal(text: str) -> str:
    """Text in SQL."""
    return exp.Literal.string(text).sql(dialect="duckdb")


def timeless(connection: duckdb.DuckDBPyConnection, recognition: Recognition) -> frozenset[str]:
    """The fields of times that hold a day and nothing else on every line."""
    times = [name for name in recognition.fields if recognition.mapping.fields[name].unit is Unit.TIME]
    if not times:
        return frozenset()
    asked = ", ".join(f'coalesce(bool_or("{name}" <> date_trunc(\'day\', "{name}")), FALSE)' for name in times)
    (answers,) = connection.execute(f"SELECT {asked} FROM {JUDGED}").fetchall()
    return frozenset(name for name, timed in zip(times, answers, strict=True) if not timed)


def _default(formula: str, kinds: Mapping[str, Kind], *, as_text: bool) -> str:
    """A default in SQL; one for a column of text reads all other columns as text."""
    if not as_text:
        return render(compile_value(parse(formula), Scope(kinds)).tree, "duckdb")
    tree = compile_value(parse(formula), Scope(dict.fromkeys(kinds, "text"))).tree
    root = exp.Paren(this=tree.copy())
    for node in list(root.find_all(exp.Column)):
        node.replace(cast(node.copy(), "text"))
    return render(root, "duckdb")


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path, bucket: int | None) -> Iterator[DataFile]:
    """Write one file; none where there are no rows."""
    ((rows,),) = connection.execute(f"COPY ({query}) TO '{quoted(path)}' ({PARQUET})").fetchall()
    if rows:
        yield DataFile(path, rows, bucket)
    else:
        path.unlink(missing_ok=True)

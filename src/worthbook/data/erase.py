"""Erase a customer: every file of every table is written anew without the rows, and the old files are deleted.

The new files are entered in the logs of their tables and in the ledger in one step, as an import is: a process that is
killed before it leaves the book as it was. After it the customer is gone for every reader, and what is left to do is to
delete the files that nothing names any more; whoever erases next, or asks for it, finishes that.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from worthbook.data.book import ERASURES, Book, Change, now, who
from worthbook.data.delta import EARLIER, MEMORY, PARQUET, DataFile, StoredTable
from worthbook.data.erasures import COLUMNS, Erasure, erased_sql, id_hash, read_erasures
from worthbook.data.history import LINKS, Event
from worthbook.data.history import Change as TableChange
from worthbook.data.ledger import quoted
from worthbook.data.merges import write_rows
from worthbook.data.sheets import CUSTOMER
from worthbook.data.traces import Traces, cells_naming, rows_of, traces_in
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.whole import replacing


def erase(
    book: Book, tables: Mapping[str, TableDefinition], customer_ids: Sequence[str], why: str = ""
) -> Erasure | None:
    """Remove a customer with all of its ids from every table; None where there is nothing of it.

    Nothing else can be committed meanwhile. An import that is running loses its working copy and fails.
    """
    shutil.rmtree(book.desks_folder, ignore_errors=True)
    with book.changing() as change, duckdb.connect(config={"memory_limit": MEMORY}) as connection:
        eraser = _Eraser(change, tables, tuple(customer_ids), connection)
        removed, changed, files = eraser.run()
        if not changed:
            return None
        known = read_erasures(book, change.history)
        salt = next((each.salt for each in known), book.salt)
        erasure = Erasure(
            erasure_id=f"{now():%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}",
            at=now(),
            who=who(),
            why=why,
            salt=salt,
            id_hashes=tuple(sorted(id_hash(salt, each) for each in customer_ids)),
            tables=removed,
            files=files,
        )
        log = change.table(ERASURES)
        log.ensure(COLUMNS, bucketed=False)
        row = write_rows(log, f"erasure-{erasure.erasure_id}", COLUMNS, list(_rows(erasure)), None)
        changed[ERASURES] = TableChange(log.append([row]))
        change.append(Event("erased", erasure.erasure_id, now(), who(), content=erasure.erasure_id, tables=changed))
    return erasure


def finish(book: Book) -> int:
    """Delete what is left of erased customers outside the tables that count; how many files were deleted or rewritten.

    Kept columns lose their rows, and files of tables that the ledger does not name go, those of undone and killed
    imports among them. Versions from before can then no longer be read, which is what erasing asks for.
    """
    with book.changing() as change:
        erased = erased_sql(f'"{CUSTOMER}"', read_erasures(book, change.history))
        touched = sum(_without(path, erased) for path in sorted(book.runs_folder.rglob("*.parquet")))
        for name in change.history.versions:
            table = change.table(name)
            named = {file.path for file in table.files()}
            for path in table.folder.rglob("*.parquet"):
                if path not in named and path != table.shape:
                    path.unlink()
                    touched += 1
        change.append(Event("purged", "", now(), who()))
    return touched


def _without(file: Path, erased: str) -> int:
    """Write a file of kept columns anew without erased customers, if it has any; whether it had."""
    with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
        read = f"FROM read_parquet('{quoted(file)}', hive_partitioning = false)"
        columns = {row[0] for row in connection.execute(f"DESCRIBE SELECT * {read}").fetchall()}
        if CUSTOMER not in columns:
            return 0
        ((found,),) = connection.execute(f"SELECT count(*) {read} WHERE {erased}").fetchall()
        if found:
            with replacing(file) as place:
                connection.execute(
                    f"COPY (SELECT * {read} WHERE NOT {erased} ORDER BY \"{CUSTOMER}\") TO '{quoted(place)}' "
                    f"({PARQUET})"
                )
        return int(bool(found))


@dataclass(frozen=True)
class _Eraser:
    """One erasure while the book's lock is held."""

    change: Change
    tables: Mapping[str, TableDefinition]
    ids: tuple[str, ...]
    connection: duckdb.DuckDBPyConnection

    def run(self) -> tuple[dict[str, int], dict[str, TableChange], int]:
        """Rows by table, the tables' new versions, and how many files were written anew."""
        removed: dict[str, int] = {}
        changed: dict[str, TableChange] = {}
        files = 0
        there = {name: self.change.table(name) for name in self.change.history.versions}
        cells = cells_naming(self.connection, there, self.tables, self.ids)
        undone = [each.import_id for each in self.change.history.imports if each.state == "undone"]
        for name, table in there.items():
            rewrite = traces_in(name, table, self.tables, self.ids, cells, undone)
            old, new, rows = self._rewritten(table, rewrite) if rewrite is not None else ([], [], 0)
            if rows:
                left = sum(file.rows for file in table.files()) - rows if name == LINKS else 0
                changed[name] = TableChange(table.rewrite(old, new), left)
                removed[name] = rows
                files += len(old)
        return removed, changed, files

    def _rewritten(self, table: StoredTable, rewrite: Traces) -> tuple[list[DataFile], list[DataFile], int]:
        """The files that hold something of the customer, those in their place, and how many rows that concerns."""
        old: list[DataFile] = []
        new: list[DataFile] = []
        touched = 0
        for file in table.files():
            found = f"SELECT count(*) {rows_of(table, file)} WHERE {rewrite.touches}"
            ((rows,),) = self.connection.execute(found).fetchall()
            if rows:
                old.append(file)
                new.extend(self._written(table, file, rewrite))
                touched += rows
        return old, new, touched

    def _written(self, table: StoredTable, file: DataFile, rewrite: Traces) -> Iterator[DataFile]:
        prefix = EARLIER if file.is_earlier else "erased-"
        path = table.place(f"{prefix}{uuid.uuid4().hex}", file.bucket)
        blanks = ", ".join(
            f'CASE WHEN {when} THEN NULL ELSE "{name}" END AS "{name}"' for name, when in rewrite.blank.items()
        )
        query = f"SELECT * {f'REPLACE ({blanks})' if blanks else ''} {rows_of(table, file)}"
        query += f" WHERE NOT coalesce({rewrite.drop}, FALSE)"
        order = [f'"{name}"' for name in (CUSTOMER, "ordered_on", "import_id", "import_line") if name in table.columns]
        query += f" ORDER BY {', '.join(order)}"
        ((rows,),) = self.connection.execute(f"COPY ({query}) TO '{quoted(path)}' ({PARQUET})").fetchall()
        if rows:
            yield DataFile(path, rows, file.bucket)
        else:
            path.unlink(missing_ok=True)


def _rows(erasure: Erasure) -> Iterator[tuple[object, ...]]:
    counted = json.dumps(dict(erasure.tables))
    for number, hashed in enumerate(erasure.id_hashes):
        about = (erasure.at, erasure.who, erasure.why, erasure.salt, hashed, counted, erasure.files)
        yield (erasure.erasure_id, number, *about)

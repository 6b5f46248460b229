"""Few and sorted files: what many small imports left is put together; a book that outgrows its buckets gets more."""

from __future__ import annotations

import uuid
from collections import Counter
from pathlib import Path

import duckdb

from worthbook.data.book import Book, now, who
from worthbook.data.bucket import bucket_sql
from worthbook.data.delta import DataFile, StoredTable
from worthbook.data.ledger import Change, Event, quoted

_MOST_FILES = 8
"""A bucket with more is put together."""
_OUTGROWN = 4
"""Customers are split anew when buckets hold so many times the rows that they are meant for."""
_KEPT_HOURS = 7 * 24
"""How long files stay that were replaced: evaluations may still be reading them."""
CUSTOMER = "customer_id"


def keep_in_order(book: Book, rows_per_bucket: int) -> None:
    """Do what is due after an import; usually nothing."""
    history = book.history()
    rows = max((history.rows(name) for name in history.versions), default=0)
    if rows > _OUTGROWN * rows_per_bucket * max(history.buckets, 1):
        rebucket(book, -(-rows // rows_per_bucket))
        return
    for name, version in history.versions.items():
        counts = Counter(file.bucket for file in book.table(name).files(version))
        if counts and max(counts.values()) > _MOST_FILES:
            compact(book, name)


def compact(book: Book, name: str) -> bool:
    """Put the files of each bucket of a table together, without the rows of undone imports.

    The new files are written while others go on; they count only if nothing changed meanwhile. Returns whether they do.
    """
    history = book.history()
    table, hidden = book.table(name), history.hidden(name)
    old = table.files(history.versions[name])
    buckets = dict.fromkeys(file.bucket for file in old)
    new = [
        file
        for bucket in buckets
        for file in _merged(table, [each for each in old if each.bucket == bucket], hidden, bucket, "TRUE")
    ]
    with book.changing() as change:
        current = change.history
        if (current.versions[name], current.hidden(name)) != (history.versions[name], hidden):
            return False
        changed = {name: Change(change.table(name).replace(old, new))}
        change.append(Event("compacted", "", now(), who(), tables=changed))
    table.vacuum(_KEPT_HOURS)
    return True


def rebucket(book: Book, buckets: int) -> None:
    """Split the customers of all tables into another number of buckets, in one step; imports wait meanwhile."""
    with book.changing() as change:
        changed: dict[str, Change] = {}
        for name, version in change.history.versions.items():
            table = change.table(name)
            old = table.files(version)
            if any(file.bucket is not None for file in old):
                hidden = change.history.hidden(name)
                where = bucket_sql(f'"{CUSTOMER}"', buckets)
                new = [
                    file
                    for bucket in range(buckets)
                    for file in _merged(table, old, hidden, bucket, f"{where} = {bucket}")
                ]
                changed[name] = Change(table.replace(old, new))
        change.append(Event("compacted", "", now(), who(), tables=changed, buckets=buckets))


def _merged(
    table: StoredTable,
    old: list[DataFile] | tuple[DataFile, ...],
    hidden: tuple[str, ...],
    bucket: int | None,
    where: str,
) -> list[DataFile]:
    """One file with the rows of several; none where no row is left."""
    columns = table.columns
    path = table.place(f"compact-{uuid.uuid4().hex}", bucket)
    order = ", ".join(f'"{name}"' for name in (CUSTOMER, "ordered_on", "import_id", "import_line") if name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    files = [*(file.path for file in old), *([] if table.shape is None else [table.shape])]
    query = (
        f"SELECT {names} FROM read_parquet(?, union_by_name = true, hive_partitioning = false) "
        f"WHERE NOT list_contains(?, import_id) AND {where} ORDER BY {order}"
    )
    rows = _written(query, [[str(file) for file in files], list(hidden)], path)
    if not rows:
        path.unlink(missing_ok=True)
        return []
    return [DataFile(path, rows, bucket)]


def _written(query: str, values: list[list[str]], path: Path) -> int:
    with duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(path.parent)}) as connection:
        ((rows,),) = connection.execute(
            f"COPY ({query}) TO '{quoted(path)}' (FORMAT parquet, COMPRESSION zstd)", values
        ).fetchall()
    return int(rows)

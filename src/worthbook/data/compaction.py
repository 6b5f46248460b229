"""Few and sorted files: what many small imports left is put together; a book that outgrows its buckets gets more."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from worthbook.data.book import Book, now, who
from worthbook.data.bucket import bucket_sql
from worthbook.data.delta import EARLIER, MEMORY, PARQUET, DataFile
from worthbook.data.erase import finish
from worthbook.data.history import Change, Event, History
from worthbook.data.ledger import list_sql, quoted
from worthbook.data.superseded import SUPERSEDED

_MOST_FILES = 8
"""A bucket with more is put together."""
_OUTGROWN = 4
"""Customers are split anew when buckets hold so many times the rows that they are meant for."""
_KEPT_HOURS = 7 * 24
"""How long files stay that were replaced: evaluations may still be reading them."""
_FEW_SUPERSEDED = 100_000
"""So many superseded lines cost a reader next to nothing …"""
_SHARE_SUPERSEDED = 0.05
"""… and neither does this share of all lines; what is more is put aside."""
CUSTOMER = "customer_id"


def keep_in_order(book: Book, rows_per_bucket: int) -> None:
    """Do what is due after an import; usually nothing."""
    history = book.history()
    if history.purge_due:
        finish(book)
        history = book.history()
    rows = max((history.rows(name) for name in history.versions), default=0)
    if rows > _OUTGROWN * rows_per_bucket * max(history.buckets, 1):
        rebucket(book, -(-rows // rows_per_bucket))
        return
    for name, version in history.versions.items():
        counts = Counter(file.bucket for file in book.table(name).files(version) if not file.is_earlier)
        if (counts and max(counts.values()) > _MOST_FILES) or _many_superseded(history, name):
            compact(book, name)


def compact(book: Book, name: str) -> bool:
    """Put the files of each bucket of a table together, without the rows of undone imports.

    Superseded rows go to files of their own, which are read again only when what superseded them is undone. The new
    files are written while others go on; they count only if nothing changed meanwhile. Returns whether they do.
    """
    history = book.history()
    table = book.table(name)
    old = table.files(history.versions[name])
    rows = _Rows(book, history, name)
    buckets = dict.fromkeys(file.bucket for file in old)
    new = [
        file
        for bucket in buckets
        for file in rows.merged([each for each in old if each.bucket == bucket], bucket, "TRUE")
    ]
    with book.changing() as change:
        if change.history.state(name) != history.state(name):
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
                rows = _Rows(book, change.history, name)
                where = bucket_sql(f'"{CUSTOMER}"', buckets)
                new = [file for bucket in range(buckets) for file in rows.merged(old, bucket, f"{where} = {bucket}")]
                changed[name] = Change(table.replace(old, new))
        change.append(Event("compacted", "", now(), who(), tables=changed, buckets=buckets))


def _many_superseded(history: History, name: str) -> bool:
    """Whether reading the table takes notably longer because of superseded lines in its files."""
    by = set(history.view(name).superseded_by)
    lines = sum(each.tables[name].replaced for each in history.visible if each.import_id in by)
    return lines > max(_FEW_SUPERSEDED, _SHARE_SUPERSEDED * history.rows(name))


@dataclass(frozen=True)
class _Rows:
    """The rows of a table, those that were put aside among them."""

    book: Book
    history: History
    name: str

    def merged(self, old: Sequence[DataFile], bucket: int | None, where: str) -> list[DataFile]:
        """One file with the rows of several that count, and one with those that are superseded."""
        view = self.history.whole_view(self.name)
        superseded = self.book.files_about(self.history, SUPERSEDED)
        if not (superseded and view.superseded_by):
            return self._written("compact-", old, bucket, where)
        later = (
            f"EXISTS (SELECT 1 FROM read_parquet({list_sql(superseded)}) AS later WHERE later.in_table = '{self.name}' "
            f"AND later.old_import = stored.import_id AND later.old_line = stored.import_line "
            f"AND list_contains({list_sql(view.superseded_by)}, later.import_id))"
        )
        return [
            *self._written("compact-", old, bucket, f"{where} AND NOT {later}"),
            *self._written(EARLIER, old, bucket, f"{where} AND {later}"),
        ]

    def _written(self, prefix: str, old: Sequence[DataFile], bucket: int | None, where: str) -> list[DataFile]:
        table = self.book.table(self.name)
        columns = table.columns
        path = table.place(f"{prefix}{uuid.uuid4().hex}", bucket)
        order = ", ".join(
            f'"{name}"' for name in (CUSTOMER, "ordered_on", "import_id", "import_line") if name in columns
        )
        names = ", ".join(f'"{name}"' for name in columns)
        query = (
            f"SELECT {names} FROM read_parquet(?, union_by_name = true, hive_partitioning = false) AS stored "
            f"WHERE NOT list_contains(?, import_id) AND {where} ORDER BY {order}"
        )
        hidden = list(self.history.whole_view(self.name).hidden)
        files = [*(file.path for file in old), *([] if table.shape is None else [table.shape])]
        rows = _copied(query, [[str(file) for file in files], hidden], path)
        if not rows:
            path.unlink(missing_ok=True)
            return []
        return [DataFile(path, rows, bucket)]


def _copied(query: str, values: list[list[str]], path: Path) -> int:
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(path.parent)}) as connection:
        ((rows,),) = connection.execute(f"COPY ({query}) TO '{quoted(path)}' ({PARQUET})", values).fetchall()
    return int(rows)

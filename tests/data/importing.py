"""What the tests of imports share: the shipped tables and mappings, and books to import into."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from worthbook.data.attempt import ImportReport
from worthbook.data.book import Book
from worthbook.data.delta import cursor
from worthbook.data.dialect import render
from worthbook.data.engine import SHAPE, Snapshot
from worthbook.data.ingest import Manner, ingest
from worthbook.data.superseded import counting, listed
from worthbook.definitions.mapping import MappingDefinition
from worthbook.definitions.table import TableDefinition
from worthbook.planning.index import read_shipped

FILES = Path(__file__).parent / "files"


@functools.cache
def tables() -> Mapping[str, TableDefinition]:
    return {each.name: each for each in read_shipped().definitions if isinstance(each, TableDefinition)}


@functools.cache
def mappings() -> Mapping[str, MappingDefinition]:
    return {each.name: each for each in read_shipped().definitions if isinstance(each, MappingDefinition)}


def new_book(folder: Path) -> Book:
    return Book.create(folder / "shop.book", "Shop")


def bring(book: Book, file: Path, mapping: str | None = None) -> ImportReport:
    return ingest(book, file, mappings(), tables(), Manner(mapping))


def bring_text(folder: Path, text: str | bytes, name: str = "orders.csv") -> tuple[Book, ImportReport]:
    """A book into which one small file was imported, beside that file: a copy where the same was asked for before."""
    made, report = _brought(text if isinstance(text, bytes) else text.encode(), name)
    shutil.copytree(made, folder, dirs_exist_ok=True)
    return Book.open(folder / "shop.book"), report


@functools.cache
def _brought(text: bytes, name: str) -> tuple[Path, ImportReport]:
    folder = Path(tempfile.mkdtemp(prefix="brought-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / name
    file.write_bytes(text)
    return folder, bring(new_book(folder), file)


def rows(book: Book, columns: str, table: str = "transactions") -> list[tuple[object, ...]]:
    """The rows that count, in the order of the imports and lines."""
    return rows_in(book.snapshot(), columns, table)


def rows_in(snapshot: Snapshot, columns: str, table: str = "transactions") -> list[tuple[object, ...]]:
    """The same of a snapshot that was taken before."""
    files = snapshot.tables[table]
    if not files.files:  # all rows were undone, and then compacted away
        return []
    relation = f"(FROM read_parquet({list(files.files)}, union_by_name = true, hive_partitioning = false)) AS {table}"
    where = " AND ".join(["TRUE", *(render(each, "duckdb") for each in counting(files))])
    later = f'WITH "{listed(table)}" AS (FROM read_parquet({list(files.superseded)})) ' if files.superseded else ""
    query = f"{later}SELECT {columns} FROM {relation} WHERE {where} ORDER BY import_id, import_line"
    return cursor().execute(query).fetchall()


def data_files(snapshot: Snapshot, table: str = "transactions") -> list[str]:
    """The files of a table that hold rows."""
    return [file for file in snapshot.tables[table].files if Path(file).name != SHAPE]


def count(book: Book, table: str = "transactions") -> int:
    """How many rows count; 0 where there is no such table."""
    snapshot = book.snapshot()
    return len(rows_in(snapshot, "1", table)) if table in snapshot.tables else 0


def notes(report: ImportReport) -> list[str]:
    return [note.en for note in report.notes]

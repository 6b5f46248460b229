"""Bring files into a book: open them, recognise them, and import every line."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from worthbook.data.archive import is_archive, is_zip, named_within, unpack
from worthbook.data.attempt import Attempt, ImportReport, report_of
from worthbook.data.book import Book, now
from worthbook.data.by_hand import mapping_by_hand, read_pairs
from worthbook.data.commit import ROWS_PER_BUCKET
from worthbook.data.compaction import keep_in_order
from worthbook.data.completion import COMPLETED_UNKNOWN, OURS, Completion, completion_of
from worthbook.data.database import read_query
from worthbook.data.decode import check_there, fingerprint_of
from worthbook.data.delta import MEMORY
from worthbook.data.opening import open_source
from worthbook.data.read_before import content_of, with_warning
from worthbook.data.recognise import recognise
from worthbook.data.source import Source
from worthbook.definitions.mapping import MappingDefinition, vocabulary
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.errors import Place

_STALE = 86_400
"""Seconds after which the working folder of another import was left by a killed process."""


@dataclass(frozen=True)
class Manner:
    """How files are read, where that is not left to be found out."""

    mapping: str | None = None
    """The layout; None to have it recognised."""
    sheet: str | None = None
    """Name or number of the sheet of a workbook; None for the first that holds a table."""
    dry: bool = False
    """Whether only to say what an import would do."""
    pairs: tuple[str, ...] = ()
    """`customer_id=买家` and the like: a mapping by hand."""
    day: dt.date | None = None
    """What `imported_on` says to a mapping, for lines that have no day of their own; None for the day of the import."""


def ingest(
    book: Book,
    file: Path,
    mappings: Mapping[str, MappingDefinition],
    tables: Mapping[str, TableDefinition],
    manner: Manner = Manner(),
) -> ImportReport:
    """Import one file.

    Args:
        book: Where to.
        file: CSV or TSV, JSON lines (also compressed), Parquet, or a workbook.
        mappings: The known layouts by name.
        tables: The canonical tables by name.
        manner: How it is to be read.

    Raises:
        WorthbookError: whatever is wrong with the file; the book then holds what it held.
    """
    check_there(file)
    with _desk(book) as desk, ThreadPoolExecutor(1) as beside:
        content = beside.submit(fingerprint_of, file)
        source = open_source(file, desk.folder, vocabulary(mappings.values()), manner.sheet)
        chosen = [content.result()] if manner.sheet is None else [content.result(), manner.sheet]
        return desk.bring(source, chosen, mappings, tables, manner)


def ingest_archive(
    book: Book,
    file: Path,
    mappings: Mapping[str, MappingDefinition],
    tables: Mapping[str, TableDefinition],
    manner: Manner = Manner(),
) -> Iterator[ImportReport]:
    """Import every file of an archive; a file that is none is imported itself.

    Raises:
        WorthbookError: whatever is wrong with the file that comes next; those before it stay imported.
    """
    if not file.is_file() or not (is_zip(file) and is_archive(file)):
        yield ingest(book, file, mappings, tables, manner)
        return
    with _desk(book) as desk:
        for member in unpack(file, desk.folder):
            with named_within(file, member):
                report = ingest(book, member, mappings, tables, manner)
            yield report


def ingest_query(  # noqa: PLR0913, PLR0917 - a book, a database, a query, and what is known of layouts
    book: Book,
    database: str,
    query: str,
    mappings: Mapping[str, MappingDefinition],
    tables: Mapping[str, TableDefinition],
    manner: Manner = Manner(),
) -> ImportReport:
    """Import the rows that a query gives.

    Raises:
        WorthbookError: whatever is wrong with the query or its rows; the book then holds what it held.
    """
    with _desk(book) as desk:
        source = read_query(database, query, desk.folder)
        content = hashlib.sha256(query.encode()).hexdigest()
        return desk.bring(source, [content, fingerprint_of(source.copy)], mappings, tables, manner)


@dataclass(frozen=True)
class _Desk:
    """Where one import works."""

    book: Book
    folder: Path

    def bring(
        self,
        source: Source,
        content: list[str],
        mappings: Mapping[str, MappingDefinition],
        tables: Mapping[str, TableDefinition],
        manner: Manner,
    ) -> ImportReport:
        """Import what was opened, unless it is in the book already; `content` are hashes of what it holds."""
        completion = completion_of(source)
        mapping = manner.mapping
        if manner.pairs:
            by_hand = mapping_by_hand(read_pairs(list(manner.pairs)), source, tables)
            mappings, mapping = {**mappings, by_hand.name: by_hand}, by_hand.name
        elif completion is not None and mapping is None:
            mapping = _mapping_of(self.book, completion, source.file)
        recognition = recognise(source, mappings, mapping)
        whole = content_of(content, recognition.mapping.name, manner.pairs)
        history = self.book.history()
        known = history.with_content(whole)
        if known is not None:
            return report_of(known, new=False)
        recognition = with_warning(recognition, history, content, source)
        import_id = f"{now():%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:6]}"
        desk = self.folder / "dry" if manner.dry else None
        with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(self.folder)}) as connection:
            report = Attempt(
                self.book, source, recognition, tables, import_id, whole, connection, completion, desk, manner.day
            ).run()
        if report.new and not manner.dry:
            keep_in_order(self.book, ROWS_PER_BUCKET)
        return report


def _mapping_of(book: Book, completion: Completion, file: Path) -> str:
    """The mapping by which the import was read that a file completes."""
    for record in book.history().visible:
        if record.import_id == completion.import_id:
            return record.mapping
    raise COMPLETED_UNKNOWN(Place(str(file)), file=file.name, import_id=completion.import_id, columns=", ".join(OURS))


@contextmanager
def _desk(book: Book) -> Iterator[_Desk]:
    """A folder for copies and for what does not fit into memory; those of killed processes are cleared away."""
    parent = book.desks_folder
    parent.mkdir(exist_ok=True)
    for other in parent.iterdir():
        if time.time() - other.stat().st_mtime > _STALE:
            shutil.rmtree(other, ignore_errors=True)
    folder = parent / uuid.uuid4().hex
    folder.mkdir()
    try:
        yield _Desk(book, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)

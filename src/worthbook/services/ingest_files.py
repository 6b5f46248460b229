"""Bring files, or the rows of a query, into a book."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from worthbook.data.attempt import ImportReport
from worthbook.data.book import BOOK_EXISTS, Book
from worthbook.data.ingest import Manner, ingest_archive, ingest_query
from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.language import Language
from worthbook.planning.index import read_catalogue


def ingest_files(  # noqa: PLR0913 - as many as a user has to say
    files: Sequence[Path],
    folder: Path | None = None,
    *,
    mapping: str | None = None,
    pairs: Sequence[str] = (),
    sheet: str | None = None,
    currency: str = "",
    language: Language = "en",
) -> tuple[Book, tuple[ImportReport, ...]]:
    """Import files into the book in `folder`, made if it is not there; by default `orders.book` beside `orders.csv`.

    Raises:
        WorthbookError: What is wrong with the first file that cannot be read; files before it stay imported.
    """
    with book_to_fill(files[0], folder, currency, language) as book:
        return book, tuple(import_each(book, files, Manner(mapping, sheet, pairs=tuple(pairs))))


def import_each(book: Book, files: Sequence[Path], manner: Manner) -> Iterator[ImportReport]:
    """Import one file after the other.

    Raises:
        WorthbookError: What is wrong with the file that comes next.
    """
    catalogue = read_catalogue(book.definitions_folder)
    for file in files:
        yield from ingest_archive(book, file, catalogue.mappings, catalogue.tables, manner)


def import_query(book: Book, database: str, query: str, manner: Manner) -> ImportReport:
    """Import the rows that a query gives.

    Raises:
        WorthbookError: What is wrong with the query or its rows.
    """
    catalogue = read_catalogue(book.definitions_folder)
    return ingest_query(book, database, query, catalogue.mappings, catalogue.tables, manner)


def book_for(file: Path, folder: Path | None, currency: str = "", language: Language = "en") -> Book:
    """The book in `folder`, or beside a file; it is made if it is not there.

    Raises:
        WorthbookError: `book-unreadable`.
    """
    home = folder if folder is not None else book_beside(file)
    if not (home / "book.toml").exists():
        try:
            return Book.create(home, title=_title(file), currency=currency, language=language)
        except WorthbookError as error:
            if error.slugs != (BOOK_EXISTS.slug,):
                raise
    return Book.open(home)  # it was there, or another process has made it meanwhile


@contextmanager
def book_to_fill(file: Path, folder: Path | None, currency: str = "", language: Language = "en") -> Iterator[Book]:
    """The same; a book that was made for what cannot be imported is taken away again, unless others work in it."""
    home = folder if folder is not None else book_beside(file)
    is_new = not home.exists()
    book = book_for(file, folder, currency, language)
    try:
        yield book
    except BaseException:
        if is_new and not book.history().visible and not book.is_at_work:
            shutil.rmtree(home)
        raise


@contextmanager
def book_to_try(file: Path, folder: Path | None, currency: str = "", language: Language = "en") -> Iterator[Book]:
    """The same for a dry run: a book that is not there yet is made where nobody sees it."""
    home = folder if folder is not None else book_beside(file)
    if (home / "book.toml").exists():
        yield Book.open(home)
        return
    with tempfile.TemporaryDirectory(prefix="worthbook-") as desk:
        yield Book.create(Path(desk) / home.name, _title(file), currency, language)


def book_beside(file: Path) -> Path:
    """Where the book of a file is made.

    >>> book_beside(Path("shop/orders.csv.gz")).as_posix()
    'shop/orders.book'
    """
    return file.with_name(f"{_title(file)}.book")


def _title(file: Path) -> str:
    return file.name.split(".")[0] or file.name

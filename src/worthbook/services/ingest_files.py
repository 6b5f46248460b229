"""Bring files into a book."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from worthbook.data.book import Book
from worthbook.data.ingest import ImportReport, ingest
from worthbook.kernel.language import Language
from worthbook.planning.index import read_catalogue


def ingest_files(
    files: Sequence[Path],
    folder: Path | None = None,
    *,
    mapping: str | None = None,
    currency: str = "",
    language: Language = "en",
) -> tuple[Book, tuple[ImportReport, ...]]:
    """Import files into the book in `folder`, made if it is not there; by default `orders.book` beside `orders.csv`.

    Raises:
        WorthbookError: What is wrong with the first file that cannot be read; files before it stay imported.
    """
    home = folder if folder is not None else book_beside(files[0])
    book = (
        Book.open(home)
        if (home / "book.toml").exists()
        else Book.create(home, title=_title(files[0]), currency=currency, language=language)
    )
    catalogue = read_catalogue(book.definitions_folder)
    reports = [ingest(book, file, catalogue.mappings, catalogue.tables, mapping=mapping) for file in files]
    return book, tuple(reports)


def book_beside(file: Path) -> Path:
    """Where the book of a file is made.

    >>> book_beside(Path("shop/orders.csv.gz")).as_posix()
    'shop/orders.book'
    """
    return file.with_name(f"{_title(file)}.book")


def _title(file: Path) -> str:
    return file.name.split(".")[0] or file.name

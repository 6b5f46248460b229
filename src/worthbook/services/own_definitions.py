"""Where the definitions of a book lie."""

from __future__ import annotations

from pathlib import Path


def definitions_folder(book: Path | None) -> Path | None:
    """The folder of a book's own definitions; None without a book, when only the shipped ones count.

    Raises:
        WorthbookError: If there is no book.
    """
    if book is None:
        return None
    # The store is slow to load, and the shipped definitions need no book.
    from worthbook.data.book import Book  # noqa: PLC0415

    return Book.open(book).definitions_folder

"""Find the book that is meant."""

from __future__ import annotations

from pathlib import Path

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text

NO_BOOK_HERE = Fault(
    "book-not-named",
    what=Text(en="{count} books lie in {folder}.", zh="{folder} 中有 {count} 个账簿。"),
    hint=Text(en="Name the one you mean: --book orders.book", zh="请指明账簿：--book orders.book"),
)


def find_book(folder: Path | None) -> Path:
    """The folder given, or the only book in the current folder.

    Raises:
        WorthbookError: `book-not-named`, if none or several lie here.
    """
    if folder is not None:
        return folder
    found = sorted(path.parent for path in Path().glob("*/book.toml"))
    if len(found) != 1:
        raise NO_BOOK_HERE(count=len(found), folder=Path.cwd().name)
    return found[0]

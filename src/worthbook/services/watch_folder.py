"""The files of a folder that are not in a book yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from worthbook.data.book import Book
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text

FOLDER_MISSING = Fault(
    "folder-missing",
    what=Text(en="There is no folder {folder}.", zh="找不到文件夹 {folder}。"),
    hint=Text(en="Check the path.", zh="请检查路径是否正确。"),
)

_ENDINGS = frozenset(
    {".csv", ".tsv", ".txt", ".gz", ".zip", ".xlsx", ".xls", ".ods", ".parquet", ".jsonl", ".ndjson", ".json"}
)


def new_files(book: Book, folder: Path) -> Iterator[Path]:
    """The files of a folder that may hold data, by name; those that are in the book already are found out when opened.

    A link that leads out of the folder is left alone, and so is the book itself: a folder into which others write must
    not become a way to read files that they cannot.

    Raises:
        WorthbookError: folder-missing.
    """
    if not folder.is_dir():
        raise FOLDER_MISSING(folder=folder)
    home = folder.resolve()
    for path in sorted(home.iterdir()):
        real = path.resolve()
        inside = real.parent == home and not real.is_relative_to(book.folder)
        if inside and real.is_file() and path.suffix.lower() in _ENDINGS and not path.name.startswith((".", "~$")):
            yield path

"""Rejected lines in a file where they can be corrected, and which completes their import when it is imported."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from worthbook.data.book import REJECTS, Book
from worthbook.data.completion import OURS
from worthbook.data.lists import FORMULA_STARTS
from worthbook.data.rejects import OpenReject, open_rejects, to_correct
from worthbook.kernel.language import Language
from worthbook.kernel.whole import replacing

_NUMBER = re.compile(r"[-+]?[\d.,]+")


def waiting(book: Book, import_id: str | None = None) -> Iterator[OpenReject]:
    """The rejected lines that wait for a correction, of one import or of all."""
    history = book.history()
    files = book.files_about(history, REJECTS)
    return open_rejects(files, [each.import_id for each in history.visible], import_id) if files else iter(())


def write_corrections(book: Book, import_id: str, to: Path, language: Language) -> int:
    """Write the lines of an import that wait for a correction to a CSV that spreadsheets open; how many there are.

    Before the columns of the file stand three of ours: the import, the line, and what is wrong. Where the lines of an
    order must be read together, the others are there as well, with nothing said of them. Nothing is written where no
    line waits. A cell that a spreadsheet would take for a formula gets an apostrophe before it, which an import drops.
    """
    history = book.history()
    files = book.files_about(history, REJECTS)
    lines = to_correct(files, [each.import_id for each in history.visible], import_id) if files else iter(())
    first = next(lines, None)
    if first is None:
        return 0
    written = 0
    with replacing(to) as place, place.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([*OURS, *_cells(first.headers)])
        for each in chain([first], lines):
            reject = each.reject
            said = reject.sentence.say(language) if reject.reason else ""
            written += bool(reject.reason)
            writer.writerow([reject.import_id, reject.line, *map(_guarded, (said, *_cells(reject.raw)))])
    return written


def _cells(line: str) -> list[str]:
    return next(csv.reader([line]), [])


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) and not _NUMBER.fullmatch(cell) else cell

"""The lines that were rejected: kept in the book with file, line, column, value and reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from worthbook.data.ledger import cursor
from worthbook.kernel.language import Text
from worthbook.kernel.units import Storage

COLUMNS: Mapping[str, Storage] = {
    "import_id": "text",
    "import_line": "integer",
    "file": "text",
    "source_column": "text",
    "value": "text",
    "reason": "text",
    "sentence_en": "text",
    "sentence_zh": "text",
    "raw": "text",
}


@dataclass(frozen=True)
class Reject:
    """One line that was rejected."""

    import_id: str
    line: int
    """Physical line of the file; the header is line 1."""
    file: str
    column: str | None
    value: str | None
    reason: str
    """Slug."""
    sentence: Text
    raw: str
    """The line, with commas between its values."""


def read_rejects(files: Sequence[Path], import_id: str) -> tuple[Reject, ...]:
    """The rejected lines of one import, in the order of the file."""
    query = f"SELECT {', '.join(COLUMNS)} FROM read_parquet(?) WHERE import_id = ? ORDER BY import_line"
    rows = cursor().execute(query, [[str(path) for path in files], import_id]).fetchall()
    return tuple(
        Reject(own_id, line, file, column, value, reason, Text(en=en, zh=zh), raw)
        for own_id, line, file, column, value, reason, en, zh, raw in rows
    )

"""JSON lines: one object a line. What is inside an object is a column of its own: `customer.id`."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from worthbook.data.decode import FILE_DAMAGED, GZIP_MAGIC, decode
from worthbook.data.source import FILE_WITHOUT_ROWS, Refused
from worthbook.data.table_source import Row, TableSource

NOT_JSON = "NOT JSON"
"""The reason for a line that is no object of JSON; `verdict` has the words."""
_HEAD = 4096


def is_json(file: Path) -> bool:
    """Whether its first sign opens an object, also where it is compressed by gzip."""
    with file.open("rb") as stream:
        zipped = stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    try:
        with cast("IO[bytes]", gzip.open(file, "rb")) if zipped else file.open("rb") as stream:
            return stream.read(_HEAD).lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b'{"', b"{}", b"{ "))
    except (OSError, EOFError, zlib.error) as error:
        raise FILE_DAMAGED(file=file.name, reason=str(error).rstrip(".")) from None


def read_json(file: Path, folder: Path) -> TableSource:
    """Read a file of JSON lines; a line that is no object is refused, and the others are read.

    Raises:
        WorthbookError: what `decode` finds, file-without-rows.
    """
    text = decode(file, folder / "lines.json")
    notes = () if text.note is None else (text.note,)
    source = TableSource(file, folder / "lines.csv", notes)
    headers: dict[str, int] = {}
    refused: list[Refused] = []
    source.write(_rows(text.path, headers, refused), refused)
    if not source.read or not headers:
        raise FILE_WITHOUT_ROWS(file=file.name)
    source.name_columns(list(headers))
    return source


def _rows(path: Path, headers: dict[str, int], refused: list[Refused]) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", newline="\n") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                found = json.loads(line, parse_float=str, parse_int=str, parse_constant=str)
            except (ValueError, RecursionError):
                found = None
            if not isinstance(found, dict):
                refused.append(Refused(number, NOT_JSON, line.rstrip("\n")))
                continue
            cells: list[str | None] = [None] * len(headers)
            for name, value in _flat(found, ""):
                at = headers.setdefault(name, len(headers))
                cells.extend([None] * (at + 1 - len(cells)))
                cells[at] = value
            yield number, cells


def _flat(found: dict[str, object], before: str) -> Iterator[tuple[str, str | None]]:
    for name, value in found.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        elif isinstance(value, bool):
            yield f"{before}{name}", "true" if value else "false"
        elif isinstance(value, list):
            yield f"{before}{name}", json.dumps(value, ensure_ascii=False)
        else:
            yield f"{before}{name}", None if value is None else str(value)

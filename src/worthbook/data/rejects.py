"""The lines that were rejected: kept in the book with file, line, column, value and reason until they are corrected."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from worthbook.data.delta import cursor
from worthbook.data.ledger import list_sql
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
    "kind": "text",
    "origin_import": "text",
    "origin_line": "integer",
    "of_order": "text",
    "headers": "text",
}
"""`kind` is `rejected`; `companion`, another line of an order with rejected lines, which must be read with them; or
`resolved`, a corrected line that was taken. In a corrected file `origin_…` say which line it was at first."""


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


@dataclass(frozen=True)
class OpenReject:
    """A line that was rejected and that no later import corrected."""

    reject: Reject
    """As it was when it was last tried, with the import and line that it first had."""
    headers: str
    """The headers of its file, with commas between them."""


def read_rejects(files: Sequence[str], import_id: str) -> tuple[Reject, ...]:
    """The lines that one import rejected, in the order of the file."""
    query = (
        f"{_SELECTED}, import_id, import_line FROM read_parquet(?, union_by_name = true) "
        f"WHERE import_id = ? AND coalesce(kind, 'rejected') = 'rejected' ORDER BY import_line"
    )
    return tuple(_reject(row) for row in cursor().execute(query, [list(files), import_id]).fetchall())


def count_reasons(files: Sequence[str], visible: Collection[str]) -> dict[str, int]:
    """Slug → how many lines were rejected for it in the imports that count, most first."""
    if not files:
        return {}
    query = (
        "SELECT reason, count(*) FROM read_parquet(?, union_by_name = true) "
        f"WHERE coalesce(kind, 'rejected') = 'rejected' AND list_contains({list_sql(visible)}, import_id) "
        "GROUP BY reason ORDER BY 2 DESC, 1"
    )
    return dict(cursor().execute(query, [list(files)]).fetchall())


class Tally(NamedTuple):
    """How the rejected lines of an import stand; those of a corrected file are counted with the import they are of."""

    rejected: int = 0
    waiting: int = 0
    """How many wait for a correction."""


def tally(files: Sequence[str], visible: Collection[str]) -> dict[str, Tally]:
    """Import → how its rejected lines stand."""
    query = (
        f"{_lines(files, visible)} SELECT of_import, count(DISTINCT of_line), "
        f"(SELECT count(*) FROM waiting AS w WHERE w.of_import = lines.of_import) "
        f"FROM lines WHERE kind = 'rejected' GROUP BY 1"
    )
    return {name: Tally(rejected, open_lines) for name, rejected, open_lines in cursor().execute(query).fetchall()}


def open_rejects(files: Sequence[str], visible: Collection[str], import_id: str | None) -> Iterator[OpenReject]:
    """The lines that wait for a correction, of one import or of all, in their order."""
    query = (
        f"{_lines(files, visible)} {_SELECTED}, of_import, of_line, headers FROM waiting "
        f"WHERE {_of(import_id)} ORDER BY of_import, of_line"
    )
    found = cursor().execute(query)
    while rows := found.fetchmany(10_000):
        yield from (OpenReject(_reject(row[:-1]), row[-1] or "") for row in rows)


def to_correct(files: Sequence[str], visible: Collection[str], import_id: str) -> Iterator[OpenReject]:
    """The same of one import, together with the other lines of their orders, which must be read with them."""
    together = (
        "SELECT * FROM waiting UNION ALL SELECT * FROM newest WHERE kind = 'companion' AND (of_import, of_order) IN "
        "(SELECT (of_import, of_order) FROM waiting)"
    )
    query = (
        f"{_lines(files, visible)} {_SELECTED}, of_import, of_line, headers FROM ({together}) "
        f"WHERE {_of(import_id)} ORDER BY of_line"
    )
    found = cursor().execute(query)
    while rows := found.fetchmany(10_000):
        yield from (OpenReject(_reject(row[:-1]), row[-1] or "") for row in rows)


_SELECTED = "SELECT file, source_column, value, reason, sentence_en, sentence_zh, raw"


def _reject(row: tuple[object, ...]) -> Reject:
    file, column, value, reason, en, zh, raw, import_id, line = row
    sentence = Text(en=str(en or "-"), zh=str(zh or "-"))
    return Reject(
        str(import_id), int(str(line)), str(file), _text(column), _text(value), str(reason), sentence, str(raw)
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _of(import_id: str | None) -> str:
    return "TRUE" if import_id is None else f"list_contains({list_sql([import_id])}, of_import)"


def _lines(files: Sequence[str], visible: Collection[str]) -> str:
    """Every line under the import and number that it first had, as it was when it was last tried."""
    return f"""
        WITH lines AS (
            SELECT * REPLACE (coalesce(kind, 'rejected') AS kind),
                coalesce(origin_import, import_id) AS of_import, coalesce(origin_line, import_line) AS of_line
            FROM read_parquet({list_sql(files)}, union_by_name = true)
            WHERE list_contains({list_sql(visible)}, import_id)),
        newest AS (
            SELECT * REPLACE (first_value(file) OVER past AS file, first_value(headers) OVER past AS headers)
            FROM lines WHERE kind <> 'resolved'
            WINDOW past AS (PARTITION BY of_import, of_line ORDER BY import_id)
            QUALIFY row_number() OVER (PARTITION BY of_import, of_line ORDER BY import_id DESC, import_line DESC) = 1),
        waiting AS (
            SELECT * FROM newest WHERE kind = 'rejected' AND (of_import, of_line) NOT IN
                (SELECT (of_import, of_line) FROM lines WHERE kind = 'resolved'))"""

"""The lines that an import rejects, written to the table of rejects."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import duckdb

from worthbook.data.completion import IMPORT, LINE, OURS, Completion, own_columns
from worthbook.data.delta import PARQUET, DataFile, StoredTable
from worthbook.data.judge import numbered
from worthbook.data.judged import JUDGED
from worthbook.data.ledger import quoted
from worthbook.data.source import LINES, Refused, Source
from worthbook.data.verdict import ACCEPTED, MALFORMED, PARSER_REASONS, Reason


@dataclass(frozen=True)
class RejectedLines:
    """The rejected lines of the import that goes on in a connection."""

    connection: duckdb.DuckDBPyConnection
    source: Source
    reasons: tuple[Reason, ...]
    refused: Sequence[Refused]
    """Lines that the parser could not divide into columns."""
    orders: str | None = None
    """The field with the number of the order, in files in which the lines of an order must be read together."""
    completion: Completion | None = None
    """What the file completes, if it does."""

    def write(self, table: StoredTable, import_id: str) -> tuple[DataFile, ...]:
        """Write them to a file of the table of rejects; nothing where there are none."""
        query = f"SELECT count(*) FROM {JUDGED} WHERE verdict > {ACCEPTED}"
        ((rejected,),) = self.connection.execute(query).fetchall()
        if not (rejected or self.refused or self.completion):
            return ()
        self._list_refused()
        self._list_reasons()
        path = table.place(import_id, None)
        query = f"""
            SELECT $import_id AS import_id, line AS import_line, $file AS file, header AS source_column, value,
                slug AS reason, replace(en, '{{value}}', coalesce(value, '')) AS sentence_en,
                replace(zh, '{{value}}', coalesce(value, '')) AS sentence_zh, raw, kind, origin_import, origin_line,
                of_order, $headers AS headers
            FROM ({" UNION ALL ".join(self._lines())}) ORDER BY line, kind"""
        ((rows,),) = self.connection.execute(
            f"COPY ({query}) TO '{quoted(path)}' ({PARQUET})",
            {
                "import_id": import_id,
                "file": self.source.file.name,
                "headers": _as_csv(column.header for column in own_columns(self.source)),
            },
        ).fetchall()
        if rows:
            return (DataFile(path, rows, None),)
        path.unlink(missing_ok=True)
        return ()

    def _lines(self) -> Iterator[str]:
        """Lines that were rejected, could not be divided, belong to orders with such lines, or are corrected."""
        nothing = "NULL AS header, NULL AS value, '' AS slug, '' AS en, '' AS zh"
        value = _value(self.reasons)
        yield (
            f"SELECT line, header, {value} AS value, slug, en, zh, {self._rest('rejected')} "
            f"JOIN reasons ON reasons.number = {JUDGED}.verdict WHERE verdict > {ACCEPTED}"
        )
        yield (
            "SELECT line, NULL, NULL, slug, en, zh, raw, 'rejected' AS kind, origin_import, origin_line, "
            "NULL AS of_order FROM refused"
        )
        if self.orders is not None:
            yield (
                f"SELECT line, {nothing}, {self._rest('companion')} WHERE verdict <= {ACCEPTED} "
                f"AND {self._order} IN (SELECT {self._order} FROM {JUDGED} WHERE verdict > {ACCEPTED})"
            )
        if self.completion is not None:
            yield (
                f"SELECT line, {nothing}, {self._rest('resolved')} WHERE verdict <= {ACCEPTED} "
                f"AND {self.completion.origin[1]} IS NOT NULL"
            )

    @property
    def _order(self) -> str:
        return "NULL" if self.orders is None else f'{JUDGED}."{self.orders}"'

    def _rest(self, kind: str) -> str:
        """The columns that all lines have, and where they are read from."""
        imported, line = ("NULL", "NULL") if self.completion is None else self.completion.origin
        return (
            f"{_raw(self.source)} AS raw, '{kind}' AS kind, CAST({imported} AS VARCHAR) AS origin_import, "
            f"CAST({line} AS BIGINT) AS origin_line, CAST({self._order} AS VARCHAR) AS of_order "
            f"FROM {JUDGED} JOIN {LINES} USING (line)"
        )

    def _list_refused(self) -> None:
        self.connection.execute(
            "CREATE TABLE refused (line BIGINT, slug VARCHAR, en VARCHAR, zh VARCHAR, raw VARCHAR, "
            "origin_import VARCHAR, origin_line BIGINT)"
        )
        told = [(each, *PARSER_REASONS.get(each.reason, MALFORMED)) for each in self.refused]
        rows = [[each.line, slug, sentence.en, sentence.zh, *self._divided(each.text)] for each, slug, sentence in told]
        if rows:
            self.connection.executemany("INSERT INTO refused VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def _divided(self, text: str) -> tuple[str, str | None, int | None]:
        """A refused line as CSV with commas, and which line it was at first."""
        try:
            cells = next(csv.reader([text], delimiter=self.source.delimiter), [])
        except csv.Error:
            return text, None, None
        if self.completion is None:
            return _as_csv(cells), None, None
        known = dict(zip((column.header for column in self.source.columns), cells, strict=False))
        line = known.get(LINE, "")
        ours = {index for index, column in enumerate(self.source.columns) if column.header in OURS}
        own = [cell for index, cell in enumerate(cells) if index not in ours]
        return _as_csv(own), known.get(IMPORT), int(line) if line.isdecimal() else None

    def _list_reasons(self) -> None:
        self.connection.execute(
            "CREATE TABLE reasons (number INTEGER, slug VARCHAR, header VARCHAR, en VARCHAR, zh VARCHAR)",
        )
        rows = [
            [number, each.slug, each.column.header if each.column else None, each.sentence.en, each.sentence.zh]
            for each, number in numbered(self.reasons)
        ]
        self.connection.executemany("INSERT INTO reasons VALUES (?, ?, ?, ?, ?)", rows)


def _value(reasons: tuple[Reason, ...]) -> str:
    """The value in the column that is to blame."""
    cases = " ".join(
        f"WHEN {number} THEN CAST({each.column.of_lines} AS VARCHAR)"
        for each, number in numbered(reasons)
        if each.column is not None and not each.is_skip
    )
    return f"CASE verdict {cases} END" if cases else "CAST(NULL AS VARCHAR)"


def _raw(source: Source) -> str:
    """The line as CSV."""
    cells = ", ".join(f"wb_cell(CAST({LINES}.{column.sql} AS VARCHAR))" for column in own_columns(source))
    return f"concat_ws(',', {cells})"


def _as_csv(cells: Iterable[str]) -> str:
    """Cells in one line of CSV."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()

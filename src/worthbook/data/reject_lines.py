"""The lines that an import rejects, written to the table of rejects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from worthbook.data.delta import DataFile, StoredTable
from worthbook.data.judge import JUDGED, numbered
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

    def write(self, table: StoredTable, import_id: str) -> tuple[DataFile, ...]:
        """Write them to a file of the table of rejects; nothing where there are none."""
        self._list_refused()
        self._list_reasons()
        path = table.place(import_id, None)
        query = f"""
            SELECT $import_id AS import_id, line AS import_line, $file AS file, header AS source_column, value,
                slug AS reason, replace(en, '{{value}}', coalesce(value, '')) AS sentence_en,
                replace(zh, '{{value}}', coalesce(value, '')) AS sentence_zh, raw
            FROM (
                SELECT line, header, {_value(self.reasons)} AS value, slug, en, zh, {_raw(self.source)} AS raw
                FROM {JUDGED} JOIN {LINES} USING (line) JOIN reasons ON reasons.number = {JUDGED}.verdict
                WHERE verdict > {ACCEPTED}
                UNION ALL SELECT line, NULL, NULL, slug, en, zh, raw FROM refused
            ) ORDER BY line"""
        ((rows,),) = self.connection.execute(
            f"COPY ({query}) TO '{quoted(path)}' (FORMAT parquet, COMPRESSION zstd)",
            {"import_id": import_id, "file": self.source.file.name},
        ).fetchall()
        if rows:
            return (DataFile(path, rows, None),)
        path.unlink(missing_ok=True)
        return ()

    def _list_refused(self) -> None:
        self.connection.execute("CREATE TABLE refused (line BIGINT, slug VARCHAR, en VARCHAR, zh VARCHAR, raw VARCHAR)")
        told = [(each, *PARSER_REASONS.get(each.reason, MALFORMED)) for each in self.refused]
        rows = [[each.line, slug, sentence.en, sentence.zh, each.text] for each, slug, sentence in told]
        if rows:
            self.connection.executemany("INSERT INTO refused VALUES (?, ?, ?, ?, ?)", rows)

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
    cells = ", ".join(f"wb_cell(CAST({LINES}.{column.sql} AS VARCHAR))" for column in source.columns)
    return f"concat_ws(',', {cells})"

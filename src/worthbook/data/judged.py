"""The judged lines of an import as one relation, whichever way they were judged.

Only what differs from line to line is stored: in a table for the lines that were judged from cleaned text, and in
another for those that could be read as they stand. Fields that the file does not have are constants of the view.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from worthbook.data.verdict import ACCEPTED

JUDGED = "judged"
"""The view of all judged lines: `line`, the fields by name, `verdict`."""
REDONE = 30_000
"""In place of a verdict: the line was judged anew, from cleaned text."""
_LINES = "judged lines"


@dataclass(frozen=True)
class Part:
    """A table of judged lines."""

    table: str
    line: str = "line"
    """The number of a line, in SQL over the table."""

    @property
    def rows(self) -> str:
        """A view of it with all fields, and with the number of each row as `place`."""
        return f'"{self.table} by place"'


def show(connection: duckdb.DuckDBPyConnection, parts: Sequence[Part], constants: Mapping[str, str]) -> None:
    """Make the view `judged` of what is in some tables.

    Args:
        connection: where they are.
        parts: the tables.
        constants: the fields that are not stored: name → SQL, which may read `line`.
    """
    given = "".join(f', {value} AS "{name}"' for name, value in constants.items())
    for part in parts:
        numbered = "*" if part.line == "line" else f"{part.line} AS line, *"
        connection.execute(
            f"CREATE OR REPLACE VIEW {part.rows} AS SELECT *{given} "
            f'FROM (SELECT rowid AS place, {numbered} FROM "{part.table}")'
        )
    every = " UNION ALL BY NAME ".join(
        f"SELECT * EXCLUDE (place) FROM {part.rows} WHERE verdict <> {REDONE}" for part in parts
    )
    connection.execute(f'CREATE OR REPLACE VIEW "{_LINES}" AS {every}')
    connection.execute(f'CREATE OR REPLACE VIEW {JUDGED} AS SELECT * FROM "{_LINES}"')


def show_rated(connection: duckdb.DuckDBPyConnection, rates: str, rate: str) -> None:
    """Give the view `judged` a further column: the rate that a table has for a line, and 1 where it has none."""
    connection.execute(
        f'CREATE OR REPLACE VIEW {JUDGED} AS SELECT j.*, CASE WHEN r.line IS NULL THEN 1 ELSE r.rate END AS "{rate}" '
        f'FROM "{_LINES}" AS j LEFT JOIN {rates} AS r ON r.line = j.line'
    )


def mark(connection: duckdb.DuckDBPyConnection, parts: Sequence[Part], where: str, verdict: int) -> None:
    """Give another verdict to the accepted lines under a condition, in SQL over their fields."""
    for part in parts:
        connection.execute(
            f'UPDATE "{part.table}" SET verdict = {verdict} WHERE rowid IN '
            f"(SELECT place FROM {part.rows} WHERE verdict = {ACCEPTED} AND ({where}))"
        )

"""A corrected file of rejected lines: its columns say which import it completes, and which line each line was there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import duckdb

from worthbook.data.ledger import list_sql
from worthbook.data.source import LINES, Source, SourceColumn
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text

IMPORT = "worthbook_import"
LINE = "worthbook_line"
PROBLEM = "worthbook_problem"
OURS = (IMPORT, LINE, PROBLEM)
"""The columns that are before those of the file in an exported list of rejected lines."""
COMPLETED = "completed"
"""The table that `list_completed` makes: `import_line` of this import, `old_import`, `old_line` of what it replaces."""

COMPLETED_UNKNOWN = Fault(
    "completed-import-unknown",
    what=Text(
        en="{file} corrects lines of the import '{import_id}', which this book does not have.",
        zh="{file} 是对导入“{import_id}”中被拒行的更正，但本账簿没有该导入。",
    ),
    hint=Text(
        en="Import it into the book from which it was exported, or remove the columns {columns}.",
        zh="请导入到原账簿，或删除 {columns} 这几列。",
    ),
)


@dataclass(frozen=True)
class Completion:
    """The two columns that say where a line comes from."""

    import_column: SourceColumn
    line_column: SourceColumn
    import_id: str
    """The import that is completed."""

    @property
    def origin(self) -> tuple[str, str]:
        """Import and line in SQL, over the lines of the file."""
        return (
            f"CAST({LINES}.{self.import_column.sql} AS VARCHAR)",
            f"try_cast({LINES}.{self.line_column.sql} AS BIGINT)",
        )


def completion_of(source: Source) -> Completion | None:
    """What a file completes; None where it is an export like any other."""
    columns = {column.header: column for column in source.columns}
    if IMPORT not in columns or LINE not in columns:
        return None
    named = next((value for value in source.sample().get(IMPORT, ()) if value), "")
    return Completion(columns[IMPORT], columns[LINE], named.strip())


def own_columns(source: Source) -> tuple[SourceColumn, ...]:
    """The columns of a file, without those that we put there."""
    return tuple(column for column in source.columns if column.header not in OURS)


def list_completed(
    connection: duckdb.DuckDBPyConnection, completion: Completion, rejects: Sequence[str], visible: Collection[str]
) -> None:
    """Make the table of the lines that each line of the file stands for: the first, and earlier corrections of it."""
    imported, line = completion.origin
    earlier = (
        f"UNION SELECT o.import_line, r.import_id, r.import_line FROM origins AS o JOIN "
        f"read_parquet({list_sql(rejects)}, union_by_name = true) AS r ON r.kind = 'resolved' "
        f"AND r.origin_import = o.old_import AND r.origin_line = o.old_line "
        f"AND list_contains({list_sql(visible)}, r.import_id)"
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {COMPLETED} AS WITH origins AS "
        f"(SELECT line AS import_line, {imported} AS old_import, {line} AS old_line FROM {LINES}) "
        f"SELECT * FROM origins WHERE old_line IS NOT NULL {earlier if rejects else ''}"
    )

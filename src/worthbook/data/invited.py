"""Who was invited to a survey, counted from a file: a line a person, or a line a group with a number."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from worthbook.data.convert import add_macros
from worthbook.data.opening import open_source
from worthbook.data.source import LINES
from worthbook.data.survey_columns import COLUMN_ABSENT
from worthbook.definitions.mapping import header_key
from worthbook.kernel.errors import Fault, Place, did_you_mean
from worthbook.kernel.language import Text

COUNTS = ("invited", "count", "邀请人数", "人数")
"""Headers of a column that says how many a line stands for."""

COUNT_UNFIT = Fault(
    "invited-count-unfit",
    what=Text(
        en="Line {line} says that '{found}' were invited; that is no whole number from 0.",
        zh="第 {line} 行的邀请人数为“{found}”，应为不小于0的整数。",
    ),
    hint=Text(
        en="Correct it, or leave the column out where a line is a person.", zh="请更正；若每行代表一人，请去掉该列。"
    ),
)


@dataclass(frozen=True)
class Invited:
    """How many were invited, together and by group."""

    total: int
    groups: Mapping[str, int] = field(default_factory=dict)
    """Without those whose group is not known."""


def read_invited(file: Path, by: str | None = None) -> Invited:
    """Count whom a file says to have been invited.

    Args:
        file: CSV, Parquet or a workbook.
        by: the column whose values are the groups.

    Raises:
        WorthbookError: survey-column-absent, invited-count-unfit, or what is wrong with the file.
    """
    with tempfile.TemporaryDirectory(prefix="worthbook-") as folder:
        source = open_source(file, Path(folder))
        columns = {header_key(column.header): column for column in reversed(source.columns)}
        if by is not None and header_key(by) not in columns:
            near = did_you_mean(by, [column.header for column in source.columns])
            raise COLUMN_ABSENT(Place(str(file)), file=file.name, name=by, near=near)
        count = next((columns[key] for key in map(header_key, COUNTS) if key in columns), None)
        said = "'1'" if count is None else f"wb_clean(CAST({count.sql} AS VARCHAR))"
        group = "''" if by is None else f"coalesce(wb_clean(CAST({columns[header_key(by)].sql} AS VARCHAR)), '')"
        with duckdb.connect(config={"threads": 1, "temp_directory": folder}) as connection:
            add_macros(connection)
            source.load(connection)
            connection.execute(
                f"CREATE VIEW invited AS SELECT line, {group} AS grp, {said} AS said, wb_number({said}) AS n "
                f"FROM {LINES}"
            )
            odd = connection.execute(
                "SELECT line, said FROM invited WHERE n IS NULL OR n < 0 OR n <> floor(n) ORDER BY line LIMIT 1"
            ).fetchone()
            if odd is not None:
                raise COUNT_UNFIT(Place(str(file)), line=odd[0], found=odd[1] or "")
            rows = connection.execute("SELECT grp, sum(n) FROM invited GROUP BY grp ORDER BY grp").fetchall()
    return Invited(int(sum(n for _, n in rows)), {name: int(n) for name, n in rows if name})

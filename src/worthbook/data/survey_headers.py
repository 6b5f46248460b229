"""The columns of a file that hold numbers and may be questions, for files that no instrument describes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb

from worthbook.data.convert import add_macros
from worthbook.data.opening import open_source
from worthbook.data.source import LINES
from worthbook.data.survey_columns import ROLES
from worthbook.definitions.mapping import header_key

_MOSTLY = 0.5


def numeric_headers(file: Path) -> tuple[str, ...]:
    """Headers of the columns most of whose entries are numbers, but those that say who answered, when and how heavily.

    Raises:
        WorthbookError: What is wrong with the file.
    """
    roles = {header_key(name) for names in ROLES.values() for name in names}
    with tempfile.TemporaryDirectory(prefix="worthbook-") as folder:
        source = open_source(file, Path(folder))
        columns = [each for each in source.columns if header_key(each.header) not in roles]
        if not columns:
            return ()
        with duckdb.connect(config={"threads": 1, "temp_directory": folder}) as connection:
            add_macros(connection)
            source.load(connection)
            counted = ", ".join(
                f"count(try_cast(CAST({each.sql} AS VARCHAR) AS DOUBLE)), "
                f"count(nullif(trim(CAST({each.sql} AS VARCHAR)), ''))"
                for each in columns
            )
            (found,) = connection.execute(f"SELECT {counted} FROM {LINES}").fetchall()
    pairs = zip(found[::2], found[1::2], strict=True)
    return tuple(
        each.header for each, (numbers, entries) in zip(columns, pairs, strict=True) if numbers > _MOSTLY * entries
    )

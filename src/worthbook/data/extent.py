"""How far a table's history reaches."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import cast

from sqlglot import exp

from worthbook.data.engine import Engine, Snapshot
from worthbook.data.sheets import read
from worthbook.data.superseded import counting, files_for
from worthbook.definitions.table import TableDefinition


@dataclass(frozen=True)
class Extent:
    """First and last day, and how many rows lie between them."""

    first: dt.date
    last: dt.date
    rows: int


def extent(engine: Engine, snapshot: Snapshot, table: TableDefinition) -> Extent | None:
    """The span of a stored table's visible rows; None where it has none."""
    files = snapshot.tables.get(table.name)
    if files is None or not files.files or table.time is None:
        return None
    time = exp.column(table.time)
    query = exp.select(exp.Min(this=time), exp.Max(this=time.copy()), exp.Count(this=exp.Star())).from_(
        read(table.name)
    )
    query = query.where(*counting(files))
    ((first, last, rows),) = engine.rows(query, files_for(files, files.files))
    if not rows:
        return None
    return Extent(cast("dt.date", first), cast("dt.date", last), cast("int", rows))

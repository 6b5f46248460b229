"""The rows of the table of seasons; those that begin after the date are plans, and are read as well."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from worthbook.data.engine import Engine, Snapshot
from worthbook.data.relations import Relations, all_files
from worthbook.data.typed import column
from worthbook.definitions.season import SEASONS
from worthbook.definitions.table import TableDefinition


@dataclass(frozen=True)
class SeasonRow:
    """One value of a season, from one day to another."""

    season: str
    starts_on: dt.date
    ends_on: dt.date | None
    """None: until the next row of the season."""
    value: float


def read_seasons(
    engine: Engine, snapshot: Snapshot, tables: Mapping[str, TableDefinition], as_of: dt.date
) -> tuple[SeasonRow, ...]:
    """All rows, by season and first day."""
    if SEASONS not in tables or SEASONS not in snapshot.tables:
        return ()
    names = ("season", "starts_on", "ends_on", "value")
    rows = Relations(tables, snapshot, as_of).relation(SEASONS, set(names)).subquery(alias="told")
    query = exp.select(*(column(name) for name in names)).from_(rows).order_by(column("season"), column("starts_on"))
    found = []
    for season, starts_on, ends_on, value in engine.rows(query, all_files(snapshot)):
        if isinstance(starts_on, dt.date) and value is not None:
            last = ends_on if isinstance(ends_on, dt.date) else None
            found.append(SeasonRow(str(season), starts_on, last, float(str(value))))
    return tuple(found)

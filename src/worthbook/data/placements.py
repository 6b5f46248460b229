"""Placements by hand: whom a person has put into a cell of a framework, from when to when, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from sqlglot import exp

from worthbook.data.engine import Engine, Snapshot
from worthbook.data.relations import Relations, all_files
from worthbook.data.sheets import quoted
from worthbook.data.typed import column
from worthbook.definitions.table import TableDefinition

PLACEMENTS = "hand_placements"
"""The table that holds them."""


@dataclass(frozen=True)
class Placement:
    """One customer in one cell by hand."""

    placement_id: str
    customer_id: str
    framework: str
    cell: str
    from_on: dt.date
    until_on: dt.date
    """The last day on which it counts; before `from_on` where it was ended before it began."""
    reason: str
    placed_by: str
    placed_at: dt.datetime | None
    ended_by: str
    ended_because: str

    def counts(self, day: dt.date) -> bool:
        """Whether it counts on a day."""
        return self.from_on <= day <= self.until_on

    def overlaps(self, first: dt.date, last: dt.date) -> bool:
        """Whether there is a day between two, both included, on which it counts."""
        return max(first, self.from_on) <= min(last, self.until_on)


def read_placements(
    engine: Engine, snapshot: Snapshot, tables: Mapping[str, TableDefinition], customer_id: str | None = None
) -> tuple[Placement, ...]:
    """All placements of a book, or those of one customer, oldest first."""
    if PLACEMENTS not in snapshot.tables:
        return ()
    files = all_files(snapshot)
    names = tuple(Placement.__dataclass_fields__)
    rows = Relations(tables, snapshot, dt.date.max, frozenset(files)).relation(PLACEMENTS, names)
    query = exp.select(*map(column, names)).from_(rows.subquery(alias=quoted(PLACEMENTS)))
    if customer_id is not None:
        query = query.where(exp.EQ(this=column("customer_id"), expression=exp.Literal.string(customer_id)))
    query = query.order_by(*map(column, ("from_on", "customer_id", "placement_id")))
    return tuple(_placement(dict(zip(names, row, strict=True))) for row in engine.rows(query, files))


def _placement(values: Mapping[str, object]) -> Placement:
    words = {name: str(values[name] or "") for name in values if name not in {"from_on", "until_on", "placed_at"}}
    from_on, until_on = cast("dt.date", values["from_on"]), cast("dt.date", values["until_on"])
    placed_at = cast("dt.datetime | None", values["placed_at"])
    return Placement(**words, from_on=from_on, until_on=until_on, placed_at=placed_at)

"""What customers said in their own words: complaints, notes of visits and calls, and answers in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from worthbook.data.engine import Engine, Snapshot
from worthbook.data.relations import Relations, all_files
from worthbook.data.sheets import quoted
from worthbook.data.typed import call, cast, column
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.language import Text

SOURCES: Mapping[str, tuple[str, Text]] = {
    "complaints": ("text", Text(en="complaint", zh="投诉")),
    "interactions": ("note", Text(en="contact", zh="互动")),
    "answers": ("text", Text(en="survey", zh="调查")),
}
"""Table → the column that holds the words, and what it is called."""

MOST = 50_000
"""Comments that are read; the newest count."""
SHORTEST = 3
"""Fewer characters are no comment."""


@dataclass(frozen=True)
class Comment:
    """One comment as it was stored."""

    customer_id: str
    """Empty where unknown."""
    table: str
    said_on: dt.date | None
    text: str


def read_comments(
    engine: Engine, snapshot: Snapshot, tables: Mapping[str, TableDefinition], as_of: dt.date
) -> tuple[Comment, ...]:
    """The comments up to a date, the newest first."""
    found: list[Comment] = []
    relations = Relations(tables, snapshot, as_of)
    for name, (words, _) in SOURCES.items():
        definition = tables[name]
        if name not in snapshot.tables or definition.customer is None or definition.time is None:
            continue
        rows = relations.relation(name, {definition.customer, definition.time, words})
        day = cast(column(definition.time), "date")
        query = exp.select(column(definition.customer), day, column(words)).from_(rows.subquery(alias=quoted(name)))
        long = exp.GTE(this=call("LENGTH", column(words)), expression=exp.Literal.number(SHORTEST))
        query = query.where(long).order_by(exp.Ordered(this=day.copy(), desc=True, nulls_first=False)).limit(MOST)
        found += [
            Comment(str(customer or ""), name, said_on if isinstance(said_on, dt.date) else None, str(text))
            for customer, said_on, text in engine.rows(query, all_files(snapshot))
        ]
    found.sort(key=lambda each: (each.said_on or dt.date.min, each.text), reverse=True)
    return tuple(found[:MOST])


def names_of(
    engine: Engine, snapshot: Snapshot, tables: Mapping[str, TableDefinition], as_of: dt.date, most: int = MOST
) -> tuple[str, ...]:
    """Names of customers, to be taken out of what they said."""
    if "customers" not in snapshot.tables:
        return ()
    rows = Relations(tables, snapshot, as_of).relation("customers", {"name"})
    query = exp.select(column("name")).distinct().from_(rows.subquery(alias=quoted("customers"))).limit(most)
    return tuple(str(name) for (name,) in engine.rows(query, all_files(snapshot)) if name)

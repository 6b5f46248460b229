"""How often facts about customers were used and collected in a year, field by field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp

from worthbook.data.engine import Engine, Snapshot
from worthbook.data.passes import one_pass
from worthbook.data.relations import Relations
from worthbook.data.sheets import named
from worthbook.data.typed import call, column, number, when
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.period import Window

TABLE = "information_uses"
YEAR = Window.parse("12 months")


@dataclass(frozen=True)
class FieldUse:
    """One field of information about customers, in the year up to the date."""

    field: str
    customers: int
    used: int
    """Pieces of information times their uses."""
    collections: int
    cost: Decimal | None
    """Of all collections; None where the cost of one is not known."""

    def __add__(self, other: FieldUse) -> FieldUse:
        """The same field of further customers."""
        cost = None if self.cost is None or other.cost is None else self.cost + other.cost
        customers, used = self.customers + other.customers, self.used + other.used
        return FieldUse(self.field, customers, used, self.collections + other.collections, cost)


def read_field_uses(
    engine: Engine, snapshot: Snapshot, tables: Mapping[str, TableDefinition], as_of: dt.date
) -> tuple[FieldUse, ...]:
    """Every field that was used or collected in the last 12 months, by name; nothing where the table is absent."""
    if TABLE not in tables or snapshot.tables.get(TABLE) is None:
        return ()
    found: dict[str, FieldUse] = {}
    for query, files in one_pass(snapshot, tables, as_of, _query):
        for field, customers, used, collections, cost in engine.rows(query, files):
            name = str(field)
            counts = (int(str(customers)), round(float(str(used))), round(float(str(collections))))
            more = FieldUse(name, *counts, None if cost is None else Decimal(str(cost)))
            found[name] = found[name] + more if name in found else more
    return tuple(found[name] for name in sorted(found))


def _query(relations: Relations) -> exp.Query:
    definition = relations.table(TABLE)
    rows = relations.relation(TABLE, set(definition.columns))
    uses, collections, once = (column(name) for name in ("uses", "collections", "collection_cost"))
    cost = exp.Mul(this=collections, expression=once)
    unpriced = exp.Is(this=cost.copy(), expression=exp.Null())
    bought = exp.GT(this=collections.copy(), expression=number(0))
    gaps = _sum(when(exp.And(this=bought, expression=unpriced), number(1)))
    spent = when(exp.EQ(this=gaps, expression=number(0)), _sum(cost.copy()))
    query = exp.select(
        column("field"),
        named(exp.Count(this=exp.Distinct(expressions=[column("customer_id")])), "customers"),
        named(_sum(exp.Mul(this=column("points"), expression=uses)), "used"),
        named(_sum(collections.copy()), "collected"),
        named(spent, "cost"),
    )
    query = query.from_(rows.subquery(alias=TABLE)).where(relations.within(definition, YEAR, TABLE))
    return query.group_by(column("field"))


def _sum(value: exp.Expr) -> exp.Expr:
    return call("COALESCE", call("SUM", value), number(0))

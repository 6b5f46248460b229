"""How many customers of each kind buy each category in a year, and what they usually spend on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from worthbook.data.engine import Engine, Snapshot
from worthbook.data.passes import one_pass
from worthbook.data.relations import Relations
from worthbook.data.sheets import named
from worthbook.data.typed import call, cast, column, number
from worthbook.definitions.table import TableDefinition

BOUGHT, LISTED = "category_years", "customers"


@dataclass(frozen=True)
class CategoryBuyers:
    """The customers of one kind who bought one category in the last 12 months."""

    kind: str
    """Blank where it is unknown."""
    category: str
    buyers: int
    log_spend: float
    """The natural logarithms of what each spent on it, added up."""


def read_category_buyers(
    engine: Engine, snapshot: Snapshot, tables: Mapping[str, TableDefinition], as_of: dt.date
) -> tuple[tuple[CategoryBuyers, ...], Mapping[str, int]]:
    """Buyers by kind and category, and how many customers of each kind bought anything that has a category."""
    found: dict[tuple[str, str], CategoryBuyers] = {}
    for query, files in one_pass(snapshot, tables, as_of, _by_category):
        for kind, category, buyers, logs in engine.rows(query, files):
            key = (str(kind), str(category))
            before = found.get(key, CategoryBuyers(*key, 0, 0.0))
            found[key] = CategoryBuyers(*key, before.buyers + int(str(buyers)), before.log_spend + float(str(logs)))
    customers: dict[str, int] = {}
    for query, files in one_pass(snapshot, tables, as_of, _by_kind):
        for kind, count in engine.rows(query, files):
            customers[str(kind)] = customers.get(str(kind), 0) + int(str(count))
    return tuple(found[key] for key in sorted(found)), dict(sorted(customers.items()))


def _by_category(relations: Relations) -> exp.Query:
    amount = cast(column("amount_12m", BOUGHT), "number")
    logs = named(call("SUM", call("LN", amount)), "logs")
    count = named(exp.Count(this=exp.Star()), "buyers")
    kind, category = _kind(relations), column("category", BOUGHT)
    query = exp.select(named(kind, "kind"), category, count, logs)
    return _bought(relations, query).group_by(kind.copy(), category.copy())


def _by_kind(relations: Relations) -> exp.Query:
    kind = _kind(relations)
    buyers = exp.Count(this=exp.Distinct(expressions=[column("customer_id", BOUGHT)]))
    return _bought(relations, exp.select(named(kind, "kind"), named(buyers, "customers"))).group_by(kind.copy())


def _kind(relations: Relations) -> exp.Expr:
    blank = exp.Literal.string("")
    return call("COALESCE", column("kind", LISTED), blank) if _listed(relations) else blank


def _listed(relations: Relations) -> bool:
    return relations.holds(LISTED) and (relations.present is None or LISTED in relations.present)


def _bought(relations: Relations, query: exp.Select) -> exp.Select:
    rows = relations.relation(BOUGHT, {"customer_id", "category", "amount_12m"}).subquery(alias=BOUGHT)
    query = query.from_(rows).where(exp.GT(this=column("amount_12m", BOUGHT), expression=number(0)))
    if not _listed(relations):
        return query
    known = relations.relation(LISTED, {"customer_id", "kind"}).subquery(alias=LISTED)
    same = exp.EQ(this=column("customer_id", BOUGHT), expression=column("customer_id", LISTED))
    return query.join(known, on=same, join_type="left")

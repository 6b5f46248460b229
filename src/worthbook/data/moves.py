"""Where customers stood and stand: two labels side by side, of two dates or of two rules, counted and listed.

A customer who is in one of the two populations alone counts too: who was not a customer yet is not who could not be
placed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, cast

import sqlglot
from sqlglot import exp

from worthbook.data.engine import Engine, Sheet
from worthbook.data.sheets import CUSTOMER, Sheets, named, quoted
from worthbook.data.typed import Kind, column
from worthbook.data.typed import cast as as_kind
from worthbook.kernel.units import Value

ABSENT, UNPLACED = "no-customer", "not-placed"
"""In the place of a label: who is not in the population, and who is in it without a label. No label has a hyphen."""

MOVED = ("before", "after", "value_before", "value_after")
"""The columns of a list of movers, after the customer."""


@dataclass(frozen=True)
class Standing:
    """A column of labels, and one of what customers are worth, in the sheets of one population."""

    sheets: Sequence[Sheet]
    label: str
    value: str


class Move(NamedTuple):
    """The customers who have one label before and one after."""

    group: str | None
    """The value by which moves are told apart; None where there is none or it is not known."""
    was: str | None
    """None: was in the population without a label."""
    then: str | None
    existed: bool
    """Whether they were in the population before."""
    exists: bool
    customers: int
    value_before: Value
    value_after: Value
    """What they are worth together; None where it is known for none of them."""


def count_moves(engine: Engine, before: Standing, after: Standing, by: str | None = None) -> list[Move]:
    """Every combination of labels that occurs; `by` is a column of the later sheets that divides customers further.

    Raises:
        WorthbookError: column-not-made.
    """
    query, files = _side_by_side(engine, before, after, by)
    counted = cast(
        "exp.Select",
        sqlglot.parse_one(
            "SELECT apart, was, is_now, existed, still, COUNT(*) AS customers FROM people GROUP BY 1, 2, 3, 4, 5",
            read="duckdb",
        ),
    )
    for name, standing in (("value_before", before), ("value_after", after)):
        kind = _kind(engine, standing)
        counted = counted.select(named(as_kind(exp.Sum(this=column(name)), kind), name), copy=False)
    counted = counted.with_("people", as_=query, copy=False)
    return [Move(*row) for row in engine.rows(counted, files)]  # type: ignore[arg-type]  # in the order of the query


def write_movers(  # noqa: PLR0913, PLR0917 - two standings, two labels, where to
    engine: Engine, before: Standing, after: Standing, was: str, then: str, folder: Path
) -> Sheet:
    """Write the customers with one label before and one after: `before`, `after`, `value_before`, `value_after`.

    `was` and `then` are labels, or `ABSENT`, or `UNPLACED`.

    Raises:
        WorthbookError: column-not-made, engine-failed.
    """
    query, files = _side_by_side(engine, before, after, None)
    chosen = exp.select(
        column(CUSTOMER), named(column("was"), "before"), named(column("is_now"), "after"),
        column("value_before"), column("value_after"),
    )  # fmt: skip
    chosen = chosen.from_("people").where(_meets("was", "existed", was), _meets("is_now", "still", then))
    chosen = chosen.order_by(exp.Ordered(this=column(CUSTOMER), nulls_first=True))
    part = folder / "part-00000.parquet"
    engine.write(chosen.with_("people", as_=query, copy=False), files, part)
    return Sheet((str(part),), MOVED)


def largest_moves(engine: Engine, before: Standing, after: Standing, limit: int) -> list[tuple[Value, ...]]:
    """The customers of most value whose label changes: id, both labels, both values; equals in the order of the ids.

    Raises:
        WorthbookError: column-not-made.
    """
    query, files = _side_by_side(engine, before, after, None)
    names = ("was", "is_now", "value_before", "value_after")
    chosen = exp.select(column(CUSTOMER), *map(column, names)).from_("people")
    chosen = chosen.where(exp.NullSafeNEQ(this=column("was"), expression=column("is_now")))
    chosen = chosen.order_by(
        exp.Ordered(this=column("value_after"), desc=True, nulls_first=False),
        exp.Ordered(this=column(CUSTOMER), nulls_first=True),
    )
    return engine.rows(chosen.limit(limit).with_("people", as_=query, copy=False), files)


def _side_by_side(
    engine: Engine, before: Standing, after: Standing, by: str | None
) -> tuple[exp.Select, dict[str, tuple[str, ...]]]:
    """One row a customer of either population; parts are joined one by one where both have the same."""
    sides = Sheets(tuple(before.sheets)), Sheets(tuple(after.sheets))
    wanted = [before.label, before.value], [after.label, after.value, *([by] if by is not None else [])]
    kinds = {} if by is None else sides[1].kinds(engine, [by])
    apart = exp.Null() if by is None else as_kind(column(by, "after"), kinds[by])
    pairs: Sequence[Sequence[int] | None] = [None]
    if len(sides[0].parts) == len(sides[1].parts):
        pairs = [[number] for number in sides[0].parts]
    queries: list[exp.Select] = []
    files: dict[str, tuple[str, ...]] = {}
    for place, parts in enumerate(pairs):
        chosen = exp.select(
            named(exp.Coalesce(this=column(CUSTOMER, "before"), expressions=[column(CUSTOMER, "after")]), CUSTOMER),
            named(apart.copy(), "apart"),
            named(column(before.label, "before"), "was"), named(column(after.label, "after"), "is_now"),
            named(_known(column(CUSTOMER, "before")), "existed"), named(_known(column(CUSTOMER, "after")), "still"),
            named(column(before.value, "before"), "value_before"), named(column(after.value, "after"), "value_after"),
        )  # fmt: skip
        tables = []
        for side, names, sheets in zip(("before", "after"), wanted, sides, strict=True):
            rows, found = sheets.whole(dict.fromkeys(names), parts)
            tables.append(_aliased(rows, found, f"{side} {place}", side))
            files |= {f"{side} {place} {name}": paths for name, paths in found.items()}
        same = exp.EQ(this=column(CUSTOMER, "before"), expression=column(CUSTOMER, "after"))
        queries.append(chosen.from_(tables[0]).join(tables[1], on=same, join_type="full", copy=False))
    whole = queries[0] if len(queries) == 1 else exp.union(*queries, distinct=False, copy=False)
    return cast("exp.Select", whole), files


def _aliased(rows: exp.Subquery, files: dict[str, tuple[str, ...]], prefix: str, alias: str) -> exp.Subquery:
    """The same rows under another name, reading sets of files whose names no other side uses."""
    for table in rows.find_all(exp.Table):
        if table.name in files:
            old = table.name
            table.set("this", quoted(f"{prefix} {old}"))
    rows.set("alias", exp.TableAlias(this=quoted(alias)))
    return rows


def _known(tree: exp.Expr) -> exp.Expr:
    return exp.Not(this=exp.Is(this=tree, expression=exp.Null()))


def _meets(label: str, there: str, wanted: str) -> exp.Expr:
    if wanted == ABSENT:
        return exp.Not(this=column(there))
    if wanted == UNPLACED:
        return exp.And(this=column(there), expression=exp.Is(this=column(label), expression=exp.Null()))
    return exp.EQ(this=column(label), expression=exp.Literal.string(wanted))


def _kind(engine: Engine, standing: Standing) -> Kind:
    return Sheets(tuple(standing.sheets)).kinds(engine, [standing.value])[standing.value]

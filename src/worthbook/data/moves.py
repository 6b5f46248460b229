"""Where customers stood and stand: two labels side by side, of two dates or of two rules, counted and listed.

A customer who is in one of the two populations alone counts too: who was not a customer yet is not who could not be
placed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sqlglot import exp

from worthbook.data.engine import Engine, Sheet
from worthbook.data.sheets import CUSTOMER, Sheets
from worthbook.data.sides import EXISTED, EXISTS, View, known, side_by_side
from worthbook.data.typed import Kind, column
from worthbook.data.typed import cast as as_kind
from worthbook.kernel.units import Value

ABSENT, UNPLACED = "no-customer", "not-placed"
"""In the place of a label: who is not in the population, and who is in it without a label. No label has a hyphen."""

MOVED = ("before", "after", "value_before", "value_after")
"""The columns of a list of movers, after the customer."""
GROUP = "group of moves"
"""What divides customers further, beside those."""


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
    people, files = side_by_side(_view(before, "before"), _view(after, "after", by))
    keys = [_group(by), *(column(name) for name in ("before", "after", EXISTED, EXISTS))]
    counted = exp.select(*keys, exp.Count(this=exp.Star())).from_("people").group_by(*(key.copy() for key in keys))
    for name, standing in (("value_before", before), ("value_after", after)):
        counted = counted.select(as_kind(exp.Sum(this=column(name)), _kind(engine, standing)), copy=False)
    rows = engine.rows(counted.with_("people", as_=people, copy=False), files)
    return [Move(*row) for row in rows]  # type: ignore[arg-type]  # in the order of the query


def write_movers(  # noqa: PLR0913, PLR0917 - two standings, two labels, where to
    engine: Engine, before: Standing, after: Standing, was: str, then: str, folder: Path
) -> Sheet:
    """Write the customers with one label before and one after: `before`, `after`, `value_before`, `value_after`.

    `was` and `then` are labels, or `ABSENT`, or `UNPLACED`.

    Raises:
        WorthbookError: column-not-made, engine-failed.
    """
    people, files = side_by_side(_view(before, "before"), _view(after, "after"))
    chosen = exp.select(column(CUSTOMER), *(column(name) for name in MOVED)).from_("people")
    chosen = chosen.where(_meets("before", EXISTED, was), _meets("after", EXISTS, then))
    chosen = chosen.order_by(exp.Ordered(this=column(CUSTOMER), nulls_first=True))
    part = folder / "part-00000.parquet"
    engine.write(chosen.with_("people", as_=people, copy=False), files, part)
    return Sheet((str(part),), MOVED)


def largest_moves(engine: Engine, before: Standing, after: Standing, limit: int) -> list[tuple[Value, ...]]:
    """The customers of most value whose label changes: id, both labels, both values; equals in the order of the ids.

    Raises:
        WorthbookError: column-not-made.
    """
    people, files = side_by_side(_view(before, "before"), _view(after, "after"))
    chosen = exp.select(column(CUSTOMER), *map(column, MOVED)).from_("people")
    chosen = chosen.where(exp.NullSafeNEQ(this=column("before"), expression=column("after")))
    chosen = chosen.order_by(
        exp.Ordered(this=column("value_after"), desc=True, nulls_first=False),
        exp.Ordered(this=column(CUSTOMER), nulls_first=True),
    )
    return engine.rows(chosen.limit(limit).with_("people", as_=people, copy=False), files)


def _view(standing: Standing, side: str, by: str | None = None) -> View:
    more = {} if by is None else {GROUP: by}
    return View(standing.sheets, {side: standing.label, f"value_{side}": standing.value, **more})


def _group(by: str | None) -> exp.Expr:
    """The column that divides customers further, as text."""
    return as_kind(exp.Null() if by is None else column(GROUP), "text")


def _meets(label: str, there: str, wanted: str) -> exp.Expr:
    if wanted == ABSENT:
        return exp.Not(this=column(there))
    if wanted == UNPLACED:
        return exp.And(this=column(there), expression=exp.Not(this=known(column(label))))
    return exp.EQ(this=column(label), expression=exp.Literal.string(wanted))


def _kind(engine: Engine, standing: Standing) -> Kind:
    return Sheets(tuple(standing.sheets)).kinds(engine, [standing.value])[standing.value]

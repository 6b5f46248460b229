"""Columns from columns: formulas, predictions and small answers over the sheets of a run, part by part.

Nothing here holds a value per customer in Python; `spread` lets the engine hold the distinct groups of one part.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlglot import exp

from worthbook.data.compile import Scope, compile_column
from worthbook.data.engine import Columns, Engine, Predict, Sheet
from worthbook.data.formula import parse
from worthbook.data.layers import layers
from worthbook.data.sheets import CUSTOMER, Sheets, named, quoted, read
from worthbook.data.typed import NUMERIC, Kind, Typed, call, cast, column, divided
from worthbook.kernel.result import ArrowStream
from worthbook.kernel.units import Unit, Value


def derive(  # noqa: PLR0913, PLR0917 - what is read, what is made, as at when, and where to
    engine: Engine,
    sheets: Sequence[Sheet],
    formulas: Mapping[str, tuple[str, Unit]],
    as_of: dt.date,
    settings: Mapping[str, float | str],
    to: Path,
    *,
    give: Sequence[str] | None = None,
) -> Sheet:
    """Make columns that are formulas over the columns of the sheets, or over each other.

    Args:
        engine: what runs the queries.
        sheets: what the formulas read.
        formulas: name → formula text and unit.
        as_of: what `as_of()` gives.
        settings: what `setting(name)` gives.
        to: the folder of the Parquet files.
        give: those of the formulas that are wanted, where others are only steps on the way.

    Raises:
        WorthbookError: definition-cycle, or what a formula does wrong.
    """
    given, wanted = Sheets(tuple(sheets)), tuple(formulas if give is None else give)
    read_formulas = {name: parse(text) for name, (text, _) in formulas.items()}
    order, needed = layers(formulas, read_formulas)
    present = sorted(needed & given.columns)
    kinds: dict[str, Kind] = dict(given.kinds(engine, present))
    kinds |= {name: unit.storage for name, (_, unit) in formulas.items()}
    scope = Scope(kinds, as_of, settings)

    query, files = given.part(0, present)
    for layer in order:
        query = exp.select(exp.Star()).from_(query.subquery(alias=quoted("customers"), copy=False))
        for name in layer:
            value = compile_column(read_formulas[name], scope, formulas[name][1], over_rows=False)
            query = query.select(named(value, name), copy=False)
    inner = query.subquery(alias=quoted("customers"), copy=False)
    query = exp.select(column(CUSTOMER), *(column(name) for name in wanted)).from_(inner, copy=False)
    ordered = _ordered(query)
    parts = [_write(engine, ordered, given.instead(files, part), to, part) for part in given.parts]
    return Sheet(tuple(parts), wanted)


def spread(  # noqa: PLR0913, PLR0917 - what is read, what is made, and where to
    engine: Engine, sheets: Sequence[Sheet], by: Sequence[str], predict: Predict, given: Sequence[str], to: Path
) -> Sheet:
    """Make columns that are worked out in numpy from other columns, once for each distinct combination of their values.

    Args:
        engine: what runs the queries.
        sheets: what holds the columns `by`.
        by: columns of numbers; a customer with an unknown among them gets unknown.
        predict: given the distinct combinations as arrays, gives arrays of the same length; NaN is unknown.
        given: the names that `predict` gives.
        to: the folder of the Parquet files.

    Raises:
        WorthbookError: column-not-made.
    """
    all_sheets = Sheets(tuple(sheets))
    parts = []
    for part in all_sheets.parts:
        customers, files = all_sheets.part(part, by)
        table = to / f"groups-{part:05d}.parquet"
        try:
            engine.write_predicted(_groups(customers, by), files, predict, given, table)
            joined = _joined(customers, by, given)
            parts.append(_write(engine, _ordered(joined), {**files, "groups": (str(table),)}, to, part))
        finally:
            table.unlink(missing_ok=True)
    return Sheet(tuple(parts), tuple(given))


def grouped(
    engine: Engine,
    sheets: Sequence[Sheet],
    by: Sequence[str],
    *,
    means: Sequence[str] = (),
    parts: Sequence[int] | None = None,
) -> Columns:
    """The distinct combinations of some columns of numbers, and under `customers` how many customers have each.

    Customers with an unknown among them are left out. `means` are further columns of numbers, of which each combination
    gets the mean over its customers. `parts` restricts to some parts of the sheets.

    Raises:
        WorthbookError: column-not-made.
    """
    rows, files = Sheets(tuple(sheets)).whole([*by, *means], parts)
    found = engine.arrays(_groups(exp.select(exp.Star()).from_(rows), by, count=True, means=means), files)
    return {name: values.astype(np.float64) for name, values in found.items()}


def grouped_within(  # noqa: PLR0913 - as above, and of whom
    engine: Engine,
    sheets: Sequence[Sheet],
    by: Sequence[str],
    label: str,
    value: str | None,
    *,
    means: Sequence[str] = (),
) -> Columns:
    """The same for the customers whose `label` has one value; None stands for those for whom it is unknown.

    Raises:
        WorthbookError: column-not-made.
    """
    rows, files = Sheets(tuple(sheets)).whole(list(dict.fromkeys([*by, *means, label])))
    tree = column(label)
    same = (
        exp.Is(this=tree, expression=exp.Null())
        if value is None
        else exp.EQ(this=tree, expression=exp.Literal.string(value))
    )
    found = engine.arrays(_groups(exp.select(exp.Star()).from_(rows).where(same), by, count=True, means=means), files)
    return {name: values.astype(np.float64) for name, values in found.items()}


@dataclass(frozen=True)
class Totals:
    """What one column adds up to over all customers for whom it is known."""

    known: int
    sum: Value
    """None for a column that is not of numbers, and where nothing is known."""
    mean: float | None
    lowest: Value
    highest: Value


def totals(engine: Engine, sheets: Sequence[Sheet], columns: Sequence[str]) -> dict[str, Totals]:
    """How many customers each column is known for, its sum, mean, smallest and largest value.

    Raises:
        WorthbookError: column-not-made.
    """
    given = Sheets(tuple(sheets))
    kinds = given.kinds(engine, columns)
    rows, files = given.whole(columns)
    wanted = [each for name in columns for each in _facts(name, kinds[name])]
    query = exp.select(*(named(each, f"fact {index}") for index, each in enumerate(wanted))).from_(rows)
    answer = engine.rows(query, files)[0] if columns else ()
    width = len(wanted) // len(columns) if columns else 0
    made = {}
    for index, name in enumerate(columns):
        known, total, mean, lowest, highest = answer[index * width : (index + 1) * width]
        made[name] = Totals(int(str(known)), total, None if mean is None else float(str(mean)), lowest, highest)
    return made


def by_label(engine: Engine, sheets: Sequence[Sheet], label: str, sums: Sequence[str]) -> list[tuple[Value, ...]]:
    """Per label: the label (None where unknown), how many customers, and the sum of each column over them.

    Raises:
        WorthbookError: column-not-made.
    """
    return by_labels(engine, sheets, [label], sums)


def by_labels(
    engine: Engine, sheets: Sequence[Sheet], labels: Sequence[str], sums: Sequence[str]
) -> list[tuple[Value, ...]]:
    """The same per combination of labels that occurs.

    Raises:
        WorthbookError: column-not-made.
    """
    given = Sheets(tuple(sheets))
    kinds = given.kinds(engine, sums)
    rows, files = given.whole(list(dict.fromkeys((*labels, *sums))))
    counted = named(call("COUNT", exp.Star()), "customers")
    added = (named(_sum(name, kinds[name]), f"sum {index}") for index, name in enumerate(sums))
    query = exp.select(*(column(label) for label in labels), counted, *added).from_(rows)
    query = query.group_by(*(column(label) for label in labels))
    return engine.rows(query.order_by(*(exp.Ordered(this=column(label), nulls_first=True) for label in labels)), files)


def cross(engine: Engine, sheets: Sequence[Sheet], labels: Sequence[str]) -> list[tuple[Value, ...]]:
    """Per combination of labels that occurs: the labels, and how many customers have it.

    Raises:
        WorthbookError: column-not-made.
    """
    rows, files = Sheets(tuple(sheets)).whole(labels)
    trees = [column(label) for label in labels]
    query = exp.select(*trees, named(call("COUNT", exp.Star()), "customers")).from_(rows)
    query = query.group_by(*(tree.copy() for tree in trees))
    return engine.rows(query.order_by(*(exp.Ordered(this=tree.copy(), nulls_first=True) for tree in trees)), files)


def one_customer(
    engine: Engine, sheets: Sequence[Sheet], customer_id: str, columns: Sequence[str], bucket: int
) -> dict[str, Value]:
    """One customer's values, read from one part; empty if the customer is not there.

    `bucket` is the part that holds the customer: `bucket_of(customer_id, snapshot.buckets)`.

    Raises:
        WorthbookError: column-not-made.
    """
    query, files = Sheets(tuple(sheets)).part(bucket, columns)
    inner = query.subquery(alias=quoted("customers"))
    wanted = exp.EQ(this=column(CUSTOMER), expression=exp.Literal.string(customer_id))
    found = engine.rows(exp.select(*(column(name) for name in columns)).from_(inner).where(wanted), files)
    return dict(zip(columns, found[0], strict=True)) if found else {}


AT_ONCE = 5_000
"""Customers named in one query."""


def of_customers(
    engine: Engine, sheets: Sequence[Sheet], customers: Sequence[str], columns: Sequence[str]
) -> dict[str, tuple[Value, ...]]:
    """Customer → values, of some customers; who is not there is left out.

    Raises:
        WorthbookError: column-not-made.
    """
    rows, files = Sheets(tuple(sheets)).whole(columns)
    found: dict[str, tuple[Value, ...]] = {}
    for first in range(0, len(customers), AT_ONCE):
        names = [exp.Literal.string(each) for each in customers[first : first + AT_ONCE]]
        wanted = exp.In(this=column(CUSTOMER), expressions=names)
        query = exp.select(column(CUSTOMER), *(column(name) for name in columns)).from_(rows.copy()).where(wanted)
        found |= {str(customer): tuple(values) for customer, *values in engine.rows(query, files)}
    return found


def stream(engine: Engine, sheets: Sequence[Sheet], columns: Sequence[str]) -> ArrowStream:
    """All customers with some columns as an Arrow stream, in batches, in the order of their ids.

    Raises:
        WorthbookError: column-not-made.
    """
    rows, files = Sheets(tuple(sheets)).whole(columns)
    query = exp.select(column(CUSTOMER), *(column(name) for name in columns)).from_(rows)
    return engine.stream(query.order_by(exp.Ordered(this=column(CUSTOMER), nulls_first=True)), files)


def count(engine: Engine, sheet: Sheet) -> int:
    """How many customers a sheet has."""
    rows, files = Sheets((sheet,)).whole([])
    return int(str(engine.rows(exp.select(call("COUNT", exp.Star())).from_(rows), files)[0][0]))


def unknown(engine: Engine, sheets: Sequence[Sheet], name: str, *, unplaced_in: str) -> int:
    """How many customers are in no cell of a framework and have no value in a column.

    Raises:
        WorthbookError: column-not-made.
    """
    rows, files = Sheets(tuple(sheets)).whole([name, unplaced_in])
    query = exp.select(call("COUNT", exp.Star())).from_(rows)
    for each in (name, unplaced_in):
        query = query.where(exp.Is(this=column(each), expression=exp.Null()), copy=False)
    return int(str(engine.rows(query, files)[0][0]))


def _groups(customers: exp.Select, by: Sequence[str], *, count: bool = False, means: Sequence[str] = ()) -> exp.Select:
    """Distinct combinations as DOUBLE, so that what goes to numpy and what is joined back is the same number."""
    values = exp.select(*(named(cast(column(name), "number"), name) for name in (*by, *means)))
    values = values.from_(customers.subquery(alias=quoted("customers")))
    for name in by:
        values = values.where(exp.Not(this=exp.Is(this=column(name), expression=exp.Null())), copy=False)
    query = exp.select(*(column(name) for name in by)).from_(values.subquery(alias="known"))
    query = query.group_by(*(column(name) for name in by))
    query = query.select(*(named(call("AVG", column(name)), name) for name in means), copy=False)
    order = (exp.Ordered(this=column(name), nulls_first=True) for name in by)
    if count:
        query = query.select(named(cast(call("COUNT", exp.Star()), "number"), "customers"))
    return query.order_by(*order)


def _joined(customers: exp.Select, by: Sequence[str], given: Sequence[str]) -> exp.Select:
    side = customers.subquery(alias=quoted("customers"))
    same = (exp.EQ(this=cast(column(name, "customers"), "number"), expression=column(name, "groups")) for name in by)
    query = exp.select(column(CUSTOMER, "customers"), *(column(name, "groups") for name in given)).from_(side)
    return query.join(read("groups"), on=exp.and_(*same), join_type="left")


def _write(engine: Engine, query: exp.Select, files: Mapping[str, Sequence[str]], to: Path, part: int) -> str:
    path = to / f"part-{part:05d}.parquet"
    engine.write(query, files, path)
    return str(path)


def _ordered(query: exp.Select) -> exp.Select:
    return query.order_by(exp.Ordered(this=column(CUSTOMER), nulls_first=True), copy=False)


def _facts(name: str, kind: Kind) -> tuple[exp.Expr, ...]:
    known = call("COUNT", column(name))
    numeric = kind in NUMERIC
    total = _sum(name, kind) if numeric else exp.Null()
    mean = divided(cast(total.copy(), "number"), cast(known.copy(), "number")) if numeric else exp.Null()
    edges = (call(edge, column(name)) for edge in ("MIN", "MAX"))
    return (known, total, mean, *edges)


def _sum(name: str, kind: Kind) -> exp.Expr:
    """A sum that is exact for amounts and counts."""
    return cast(call("SUM", Typed(column(name), kind).expect(NUMERIC)), kind)

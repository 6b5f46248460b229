"""Customers grouped by what some formulas give: few rows that say of all customers what numpy needs to know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
from sqlglot import exp

from worthbook.data.compile import Scope, compile_column
from worthbook.data.engine import Columns, Engine, Sheet
from worthbook.data.formula import parse
from worthbook.data.sheets import Sheets, named, quoted
from worthbook.data.typed import call, cast, column
from worthbook.kernel.units import Unit

CUSTOMERS = "customers"
MEAN = "mean"


def combinations(
    engine: Engine, sheets: Sequence[Sheet], formulas: Mapping[str, str], as_of: dt.date, mean: str | None = None
) -> Columns:
    """The distinct combinations of what some formulas give, and under `customers` how many customers have each.

    Args:
        engine: what runs the query.
        sheets: what the formulas read.
        formulas: name → a formula over the columns of the sheets that gives a number; unknown is NaN.
        as_of: what `as_of()` gives.
        mean: a column of numbers, of which each combination gets the mean over its customers under `mean`; customers
            for whom it is unknown are left out.

    Raises:
        WorthbookError: column-not-made, or what a formula does wrong.
    """
    given = Sheets(tuple(sheets))
    read = {name: parse(text) for name, text in formulas.items()}
    needed = sorted({name for formula in read.values() for name in formula.columns} | ({mean} if mean else set()))
    scope = Scope(dict(given.kinds(engine, needed)), as_of, {})
    rows, files = given.whole(needed)
    made = [named(compile_column(read[name], scope, Unit.SCORE, over_rows=False), name) for name in formulas]
    inner = exp.select(*made).from_(rows)
    if mean is not None:
        inner = inner.select(named(cast(column(mean), "number"), MEAN), copy=False)
        inner = inner.where(exp.Not(this=exp.Is(this=column(mean), expression=exp.Null())), copy=False)
    query = exp.select(*(column(name) for name in formulas)).from_(inner.subquery(alias=quoted("scored")))
    query = query.group_by(*(column(name) for name in formulas))
    query = query.select(named(cast(call("COUNT", exp.Star()), "number"), CUSTOMERS), copy=False)
    if mean is not None:
        query = query.select(named(call("AVG", column(MEAN)), MEAN), copy=False)
    order = (exp.Ordered(this=column(name), nulls_first=True) for name in formulas)
    return {name: values.astype(np.float64) for name, values in engine.arrays(query.order_by(*order), files).items()}

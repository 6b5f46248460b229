"""Some customers as rows of numbers, for what learns from them: one column a formula, unknown as NaN."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from worthbook.data.chosen import Customers
from worthbook.data.columns import count
from worthbook.data.compile import compile_value
from worthbook.data.formula import parse
from worthbook.data.sheets import CUSTOMER, Sheets, named, quoted
from worthbook.data.typed import column

MOST = 200_000
"""Customers are spread over parts by chance: where there are more than this, only so many parts are read."""


def features(customers: Customers, formulas: Sequence[str]) -> NDArray[np.float64]:
    """Customers as rows in the order of their ids, formulas as columns.

    Raises:
        WorthbookError: column-not-made, or what a formula does wrong.
    """
    read = sorted({name for text in formulas for name in parse(text).columns})
    sheets = Sheets(customers.sheets)
    everyone = sum(count(customers.engine, sheet) for sheet in customers.sheets[:1])
    parts = list(sheets.parts)[: max(1, math.floor(len(sheets.parts) * min(1.0, MOST / max(everyone, 1))))]
    rows, files = sheets.whole(read, parts)
    scope = customers.scope(read)
    values = (named(compile_value(parse(text), scope).double, f"f{index}") for index, text in enumerate(formulas))
    inner = exp.select(column(CUSTOMER), *values).from_(rows).subquery(alias=quoted("described"))
    names = [f"f{index}" for index in range(len(formulas))]
    query = exp.select(*(column(name) for name in names)).from_(inner)
    found = customers.engine.arrays(query.order_by(exp.Ordered(this=column(CUSTOMER), nulls_first=True)), files)
    return np.column_stack([found[name].astype(np.float64) for name in names])

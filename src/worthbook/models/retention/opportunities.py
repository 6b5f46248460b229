"""What BG/BB reads: at how many of a row of occasions a customer bought, and at which one for the last time.

Occasions are given by the calendar and not by the customer: a yearly appeal for donations, a weekly market, a cruise, a
conference. Each is taken or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from worthbook.kernel.errors import Fault, Problem, raise_all
from worthbook.kernel.language import Text
from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import FloatArray, IntArray
from worthbook.models.columns import (
    NEGATIVE,
    as_column,
    bad_counts,
    check_shape,
    keep,
    not_finite,
    rows_where,
    weights_or_ones,
)
from worthbook.models.distinct import DistinctRows

PLACE_NOT_WHOLE = Fault(
    "opportunity-place-not-whole",
    what=Text(
        en="Column {column} is not whole in {count} rows (the first is row {row}).",
        zh="{column} 列有 {count} 行不是整数（首个为第 {row} 行）。",
    ),
    hint=Text(
        en="Count occasions (1 is the first after the customer was won); for exact times use a continuous model.",
        zh="请按机会次数计数（1 为获客后的第一次机会）；若有精确时间，请使用连续时间模型。",
    ),
)
LAST_AFTER_N = Fault(
    "opportunity-last-after-end",
    what=Text(
        en="The last purchase t_x lies after the last occasion n in {count} rows (the first is row {row}).",
        zh="有 {count} 行的最近一次购买 t_x 晚于最后一次机会 n（首个为第 {row} 行）。",
    ),
    hint=Text(en="Count t_x and n from the same first occasion.", zh="t_x 与 n 应从同一次机会开始计数。"),
)
MORE_THAN_OCCASIONS = Fault(
    "opportunity-more-purchases",
    what=Text(
        en="{count} rows hold more purchases x than occasions up to the last one t_x (the first is row {row}).",
        zh="有 {count} 行的购买次数 x 多于截至 t_x 的机会次数（首个为第 {row} 行）。",
    ),
    hint=Text(
        en="An occasion is taken or not: several purchases at one occasion count once.",
        zh="每次机会只有买与不买两种结果：同一次机会中的多次购买只计一次。",
    ),
)
LAST_UNCLEAR = Fault(
    "opportunity-last-unclear",
    what=Text(
        en="In {count} rows only one of x and t_x is zero (the first is row {row}).",
        zh="有 {count} 行的 x 与 t_x 只有一个为零（首个为第 {row} 行）。",
    ),
    hint=Text(
        en="t_x is the number of the occasion last taken, and 0 where none was.",
        zh="t_x 为最近一次购买对应的机会序号；从未购买时为 0。",
    ),
)


@dataclass(frozen=True, eq=False)
class OpportunityHistory:
    """Which occasions each customer, or each group of equal customers, took.

    Attributes:
        x: Number of occasions taken.
        t_x: Number of the occasion last taken, counted from 1; 0 where none was.
        n: Number of occasions since the customer was won; customers may differ.
        weights: Number of customers that share the row; 1 if left out.
        unit: How far occasions lie apart, for discounting.

    >>> history = OpportunityHistory([2, 0, 0], [4, 0, 0], [6, 6, 6], unit="years")
    >>> history.customers, len(history.group())
    (3.0, 2)
    """

    x: FloatArray
    t_x: FloatArray
    n: FloatArray
    weights: FloatArray
    unit: PeriodUnit

    def __init__(
        self,
        x: ArrayLike,
        t_x: ArrayLike,
        n: ArrayLike,
        weights: ArrayLike | None = None,
        unit: PeriodUnit = "years",
    ) -> None:
        """Check the columns and keep them.

        Raises:
            WorthbookError: With every problem of the columns.
        """
        columns = {"x": as_column(x), "t_x": as_column(t_x), "n": as_column(n)}
        columns["weights"] = weights_or_ones(weights, len(columns["x"]))
        check_shape(columns)
        raise_all(_problems(columns))
        keep(self, columns, unit=unit)

    @classmethod
    def of_table(cls, taken: ArrayLike, unit: PeriodUnit = "years") -> OpportunityHistory:
        """From a table with a row for each customer and a column for each occasion, 1 where it was taken.

        >>> OpportunityHistory.of_table([[1, 0, 1], [0, 0, 0]]).t_x.tolist()
        [3.0, 0.0]
        """
        table = np.asarray(taken, dtype=np.float64)
        places = np.arange(1, table.shape[1] + 1)
        return cls(table.sum(axis=1), (table * places).max(axis=1), np.full(len(table), table.shape[1]), unit=unit)

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.x)

    @property
    def customers(self) -> float:
        """Number of customers."""
        return float(self.weights.sum())

    @cached_property
    def distinct(self) -> DistinctRows:
        """Which rows are equal."""
        return DistinctRows.of(self.x, self.t_x, self.n)

    def group(self) -> OpportunityHistory:
        """The same customers with equal rows collapsed into one."""
        rows = self.distinct.sample
        return self._of(rows, self.distinct.total(self.weights))

    def take(self, rows: IntArray) -> OpportunityHistory:
        """Only these rows."""
        return self._of(rows, self.weights[rows])

    def _of(self, rows: IntArray, weights: FloatArray) -> OpportunityHistory:
        made = object.__new__(OpportunityHistory)  # rows of checked columns need no second check
        keep(made, {"x": self.x[rows], "t_x": self.t_x[rows], "n": self.n[rows], "weights": weights}, unit=self.unit)
        return made


def _problems(columns: dict[str, FloatArray]) -> list[Problem]:
    x, t_x, n, weights = columns.values()
    unreadable = not_finite(columns)
    if unreadable:
        return unreadable
    found = bad_counts(x, weights)
    for name, column in (("t_x", t_x), ("n", n)):
        found += rows_where(column < 0, NEGATIVE, column=name)
        found += rows_where(column != np.floor(column), PLACE_NOT_WHOLE, column=name)
    found += rows_where(t_x > n, LAST_AFTER_N)
    found += rows_where((x > 0) != (t_x > 0), LAST_UNCLEAR)
    found += rows_where((x > t_x) & (t_x > 0), MORE_THAN_OCCASIONS)
    return found

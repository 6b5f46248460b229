"""What the lifetime models read: how often, how lately and for how long each customer has bought, and for how much."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from worthbook.kernel.errors import Fault, Problem, raise_all
from worthbook.kernel.language import Text
from worthbook.kernel.period import DAYS_PER_YEAR, MONTHS_PER_YEAR, WEEKS_PER_YEAR, PeriodUnit
from worthbook.models.base import FloatArray
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

PERIODS_PER_YEAR: dict[PeriodUnit, float] = {
    "days": DAYS_PER_YEAR,
    "weeks": WEEKS_PER_YEAR,
    "months": float(MONTHS_PER_YEAR),
    "years": 1.0,
}
UNIT_NAMES: dict[PeriodUnit, Text] = {
    "days": Text(en="days", zh="天"),
    "weeks": Text(en="weeks", zh="周"),
    "months": Text(en="months", zh="个月"),
    "years": Text(en="years", zh="年"),
}

LAST_AFTER_END = Fault(
    "history-last-after-end",
    what=Text(
        en="The last purchase t_x lies after the end of observation T in {count} rows (the first is row {row}).",
        zh="有 {count} 行的最近购买时间 t_x 晚于观察期末 T（首个为第 {row} 行）。",
    ),
    hint=Text(
        en="Measure t_x and T from the first purchase, in the same unit, up to the same date.",
        zh="t_x 与 T 都应从首次购买起算，单位相同，并截至同一日期。",
    ),
)
RECENCY_WITHOUT_REPEAT = Fault(
    "history-recency-without-repeat",
    what=Text(
        en="{count} customers have no repeat purchase (x = 0) and yet a last one (t_x > 0), the first in row {row}.",
        zh="有 {count} 位客户没有复购（x = 0），却有最近复购时间（t_x > 0），首个为第 {row} 行。",
    ),
    hint=Text(
        en="x counts repeat purchases only, and t_x is 0 where there is none.",
        zh="x 只计复购次数；没有复购时 t_x 应为 0。",
    ),
)


@dataclass(frozen=True, eq=False)
class PurchaseHistory:
    """Repeat purchases of each customer, or of each group of equal customers.

    Attributes:
        x: Number of repeat purchases; purchases on one day count once.
        t_x: Time from the first to the last purchase, 0 where there is no repeat.
        T: Time from the first purchase to the end of observation.
        weights: Number of customers that share the row; 1 if left out.
        unit: Unit of `t_x` and `T`.
        log_gaps: Sum of the natural logarithms of the times between a customer's purchases, in the same unit, 0 where
            there is no repeat; the mean of the row's customers. Only models of regular buying need it.

    >>> history = PurchaseHistory([2, 0, 0], [30.43, 0, 0], [38.86, 38.86, 38.86])
    >>> history.customers, len(history.group())
    (3.0, 2)
    """

    x: FloatArray
    t_x: FloatArray
    T: FloatArray
    weights: FloatArray
    unit: PeriodUnit
    log_gaps: FloatArray | None

    def __init__(  # noqa: PLR0913, PLR0917  # one argument for each column
        self,
        x: ArrayLike,
        t_x: ArrayLike,
        T: ArrayLike,  # noqa: N803  # the literature's name
        weights: ArrayLike | None = None,
        unit: PeriodUnit = "weeks",
        log_gaps: ArrayLike | None = None,
    ) -> None:
        """Check the columns and keep them.

        Raises:
            WorthbookError: With every problem of the columns.
        """
        columns = {"x": as_column(x), "t_x": as_column(t_x), "T": as_column(T)}
        columns["weights"] = weights_or_ones(weights, len(columns["x"]))
        gaps = {} if log_gaps is None else {"log_gaps": as_column(log_gaps)}
        check_shape({**columns, **gaps})
        raise_all([*not_finite(gaps), *_problems(**columns)])
        keep(self, {**columns, **gaps}, unit=unit, **({} if gaps else {"log_gaps": None}))

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.x)

    @property
    def customers(self) -> float:
        """Number of customers."""
        return float(self.weights.sum())

    def group(self, found: DistinctRows | None = None) -> PurchaseHistory:
        """The same customers with equal rows collapsed into one; which are equal may be said."""
        found = found or self.distinct
        rows, weights = found.sample, found.total(self.weights)
        gaps = None if self.log_gaps is None else found.total(self.weights * self.log_gaps) / weights
        return self._of(self.x[rows], self.t_x[rows], self.T[rows], weights, gaps)

    def take(self, rows: np.ndarray) -> PurchaseHistory:
        """Only these rows."""
        gaps = None if self.log_gaps is None else self.log_gaps[rows]
        return self._of(self.x[rows], self.t_x[rows], self.T[rows], self.weights[rows], gaps)

    def weighted(self, weights: ArrayLike) -> PurchaseHistory:
        """The same rows, each shared by so many customers."""
        return self._of(self.x, self.t_x, self.T, as_column(weights), self.log_gaps)

    def scaled(self, factor: float) -> PurchaseHistory:
        """The same customers with every time multiplied; the name of the unit stays."""
        gaps = None if self.log_gaps is None else self.log_gaps + self.x * np.log(factor)
        return self._of(self.x, self.t_x * factor, self.T * factor, self.weights, gaps)

    def sample(self, customers: int) -> PurchaseHistory:
        """So many of the customers, evenly from the first row to the last.

        >>> PurchaseHistory([0, 1, 2], [0, 1, 2], [3, 3, 3], weights=[4, 4, 8]).sample(4).weights.tolist()
        [1.0, 1.0, 2.0]
        """
        places = (np.arange(customers) + 0.5) * (self.customers / customers)
        rows, counts = np.unique(np.searchsorted(np.cumsum(self.weights), places), return_counts=True)
        gaps = None if self.log_gaps is None else self.log_gaps[rows]
        return self._of(self.x[rows], self.t_x[rows], self.T[rows], counts.astype(np.float64), gaps)

    @cached_property
    def distinct(self) -> DistinctRows:
        """Which rows are equal."""
        return DistinctRows.of(self.x, self.t_x, self.T)

    @cached_property
    def distinct_gaps(self) -> DistinctRows:
        """Which rows are equal and have the same `log_gaps`."""
        return self.distinct if self.log_gaps is None else DistinctRows.of(self.x, self.t_x, self.T, self.log_gaps)

    def _of(self, *columns: FloatArray | None) -> PurchaseHistory:
        made = object.__new__(PurchaseHistory)  # rows of checked columns need no second check
        named = dict(zip(("x", "t_x", "T", "weights", "log_gaps"), columns, strict=True))
        keep(made, {name: column for name, column in named.items() if column is not None}, unit=self.unit)
        if columns[-1] is None:
            object.__setattr__(made, "log_gaps", None)
        return made


@dataclass(frozen=True, eq=False)
class SpendHistory:
    """What each customer spends at a purchase.

    Attributes:
        x: Number of purchases over which the mean is taken; 0 for customers of whom no spend is known.
        mean_value: Mean spend of those purchases; ignored where x is 0.
        weights: Number of customers that share the row; 1 if left out.
    """

    x: FloatArray
    mean_value: FloatArray
    weights: FloatArray

    def __init__(self, x: ArrayLike, mean_value: ArrayLike, weights: ArrayLike | None = None) -> None:
        """Check the columns and keep them.

        Raises:
            WorthbookError: With every problem of the columns.
        """
        columns = {"x": as_column(x), "mean_value": as_column(mean_value)}
        columns["weights"] = weights_or_ones(weights, len(columns["x"]))
        check_shape(columns)
        unreadable = [*not_finite(columns)]
        raise_all(unreadable or [*bad_counts(columns["x"], columns["weights"])])
        keep(self, columns)

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.x)


def _problems(x: FloatArray, t_x: FloatArray, T: FloatArray, weights: FloatArray) -> list[Problem]:  # noqa: N803
    unreadable = [*not_finite({"x": x, "t_x": t_x, "T": T, "weights": weights})]
    if unreadable:
        return unreadable
    found = bad_counts(x, weights)
    found += [
        each for name, column in (("t_x", t_x), ("T", T)) for each in rows_where(column < 0, NEGATIVE, column=name)
    ]
    found += rows_where(t_x > T, LAST_AFTER_END)
    found += rows_where((x == 0) & (t_x > 0), RECENCY_WITHOUT_REPEAT)
    return found

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

HISTORY_EMPTY = Fault(
    "history-empty",
    what=Text(en="There are no customers to learn from.", zh="没有可供建模的客户。"),
    hint=Text(en="Check the population and the date.", zh="请检查所选人群和截止日期。"),
)
LENGTHS_DIFFER = Fault(
    "history-lengths-differ",
    what=Text(en="The columns have different lengths: {lengths}.", zh="各列长度不一致：{lengths}。"),
    hint=Text(en="Give every column one value for each customer.", zh="每一列都应为每位客户提供一个值。"),
)
NOT_FINITE = Fault(
    "history-not-finite",
    what=Text(
        en="Column {column} holds no number in {count} rows (the first is row {row}).",
        zh="{column} 列有 {count} 行不是有效数字（首个为第 {row} 行）。",
    ),
    hint=Text(
        en="Leave out customers whose history is unknown; unknown is not zero.",
        zh="请剔除历史未知的客户；未知不等于零。",
    ),
)
NEGATIVE = Fault(
    "history-negative",
    what=Text(
        en="Column {column} is negative in {count} rows (the first is row {row}).",
        zh="{column} 列有 {count} 行为负值（首个为第 {row} 行）。",
    ),
    hint=Text(
        en="Check the order of the dates: first purchase, last purchase, end of observation.",
        zh="请检查日期先后：首次购买、最近购买、观察截止日。",
    ),
)
NOT_WHOLE = Fault(
    "history-count-not-whole",
    what=Text(
        en="The number of purchases x is not whole in {count} rows (the first is row {row}).",
        zh="购买次数 x 有 {count} 行不是整数（首个为第 {row} 行）。",
    ),
    hint=Text(
        en="Count purchases (for example purchase days), not amounts.", zh="x 应为购买次数（如购买天数），而不是金额。"
    ),
)
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
WEIGHT_NOT_POSITIVE = Fault(
    "history-weight-not-positive",
    what=Text(
        en="The weight is not positive in {count} rows (the first is row {row}).",
        zh="权重有 {count} 行不是正数（首个为第 {row} 行）。",
    ),
    hint=Text(en="A weight says how many customers share the row.", zh="权重表示有多少位客户对应该行。"),
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

    >>> history = PurchaseHistory([2, 0, 0], [30.43, 0, 0], [38.86, 38.86, 38.86])
    >>> history.customers, len(history.group())
    (3.0, 2)
    """

    x: FloatArray
    t_x: FloatArray
    T: FloatArray
    weights: FloatArray
    unit: PeriodUnit

    def __init__(
        self,
        x: ArrayLike,
        t_x: ArrayLike,
        T: ArrayLike,  # noqa: N803  # the literature's name
        weights: ArrayLike | None = None,
        unit: PeriodUnit = "weeks",
    ) -> None:
        """Check the columns and keep them.

        Raises:
            WorthbookError: With every problem of the columns.
        """
        columns = {"x": _column(x), "t_x": _column(t_x), "T": _column(T)}
        columns["weights"] = np.ones(len(columns["x"])) if weights is None else _column(weights)
        _check_shape(columns)
        raise_all(_problems(**columns))
        _keep(self, columns, unit=unit)

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.x)

    @property
    def customers(self) -> float:
        """Number of customers."""
        return float(self.weights.sum())

    def group(self) -> PurchaseHistory:
        """The same customers with equal rows collapsed into one."""
        found = self.distinct
        rows = found.sample
        return self._of(self.x[rows], self.t_x[rows], self.T[rows], found.total(self.weights))

    def take(self, rows: np.ndarray) -> PurchaseHistory:
        """Only these rows."""
        return self._of(self.x[rows], self.t_x[rows], self.T[rows], self.weights[rows])

    @cached_property
    def distinct(self) -> DistinctRows:
        """Which rows are equal."""
        return DistinctRows.of(self.x, self.t_x, self.T)

    def _of(self, x: FloatArray, t_x: FloatArray, end: FloatArray, weights: FloatArray) -> PurchaseHistory:
        made = object.__new__(PurchaseHistory)  # rows of checked columns need no second check
        _keep(made, {"x": x, "t_x": t_x, "T": end, "weights": weights}, unit=self.unit)
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
        columns = {"x": _column(x), "mean_value": _column(mean_value)}
        columns["weights"] = np.ones(len(columns["x"])) if weights is None else _column(weights)
        _check_shape(columns)
        unreadable = [*_not_finite(columns)]
        raise_all(unreadable or [*_bad_counts(columns["x"], columns["weights"])])
        _keep(self, columns)

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.x)


def _column(values: ArrayLike) -> FloatArray:
    column = np.array(values, dtype=np.float64)
    return column.reshape(-1)


def _keep(target: object, columns: dict[str, FloatArray], **others: object) -> None:
    """Set the fields of a frozen object, with read-only columns."""
    for name, column in columns.items():
        column.setflags(write=False)
        object.__setattr__(target, name, column)
    for name, value in others.items():
        object.__setattr__(target, name, value)


def _check_shape(columns: dict[str, FloatArray]) -> None:
    if len({len(column) for column in columns.values()}) > 1:
        raise LENGTHS_DIFFER(lengths=", ".join(f"{name} {len(column)}" for name, column in columns.items()))
    if not len(columns["x"]):
        raise HISTORY_EMPTY()  # noqa: RSE102  # a fault makes the exception


def _problems(x: FloatArray, t_x: FloatArray, T: FloatArray, weights: FloatArray) -> list[Problem]:  # noqa: N803
    unreadable = [*_not_finite({"x": x, "t_x": t_x, "T": T, "weights": weights})]
    if unreadable:
        return unreadable
    found = _bad_counts(x, weights)
    found += [each for name, column in (("t_x", t_x), ("T", T)) for each in _where(column < 0, NEGATIVE, column=name)]
    found += _where(t_x > T, LAST_AFTER_END)
    found += _where((x == 0) & (t_x > 0), RECENCY_WITHOUT_REPEAT)
    return found


def _not_finite(columns: dict[str, FloatArray]) -> list[Problem]:
    return [
        problem for name, column in columns.items() for problem in _where(~np.isfinite(column), NOT_FINITE, column=name)
    ]


def _bad_counts(x: FloatArray, weights: FloatArray) -> list[Problem]:
    return [
        *_where(x < 0, NEGATIVE, column="x"),
        *_where(x != np.floor(x), NOT_WHOLE),
        *_where(weights <= 0, WEIGHT_NOT_POSITIVE),
    ]


def _where(bad: np.ndarray, fault: Fault, **values: str) -> list[Problem]:
    """At most one problem, with the number of bad rows and the first of them, counted from 1."""
    count = int(np.count_nonzero(bad))
    return [fault.problem(None, count=count, row=int(np.argmax(bad)) + 1, **values)] if count else []

"""Columns of what models read: turned into arrays once, checked once, and never changed again."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from worthbook.kernel.errors import Fault, Problem
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray

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
WEIGHT_NOT_POSITIVE = Fault(
    "history-weight-not-positive",
    what=Text(
        en="The weight is not positive in {count} rows (the first is row {row}).",
        zh="权重有 {count} 行不是正数（首个为第 {row} 行）。",
    ),
    hint=Text(en="A weight says how many customers share the row.", zh="权重表示有多少位客户对应该行。"),
)


def as_column(values: ArrayLike) -> FloatArray:
    """An own copy of the values, as numbers.

    >>> as_column([1, 2]).tolist()
    [1.0, 2.0]
    """
    column = np.array(values, dtype=np.float64)
    return column.reshape(-1)


def weights_or_ones(weights: ArrayLike | None, rows: int) -> FloatArray:
    """How many customers share each row: one if nothing is said."""
    return np.ones(rows) if weights is None else as_column(weights)


def keep(target: object, columns: dict[str, FloatArray], **others: object) -> None:
    """Set the fields of a frozen object, with read-only columns."""
    for name, column in columns.items():
        column.setflags(write=False)
        object.__setattr__(target, name, column)
    for name, value in others.items():
        object.__setattr__(target, name, value)


def check_shape(columns: dict[str, FloatArray]) -> None:
    """Raise unless all columns have the same length, and at least one row.

    Raises:
        WorthbookError: `history-lengths-differ` or `history-empty`.
    """
    if len({len(column) for column in columns.values()}) > 1:
        raise LENGTHS_DIFFER(lengths=", ".join(f"{name} {len(column)}" for name, column in columns.items()))
    if not all(map(len, columns.values())):
        raise HISTORY_EMPTY()  # noqa: RSE102  # a fault makes the exception


def not_finite(columns: dict[str, FloatArray]) -> list[Problem]:
    """One problem for each column that holds something that is no number."""
    return [
        problem
        for name, column in columns.items()
        for problem in rows_where(~np.isfinite(column), NOT_FINITE, column=name)
    ]


def bad_counts(x: FloatArray, weights: FloatArray) -> list[Problem]:
    """Counts of purchases that are negative or not whole, and weights that are not positive."""
    return [
        *rows_where(x < 0, NEGATIVE, column="x"),
        *rows_where(x != np.floor(x), NOT_WHOLE),
        *rows_where(weights <= 0, WEIGHT_NOT_POSITIVE),
    ]


def rows_where(bad: np.ndarray, fault: Fault, **values: str) -> list[Problem]:
    """At most one problem, with the number of bad rows and the first of them, counted from 1."""
    count = int(np.count_nonzero(bad))
    return [fault.problem(None, count=count, row=int(np.argmax(bad)) + 1, **values)] if count else []

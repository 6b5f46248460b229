"""Purchases of customers, and covariates that change with time: campaigns, seasons, prices.

Time runs on one clock for all customers, cut into periods; within a period covariates stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from worthbook.kernel.errors import Fault, did_you_mean, raise_all
from worthbook.kernel.language import Text
from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import FloatArray, IntArray
from worthbook.models.columns import as_column, check_shape, not_finite
from worthbook.models.design import COVARIATE_UNKNOWN
from worthbook.models.lifetime.data import PurchaseHistory

EDGES_WRONG = Fault(
    "season-edges-wrong",
    what=Text(en="The edges of the periods do not rise.", zh="各时期的边界没有递增。"),
    hint=Text(
        en="Give one edge more than there are periods: the start of each, and the end of the last.",
        zh="边界数应比时期数多一个：每个时期的开始，以及最后一个时期的结束。",
    ),
)
SHAPE_WRONG = Fault(
    "season-shape-wrong",
    what=Text(
        en="The covariate '{name}' has the shape {found}; {customers} customers and {periods} periods were expected.",
        zh="协变量“{name}”的形状为 {found}；应为 {customers} 位客户、{periods} 个时期。",
    ),
    hint=Text(
        en="Give one value a period, or a table with a row for each customer and a column for each period.",
        zh="请为每个时期给一个值，或给出“每位客户一行、每个时期一列”的表。",
    ),
)
VALUES_MISSING = Fault(
    "season-values-missing",
    what=Text(
        en="The covariate '{name}' is missing for {count} customers and periods.",
        zh="协变量“{name}”有 {count} 处（客户×时期）缺失。",
    ),
    hint=Text(en="Give a value for every period of every customer; missing is not zero.", zh="请补齐；缺失不等于零。"),
)
NOT_COVERED = Fault(
    "season-not-covered",
    what=Text(
        en="The covariates run from {first} to {last}, but are needed from {start} to {end}.",
        zh="协变量覆盖 {first} 至 {last}，而需要 {start} 至 {end}。",
    ),
    hint=Text(
        en="Give the covariates of the periods that are missing, or say with `hold_last` that they stay as they were.",
        zh="请补充缺少的时期，或用 `hold_last` 声明其保持最后的取值。",
    ),
)
NO_PURCHASE_BEFORE_END = Fault(
    "season-purchase-after-end",
    what=Text(
        en="{count} customers have no purchase up to the end of observation.",
        zh="有 {count} 位客户在观察期末之前没有购买。",
    ),
    hint=Text(en="Leave them out: their first purchase is still to come.", zh="请剔除他们：其首次购买尚未发生。"),
)


@dataclass(frozen=True, eq=False)
class SeasonedCustomers:
    """Purchases on a clock that all customers share, and covariates by period.

    Attributes:
        history: Repeat purchases of each customer, as every model reads them.
        born: Moment of each customer's first purchase, on the clock.
        edges: Starts of the periods and the end of the last, on the clock.
        counts: Repeat purchases of each customer (rows) in each period (columns).
        covariates: For each name one value a period, or a row of them for each customer.
    """

    history: PurchaseHistory
    born: FloatArray
    edges: FloatArray
    counts: FloatArray
    covariates: Mapping[str, FloatArray]

    @classmethod
    def of_purchases(  # noqa: PLR0913  # what is known of purchases, and of periods
        cls,
        customers: ArrayLike,
        times: ArrayLike,
        *,
        end: float,
        edges: ArrayLike,
        covariates: Mapping[str, ArrayLike],
        unit: PeriodUnit = "weeks",
    ) -> SeasonedCustomers:
        """From a log of purchases; several of one customer at one moment count once, those after the end do not count.

        Args:
            customers: For each purchase, which customer made it: a number from 0 on.
            times: Moment of each purchase, on the clock.
            end: End of observation, on the clock.
            edges: Starts of the periods and the end of the last.
            covariates: For each name one value a period, or a row of them for each customer.
            unit: Of the clock.

        Raises:
            WorthbookError: If columns do not fit together, or the covariates do not cover what is observed.

        >>> made = SeasonedCustomers.of_purchases(
        ...     [0, 0, 0, 1], [0.0, 1.5, 3.2, 1.0], end=4.0, edges=[0, 1, 2, 3, 4], covariates={"sale": [0, 1, 0, 0]}
        ... )
        >>> made.history.x.tolist(), made.history.T.tolist(), made.counts.tolist()
        ([2.0, 0.0], [4.0, 3.0], [[0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0]])
        """
        who, when = as_column(customers), as_column(times)
        check_shape({"customers": who, "times": when})
        raise_all(not_finite({"customers": who, "times": when}))
        limits = as_column(edges)
        if len(limits) <= 1 or not (np.diff(limits) > 0).all():
            raise EDGES_WRONG()  # noqa: RSE102  # a fault makes the exception
        rows = int(who.max()) + 1
        pairs = np.unique(np.array([who, when])[:, when <= end], axis=1)
        owner, when = pairs[0].astype(np.intp), pairs[1]
        bought = np.bincount(owner, minlength=rows)
        if not bought.all():
            raise NO_PURCHASE_BEFORE_END(count=int((bought == 0).sum()))
        first = np.concatenate([[True], owner[1:] != owner[:-1]])  # pairs are sorted by customer, then by time
        born, last = when[first], when[np.append(first[1:], True)]
        history = PurchaseHistory(bought - 1, last - born, end - born, unit=unit)
        values = {name: _values(name, given, rows, len(limits) - 1) for name, given in covariates.items()}
        made = cls(history, born, limits, _counts(owner[~first], when[~first], limits, rows), values)
        made.refuse_uncovered(float(end))
        return made

    @classmethod
    def alike(
        cls, history: PurchaseHistory, *, edges: ArrayLike, covariates: Mapping[str, ArrayLike], bought: ArrayLike
    ) -> SeasonedCustomers:
        """From histories alone, where covariates are the same for all customers; the clock is 0 at the end.

        The likelihood then needs only how many repeat purchases all customers made in each period: each row is given
        its part of them.

        Args:
            history: Perhaps of several customers a row.
            edges: Starts of the periods and the end of the last; before the end of observation they are negative.
            covariates: For each name one value a period.
            bought: Repeat purchases of all customers in each period.

        Raises:
            WorthbookError: If the covariates do not fit the periods, or do not cover what is observed.

        >>> history = PurchaseHistory([2, 0], [3.2, 0], [4, 3], [1, 5])
        >>> made = SeasonedCustomers.alike(history, edges=[-4, -2, 0], covariates={"sale": [0, 1]}, bought=[1, 1])
        >>> made.born.tolist(), made.counts.tolist()
        ([-4.0, -3.0], [[1.0, 1.0], [0.0, 0.0]])
        """
        limits, sums = as_column(edges), as_column(bought)
        if len(limits) <= 1 or not (np.diff(limits) > 0).all():
            raise EDGES_WRONG()  # noqa: RSE102  # a fault makes the exception
        values = {name: _values(name, given, 1, len(limits) - 1) for name, given in covariates.items()}
        share = sums / max(float(sums.sum()), 1.0)
        made = cls(history, -history.T, limits, np.outer(history.x, share), values)
        made.refuse_uncovered(0.0)
        return made

    def __len__(self) -> int:
        """Number of rows: of customers, or of groups of those who are alike."""
        return len(self.history)

    @property
    def end(self) -> float:
        """End of observation, on the clock."""
        return float((self.born + self.history.T).max())

    def refuse_uncovered(self, until: float) -> None:
        """Stop if the covariates do not reach from the first purchase to a moment.

        Raises:
            WorthbookError: `season-not-covered`.
        """
        start = float(self.born.min())
        if self.edges[0] > start or self.edges[-1] < until:
            first, last = f"{self.edges[0]:g}", f"{self.edges[-1]:g}"
            raise NOT_COVERED(first=first, last=last, start=f"{start:g}", end=f"{until:g}")

    def hold_last(self, until: float) -> SeasonedCustomers:
        """The same with one further period up to a moment, in which covariates stay as they were in the last one."""
        values = {name: np.concatenate([each, each[..., -1:]], axis=-1) for name, each in self.covariates.items()}
        counts = np.concatenate([self.counts, np.zeros((len(self), 1))], axis=1)
        return SeasonedCustomers(self.history, self.born, np.append(self.edges, until), counts, values)

    def observed(self) -> SeasonedCustomers:
        """The same without the periods that begin after the end of observation."""
        kept = max(int(np.searchsorted(self.edges[:-1], self.end, side="right")), 1)
        values = {name: each[..., :kept] for name, each in self.covariates.items()}
        return SeasonedCustomers(self.history, self.born, self.edges[: kept + 1], self.counts[:, :kept], values)

    def take(self, rows: slice | IntArray) -> SeasonedCustomers:
        """Only these customers."""
        index = np.arange(len(self))[rows]
        values = {name: each if each.ndim == 1 else each[index] for name, each in self.covariates.items()}
        return SeasonedCustomers(self.history.take(index), self.born[index], self.edges, self.counts[index], values)

    def table(self, names: tuple[str, ...]) -> FloatArray:
        """The named covariates: customers (or one row, if they are the same for all) x periods x names.

        Raises:
            WorthbookError: `covariate-unknown`.
        """
        raise_all(
            COVARIATE_UNKNOWN.problem(name=name, near=did_you_mean(name, self.covariates))
            for name in names
            if name not in self.covariates
        )
        columns = [np.atleast_2d(self.covariates[name]) for name in names]
        rows = max((len(column) for column in columns), default=1)
        periods = len(self.edges) - 1
        found = np.empty((rows, periods, len(names)))
        for place, column in enumerate(columns):
            found[:, :, place] = column
        return found

    def time_in_periods(self, start: FloatArray, end: FloatArray) -> FloatArray:
        """How much of each period (columns) lies between two moments of each customer (rows)."""
        low = np.maximum(self.edges[:-1], start[:, None])
        high = np.minimum(self.edges[1:], end[:, None])
        return np.asarray(np.maximum(high - low, 0.0))


def _values(name: str, given: ArrayLike, rows: int, periods: int) -> FloatArray:
    values = np.array(given, dtype=np.float64)
    if values.shape not in {(periods,), (rows, periods)}:
        raise SHAPE_WRONG(name=name, found=values.shape, customers=rows, periods=periods)
    missing = int((~np.isfinite(values)).sum())
    if missing:
        raise VALUES_MISSING(name=name, count=missing)
    values.setflags(write=False)
    return values


def _counts(owner: IntArray, when: FloatArray, edges: FloatArray, rows: int) -> FloatArray:
    """Purchases by customer and period; one at the very end of the last period belongs to it."""
    periods = len(edges) - 1
    period = np.minimum(np.searchsorted(edges, when, side="right") - 1, periods - 1)
    cells = np.bincount(owner * periods + np.maximum(period, 0), minlength=rows * periods)
    return cells.reshape(rows, periods).astype(np.float64)

"""What the models of contracts read: how long each contract has lasted, and whether it has ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from worthbook.kernel.errors import Fault, Problem, raise_all
from worthbook.kernel.language import Text
from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import FloatArray, IntArray
from worthbook.models.columns import (
    NEGATIVE,
    WEIGHT_NOT_POSITIVE,
    as_column,
    check_shape,
    keep,
    not_finite,
    rows_where,
    weights_or_ones,
)
from worthbook.models.fingerprint import fingerprint

ENDED_UNCLEAR = Fault(
    "contract-ended-unclear",
    what=Text(
        en="Column ended is neither 0 nor 1 in {count} rows (the first is row {row}).",
        zh="ended 列有 {count} 行既不是 0 也不是 1（首个为第 {row} 行）。",
    ),
    hint=Text(
        en="1 where the contract has ended, 0 where it was still running when last seen.",
        zh="合同已终止填 1；最后一次观察时仍有效填 0。",
    ),
)
ENTRY_AFTER_END = Fault(
    "contract-entry-after-end",
    what=Text(
        en="{count} contracts were first seen (entry) after they were last seen (the first is row {row}).",
        zh="有 {count} 份合同的开始观察时间（entry）晚于最后观察时间（首个为第 {row} 行）。",
    ),
    hint=Text(
        en="Both are measured from the start of the contract, in the same unit.",
        zh="两者都应从合同开始时起算，单位相同。",
    ),
)
SURVIVORS_RISE = Fault(
    "contract-survivors-rise",
    what=Text(
        en="In cohort {cohort} there are more customers after {period} periods than before.",
        zh="第 {cohort} 个客户群在 {period} 期之后的客户数反而多于之前。",
    ),
    hint=Text(
        en="Give for each cohort how many of the customers won are left, from the start on.",
        zh="请按客户群给出从开始起每期仍保留的客户数。",
    ),
)
NO_SURVIVORS = Fault(
    "contract-survivors-missing",
    what=Text(en="Cohort {cohort} holds no number of customers.", zh="第 {cohort} 个客户群没有任何客户数。"),
    hint=Text(en="Give at least the number of customers won.", zh="至少给出初始客户数。"),
)
NOTHING_ENDED = Fault(
    "contract-none-ended",
    what=Text(en="None of the {customers} contracts has ended.", zh="{customers} 份合同中没有一份终止。"),
    hint=Text(
        en="Nothing can be learnt about how contracts end before some have; include ended contracts in the data.",
        zh="在有合同终止之前无法推断流失规律；请确认数据包含已终止的合同。",
    ),
)


@dataclass(frozen=True, eq=False)
class ContractHistory:
    """How long contracts have lasted so far.

    Attributes:
        tenure: Time from the start of the contract to its end or, where it still runs, to the end of observation.
        ended: 1 where the contract has ended, 0 where it was still running.
        weights: Number of customers that share the row; 1 if left out.
        entry: Tenure at which the contract was first seen, for contracts older than the records; 0 if left out.
        unit: Unit of the tenure: one renewal period for the models in discrete time.

    >>> history = ContractHistory([1, 2, 3], [1, 1, 0], [20, 10, 70])
    >>> history.customers, history.losses
    (100.0, 30.0)
    """

    tenure: FloatArray
    ended: FloatArray
    weights: FloatArray
    entry: FloatArray
    unit: PeriodUnit

    def __init__(
        self,
        tenure: ArrayLike,
        ended: ArrayLike,
        weights: ArrayLike | None = None,
        entry: ArrayLike | None = None,
        unit: PeriodUnit = "months",
    ) -> None:
        """Check the columns and keep them.

        Raises:
            WorthbookError: With every problem of the columns.
        """
        columns = {"tenure": as_column(tenure), "ended": as_column(ended)}
        columns["weights"] = weights_or_ones(weights, len(columns["tenure"]))
        columns["entry"] = np.zeros(len(columns["tenure"])) if entry is None else as_column(entry)
        check_shape(columns)
        raise_all(_problems(columns))
        keep(self, columns, unit=unit)

    @classmethod
    def of_survivors(cls, cohorts: Sequence[Sequence[float]], unit: PeriodUnit = "years") -> ContractHistory:
        """From the customers left of each cohort: as many as were won, then those left after each period.

        >>> ContractHistory.of_survivors([[1000, 800, 650], [900, 700]]).losses
        550.0
        """
        problems = [each for number, cohort in enumerate(cohorts, 1) for each in _bad_cohort(number, cohort)]
        raise_all(problems)
        rows = [row for cohort in cohorts for row in _cohort_rows(np.asarray(cohort, dtype=np.float64))]
        tenure, ended, weights = np.array([row for row in rows if row[2] > 0]).reshape(-1, 3).T
        return cls(tenure, ended, weights, unit=unit)

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.tenure)

    @property
    def customers(self) -> float:
        """Number of customers."""
        return float(self.weights.sum())

    @property
    def losses(self) -> float:
        """Number of customers whose contract has ended."""
        return float(self.weights @ self.ended)

    def take(self, rows: IntArray) -> ContractHistory:
        """Only these rows."""
        made = object.__new__(ContractHistory)  # rows of checked columns need no second check
        columns = {name: getattr(self, name)[rows] for name in ("tenure", "ended", "weights", "entry")}
        keep(made, columns, unit=self.unit)
        return made

    @property
    def fingerprint(self) -> str:
        """A short hash of the contracts, the same whatever their order."""
        return fingerprint(self.tenure, self.ended, self.entry, self.weights, unit=self.unit)

    @property
    def running(self) -> ContractHistory:
        """Only the contracts that have not ended."""
        return self.take(np.flatnonzero(self.ended == 0))


def refuse_without_losses(history: ContractHistory) -> None:
    """Stop where no contract has ended.

    Raises:
        WorthbookError: `contract-none-ended`.
    """
    if not history.losses:
        raise NOTHING_ENDED(customers=f"{history.customers:g}")


def _cohort_rows(left: FloatArray) -> list[tuple[float, float, float]]:
    """Tenure, ended and number of customers, for those lost in each period and those left at last."""
    lost = [(float(period), 1.0, float(count)) for period, count in enumerate(-np.diff(left), start=1)]
    return [*lost, (float(len(left) - 1), 0.0, float(left[-1]))]


def _bad_cohort(number: int, cohort: Sequence[float]) -> list[Problem]:
    left = np.asarray(cohort, dtype=np.float64)
    if not len(left):
        return [NO_SURVIVORS.problem(cohort=number)]
    unreadable = not_finite({"cohort": left})
    if unreadable:
        return unreadable
    rises = np.flatnonzero(np.diff(left) > 0)
    found = [SURVIVORS_RISE.problem(cohort=number, period=int(rises[0]) + 1)] if len(rises) else []
    return [*found, *rows_where(left < 0, NEGATIVE, column="cohort")]


def _problems(columns: dict[str, FloatArray]) -> list[Problem]:
    tenure, ended, weights, entry = columns.values()
    unreadable = not_finite(columns)
    if unreadable:
        return unreadable
    found = [
        each
        for name, column in (("tenure", tenure), ("entry", entry))
        for each in rows_where(column < 0, NEGATIVE, column=name)
    ]
    found += rows_where((ended != 0) & (ended != 1), ENDED_UNCLEAR)
    found += rows_where(entry > np.maximum(tenure, 0), ENTRY_AFTER_END)
    found += rows_where(weights <= 0, WEIGHT_NOT_POSITIVE)
    return found

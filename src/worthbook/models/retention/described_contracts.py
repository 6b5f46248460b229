"""Contracts with covariates, and how they are handed to lifelines, an optional library (the extra `survival`)."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from worthbook.kernel.errors import Fault, raise_all
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray
from worthbook.models.columns import rows_where
from worthbook.models.design import COVARIATE_ROWS, Covariates
from worthbook.models.fingerprint import fingerprint
from worthbook.models.retention.contracts import ContractHistory

SURVIVAL_ABSENT = Fault(
    "extra-survival-absent",
    what=Text(
        en="This model needs the library lifelines, which is not installed.", zh="该模型需要 lifelines 库，目前未安装。"
    ),
    hint=Text(en="Install worthbook[survival].", zh="请安装 worthbook[survival]。"),
)
NOT_CONVERGED = Fault(
    "survival-not-converged",
    what=Text(en="The estimation did not converge: {why}", zh="估计未收敛：{why}"),
    hint=Text(
        en="A covariate may separate those who left from those who stayed: drop it, group its values, or penalise.",
        zh="可能有协变量把流失与留存的客户完全分开；请删除该变量、合并取值，或加入惩罚项。",
    ),
)
WEIGHTS_NOT_WHOLE = Fault(
    "contract-weights-not-whole",
    what=Text(
        en="The weight is not a whole number of customers in {count} rows (the first is row {row}).",
        zh="权重有 {count} 行不是整数客户数（首个为第 {row} 行）。",
    ),
    hint=Text(en="Give one row for each customer, or whole numbers.", zh="请每位客户一行，或使用整数权重。"),
)
OVERFLOW = "The search ran away."

Found = TypeVar("Found")


@dataclass(frozen=True, eq=False)
class DescribedContracts:
    """Contracts and, in the same rows, covariates of the customers.

    >>> described = DescribedContracts(ContractHistory([3, 9], [1, 0]), Covariates({"plan": ["basic", "gold"]}))
    >>> len(described)
    2
    """

    history: ContractHistory
    covariates: Covariates

    def __post_init__(self) -> None:
        """Check that both have the same rows.

        Raises:
            WorthbookError: `covariate-rows-differ`.
        """
        for name, values in self.covariates.columns.items():
            if len(values) != len(self.history):
                raise COVARIATE_ROWS(name=name, found=len(values), rows=len(self.history))

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.history)

    @property
    def running(self) -> DescribedContracts:
        """Only the contracts that have not ended."""
        rows = np.flatnonzero(self.history.ended == 0)
        return DescribedContracts(self.history.take(rows), self.covariates.take(rows))


def lifelines_module(name: str) -> Any:  # noqa: ANN401  # the library has no types
    """A module of lifelines, imported when it is first needed.

    Raises:
        WorthbookError: `extra-survival-absent`.
    """
    try:
        return importlib.import_module(name)
    except ImportError:
        raise SURVIVAL_ABSENT() from None  # noqa: RSE102  # a fault makes the exception


def table_of(matrix: FloatArray, history: ContractHistory) -> tuple[Any, dict[str, str]]:
    """The table that lifelines reads, a row for each customer, and what its columns mean; covariates are z0, z1 ...

    Raises:
        WorthbookError: `contract-weights-not-whole`.
    """
    raise_all(rows_where(history.weights != np.floor(history.weights), WEIGHTS_NOT_WHOLE))
    pandas = lifelines_module("pandas")
    each = np.repeat(np.arange(len(history)), history.weights.astype(np.intp))  # Efron's ties are between customers
    columns = {f"z{place}": column[each] for place, column in enumerate(matrix.T)}
    roles = {"duration_col": "tenure", "event_col": "ended"}
    columns |= {"tenure": history.tenure[each], "ended": history.ended[each]}
    if history.entry.any():
        columns["entry"], roles["entry_col"] = history.entry[each], "entry"
    return pandas.DataFrame(columns), roles


def fingerprint_of(history: ContractHistory, matrix: FloatArray) -> str:
    """A short hash of contracts and covariates, the same whatever the order of the rows."""
    columns = (history.tenure, history.ended, history.entry, history.weights, *matrix.T)
    return fingerprint(*columns, unit=history.unit)


def converging(search: Callable[[], Found]) -> Found:
    """The result of a search by lifelines; its warnings about convergence are errors, other warnings are its own.

    Raises:
        WorthbookError: `survival-not-converged`.
    """
    exceptions = lifelines_module("lifelines.exceptions")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", exceptions.ConvergenceWarning)
        try:
            return search()
        except (exceptions.ConvergenceError, exceptions.ConvergenceWarning) as error:
            raise NOT_CONVERGED(why=str(error).strip().splitlines()[0]) from None
        except (np.linalg.LinAlgError, FloatingPointError, OverflowError):
            raise NOT_CONVERGED(why=OVERFLOW) from None

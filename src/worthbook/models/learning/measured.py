"""What is learnt from: any measures of customers, some of them unknown, and what each customer spent afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from worthbook.kernel.errors import Fault, Problem, did_you_mean, raise_all
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray, IntArray, Record
from worthbook.models.columns import NEGATIVE, as_column, not_finite, rows_where
from worthbook.models.design import COVARIATE_ROWS, COVARIATE_UNKNOWN, KIND_DIFFERS, NUMBERS, WORDS

MEASURE_INFINITE = Fault(
    "measure-infinite",
    what=Text(
        en="The measure '{column}' is infinite in {count} rows (the first is row {row}).",
        zh="指标“{column}”有 {count} 行为无穷大（首个为第 {row} 行）。",
    ),
    hint=Text(en="Leave unknown values empty.", zh="未知值请留空。"),
)
NO_MEASURES = Fault(
    "measures-none",
    what=Text(en="There is no measure to learn from.", zh="没有可用于学习的指标。"),
    hint=Text(en="Give at least one column.", zh="请至少给出一列。"),
)


@dataclass(frozen=True, eq=False)
class Measured:
    """Measures of customers, numbers or text, and what they spent in the period to be foretold.

    Attributes:
        columns: The measures by name. An unknown number is not-a-number, an unknown text is empty; neither is zero.
        spend: What each customer spent in the period that follows; left out where it is to be foretold.

    >>> Measured({"orders": [3, 1], "channel": ["web", None]}, spend=[20.0, 0.0]).columns["channel"].tolist()
    ['web', '']
    """

    columns: Mapping[str, np.ndarray]
    spend: FloatArray | None

    def __init__(self, columns: Mapping[str, ArrayLike | Sequence[object]], spend: ArrayLike | None = None) -> None:
        """Check the columns and keep them.

        Raises:
            WorthbookError: With every problem of the columns.
        """
        if not columns:
            raise NO_MEASURES()  # noqa: RSE102  # a fault makes the exception
        kept = {name: _as_measure(values) for name, values in columns.items()}
        rows = len(next(iter(kept.values())))
        outcome = None if spend is None else as_column(spend)
        problems = [problem for name, values in kept.items() for problem in _problems(name, values, rows)]
        if outcome is not None:
            problems += _bad_spend(outcome, rows)
            outcome.setflags(write=False)
        raise_all(problems)
        object.__setattr__(self, "columns", kept)
        object.__setattr__(self, "spend", outcome)

    def __len__(self) -> int:
        """Number of customers."""
        return len(next(iter(self.columns.values())))

    def take(self, rows: IntArray) -> Measured:
        """Only these customers."""
        spend = None if self.spend is None else self.spend[rows]
        return Measured({name: values[rows] for name, values in self.columns.items()}, spend)


@dataclass(frozen=True, slots=True)
class Encoding:
    """How measures became columns of numbers: a text is one column for each of its values, unknown among them."""

    levels: Mapping[str, tuple[str, ...]]
    """For each measure, its values if it is text; none for numbers."""

    @classmethod
    def of(cls, data: Measured) -> Encoding:
        """See which values the texts take. A measure that is known of nobody is left out: there is nothing to learn.

        Raises:
            WorthbookError: `measures-none`, if all are.
        """
        known = {name: values for name, values in data.columns.items() if _is_known_of_somebody(values)}
        if not known:
            raise NO_MEASURES()  # noqa: RSE102  # a fault makes the exception
        return cls(
            {
                name: tuple(np.unique(values).tolist()) if values.dtype.kind == "U" else ()
                for name, values in known.items()
            }
        )

    def matrix(self, data: Measured) -> FloatArray:
        """One row for each customer. A value of a text that was not seen has none of its columns.

        Raises:
            WorthbookError: `covariate-unknown`, `covariate-kind-differs`.
        """
        raise_all(
            COVARIATE_UNKNOWN.problem(name=name, near=did_you_mean(name, data.columns))
            for name in self.levels
            if name not in data.columns
        )
        return np.concatenate([self._code(name, data.columns[name]) for name in self.levels], axis=1)

    def owners(self) -> tuple[str, ...]:
        """For each column of the matrix, the measure that it is of."""
        return tuple(name for name, levels in self.levels.items() for _ in range(max(len(levels), 1)))

    def as_record(self) -> Record:
        """Plain values for JSON."""
        return {name: list(levels) for name, levels in self.levels.items()}

    @classmethod
    def from_record(cls, record: Record) -> Encoding:
        """The inverse of `as_record`."""
        return cls({name: tuple(levels) for name, levels in record.items()})

    def _code(self, name: str, values: np.ndarray) -> FloatArray:
        is_text, levels = values.dtype.kind == "U", self.levels[name]
        if is_text != bool(levels):
            fitted, given = (WORDS, NUMBERS) if levels else (NUMBERS, WORDS)
            raise KIND_DIFFERS(name=name, fitted=fitted, given=given)
        if is_text:
            return np.asarray(values[:, None] == np.array(levels), dtype=np.float64)
        return np.asarray(values, dtype=np.float64)[:, None]


def _as_measure(values: ArrayLike | Sequence[object]) -> np.ndarray:
    given = np.asarray(values).reshape(-1)
    if given.dtype.kind in "biuf":
        kept = given.astype(np.float64)
    else:
        kept = np.array(["" if each is None or each != each else str(each) for each in given.tolist()])  # noqa: PLR0124  # not-a-number differs from itself
    kept.setflags(write=False)
    return kept


def _is_known_of_somebody(values: np.ndarray) -> bool:
    return bool((values != "").any() if values.dtype.kind == "U" else (~np.isnan(values)).any())


def _problems(name: str, values: np.ndarray, rows: int) -> list[Problem]:
    if len(values) != rows:
        return [COVARIATE_ROWS.problem(name=name, found=len(values), rows=rows)]
    return [] if values.dtype.kind == "U" else rows_where(np.isinf(values), MEASURE_INFINITE, column=name)


def _bad_spend(spend: FloatArray, rows: int) -> list[Problem]:
    if len(spend) != rows:
        return [COVARIATE_ROWS.problem(name="spend", found=len(spend), rows=rows)]
    return not_finite({"spend": spend}) or rows_where(spend < 0, NEGATIVE, column="spend")

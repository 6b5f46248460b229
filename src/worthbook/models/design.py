"""Formulas of covariates: which columns describe customers, and how they become a matrix.

`gender + channel` takes two columns. A column of numbers is one column of the matrix; a column of text is as many as it
has different values, less one: the first in order is the reference that the others are compared with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from worthbook.kernel.errors import Fault, Problem, did_you_mean, raise_all
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray, IntArray, Record

_NAME = re.compile(r"[^\W\d]\w*")
_DEPENDENT = 1e-8

FORMULA_UNREADABLE = Fault(
    "covariate-formula-unreadable",
    what=Text(en="'{formula}' is not a formula of covariates.", zh="“{formula}”不是有效的协变量公式。"),
    hint=Text(
        en="Join names of columns by '+', each once: 'gender + channel'.",
        zh="请用“+”连接列名，每个列名只写一次，例如“gender + channel”。",
    ),
)
COVARIATE_UNKNOWN = Fault(
    "covariate-unknown",
    what=Text(en="There is no covariate '{name}'.", zh="没有名为“{name}”的协变量。"),
    hint=Text(en="{near}", zh="{near}"),
)
COVARIATE_ROWS = Fault(
    "covariate-rows-differ",
    what=Text(
        en="The covariate '{name}' has {found} values for {rows} customers.",
        zh="协变量“{name}”有 {found} 个值，而客户有 {rows} 位。",
    ),
    hint=Text(en="Give one value for each row of the history.", zh="请为历史数据的每一行各给一个值。"),
)
COVARIATE_MISSING = Fault(
    "covariate-missing",
    what=Text(
        en="The covariate '{name}' is missing in {count} rows (the first is row {row}).",
        zh="协变量“{name}”有 {count} 行缺失（首个为第 {row} 行）。",
    ),
    hint=Text(
        en="Leave these customers out, or give them a value of their own such as 'unknown'; missing is not zero.",
        zh="请剔除这些客户，或给他们单独的取值（如“未知”）；缺失不等于零。",
    ),
)
COVARIATE_CONSTANT = Fault(
    "covariate-constant",
    what=Text(en="The covariate '{name}' is the same for all customers.", zh="协变量“{name}”对所有客户都相同。"),
    hint=Text(en="Leave it out: nothing can be learnt from it.", zh="请删除该协变量：无法从中学到任何信息。"),
)
COVARIATES_COLLINEAR = Fault(
    "covariates-collinear",
    what=Text(
        en="'{name}' follows exactly from other covariates of the formula '{formula}'.",
        zh="“{name}”可由公式“{formula}”中的其他协变量完全推出。",
    ),
    hint=Text(
        en="Leave one of them out: their effects cannot be told apart.", zh="请删除其中之一：它们的作用无法区分。"
    ),
)
LEVEL_UNKNOWN = Fault(
    "covariate-level-unknown",
    what=Text(
        en="The covariate '{name}' has the value '{level}', which the fit has not seen.",
        zh="协变量“{name}”出现了拟合时未见过的取值“{level}”。",
    ),
    hint=Text(
        en="Fit the model again with such customers, or group rare values.",
        zh="请加入此类客户重新拟合，或合并罕见取值。",
    ),
)
KIND_DIFFERS = Fault(
    "covariate-kind-differs",
    what=Text(
        en="The covariate '{name}' held {fitted} when the model was fitted, and now holds {given}.",
        zh="协变量“{name}”在拟合时为{fitted}，现在为{given}。",
    ),
    hint=Text(en="Give it as it was then.", zh="请保持与拟合时一致。"),
)
NUMBERS = Text(en="numbers", zh="数值")
WORDS = Text(en="text", zh="文本")


@dataclass(frozen=True, eq=False)
class Covariates:
    """Columns that describe customers, by name: numbers or text.

    >>> Covariates({"channel": ["shop", "web"], "age": [31, 45]}).take(np.array([1])).columns["age"].tolist()
    [45.0]
    """

    columns: Mapping[str, np.ndarray]

    def __init__(self, columns: Mapping[str, ArrayLike | Sequence[object]]) -> None:
        """Keep numbers as numbers and everything else as text.

        Raises:
            WorthbookError: `covariate-missing`, `covariate-rows-differ`.
        """
        kept = {name: _as_numbers_or_text(values) for name, values in columns.items()}
        rows = max((len(values) for values in kept.values()), default=0)
        raise_all(problem for name, values in kept.items() for problem in _problems(name, values, rows))
        object.__setattr__(self, "columns", kept)

    def __len__(self) -> int:
        """Number of rows."""
        return len(next(iter(self.columns.values()), ()))

    def take(self, rows: IntArray) -> Covariates:
        """Only these rows."""
        return Covariates({name: values[rows] for name, values in self.columns.items()})


@dataclass(frozen=True, slots=True)
class Coding:
    """How one column became columns of the matrix: `levels` is empty for numbers, the first level the reference."""

    name: str
    levels: tuple[str, ...]

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the columns of the matrix."""
        return tuple(f"{self.name}[{level}]" for level in self.levels[1:]) if self.levels else (self.name,)

    def code(self, values: np.ndarray) -> FloatArray:
        """The columns of the matrix.

        Raises:
            WorthbookError: `covariate-level-unknown`, `covariate-kind-differs`.
        """
        is_text = values.dtype.kind == "U"
        if is_text != bool(self.levels):
            fitted, given = (WORDS, NUMBERS) if self.levels else (NUMBERS, WORDS)
            raise KIND_DIFFERS(name=self.name, fitted=fitted, given=given)
        if not is_text:
            return np.asarray(values, dtype=np.float64)[:, None]
        new = sorted(set(values.tolist()) - set(self.levels))
        raise_all(LEVEL_UNKNOWN.problem(name=self.name, level=level) for level in new)
        return np.asarray(values[:, None] == np.array(self.levels[1:]), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Design:
    """A formula that has met its columns: the same columns always give the same matrix.

    >>> seen = Covariates({"channel": ["web", "shop", "web"], "age": [31.0, 45.0, 60.0]})
    >>> design = Design.of("channel + age", seen)
    >>> design.terms, design.matrix(seen).tolist()
    (('channel[web]', 'age'), [[1.0, 31.0], [0.0, 45.0], [1.0, 60.0]])
    """

    formula: str
    codings: tuple[Coding, ...]

    @classmethod
    def of(cls, formula: str, covariates: Covariates) -> Design:
        """Read a formula, an empty one for no covariates, and see which values its columns take.

        Raises:
            WorthbookError: If it cannot be read, or names columns that are unknown, constant or dependent.
        """
        names = names_of(formula)
        raise_all(
            COVARIATE_UNKNOWN.problem(name=name, near=did_you_mean(name, covariates.columns))
            for name in names
            if name not in covariates.columns
        )
        design = cls(formula, tuple(_coding(name, covariates.columns[name]) for name in names))
        raise_all(
            COVARIATE_CONSTANT.problem(name=coding.name)
            for coding in design.codings
            if len(np.unique(covariates.columns[coding.name])) <= 1
        )
        refuse_dependent(design.matrix(covariates), design.terms, formula)
        return design

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the columns of the matrix."""
        return tuple(term for coding in self.codings for term in coding.terms)

    def matrix(self, covariates: Covariates) -> FloatArray:
        """One row for each customer, one column for each term.

        Raises:
            WorthbookError: If a column is missing, or holds what the fit has not seen.
        """
        raise_all(
            COVARIATE_UNKNOWN.problem(name=coding.name, near=did_you_mean(coding.name, covariates.columns))
            for coding in self.codings
            if coding.name not in covariates.columns
        )
        coded = [coding.code(covariates.columns[coding.name]) for coding in self.codings]
        return np.concatenate(coded, axis=1) if coded else np.zeros((len(covariates), 0))

    def as_record(self) -> Record:
        """Plain values for JSON."""
        return {
            "formula": self.formula,
            "codings": [{"name": coding.name, "levels": list(coding.levels)} for coding in self.codings],
        }

    @classmethod
    def from_record(cls, record: Record) -> Design:
        """The inverse of `as_record`."""
        return cls(record["formula"], tuple(Coding(each["name"], tuple(each["levels"])) for each in record["codings"]))


def names_of(formula: str) -> tuple[str, ...]:
    """The names in a formula, in order.

    Raises:
        WorthbookError: `covariate-formula-unreadable`.

    >>> names_of("gender + channel"), names_of("")
    (('gender', 'channel'), ())
    """
    names = tuple(part.strip() for part in formula.split("+")) if formula.strip() else ()
    if len(set(names)) < len(names) or not all(_NAME.fullmatch(name) for name in names):
        raise FORMULA_UNREADABLE(formula=formula)
    return names


def refuse_dependent(matrix: FloatArray, terms: tuple[str, ...], formula: str) -> None:
    """Stop where a column follows from those before it and a constant.

    Raises:
        WorthbookError: `covariates-collinear`.
    """
    centred = matrix - matrix.mean(axis=0)
    spread = np.sqrt((centred**2).mean(axis=0))
    _, triangle = np.linalg.qr(centred / np.where(spread > 0, spread, 1.0))
    size = np.abs(np.diag(triangle)) / np.sqrt(max(len(matrix), 1))
    dependent = np.flatnonzero(size < _DEPENDENT)
    raise_all(COVARIATES_COLLINEAR.problem(name=terms[int(column)], formula=formula) for column in dependent)


def _as_numbers_or_text(values: ArrayLike | Sequence[object]) -> np.ndarray:
    given = np.asarray(values).reshape(-1)
    if given.dtype.kind in "biuf":
        kept = given.astype(np.float64)
    else:
        gone = [each is None or each != each for each in given.tolist()]  # noqa: PLR0124  # not-a-number differs from itself
        kept = np.where(gone, "", given.astype(str))
    kept.setflags(write=False)
    return kept


def _problems(name: str, values: np.ndarray, rows: int) -> list[Problem]:
    if len(values) != rows:
        return [COVARIATE_ROWS.problem(name=name, found=len(values), rows=rows)]
    missing = values == "" if values.dtype.kind == "U" else ~np.isfinite(values)
    count = int(missing.sum())
    return [COVARIATE_MISSING.problem(name=name, count=count, row=int(np.argmax(missing)) + 1)] if count else []


def _coding(name: str, values: np.ndarray) -> Coding:
    return Coding(name, tuple(np.unique(values).tolist()) if values.dtype.kind == "U" else ())

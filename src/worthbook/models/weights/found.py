"""Weights that the data themselves suggest: entropy (Shannon) and CRITIC (Diakoulaki, Mavrotas, Papayannakis 1995)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray
from worthbook.models.weights.weights import Weights, check_names

Normalisation = Literal["sum", "minmax"]
"""What entropy takes shares of: the values as they are, or after they were stretched to 0–1. The answers differ."""

MATRIX_UNUSABLE = Fault(
    "criteria-unusable",
    what=Text(en="The criterion '{name}' cannot be weighted: {reason}.", zh="指标“{name}”无法赋权：{reason}。"),
    hint=Text(
        en="Leave out rows with gaps, or choose the normalisation 'minmax' for values below zero.",
        zh="请先剔除缺失的行；数值为负时可选择“minmax”归一化。",
    ),
)
TOO_FEW = Fault(
    "criteria-too-few-rows",
    what=Text(en="Weights cannot be found in {rows} rows.", zh="仅有 {rows} 行数据，无法求得权重。"),
    hint=Text(en="At least two rows that differ are needed.", zh="至少需要两行互不相同的数据。"),
)
NOT_FINITE = Text(en="it has values that are missing or infinite", zh="含有缺失或无穷大的数值")
BELOW_ZERO = Text(en="shares cannot be taken of values below zero", zh="负值无法计算占比")


def entropy(
    names: Sequence[str],
    values: FloatArray,
    *,
    normalisation: Normalisation = "sum",
    customers: FloatArray | None = None,
) -> Weights:
    """A criterion counts the more, the more unequally its values are spread over the rows.

    `e_j = -sum_i p_ij ln p_ij / ln m` with `p_ij = x_ij / sum_i x_ij` and `0 ln 0 = 0`; `w_j` is proportional to
    `1 - e_j`. A criterion that does not vary has the weight 0.

    Args:
        names: The criteria.
        values: Shape (rows, criteria): not negative for `sum`; higher is better for `minmax`.
        normalisation: Named with the result, because it changes the answer.
        customers: How many customers each row stands for; one, if left out.

    Raises:
        WorthbookError: `criteria-unusable`, `criteria-too-few-rows`, `weights-all-zero` if nothing varies.

    >>> entropy(["even", "uneven"], np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 9.0]])).values.tolist()
    [0.0, 1.0]
    """
    values, counted = _checked(names, values, customers)
    shares = _stretched(values) if normalisation == "minmax" else values
    for name, column in zip(names, shares.T, strict=True):
        if (column < 0).any():
            raise MATRIX_UNUSABLE(name=name, reason=BELOW_ZERO)
    totals, people = counted @ shares, counted.sum()
    shares = np.divide(shares, totals, out=np.full_like(shares, 1 / people), where=totals > 0)
    spread = -(counted @ (shares * np.log(np.where(shares > 0, shares, 1.0)))) / np.log(people)
    constant = values.min(axis=0) == values.max(axis=0)
    diversity = np.where(constant, 0.0, np.maximum(1 - spread, 0.0))
    facts = {f"entropy_{name}": float(value) for name, value in zip(names, spread, strict=True)}
    words = {"sum": "shares of the sum", "minmax": "shares after min-max"}[normalisation]
    return Weights.normalised(names, diversity, f"entropy, {words}", facts, _constant_notes(names, constant))


def critic(
    names: Sequence[str],
    values: FloatArray,
    *,
    better: Sequence[bool] | None = None,
    customers: FloatArray | None = None,
) -> Weights:
    """A criterion counts the more, the more it varies and the less the other criteria say the same.

    On min-max values, `c_j = s_j * sum_k (1 - r_jk)` with the standard deviation `s_j` (n - 1) and Pearson's
    correlation `r_jk`; `w_j` is proportional to `c_j`.

    Args:
        names: The criteria.
        values: Shape (rows, criteria).
        better: Whether high values are good, for each criterion; all, if left out.
        customers: How many customers each row stands for; one, if left out.

    Raises:
        WorthbookError: `criteria-unusable`, `criteria-too-few-rows`, `weights-all-zero` if nothing varies.
    """
    values, counted = _checked(names, values, customers)
    stretched = _stretched(values)
    if better is not None:
        stretched = np.where(np.asarray(better), stretched, 1 - stretched)
    people = counted.sum()
    centred = stretched - counted @ stretched / people
    length = np.sqrt(counted @ centred**2)
    spread = length / np.sqrt(people - 1)
    constant = values.min(axis=0) == values.max(axis=0)
    unit = np.divide(centred, length, out=np.zeros_like(centred), where=length > 0) * np.sqrt(counted)[:, np.newaxis]
    conflict = (1 - unit.T @ unit).sum(axis=0)
    information = np.where(constant, 0.0, np.maximum(spread * conflict, 0.0))
    if not information.any() and not constant.all():  # all say the same: only their spread is left
        information = spread
    facts = {f"spread_{name}": float(value) for name, value in zip(names, spread, strict=True)}
    return Weights.normalised(names, information, "CRITIC, min-max", facts, _constant_notes(names, constant))


def _checked(names: Sequence[str], values: FloatArray, customers: FloatArray | None) -> tuple[FloatArray, FloatArray]:
    """The values, and how many customers each row stands for."""
    values = np.asarray(values, dtype=float)
    check_names(names, values.shape, values.ndim == 2 and values.shape[1] == len(names))  # noqa: PLR2004
    counted = np.ones(len(values)) if customers is None else np.asarray(customers, dtype=float)
    if counted.sum() < 2:  # noqa: PLR2004
        raise TOO_FEW(rows=len(values))
    for name, column in zip(names, values.T, strict=True):
        if not np.isfinite(column).all():
            raise MATRIX_UNUSABLE(name=name, reason=NOT_FINITE)
    return values, counted


def _stretched(values: FloatArray) -> FloatArray:
    """Each column from 0 to 1; a constant one is 0."""
    low, width = values.min(axis=0), np.ptp(values, axis=0)
    return np.asarray(np.divide(values - low, width, out=np.zeros_like(values), where=width > 0))


def _constant_notes(names: Sequence[str], constant: np.ndarray) -> tuple[Text, ...]:
    return tuple(
        Text(en=f"'{name}' does not vary and gets the weight 0.", zh=f"“{name}”没有差异，权重为 0。")
        for name, flat in zip(names, constant.tolist(), strict=True)
        if flat
    )

"""Weights that people state: directly, all alike, or by dividing 100 points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray
from worthbook.models.weights.weights import Weights, check_names

OffSum = Literal["rescale", "reject", "refuse"]
"""What to do with an answer whose points do not sum to the total: scale it, leave it out, or refuse all."""

TOLERANCE = 1e-6
"""How far from the total a sum may be, as a share of it, and still be taken for it: thirds are written 33.33."""

POINTS_UNUSABLE = Fault(
    "constant-sum-unusable",
    what=Text(
        en="{count} of {answers} answers cannot be used: points below zero or missing, or a sum other than {total}.",
        zh="{answers} 份答卷中有 {count} 份无法使用：分值为负或缺失，或合计不等于 {total}。",
    ),
    hint=Text(
        en="Correct these answers, or choose to rescale or reject those whose sum is wrong.",
        zh="请更正这些答卷，或选择按比例换算（rescale）、剔除（reject）合计有误的答卷。",
    ),
)


def direct(weights: Mapping[str, float]) -> Weights:
    """Weights as somebody sets them, in any unit.

    >>> direct({"value": 60, "loyalty": 40}).as_mapping()
    {'value': 0.6, 'loyalty': 0.4}
    """
    return Weights.normalised(tuple(weights), np.array(list(weights.values()), dtype=float), "direct")


def equal(names: Sequence[str]) -> Weights:
    """Every criterion alike: the yardstick that other weights must beat."""
    return Weights.normalised(names, np.ones(len(names)), "equal")


def constant_sum(
    names: Sequence[str], points: FloatArray, *, total: float = 100.0, off_sum: OffSum = "rescale"
) -> Weights:
    """The mean share of points that respondents give to each criterion.

    Args:
        names: The criteria.
        points: Shape (respondents, criteria).
        total: What the points of a respondent should sum to.
        off_sum: What to do with a respondent whose points do not.

    Raises:
        WorthbookError: `constant-sum-unusable` if no answer is left, or with `refuse` if one is off.

    >>> constant_sum(["price", "service"], np.array([[60.0, 40.0], [20.0, 60.0]])).values.tolist()
    [0.425, 0.575]
    """
    points = np.asarray(points, dtype=float)
    check_names(names, points.shape, points.ndim == 2 and points.shape[1] == len(names))  # noqa: PLR2004
    sums = points.sum(axis=1)
    whole = np.isfinite(sums) & (sums > 0) & ~(points < 0).any(axis=1)
    exact = whole & (np.abs(sums - total) <= TOLERANCE * total + 0.01 * len(names))
    used = whole if off_sum == "rescale" else exact
    left_out = int((~used).sum())
    if not used.any() or (off_sum == "refuse" and left_out):
        raise POINTS_UNUSABLE(count=left_out, answers=len(points), total=f"{total:g}")
    shares = points[used] / sums[used, np.newaxis]
    scaled = int((used & ~exact).sum())
    return Weights.normalised(
        names,
        shares.mean(axis=0),
        f"constant sum {total:g}, {off_sum}",
        {"answers": len(points), "used": int(used.sum()), "rescaled": scaled, "left_out": left_out},
        _notes(scaled, left_out, f"{total:g}"),
    )


def _notes(scaled: int, left_out: int, total: str) -> tuple[Text, ...]:
    notes = []
    if scaled:
        en = f"Answers whose points did not sum to {total} and were scaled to it: {scaled}."
        notes.append(Text(en=en, zh=f"有 {scaled} 份答卷的合计不等于 {total}，已按比例换算。"))
    if left_out:
        en = f"Answers left out, because their points cannot be used: {left_out}."
        notes.append(Text(en=en, zh=f"有 {left_out} 份答卷的分值无法使用，已剔除。"))
    return tuple(notes)

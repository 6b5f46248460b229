"""How many customers change grade when the weights move: weights are an opinion, grades should not hang on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray
from worthbook.models.distinct import DistinctRows
from worthbook.models.weights.weights import Weights, check_names

CELLS_AT_ONCE = 4_000_000
"""Scores held in memory at a time: draws of the weights times distinct rows."""

ROUNDING = 1e-9

CUTS_FALL = Fault(
    "sensitivity-cuts-fall",
    what=Text(en="The cuts of the score {cuts} do not rise.", zh="总分切点 {cuts} 没有按从低到高排列。"),
    hint=Text(en="Write them from low to high, each once.", zh="请从低到高书写，不要重复。"),
)


@dataclass(frozen=True)
class Sensitivity:
    """What becomes of the grades when the weights move."""

    draws: int
    spread: float
    """The standard deviation by which each weight moves, as a share of it."""
    moved: float
    """The share of customers with another grade, on average over the draws."""
    moved_low: float
    """2.5 % of the draws move fewer."""
    moved_high: float
    """2.5 % of the draws move more."""
    p_moved: FloatArray
    """Shape (rows,): how probable another grade is for each row; NaN where the row has none."""
    p_grade: FloatArray
    """Shape (rows, grades): how probable each grade is for each row; NaN where the row has none."""
    influence: dict[str, float]
    """Criterion → correlation of how far its weight moved with how many customers did: the weight to settle first."""


def sensitivity(  # noqa: PLR0913 - each is one plain fact of the scorecard
    weights: Weights,
    points: FloatArray,
    cuts: Sequence[float],
    customers: FloatArray | None = None,
    *,
    spread: float = 0.2,
    draws: int = 1000,
    seed: int = 0,
) -> Sensitivity:
    """Move the weights at random and grade everybody again.

    Each weight is multiplied by an independent Gamma variable with mean 1 and standard deviation `spread`, then all are
    scaled back to the sum 1. Scores are means over the criteria that are known, as in the scorecard itself.

    Args:
        weights: As the scorecard has them.
        points: Shape (rows, criteria); NaN where a criterion is unknown.
        cuts: Where the score is cut into grades, rising: a score equal to a cut is in the upper grade.
        customers: How many customers each row stands for; one, if left out.
        spread: How far weights move.
        draws: How often.
        seed: Of the random numbers; the same seed gives the same answer.

    Raises:
        WorthbookError: `criteria-miscounted`, `sensitivity-cuts-fall`.
    """
    points = np.asarray(points, dtype=float)
    check_names(weights.names, points.shape, points.ndim == 2 and points.shape[1] == len(weights.names))  # noqa: PLR2004
    edges = np.asarray(cuts, dtype=float)
    if (np.diff(edges) <= 0).any():
        raise CUTS_FALL(cuts=", ".join(f"{cut:g}" for cut in cuts))
    counted = np.ones(len(points)) if customers is None else np.asarray(customers, dtype=float)
    found = DistinctRows.of(*np.where(np.isnan(points), np.inf, points).T)  # infinity equals itself, NaN does not
    rows, place = points[found.sample], found.row_to_distinct
    graded = np.asarray(~np.isnan(rows).all(axis=1))
    people = found.total(counted) * graded
    drawn = _moved_weights(weights.values, spread, draws, seed)
    base = _grades(rows, weights.values[np.newaxis], edges)[0]
    seen, movers = _count(rows, drawn, edges, base, people)
    p_grade = np.where(graded[:, np.newaxis], seen / draws, np.nan)
    p_moved = 1 - np.take_along_axis(p_grade, base[:, np.newaxis], axis=1)[:, 0]
    low, high = np.quantile(movers, [0.025, 0.975])
    return Sensitivity(
        draws=draws,
        spread=spread,
        moved=float(movers.mean()),
        moved_low=float(low),
        moved_high=float(high),
        p_moved=p_moved[place],
        p_grade=p_grade[place],
        influence=_influence(weights, drawn, movers),
    )


def _moved_weights(values: FloatArray, spread: float, draws: int, seed: int) -> FloatArray:
    """Shape (draws, criteria), each with the sum 1."""
    shape = 1 / spread**2
    drawn = values * np.random.default_rng(seed).gamma(shape, 1 / shape, size=(draws, len(values)))
    return np.asarray(drawn / drawn.sum(axis=1, keepdims=True))


def _grades(rows: FloatArray, drawn: FloatArray, edges: FloatArray) -> np.ndarray:
    """Shape (draws, rows): the grade of each row under each draw, 0 the lowest."""
    known = ~np.isnan(rows)
    scored = drawn @ np.where(known, rows, 0.0).T
    weight = drawn @ known.T.astype(float)
    scores = np.divide(scored, weight, out=np.full_like(scored, -np.inf), where=weight > 0)
    # A score that is a cut but for rounding is on the cut, whatever the order of the sums.
    lowest = edges - ROUNDING * np.maximum(np.abs(edges), 1.0)
    grades = np.zeros(scores.shape, dtype=np.int8)
    for edge in lowest:
        grades += scores >= edge
    return grades


def _count(
    rows: FloatArray, drawn: FloatArray, edges: FloatArray, base: np.ndarray, people: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """How often each row had each grade, and in each draw the share of customers with another grade than now."""
    seen = np.zeros((len(rows), len(edges) + 1))
    movers = []
    whole = max(people.sum(), 1.0)
    step = max(1, CELLS_AT_ONCE // max(len(rows), 1))
    for first in range(0, len(drawn), step):
        grades = _grades(rows, drawn[first : first + step], edges)
        for grade in range(len(edges) + 1):
            seen[:, grade] += (grades == grade).sum(axis=0)
        movers.append((grades != base) @ people / whole)
    return seen, np.concatenate(movers)


def _influence(weights: Weights, drawn: FloatArray, movers: FloatArray) -> dict[str, float]:
    """Correlation over the draws; 0 where nothing moved."""
    away = np.abs(drawn - weights.values)
    centred, target = away - away.mean(axis=0), movers - movers.mean()
    length = np.sqrt((centred**2).sum(axis=0) * (target**2).sum())
    value = np.divide(target @ centred, length, out=np.zeros(len(length)), where=length > 0)
    return dict(zip(weights.names, value.tolist(), strict=True))

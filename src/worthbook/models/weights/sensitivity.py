"""How many customers change grade when the weights move: weights are an opinion, grades should not hang on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray, IntArray
from worthbook.models.distinct import DistinctRows
from worthbook.models.weights.tree import Moved, Tree, patterns
from worthbook.models.weights.weights import Weights, check_names

CELLS_AT_ONCE = 4_000_000
"""Scores held in memory at a time: draws of the weights times distinct rows."""

ROUNDING = 5e-7
"""Scores are rounded to six decimals before they are cut."""

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
    grade: IntArray
    """Shape (rows,): the grade of each row as the weights are, 0 the lowest; -1 where it has none."""
    p_moved: FloatArray
    """Shape (rows,): how probable another grade is for each row; NaN where the row has none."""
    p_grade: FloatArray
    """Shape (rows, grades): how probable each grade is for each row; NaN where the row has none."""
    influence: dict[str, float]
    """Criterion → correlation of how far its weight moved with how many customers did."""
    alone: dict[str, tuple[float, float]]
    """Criterion or group → share of customers with another grade where only its weight is less, or more, by `spread`:
    the weight to settle first is the one that moves most."""


def sensitivity(  # noqa: PLR0913 - each is one plain fact of the scorecard
    weights: Weights | Tree,
    points: FloatArray,
    cuts: Sequence[float],
    customers: FloatArray | None = None,
    *,
    spread: float = 0.2,
    draws: int = 1000,
    seed: int = 0,
) -> Sensitivity:
    """Move the weights at random and grade everybody again.

    Each weight is multiplied by an independent Gamma variable with mean 1 and standard deviation `spread`; those of a
    level are scaled back to the sum 1. Scores are means over what is known, as in the scorecard itself.

    Args:
        weights: As the scorecard has them; a tree, where criteria are gathered into groups.
        points: Shape (rows, criteria); NaN where a criterion is unknown.
        cuts: Where the score is cut into grades, rising: a score equal to a cut is in the upper grade.
        customers: How many customers each row stands for; one, if left out.
        spread: How far weights move.
        draws: How often.
        seed: Of the random numbers; the same seed gives the same answer.

    Raises:
        WorthbookError: `criteria-miscounted`, `sensitivity-cuts-fall`.
    """
    tree = weights if isinstance(weights, Tree) else Tree.flat(weights)
    points = np.asarray(points, dtype=float)
    check_names(tree.names, points.shape, points.ndim == 2 and points.shape[1] == len(tree.names))  # noqa: PLR2004
    edges = np.asarray(cuts, dtype=float)
    if (edges[1:] < edges[:-1]).any():
        raise CUTS_FALL(cuts=", ".join(f"{cut:g}" for cut in cuts))
    counted = np.ones(len(points)) if customers is None else np.asarray(customers, dtype=float)
    found = DistinctRows.of(*np.where(np.isnan(points), np.inf, points).T)  # infinity equals itself, NaN does not
    rows, place = points[found.sample], found.row_to_distinct
    graded = np.asarray((tree.shares(~np.isnan(rows)) > 0).any(axis=1))
    people = found.total(counted) * graded
    moved = tree.moved(spread, draws, seed)
    base, seen, movers = _count(tree, moved, rows, _lowest(edges), people)
    p_grade = np.where(graded[:, np.newaxis], seen / draws, np.nan)
    p_moved = 1 - np.take_along_axis(p_grade, base[:, np.newaxis], axis=1)[:, 0]
    names, single = tree.moved_alone(spread)
    _, _, alone = _count(tree, single, rows, _lowest(edges), people)
    less, more = alone.reshape(2, len(names)).tolist()
    low, high = np.quantile(movers, [0.025, 0.975])
    return Sensitivity(
        draws=draws,
        spread=spread,
        moved=float(movers.mean()),
        moved_low=float(low),
        moved_high=float(high),
        grade=np.where(graded, base, -1)[place],
        p_moved=p_moved[place],
        p_grade=p_grade[place],
        influence=_influence(tree, moved, movers),
        alone=dict(zip(names, zip(less, more, strict=True), strict=True)),
    )


def _lowest(edges: FloatArray) -> FloatArray:
    """A score that is a cut but for rounding is on the cut, whatever the order of the sums."""
    return edges - ROUNDING


def _count(
    tree: Tree, moved: Moved, rows: FloatArray, edges: FloatArray, people: FloatArray
) -> tuple[np.ndarray, FloatArray, FloatArray]:
    """The grade of each row, how often it has each grade, and in each draw the share of customers with another one.

    Rows of which the same is known share the weights, so that each draw is one product of matrices.
    """
    known = ~np.isnan(rows)
    base = np.zeros(len(rows), dtype=np.intp)
    seen = np.zeros((len(rows), len(edges) + 1))
    movers = np.zeros(len(moved.own))
    bounds = np.concatenate([[-np.inf], edges, [np.inf]])
    for pattern, alike in patterns(known):
        shares = moved.shares(pattern).T
        now = tree.shares(pattern[np.newaxis])[0]
        step = max(1, CELLS_AT_ONCE // shares.shape[1])
        for first in range(0, len(alike), step):
            part = alike[first : first + step]
            filled = np.where(pattern, rows[part], 0.0)
            base[part] = np.searchsorted(edges, filled @ now, side="right")
            scores = filled @ shares
            above = np.stack([np.count_nonzero(scores >= edge, axis=1) for edge in edges], axis=1)
            whole = np.full((len(part), 1), len(movers))
            seen[part] = np.hstack([whole, above]) - np.hstack([above, np.zeros_like(whole)])
            low, high = bounds[base[part]][:, np.newaxis], bounds[base[part] + 1][:, np.newaxis]
            movers += people[part] @ ((scores < low) | (scores >= high))
    return base, seen, movers / max(people.sum(), 1.0)


def _influence(tree: Tree, moved: Moved, movers: FloatArray) -> dict[str, float]:
    """Correlation over the draws; 0 where nothing moved."""
    everything = np.ones(len(tree.names), dtype=bool)
    away = np.abs(moved.shares(everything) - tree.shares(everything[np.newaxis]))
    centred, target = away - away.mean(axis=0), movers - movers.mean()
    length = np.sqrt((centred**2).sum(axis=0) * (target**2).sum())
    value = np.divide(target @ centred, length, out=np.zeros(len(length)), where=length > 0)
    return dict(zip(tree.names, value.tolist(), strict=True))

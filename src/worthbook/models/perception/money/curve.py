"""Retention and spend by satisfaction, and the monotone curve through them.

Levels are compared with the reference table of the source text (5: 92-97 % stay, 4: 80-85, 3: 60-65, 2: 15-20, 1: 0-5),
which is a textbook's illustration for a five-point scale, not a law.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray
from worthbook.models.distinct import DistinctRows
from worthbook.models.perception.intervals import wilson, z_of
from worthbook.models.perception.rivals.ratings import DRAWS, Measured

REFERENCE: Mapping[int, tuple[float, float]] = {
    5: (0.92, 0.97),
    4: (0.80, 0.85),
    3: (0.60, 0.65),
    2: (0.15, 0.20),
    1: (0.0, 0.05),
}
"""Score of five → the share of customers who stay, lowest and highest, in the source text."""

FEW = 10
"""With fewer answers a level is shown with its interval, but nothing is said of it."""

ANSWERS_FEW = Fault(
    "satisfaction-answers-few",
    what=Text(
        en="Only {count} customers answered and have a later period to look at.",
        zh="既有评分又有后续行为数据的客户仅 {count} 位。",
    ),
    hint=Text(
        en="At least 30 with two different scores are needed: wait for more time to pass, or ask more customers.",
        zh="至少需要 30 位客户且评分不全相同：请等待更长时间，或访问更多客户。",
    ),
)
LEAST = 30


@dataclass(frozen=True)
class Level:
    """The customers who gave one score."""

    score: float
    customers: float
    stayed: Measured
    """Share who bought again in the period after, with Wilson's interval."""
    spend: Measured | None
    """Mean spend in the period after."""
    fitted: Measured
    """The monotone curve: a higher score never means fewer who stay."""
    reference: tuple[float, float] | None
    """The source text's range, on a scale of five."""
    few: bool


@dataclass(frozen=True)
class LoyaltyCurve:
    """Who stayed and what they spent, by score; lowest score first."""

    levels: tuple[Level, ...]
    customers: int
    rises: Measured
    """Fitted share at the highest score less that at the lowest."""
    cautions: tuple[Text, ...]


def loyalty_curve(  # noqa: PLR0913 - three columns, a scale, and the resampling
    score: FloatArray,
    stayed: FloatArray,
    spend: FloatArray | None = None,
    weights: FloatArray | None = None,
    *,
    five_points: bool = True,
    draws: int = DRAWS,
    seed: int = 0,
) -> LoyaltyCurve:
    """Retention and spend by score, from answers joined to what customers did afterwards.

    Args:
        score: Shape (customers,): the score that each gave; NaN where unknown.
        stayed: 1 if the customer bought again in the period after, else 0.
        spend: What the customer spent in the period after.
        weights: How many customers each stands for.
        five_points: Whether the scale is the source text's, so that its table may be shown.
        draws: Resamples behind the curve's intervals.
        seed: Of the resampling.

    Raises:
        WorthbookError: `satisfaction-answers-few`.
    """
    known = np.isfinite(score) & np.isfinite(stayed)
    score, stayed = score[known], stayed[known]
    weight = np.ones(len(score)) if weights is None else weights[known]
    spend = None if spend is None else spend[known]
    scores, place = np.unique(score, return_inverse=True)
    if len(score) < LEAST or len(scores) < 2:  # noqa: PLR2004
        raise ANSWERS_FEW(count=len(score))
    shares, sizes = _by_level(place, stayed, weight, len(scores))
    drawn = _resampled_curves(place, stayed, weight, len(scores), draws, seed)
    curve = monotone(shares, sizes)
    count = np.bincount(place, minlength=len(scores))
    levels = tuple(
        Level(
            score=float(value),
            customers=float(sizes[index]),
            stayed=share_of(float(shares[index]), _effective(weight[place == index])),
            spend=None if spend is None else _mean(spend[place == index], weight[place == index]),
            fitted=_between(curve[index], drawn[:, index]),
            reference=REFERENCE.get(int(value)) if five_points and float(value).is_integer() else None,
            few=bool(count[index] < FEW),
        )
        for index, value in enumerate(scores)
    )
    rises = _between(curve[-1] - curve[0], drawn[:, -1] - drawn[:, 0])
    return LoyaltyCurve(levels, len(score), rises, _cautions(shares, curve))


def share_of(share: float, n: float) -> Measured:
    """A share with Wilson's 95 % interval.

    >>> round(share_of(0.0, 10).high, 4)
    0.2775
    """
    low, high = wilson(np.array([share]), np.array([n]))
    return Measured(share, max(float(low[0]), 0.0), min(float(high[0]), 1.0))


def monotone(shares: FloatArray, weights: FloatArray) -> FloatArray:
    """The rising curve nearest to the levels (pool adjacent violators, Ayer et al. 1955).

    >>> monotone(np.array([0.2, 0.6, 0.4]), np.ones(3)).tolist()
    [0.2, 0.5, 0.5]
    """
    from scipy.optimize import isotonic_regression  # noqa: PLC0415  # keeps the import of the package fast

    return np.asarray(isotonic_regression(shares, weights=weights).x, dtype=float)


def _by_level(place: np.ndarray, values: FloatArray, weight: FloatArray, levels: int) -> tuple[FloatArray, FloatArray]:
    size = np.bincount(place, weight, minlength=levels).astype(float)
    return np.bincount(place, weight * values, minlength=levels) / size, size


def _resampled_curves(  # noqa: PLR0913, PLR0917 - the columns of one level table and the resampling
    place: np.ndarray, stayed: FloatArray, weight: FloatArray, levels: int, draws: int, seed: int
) -> FloatArray:
    """Shape (draws, levels): curves through resampled customers; a level without any lies between its neighbours."""
    cells = DistinctRows.of(place.astype(float), stayed, weight)
    size = cells.total(np.ones(len(place)))
    counts = np.random.default_rng(seed).multinomial(len(place), size / len(place), size=draws)
    cell_level = np.eye(levels)[place[cells.sample]] * weight[cells.sample, np.newaxis]
    sizes, kept = counts @ cell_level, counts @ (cell_level * stayed[cells.sample, np.newaxis])
    curves = np.empty((draws, levels))
    for row, there in enumerate(sizes > 0):
        curve = monotone(kept[row, there] / sizes[row, there], sizes[row, there])
        curves[row] = np.interp(np.arange(levels), np.flatnonzero(there), curve)
    return curves


def _effective(weight: FloatArray) -> float:
    """How many unweighted answers would say as much (Kish 1965)."""
    return float(weight.sum() ** 2 / (weight**2).sum())


def _mean(values: FloatArray, weight: FloatArray) -> Measured:
    mean = float(np.average(values, weights=weight))
    n = _effective(weight)
    if n < 2:  # noqa: PLR2004
        return Measured(mean)
    deviation = float(np.sqrt(np.average((values - mean) ** 2, weights=weight) * n / (n - 1) / n))
    half = z_of() * deviation
    return Measured(mean, mean - half, mean + half)


def _between(value: float, drawn: FloatArray) -> Measured:
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Measured(float(value), float(low), float(high))


def _cautions(shares: FloatArray, curve: FloatArray) -> tuple[Text, ...]:
    notes = [
        Text(
            en="Satisfied customers stay more often; that they stay because of it, this comparison cannot prove.",
            zh="满意的客户更常留下，但仅凭这一对比不能证明留下是因为满意。",
        )
    ]
    if np.abs(shares - curve).max() > 0.02:  # noqa: PLR2004 - two points of a hundred
        notes.append(
            Text(
                en="Some level kept fewer customers than the one below it; the curve passes between them.",
                zh="个别评分的留存率低于其下一级，曲线取两者之间。",
            )
        )
    return tuple(notes)

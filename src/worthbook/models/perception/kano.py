"""Kano's method: two questions a feature, six classes, better and worse with their uncertainty, and drift over waves.

Sources: Kano, Seraku, Takahashi and Tsuji (1984); Berger et al., Center for Quality of Management Journal 2(4), 1993,
with Timko's coefficients, Pouliot's table and DuMouchel's continuous form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from worthbook.models.base import FloatArray, IntArray
from worthbook.models.perception.intervals import z_of
from worthbook.models.perception.tally import Tally

Rule = Literal["grouped", "mode"]
TableName = Literal["pouliot", "classic"]

CLASSES = ("A", "O", "M", "I", "R", "Q")
"""Attractive, one-dimensional, must-be, indifferent, reverse, questionable."""
A, O, M, I, R, Q = range(6)  # noqa: E741 - the letters of the method
_CLASSIC = np.array([
    [Q, A, A, A, O],
    [R, I, I, I, M],
    [R, I, I, I, M],
    [R, I, I, I, M],
    [R, R, R, R, Q],
])  # fmt: skip
"""Functional answer (rows: like, expect, neutral, tolerate, dislike) by dysfunctional answer (columns)."""
TABLES: dict[TableName, IntArray] = {"classic": _CLASSIC, "pouliot": _CLASSIC.copy()}
TABLES["pouliot"][[1, 3], [1, 3]] = Q
"""Pouliot: to expect a thing as well as its absence, or to tolerate both, is questionable too."""

_FUNCTIONAL = np.array([4.0, 2.0, 0.0, -1.0, -2.0])
_DYSFUNCTIONAL = np.array([-2.0, -1.0, 0.0, 2.0, 4.0])
"""DuMouchel's scores of the answers like, expect, neutral, tolerate, dislike."""

_TIES = (M, O, A, I, R, Q)
"""Among equals the class that asks most of us: M > O > A > I (Berger et al. 1993)."""


def classify(functional: FloatArray, dysfunctional: FloatArray, table: TableName = "pouliot") -> IntArray:
    """The class of each pair of answers, coded 1 (like) to 5 (dislike); −1 where one is missing.

    >>> [CLASSES[each] for each in classify(np.array([1.0, 1.0, 3.0, 2.0]), np.array([5.0, 3.0, 5.0, 2.0]))]
    ['O', 'A', 'M', 'Q']
    """
    known = ~(np.isnan(functional) | np.isnan(dysfunctional))
    found = np.full(functional.shape, -1)
    rows, columns = (each[known].astype(int) - 1 for each in (functional, dysfunctional))
    found[known] = TABLES[table][rows, columns]
    return found


@dataclass(frozen=True)
class Ellipse:
    """Where better and worse lie together with 95 % confidence."""

    centre: tuple[float, float]
    """Better, worse."""
    axes: tuple[float, float]
    """Half the longer and the shorter axis."""
    angle: float
    """Of the longer axis against that of better, in radians."""

    def outline(self, points: int = 48) -> FloatArray:
        """Points on it, the first one once more at the end: rows of better, worse."""
        turn = np.linspace(0, 2 * np.pi, points + 1)
        along, across = self.axes[0] * np.cos(turn), self.axes[1] * np.sin(turn)
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        outline: FloatArray = np.array(self.centre) + np.stack(
            [along * cos - across * sin, along * sin + across * cos], axis=1
        )
        return outline


@dataclass(frozen=True)
class Kano:
    """Features (rows) as respondents see them."""

    tally: Tally
    """Features by classes."""
    better: FloatArray
    """(A + O) / (A + O + M + I): how much the feature can please."""
    worse: FloatArray
    """−(O + M) / (A + O + M + I): how much its absence annoys."""
    kind: IntArray
    """The class by the rule; −1 where nobody answered."""
    runner_up: IntArray
    strength: FloatArray
    """The share of the most frequent class less that of the second; below 0.06 the class is mixed."""
    total_strength: FloatArray
    """The share of A, O and M together; below 0.60 the feature matters to too few."""
    decided: np.ndarray[tuple[int], np.dtype[np.bool_]]
    """Fong's test: whether the two most frequent classes differ by more than chance."""


def kano(tally: Tally, rule: Rule = "grouped") -> Kano:
    """Class and coefficients of each feature.

    Args:
        tally: features by the six classes.
        rule: `mode` takes the most frequent class; `grouped` the most frequent of A, O, M where those together
            outnumber I, R, Q, else the most frequent of these.

    >>> counts = np.array([[88.0, 90.0, 32.0, 105.0, 15.0, 28.0]])
    >>> found = [kano(Tally(counts, counts, counts), rule) for rule in ("grouped", "mode")]
    >>> [CLASSES[each.kind[0]] for each in found], found[0].better.round(7).tolist()
    (['O', 'I'], [0.5650794])
    """
    better, worse = coefficients(tally.weight)
    shares = tally.shares
    first, second = _most_frequent(shares)
    ordered = np.sort(np.nan_to_num(shares), axis=1)[:, ::-1]
    named = first if rule == "mode" else _grouped(shares)
    asked = tally.respondents > 0
    return Kano(
        tally=tally,
        better=better,
        worse=worse,
        kind=np.where(asked, named, -1),
        runner_up=np.where(asked, second, -1),
        strength=ordered[:, 0] - ordered[:, 1],
        total_strength=shares[:, [A, O, M]].sum(axis=1),
        decided=_decided(ordered[:, 0], ordered[:, 1], tally.effective),
    )


def coefficients(weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Timko's better and worse from the last axis of class counts; NaN where nobody is in A, O, M or I."""
    total = weight[..., [A, O, M, I]].sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        better = weight[..., [A, O]].sum(axis=-1) / total
        worse = -weight[..., [O, M]].sum(axis=-1) / total
    return better, worse


def ellipses(tally: Tally, draws: int = 10_000, seed: int = 1, confidence: float = 0.95) -> tuple[Ellipse | None, ...]:
    """The confidence ellipse of each feature from bootstrap draws; None where too few can be placed.

    Drawing respondents anew is drawing the numbers in the six classes from a multinomial distribution; with weights
    there are as many respondents as the effective size says.
    """
    random = np.random.default_rng(seed)
    reach = np.sqrt(-2 * np.log1p(-confidence))
    found: list[Ellipse | None] = []
    for shares, size in zip(np.nan_to_num(tally.shares), np.nan_to_num(tally.effective), strict=True):
        drawn = random.multinomial(round(size), shares, size=draws).astype(float) if size >= 1 else np.empty((0, 6))
        both = np.stack(coefficients(drawn), axis=1)
        both = both[~np.isnan(both).any(axis=1)]
        found.append(_ellipse(both, float(reach)) if len(both) > draws // 2 else None)
    return tuple(found)


def _ellipse(drawn: FloatArray, reach: float) -> Ellipse:
    spread, directions = np.linalg.eigh(np.cov(drawn.T))
    longer, shorter = (reach * float(np.sqrt(max(each, 0.0))) for each in spread[::-1])
    centre = drawn.mean(axis=0)
    angle = float(np.arctan2(directions[1, 1], directions[0, 1]))
    return Ellipse((float(centre[0]), float(centre[1])), (longer, shorter), angle)


def _most_frequent(shares: FloatArray) -> tuple[IntArray, IntArray]:
    """The most frequent class and the second; equals in the order of `_TIES`."""
    order = np.argsort(-np.nan_to_num(shares)[:, list(_TIES)], axis=1, kind="stable")
    ties = np.array(_TIES)
    return ties[order[:, 0]], ties[order[:, 1]]


def _grouped(shares: FloatArray) -> IntArray:
    wanted = shares[:, [A, O, M]].sum(axis=1) > shares[:, [I, R, Q]].sum(axis=1)
    among = [
        _most_frequent(np.where(np.isin(np.arange(6), group), shares, -1.0))[0] for group in ([A, O, M], [I, R, Q])
    ]
    return np.where(wanted, among[0], among[1])


def _decided(first: FloatArray, second: FloatArray, size: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Fong (1996): undecided where |a − b| < 1.65 √((a + b)(2n − a − b) / 2n), for counts a, b of n."""
    a, b = first * size, second * size
    with np.errstate(invalid="ignore", divide="ignore"):
        least = 1.65 * np.sqrt((a + b) * (2 * size - a - b) / (2 * size))
    return np.asarray(np.abs(a - b) >= least, dtype=bool)


# --- the continuous form ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Continuous:
    """DuMouchel's scores: how much the presence pleases and the absence annoys, each from −2 to 4."""

    functional: FloatArray
    dysfunctional: FloatArray
    functional_error: FloatArray
    dysfunctional_error: FloatArray


def continuous(functional: FloatArray, dysfunctional: FloatArray, weights: FloatArray) -> Continuous:
    """Mean scores with standard errors of each feature (columns); questionable and reverse answers count as given."""
    means, errors = [], []
    for answers, scores in ((functional, _FUNCTIONAL), (dysfunctional, _DYSFUNCTIONAL)):
        known = ~(np.isnan(functional) | np.isnan(dysfunctional))
        scored = scores[np.where(known, answers, 1).astype(int) - 1]
        own = np.where(known, weights[:, None], 0.0)
        total = own.sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = (own * scored).sum(axis=0) / total
            errors.append(np.sqrt((own**2 * (scored - mean) ** 2).sum(axis=0)) / total)
        means.append(mean)
    return Continuous(means[0], means[1], errors[0], errors[1])


# --- drift -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drift:
    """How one feature moved from the first wave to the last."""

    better: float
    """Change."""
    better_low: float
    better_high: float
    worse: float
    worse_low: float
    worse_high: float
    chi_square: float
    """Of the classes over all waves, with as many respondents as the effective sizes say."""
    p: float
    """That the classes are the same in all waves."""
    ageing: bool
    """Whether it pleases less or annoys more by its absence, by more than chance: attractive → expected → must-be."""


def drift(waves: Tally) -> Drift:
    """Compare the waves (rows, in their order) of one feature.

    Raises:
        ValueError: if there are fewer than two waves.
    """
    if len(waves.count) < 2:  # noqa: PLR2004 - nothing to compare
        message = "drift needs two waves"
        raise ValueError(message)
    from scipy.special import chdtrc  # noqa: PLC0415 - only where waves are compared

    ends = Tally(*(each[[0, -1]] for each in (waves.count, waves.weight, waves.square)))
    (better, better_variance), (worse, worse_variance) = _with_variances(ends)
    chi_square, freedom = _homogeneity(waves)
    p = float(chdtrc(freedom, chi_square)) if freedom else 1.0
    z = z_of()
    changes = [
        (float(each[1] - each[0]), z * float(np.sqrt(variance.sum())))
        for each, variance in ((better, better_variance), (worse, worse_variance))
    ]
    (pleased, pleased_reach), (annoyed, annoyed_reach) = changes
    ageing = p < 0.05 and (pleased + pleased_reach < 0 or annoyed + annoyed_reach < 0)  # noqa: PLR2004
    return Drift(
        pleased, pleased - pleased_reach, pleased + pleased_reach,
        annoyed, annoyed - annoyed_reach, annoyed + annoyed_reach, chi_square, p, ageing,
    )  # fmt: skip


def _with_variances(tally: Tally) -> tuple[tuple[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]:
    """Better and worse with the variance of a share among those in A, O, M and I."""
    placed = tally.joined([[A], [O], [M], [I]])
    better, worse = coefficients(tally.weight)
    size = placed.effective
    return (better, better * (1 - better) / size), (worse, -worse * (1 + worse) / size)


def _homogeneity(waves: Tally) -> tuple[float, int]:
    """Pearson's chi-square of the classes that occur, and its degrees of freedom."""
    observed = waves.shares * waves.effective[:, None]
    observed = observed[:, observed.sum(axis=0) > 0]
    expected = observed.sum(axis=1, keepdims=True) * observed.sum(axis=0, keepdims=True) / observed.sum()
    freedom = (observed.shape[0] - 1) * (observed.shape[1] - 1)
    return float(((observed - expected) ** 2 / expected).sum()), freedom

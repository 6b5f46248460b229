"""Groups compared: segments, waves, rivals. Is a path, an index, a loading of one different from the other's?

Four tests, each named with its result:

- permutation (Chin and Dibbern 2010): labels are shuffled, everything is estimated again;
- parametric (Keil et al. 2000): a t test with the pooled bootstrap errors, equal variances assumed;
- Welch-Satterthwaite (Sarstedt, Henseler and Ringle 2011): the same without that assumption;
- Henseler (2009): how often a resample of one is above a resample of the other, both centred on their estimates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from scipy.special import stdtr

from worthbook.models.base import FloatArray
from worthbook.models.perception.resamples import chunks
from worthbook.models.perception.structural import failures
from worthbook.models.perception.structural.quantities import QUANTITIES
from worthbook.models.perception.structural.resampling import Draws
from worthbook.models.perception.structural.sample import Sample

Adjustment = Literal["none", "bonferroni", "holm"]


@dataclass(frozen=True)
class Difference:
    """One number in two groups, and how likely so large a difference is if there is none."""

    label: str
    first: float
    second: float
    p: float
    t: float | None = None
    degrees: float | None = None

    @property
    def difference(self) -> float:
        """First less second."""
        return self.first - self.second


@dataclass(frozen=True, eq=False)
class Permuted:
    """Two groups under shuffled labels."""

    labels: tuple[str, ...]
    first: FloatArray
    """(labels,) as estimated in the first group."""
    second: FloatArray
    shuffled: FloatArray
    """(permutations with a solution, labels) first less second."""
    failed: Counter[failures.Reason]

    @property
    def p_values(self) -> FloatArray:
        """(labels,) two-sided, counting what was observed as one of the permutations."""
        observed = np.abs(self.first - self.second)
        beyond = (np.abs(self.shuffled) >= observed - 1e-12).sum(axis=0)
        p: FloatArray = (beyond + 1) / (len(self.shuffled) + 1)
        return p

    @property
    def differences(self) -> tuple[Difference, ...]:
        """By label."""
        rows = zip(self.labels, self.first, self.second, self.p_values, strict=True)
        return tuple(Difference(label, float(one), float(two), float(p)) for label, one, two, p in rows)


def permutation(sample: Sample, is_first: np.ndarray, quantity: str, draws: int = 2000, seed: int = 1) -> Permuted:
    """Shuffle who belongs to which of two groups; survey weights and answers stay together.

    Args:
        sample: the respondents of both groups.
        is_first: (n,) who belongs to the first.
        quantity: a name in `QUANTITIES`.
        draws: how many permutations.
        seed: of the random numbers.
    """
    random = np.random.default_rng(seed)
    real = is_first.astype(np.float64)[None]
    read = QUANTITIES[quantity]
    whole = sample.whole()
    one, two = (sample.solve(counts, whole) for counts in (real, 1 - real))
    shuffled: list[FloatArray] = []
    failed: Counter[failures.Reason] = Counter()
    for part in chunks(draws):
        labels = random.permuted(np.repeat(real, part.stop - part.start, axis=0), axis=1)
        sides = [sample.solve(counts, whole) for counts in (labels, 1 - labels)]
        lost = np.zeros(len(labels), dtype=np.bool_)
        for side in sides:
            gone, why = failures.failed_with_reasons(side)
            lost |= gone
            failed += why
        first, second = (read.values(side) for side in sides)
        shuffled.append((first - second)[~lost])
    return Permuted(read.labels(whole), read.values(one)[0], read.values(two)[0], np.concatenate(shuffled), failed)


def parametric(one: Draws, two: Draws, quantity: str, n: tuple[int, int]) -> tuple[Difference, ...]:
    """By t tests that take the bootstrap variances of both groups together."""
    m1, m2 = n
    v1, v2 = (side.draws[quantity].var(axis=0, ddof=1) for side in (one, two))
    pooled = ((m1 - 1) ** 2 * v1 + (m2 - 1) ** 2 * v2) / (m1 + m2 - 2) * (1 / m1 + 1 / m2)
    return _t_tests(one, two, quantity, pooled, np.full(len(pooled), m1 + m2 - 2.0))


def welch(one: Draws, two: Draws, quantity: str, n: tuple[int, int]) -> tuple[Difference, ...]:
    """By t tests in which each group has its own variance."""
    m1, m2 = n
    shares = [(m - 1) / m * side.draws[quantity].var(axis=0, ddof=1) for side, m in zip((one, two), n, strict=True)]
    together = shares[0] + shares[1]
    below = shares[0] ** 2 / (m1 - 1) + shares[1] ** 2 / (m2 - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        degrees = together**2 / below - 2
    return _t_tests(one, two, quantity, together, degrees)


def henseler(one: Draws, two: Draws, quantity: str) -> tuple[Difference, ...]:
    """The share of all pairs of resamples in which the lower group is above, twice: two-sided."""
    rows = []
    centred = [2 * side.original[quantity] - side.draws[quantity] for side in (one, two)]
    for place, label in enumerate(one.labels[quantity]):
        first, second = (np.sort(side[:, place]) for side in centred)
        above = np.searchsorted(second, first, side="left").sum() / (len(first) * len(second))
        p = min(1.0, 2 * min(float(above), 1 - float(above)))
        rows.append(Difference(label, float(one.original[quantity][place]), float(two.original[quantity][place]), p))
    return tuple(rows)


def adjusted(p: Sequence[float], method: Adjustment) -> list[float]:
    """Probabilities raised for how many are looked at.

    >>> adjusted([0.01, 0.04, 0.03], "bonferroni"), adjusted([0.01, 0.04, 0.03], "holm")
    ([0.03, 0.12, 0.09], [0.03, 0.06, 0.06])
    """
    m = len(p)
    if method == "none":
        return list(p)
    if method == "bonferroni":
        return [min(1.0, m * each) for each in p]
    order = np.argsort(p)
    raised = np.maximum.accumulate(np.asarray(p)[order] * (m - np.arange(m)))
    back = np.empty(m)
    back[order] = np.minimum(raised, 1.0)
    return [float(each) for each in back.tolist()]


def pairs(groups: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Every two groups, in the order in which they first appear.

    >>> pairs(["b", "a", "b", "c"])
    (('b', 'a'), ('b', 'c'), ('a', 'c'))
    """
    return tuple(combinations(dict.fromkeys(groups), 2))


def _t_tests(
    one: Draws, two: Draws, quantity: str, variances: FloatArray, degrees: FloatArray
) -> tuple[Difference, ...]:
    first, second = one.original[quantity], two.original[quantity]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (first - second) / np.sqrt(variances)
    p = 2 * stdtr(degrees, -np.abs(t))
    numbers = np.stack([first, second, p, t, degrees], axis=1).tolist()
    return tuple(Difference(label, *row) for label, row in zip(one.labels[quantity], numbers, strict=True))

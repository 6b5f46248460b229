"""MICOM: do two groups measure the same thing? (Henseler, Ringle and Sarstedt 2016.).

1. Configural: the same items, coded and treated alike. This holds by construction here, and is said.
2. Compositional: scores by one group's weights and by the other's correlate perfectly, c = 1. Shuffled labels say how
   far below 1 chance alone takes c. Where this fails, differences between paths mean nothing.
3. Equal means and equal variances of the scores. With 2 alone invariance is partial: paths may be compared, the groups
   not be pooled; with 3 as well it is full.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.perception.moments import Moments
from worthbook.models.perception.resamples import chunks
from worthbook.models.perception.structural import failures
from worthbook.models.perception.structural.sample import Sample
from worthbook.models.perception.structural.solution import Solution

Verdict = Literal["none", "partial", "full"]
ALPHA = 0.05


@dataclass(frozen=True)
class Invariance:
    """The three steps for one construct."""

    construct: str
    c: float
    c_at_least: float
    """What 95 % of the permutations exceed."""
    c_p: float
    mean_difference: float
    """In standard deviations of the pooled scores, first less second."""
    mean_p: float
    log_variance_ratio: float
    variance_p: float

    @property
    def verdict(self) -> Verdict:
        """What may be compared."""
        if self.c_p < ALPHA:
            return "none"
        return "full" if self.mean_p >= ALPHA and self.variance_p >= ALPHA else "partial"


def micom(sample: Sample, is_first: np.ndarray, draws: int = 2000, seed: int = 1) -> tuple[Invariance, ...]:
    """Test each construct by shuffling the labels of two groups.

    Args:
        sample: the respondents of both groups.
        is_first: (n,) who belongs to the first.
        draws: how many permutations.
        seed: of the random numbers.
    """
    random = np.random.default_rng(seed)
    whole = sample.whole()
    real = is_first.astype(np.float64)[None]
    c, mean, ratio = (values[0] for values in _steps(sample, real, whole)[0])
    shuffled: list[tuple[FloatArray, FloatArray, FloatArray]] = []
    for part in chunks(draws):
        labels = random.permuted(np.repeat(real, part.stop - part.start, axis=0), axis=1)
        steps, lost = _steps(sample, labels, whole)
        shuffled.append((steps[0][~lost], steps[1][~lost], steps[2][~lost]))
    cs, means, ratios = (np.concatenate(each) for each in zip(*shuffled, strict=True))

    def p(beyond: np.ndarray) -> FloatArray:
        share: FloatArray = (beyond.sum(axis=0) + 1) / (len(cs) + 1)
        return share

    c_p = p(cs <= c + 1e-12)
    c_p[np.isclose(c, 1.0, atol=1e-12)] = 1.0  # one item: nothing to compare
    mean_p, ratio_p = p(np.abs(means) >= np.abs(mean)), p(np.abs(ratios) >= np.abs(ratio))
    rows = zip(whole.plan.constructs, c, np.quantile(cs, ALPHA, axis=0), c_p, mean, mean_p, ratio, ratio_p, strict=True)
    return tuple(Invariance(name, *(float(number) for number in numbers)) for name, *numbers in rows)


def _steps(
    sample: Sample, labels: FloatArray, whole: Solution
) -> tuple[tuple[FloatArray, FloatArray, FloatArray], np.ndarray]:
    """(B, k) each: c, difference of means, log ratio of variances; and which samples have no solution."""
    sides = [sample.solve(counts, whole) for counts in (labels, 1 - labels)]
    lost = np.logical_or(*(failures.failed_with_reasons(side)[0] for side in sides))
    pooled, plan = whole.moments.S[0], whole.plan
    inside = pooled * (plan.block[:, None] == plan.block[None, :])
    one, two = (side.w for side in sides)
    with np.errstate(divide="ignore", invalid="ignore"):
        lengths = [np.sqrt((w * (w @ inside)) @ plan.M) for w in (one, two)]
        c = ((one * (two @ inside)) @ plan.M) / (lengths[0] * lengths[1])
    means, variances = zip(*(_scores(whole, side.moments) for side in sides), strict=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (c, means[0] - means[1], np.log(variances[0] / variances[1])), lost


def _scores(whole: Solution, group: Moments) -> tuple[FloatArray, FloatArray]:
    """(B, k) means and variances of the scores by the weights of the whole, from the moments of a group alone."""
    plan, deviation = whole.plan, np.sqrt(whole.moments.variances[0])
    means = ((group.means - whole.moments.means[0]) / deviation * whole.w[0]) @ plan.M
    loaded = whole.w[0] * np.sqrt(group.variances) / deviation
    inside = plan.block[:, None] == plan.block[None, :]
    spread = np.einsum("bp,bpq,bq->bp", loaded, group.S * inside, loaded, optimize=True)
    return means, spread @ plan.M

"""The net promoter score: the share of promoters (9, 10) less that of detractors (0 to 6), with its interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.perception.intervals import CONFIDENCE, z_of
from worthbook.models.perception.tally import Tally

DETRACTORS_TO, PROMOTERS_FROM = 6, 9
ANSWERS = 11
"""0 to 10."""
CLASSES = [
    list(range(DETRACTORS_TO + 1)),
    list(range(DETRACTORS_TO + 1, PROMOTERS_FROM)),
    list(range(PROMOTERS_FROM, ANSWERS)),
]
"""Answers of detractors, passives and promoters."""
_SIGN = np.array([-1.0, 0.0, 1.0])
_ADDED = np.array([0.75, 1.5, 0.75])
"""Three answers, added before the interval is drawn: Rocks's adjusted Wald interval."""


@dataclass(frozen=True)
class NetPromoter:
    """Scores from −1 to 1, one for each group."""

    respondents: FloatArray
    detractors: FloatArray
    """Their share."""
    passives: FloatArray
    promoters: FloatArray
    score: FloatArray
    standard_error: FloatArray
    """√(p + d − (p − d)²) / √n, with weights by Σ w² (x − m)² / (Σ w)²."""
    low: FloatArray
    high: FloatArray


def net_promoter(tally: Tally, confidence: float = CONFIDENCE) -> NetPromoter:
    """Score each group.

    The interval is the adjusted Wald interval (Rocks, The American Statistician 70(4), 2016), which was found to cover
    best: three answers, half of them passive, are added. It does not shrink to a point where all answer alike.

    Args:
        tally: groups by the answers 0 to 10.
        confidence: of the interval.

    >>> answers = np.array([10, 10, 9, 8, 8, 3])
    >>> tally = Tally.of(np.zeros(6, int), answers, np.ones(6), (1, ANSWERS))
    >>> found = net_promoter(tally)
    >>> found.score.round(4).tolist(), (found.standard_error**2 * 6).round(4).tolist()
    ([0.3333], [0.5556])
    """
    classes = tally.joined(CLASSES)
    shares = classes.shares
    score, variance = classes.mean(_SIGN), classes.variance_of_mean(_SIGN)
    low, high = _adjusted_wald(classes, confidence)
    return NetPromoter(tally.respondents, shares[:, 0], shares[:, 1], shares[:, 2], score, np.sqrt(variance), low, high)


def _adjusted_wald(classes: Tally, confidence: float) -> tuple[FloatArray, FloatArray]:
    """Weights count as so many answers as they are worth (Kish)."""
    size = np.nan_to_num(classes.effective)[:, None]
    answers = np.nan_to_num(classes.shares) * size + _ADDED
    total = answers.sum(axis=1)
    shares = answers / total[:, None]
    middle = shares @ _SIGN
    reach = z_of(confidence) * np.sqrt((shares @ _SIGN**2 - middle**2) / total)
    known = size[:, 0] > 0
    ends = (np.maximum(middle - reach, -1.0), np.minimum(middle + reach, 1.0))
    return np.where(known, ends[0], np.nan), np.where(known, ends[1], np.nan)

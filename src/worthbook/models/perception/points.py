"""Points that are shared out: sums that are not what they should be, and the weights that follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from worthbook.models.base import FloatArray

Mask = NDArray[np.bool_]
Sums = Literal["rescale", "reject", "accept"]
_ROUNDING = 0.01
"""A sum may miss its total by so large a part of it: points are often rounded."""


@dataclass(frozen=True)
class Shared:
    """Points as they are used."""

    points: FloatArray
    """Respondents by attributes; NaN throughout for a respondent who is not used."""
    off: Mask
    """Respondents whose points did not add up."""
    alike: Mask
    """Respondents who gave every attribute the same."""


def share_out(points: FloatArray, total: float, sums: Sums = "rescale") -> Shared:
    """Make the points of each respondent add up.

    Args:
        points: respondents by attributes; an attribute left empty by someone who gave points to others had none.
        total: what a respondent's points must add up to.
        sums: what to do where they do not: `rescale` them, `reject` the respondent, or `accept` them as they are.

    >>> found = share_out(np.array([[60.0, 40.0], [30.0, 20.0], [np.nan, np.nan]]), 100.0)
    >>> found.points.tolist()[:2], found.off.tolist()
    ([[60.0, 40.0], [60.0, 40.0]], [False, True, False])
    """
    answered = np.asarray(~np.isnan(points).all(axis=1), dtype=bool)
    filled = np.where(answered[:, None], np.nan_to_num(points), np.nan)
    found = filled.sum(axis=1)
    off: Mask = answered & (np.abs(found - total) > _ROUNDING * total)
    if sums == "rescale":
        with np.errstate(invalid="ignore", divide="ignore"):
            filled = np.where(found[:, None] > 0, filled * total / found[:, None], np.nan)
    elif sums == "reject":
        filled = np.where(off[:, None], np.nan, filled)
    several = points.shape[1] > 1
    alike = answered & several & (np.nanmax(filled, axis=1, initial=-1) == np.nanmin(filled, axis=1, initial=total + 1))
    return Shared(filled, off, np.asarray(alike, dtype=bool))


def drawn_shares(points: FloatArray, draws: int, seed: int) -> FloatArray | None:
    """Mean shares of 100 points of resampled respondents, draws by attributes; None where one alone can be used.

    >>> drawn_shares(np.array([[60.0, 40.0], [30.0, 20.0]]), 2, 0).tolist()
    [[60.0, 40.0], [60.0, 40.0]]
    """
    sums = points.sum(axis=1)
    usable = np.isfinite(sums) & (sums > 0) & ~(points < 0).any(axis=1)
    shares = 100 * points[usable] / sums[usable, np.newaxis]
    if len(shares) < 2:  # noqa: PLR2004 - one answer cannot be resampled
        return None
    counts = np.random.default_rng(seed).multinomial(len(shares), np.full(len(shares), 1 / len(shares)), size=draws)
    return np.asarray(counts @ shares / len(shares))

"""The probability that something estimated comes out in each band: the limits are fixed, the estimate is not.

Of what is estimated the mean and the standard deviation are known, and perhaps the probability that it is exactly 0.
A normal, gamma or lognormal distribution with these moments stands for it: of what is not 0, the mean is m / (1 - p)
and the mean square (s^2 + m^2) / (1 - p). A limit belongs to the band above it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from worthbook.models.base import FloatArray

Shape = Literal["normal", "gamma", "lognormal"]

_CERTAIN = 1e-12
"""Relative to the square of the mean: with less variance than this there is nothing to spread."""


def chances(
    mean: FloatArray, sd: FloatArray, zero: FloatArray, limits: Sequence[float], shape: Shape = "normal"
) -> FloatArray:
    """The probability of each band, one row a customer, one column a band, lowest first; each row adds up to 1.

    Args:
        mean: of what is estimated.
        sd: its standard deviation, chance and ignorance together.
        zero: the probability that it is exactly 0.
        limits: where each upper band begins, rising; infinite where nobody can be above.
        shape: of the distribution of what is not 0.

    >>> chances(np.array([100.0]), np.array([10.0]), np.array([0.0]), [90.0, 110.0]).round(3).tolist()
    [[0.159, 0.683, 0.159]]
    """
    below = np.column_stack([_below(mean, sd, zero, limit, shape) for limit in limits])
    edges = np.column_stack([np.zeros(len(mean)), below, np.ones(len(mean))])
    return np.diff(np.maximum.accumulate(edges, axis=1), axis=1)


def _below(mean: FloatArray, sd: FloatArray, zero: FloatArray, limit: float, shape: Shape) -> FloatArray:
    """The probability that it comes out below a limit."""
    if not np.isfinite(limit):
        return np.full(len(mean), 1.0 if limit > 0 else 0.0)
    some = np.maximum(1 - zero, 0.0)
    safe = np.where(some > 0, some, 1.0)
    centre = mean / safe
    variance = np.maximum((sd**2 + mean**2) / safe - centre**2, 0.0)
    leaning = (shape == "normal") | (centre**2 > _CERTAIN * variance)  # else it is 0 but for a vanishing chance
    spread = (some > 0) & (variance > _CERTAIN * centre**2) & leaning
    of_some = np.where(centre < limit, 1.0, 0.0)
    of_some[spread] = _SHAPES[shape](centre[spread], variance[spread], limit)
    return np.asarray(zero * (limit > 0) + some * of_some)


def _normal(centre: FloatArray, variance: FloatArray, limit: float) -> FloatArray:
    from scipy.special import ndtr  # noqa: PLC0415  # keeps the import of the package fast

    return np.asarray(ndtr((limit - centre) / np.sqrt(variance)))


def _gamma(centre: FloatArray, variance: FloatArray, limit: float) -> FloatArray:
    from scipy.special import gammainc  # noqa: PLC0415

    return np.asarray(gammainc(centre**2 / variance, max(limit, 0.0) * centre / variance))


def _lognormal(centre: FloatArray, variance: FloatArray, limit: float) -> FloatArray:
    from scipy.special import ndtr  # noqa: PLC0415

    if limit <= 0:
        return np.zeros(len(centre))
    width = np.sqrt(np.log1p(variance / centre**2))
    return np.asarray(ndtr((np.log(limit) - np.log(centre)) / width + width / 2))


_SHAPES: Mapping[Shape, Callable[[FloatArray, FloatArray, float], FloatArray]] = {
    "normal": _normal,
    "gamma": _gamma,
    "lognormal": _lognormal,
}


@dataclass(frozen=True)
class Chances:
    """From columns of estimates to one column of probabilities a band; a value that can travel."""

    mean: str
    sd: str
    zero: str | None
    limits: tuple[float, ...]
    shape: Shape
    names: tuple[str, ...]
    """The columns that it gives, lowest band first."""

    def __call__(self, groups: Mapping[str, FloatArray]) -> Mapping[str, FloatArray]:
        """The columns, by name."""
        mean, sd = groups[self.mean], groups[self.sd]
        zero = np.zeros(len(mean)) if self.zero is None else groups[self.zero]
        found = chances(mean, sd, zero, self.limits, self.shape)
        return {name: found[:, place] for place, name in enumerate(self.names)}

"""Slice sampling along random directions, for posteriors that are too crooked for weighted draws.

Neal (2003), "Slice Sampling", Annals of Statistics 31(3), 705-767, with stepping out and shrinkage. It has no step size
that could be wrong, and every draw moves.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from worthbook.models.base import FloatArray

CHAINS = 4
WARM_UP = 50
"""Moves of each chain that are thrown away; chains start at draws that are roughly right already."""
MOVES_A_DRAW = 2
WIDTH = 2.0
"""First guess of a slice's width, in standard deviations of the normal approximation."""
MOST_STEPS = 50

LogDensity = Callable[[FloatArray], float]


def sample_slices(
    log_density: LogDensity, starts: FloatArray, spread: FloatArray, draws: int, rng: np.random.Generator
) -> FloatArray:
    """Chains of draws: an array of chain, draw, parameter.

    Args:
        log_density: Up to a constant.
        starts: Points from which the chains' first points are taken at random.
        spread: Its columns are directions, as long as the density is wide in them.
        draws: How many in total.
        rng: The source of chance.

    >>> bowl = lambda point: -0.5 * float((point**2).sum())
    >>> chains = sample_slices(bowl, np.zeros((4, 2)), np.eye(2), 400, np.random.default_rng(1))
    >>> chains.shape, bool(abs(chains.std() - 1) < 0.15)
    ((4, 100, 2), True)
    """
    each = -(-draws // CHAINS)
    chains = np.empty((CHAINS, each, starts.shape[1]))
    for chain in range(CHAINS):
        point = starts[rng.integers(len(starts))]
        height = log_density(point)
        for count in range(-WARM_UP, each * MOVES_A_DRAW):
            point, height = _move(log_density, point, height, spread @ rng.standard_normal(spread.shape[1]), rng)
            if count >= 0:
                chains[chain, count // MOVES_A_DRAW] = point
    return chains


def _move(
    log_density: LogDensity, point: FloatArray, height: float, along: FloatArray, rng: np.random.Generator
) -> tuple[FloatArray, float]:
    """One move along a direction."""
    level = height - rng.exponential()
    low = -WIDTH * rng.random()
    high = low + WIDTH
    for _ in range(MOST_STEPS):
        if log_density(point + low * along) <= level:
            break
        low -= WIDTH
    for _ in range(MOST_STEPS):
        if log_density(point + high * along) <= level:
            break
        high += WIDTH
    while True:
        step = rng.uniform(low, high)
        there = point + step * along
        reached = log_density(there)
        if reached > level:
            return there, reached
        low, high = (step, high) if step < 0 else (low, step)
        if high - low < np.finfo(np.float64).eps:
            return point, height


def split_r_hat(chains: FloatArray) -> float:
    """The largest split R-hat over the parameters (Gelman et al. 2013, Bayesian Data Analysis, section 11.4).

    >>> round(split_r_hat(np.random.default_rng(1).standard_normal((4, 500, 1))), 1)
    1.0
    """
    half = chains.shape[1] // 2
    parts = np.concatenate([chains[:, :half], chains[:, half : 2 * half]])
    within = parts.var(axis=1, ddof=1).mean(axis=0)
    between = parts.mean(axis=1).var(axis=0, ddof=1)
    return float(np.sqrt((half - 1) / half + between / np.maximum(within, np.finfo(np.float64).tiny)).max())

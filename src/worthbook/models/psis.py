"""Pareto-smoothed importance sampling: weights one can trust, and a number that says whether one can.

Vehtari, Simpson, Gelman, Yao and Gabry (2024), "Pareto Smoothed Importance Sampling", Journal of Machine Learning
Research 25(72). The largest ratios are replaced by the quantiles of a generalised Pareto distribution fitted to them
(Zhang and Stephens 2009, Technometrics 51(3), 316-325). Its shape, k-hat, tells how heavy their tail is: above 0.7 the
weighted draws should not be used.
"""

from __future__ import annotations

import numpy as np

from worthbook.models.base import FloatArray

TRUSTED = 0.7
"""The largest k-hat with which the weights are good."""

FEWEST_IN_TAIL = 5


def smooth(log_ratios: FloatArray) -> tuple[FloatArray, float]:
    """Weights that add up to 1, and k-hat.

    Args:
        log_ratios: Of the wanted density to that from which was drawn, up to a constant.

    >>> weights, k_hat = smooth(np.zeros(100))
    >>> float(weights.max().round(3)), k_hat
    (0.01, -inf)
    """
    count = len(log_ratios)
    ratios = np.exp(log_ratios - log_ratios.max())
    size = int(np.ceil(min(count / 5, 3 * np.sqrt(count))))
    order = np.argsort(ratios)
    tail, cutoff = order[-size:], ratios[order[-size - 1]] if count > size else 0.0
    excess = ratios[tail] - cutoff
    if size < FEWEST_IN_TAIL or excess.max() <= np.finfo(np.float64).eps:
        return ratios / ratios.sum(), -np.inf
    shape, scale = _generalised_pareto(np.maximum(excess, np.finfo(np.float64).tiny))
    levels = (np.arange(size) + 0.5) / size
    fitted = scale * (-np.log1p(-levels) if shape == 0 else np.expm1(-shape * np.log1p(-levels)) / shape)
    ratios[tail] = np.minimum(cutoff + fitted, 1.0)
    return ratios / ratios.sum(), shape


def _generalised_pareto(excess: FloatArray) -> tuple[float, float]:
    """Shape and scale of sorted positive values, by the quasi-Bayesian estimate, with a weak prior on the shape."""
    count = len(excess)
    grid = 30 + int(np.sqrt(count))
    quartile = excess[int(count / 4 + 0.5) - 1]
    theta = 1 / excess[-1] + (1 - np.sqrt(grid / (np.arange(1, grid + 1) - 0.5))) / (3 * quartile)
    shapes = np.log1p(-theta[:, None] * excess).mean(axis=1)
    profile = count * (np.log(-theta / shapes) - shapes - 1)
    weights = 1 / np.exp(profile - profile[:, None]).sum(axis=1)
    best = float((theta * weights).sum() / weights.sum())
    shape = float(np.log1p(-best * excess).mean())
    scale = -shape / best
    return (count * shape + 5) / (count + 10), scale

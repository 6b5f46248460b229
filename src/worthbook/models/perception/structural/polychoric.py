"""Polychoric correlations (Olsson 1979, two steps): answers in steps, taken as a normal variable cut at thresholds.

First the thresholds of each item from its shares, tau = Phi^-1(cumulative share); then for each pair the correlation
of the bivariate normal that makes its cross table likeliest, by Fisher scoring. The derivative of the bivariate
distribution function in rho is its density, and the function itself is the integral of that density over the
correlation:

    Phi2(h, k; rho) = Phi(h) Phi(k) + 1/(2 pi) int_0^{arcsin rho} exp(-(h^2 + k^2 - 2 h k sin t) / (2 cos^2 t)) dt
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import ndtr, ndtri

from worthbook.kernel.errors import Fault, Problem, raise_all
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray

MOST_STEPS = 12
ITEM_NOT_IN_STEPS = Fault(
    "item-not-in-steps",
    what=Text(
        en="The item '{item}' has {count} different answers; polychoric correlations are for at most {most}.",
        zh="题项“{item}”有 {count} 个不同取值；多分格相关最多支持 {most} 个。",
    ),
    hint=Text(en="Use Pearson's correlations for such items.", zh="此类题项请使用皮尔逊相关。"),
)

_FAR = 8.0
"""Where the normal distribution ends, in standard deviations."""
_MOST_RHO = 0.9995
_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(20)
_PRECISION = 1e-9
_ROUNDS = 60
_LEAST = 1e-12


def refuse_continuous(items: tuple[str, ...], values: FloatArray) -> None:
    """Raise if an item has too many different answers to be steps of a scale."""

    def problems() -> Iterator[Problem]:
        for item, column in zip(items, values.T, strict=True):
            count = len(np.unique(column[~np.isnan(column)]))
            if count > MOST_STEPS:
                yield ITEM_NOT_IN_STEPS.problem(item=item, count=count, most=MOST_STEPS)

    raise_all(problems())


def polychoric(values: FloatArray, heavy: FloatArray) -> FloatArray:
    """(B, p, p) for answers (n, p) under weights (B, n); NaN where an item does not vary.

    >>> table = np.repeat([[0, 0], [0, 1], [1, 0], [1, 1]], [30, 20, 20, 30], axis=0).astype(float)
    >>> round(float(polychoric(table, np.ones((1, 100)))[0, 0, 1]), 6)  # tetrachoric: sin(pi/2 * (4 * 0.3 - 1))
    0.309017
    """
    steps = [np.unique(column[~np.isnan(column)]) for column in values.T]
    most = max(len(step) for step in steps)
    hot = np.stack(
        [values[:, [j]] == np.pad(step, (0, most - len(step)), constant_values=np.inf) for j, step in enumerate(steps)],
        axis=1,
    ).astype(np.float64)
    return np.stack([_one(hot, weights) for weights in heavy])


def _one(hot: FloatArray, weights: FloatArray) -> FloatArray:
    n, p, c = hot.shape
    flat = hot.reshape(n, p * c)
    tables = (flat * weights[:, None]).T @ flat
    i, j = np.triu_indices(p, 1)
    cross = tables.reshape(p, c, p, c).transpose(0, 2, 1, 3)[i, j]
    shares = np.einsum("pcpc->pc", tables.reshape(p, c, p, c))
    with np.errstate(divide="ignore", invalid="ignore"):
        cumulative = np.cumsum(shares, axis=1) / shares.sum(axis=1, keepdims=True)
    tau = np.clip(ndtri(np.clip(cumulative, 0.0, 1.0)), -_FAR, _FAR)
    tau = np.concatenate([np.full((p, 1), -_FAR), tau], axis=1)
    rho = np.full((p, p), 1.0)
    rho[i, j] = rho[j, i] = _likeliest(cross, tau[i], tau[j])
    silent = (shares > 0).sum(axis=1) < 2  # noqa: PLR2004 - one answer alone does not vary
    rho[silent] = rho[:, silent] = np.nan
    return rho


def _likeliest(cross: FloatArray, h: FloatArray, k: FloatArray) -> FloatArray:
    """(pairs,) the correlation of each pair, by Fisher scoring on arcsin rho, which keeps it within its bounds."""
    angle = np.zeros(len(cross))
    active = np.arange(len(cross))
    edge = np.arcsin(_MOST_RHO)
    for _ in range(_ROUNDS):
        share, slope = _cells(h[active], k[active], angle[active])
        counts = cross[active]
        score = (counts / share * slope).sum(axis=(1, 2))
        information = counts.sum(axis=(1, 2)) * (slope**2 / share).sum(axis=(1, 2))
        step = np.clip(score / np.maximum(information, _LEAST), -0.5, 0.5)
        moved = np.clip(angle[active] + step, -edge, edge)
        change = np.abs(moved - angle[active])
        angle[active] = moved
        active = active[change > _PRECISION]
        if not len(active):
            break
    return np.sin(angle)


def _cells(h: FloatArray, k: FloatArray, angle: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(pairs, c, c) the probability of each cell of a cross table, and its derivative in the angle."""
    h, k = h[:, :, None], k[:, None, :]
    squares, product = h**2 + k**2, h * k
    distribution = ndtr(h) * ndtr(k)
    for node, weight in zip(_NODES, _NODE_WEIGHTS, strict=True):
        distribution = (
            distribution + weight * _density(squares, product, angle * (node + 1) / 2) * (angle / 2)[:, None, None]
        )
    density = _density(squares, product, angle)
    return np.maximum(_difference(distribution), _LEAST), _difference(density)


def _density(squares: FloatArray, product: FloatArray, angle: FloatArray) -> FloatArray:
    t = angle[:, None, None]
    density: FloatArray = np.exp(-(squares - 2 * product * np.sin(t)) / (2 * np.cos(t) ** 2)) / (2 * np.pi)
    return density


def _difference(corners: FloatArray) -> FloatArray:
    difference: FloatArray = np.diff(np.diff(corners, axis=1), axis=2)
    return difference

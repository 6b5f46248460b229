"""Lohmöller's algorithm (1989) from correlations alone: the fixed point of the weights, of many samples at once.

    y = X w                     each construct is its block, weighted
    z_j = sum_i e_ij y_i        … and seen from its neighbours
    w = cov(x, z)   (mode A)    or   S_jj^-1 cov(x, z)   (mode B), then var(y) = 1

Covariances need the items' correlations S and no respondent: cov(x, y) = S w, cov(y, y) = w' S w.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from worthbook.models.base import FloatArray, IntArray
from worthbook.models.perception.structural.plan import Plan
from worthbook.models.perception.structural.regression import coefficients, solve

Scheme = Literal["path", "factorial", "centroid"]
TOLERANCE = 1e-7
MOST_ITERATIONS = 300


@dataclass(frozen=True)
class Weighting:
    """Weights of B samples: w (B, p) with unit variance of y; cov(x, y) (B, p, k); how the search went."""

    w: FloatArray
    cov: FloatArray
    iterations: IntArray
    converged: np.ndarray


def weigh(
    S: FloatArray,
    plan: Plan,
    scheme: Scheme = "path",
    tolerance: float = TOLERANCE,
    most: int = MOST_ITERATIONS,
) -> Weighting:
    """Iterate until the sum of all changes of weights is below the tolerance; samples that are done wait aside."""
    ways = len(S)
    found = Weighting(
        np.full((ways, plan.p), np.nan),
        np.full((ways, plan.p, plan.k), np.nan),
        np.zeros(ways, dtype=np.intp),
        np.zeros(ways, dtype=np.bool_),
    )
    inner = _SCHEMES[scheme]
    active = np.arange(ways)
    w, cov = _standardise(S, np.ones((ways, plan.p)), plan)
    for iteration in range(most):
        E = inner(_between(w, cov, plan), plan)  # (k, k, B)
        for j in plan.alone:  # seen from itself: its first principal component
            E[j, j] = 1.0
        seen = np.einsum("bpk,bpk->bp", cov, E.transpose(2, 1, 0)[:, plan.block])
        new, new_cov = _standardise(S, _outer(S, seen, plan), plan)
        change = np.abs(new - w).sum(axis=1)
        w, cov = new, new_cov
        done = (change < tolerance) | ~np.isfinite(change)  # what is not finite never will be
        if done.any() or iteration == most - 1:
            settled = active[done] if iteration < most - 1 else active
            keep = done if iteration < most - 1 else np.ones_like(done)
            found.w[settled], found.cov[settled] = w[keep], cov[keep]
            found.iterations[settled] = iteration
            found.converged[settled] = change[keep] < tolerance
            active, S, w, cov = active[~keep], S[~keep], w[~keep], cov[~keep]
        if not len(active):
            break
    return found


def between(w: FloatArray, cov: FloatArray, plan: Plan) -> FloatArray:
    """(k, k, B) the correlations of the constructs: w' cov(x, y) block by block."""
    return _between(w, cov, plan)


def _between(w: FloatArray, cov: FloatArray, plan: Plan) -> FloatArray:
    weighted = (w[:, :, None] * cov).transpose(1, 2, 0).reshape(plan.p, -1)
    return (plan.M.T @ weighted).reshape(plan.k, plan.k, -1)


def _standardise(S: FloatArray, w: FloatArray, plan: Plan) -> tuple[FloatArray, FloatArray]:
    """The weights that give each construct variance 1, and cov(x, y) under them."""
    ways, p = w.shape
    cov = ((S * w[:, None, :]).reshape(ways * p, p) @ plan.M).reshape(ways, p, plan.k)
    own = np.take_along_axis(cov, plan.block[None, :, None], axis=2)[:, :, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        by_deviation = 1 / np.sqrt((w * own) @ plan.M)
        return w * by_deviation[:, plan.block], cov * by_deviation[:, None, :]


def _outer(S: FloatArray, seen: FloatArray, plan: Plan) -> FloatArray:
    """Weights from how each item goes with what its construct's neighbours say."""
    if not plan.formative:
        return seen
    w = seen.copy()
    for j in plan.formative:
        mine = plan.members(j)
        block = S[:, mine[:, None], mine].transpose(1, 2, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            w[:, mine] = solve(block, seen[:, mine].T).T
    return w


def _path(R: FloatArray, plan: Plan) -> FloatArray:
    """Drivers count by their coefficient, the driven by their correlation."""
    with np.errstate(divide="ignore", invalid="ignore"):
        E = coefficients(R, plan)
    for i, j in plan.paths:
        E[j, i] = R[j, i]
    return E


def _factorial(R: FloatArray, plan: Plan) -> FloatArray:
    """All neighbours count by their correlation."""
    E = np.zeros_like(R)
    for i, j in plan.paths:
        E[i, j] = E[j, i] = R[i, j]
    return E


def _centroid(R: FloatArray, plan: Plan) -> FloatArray:
    """All neighbours count alike, by the sign of their correlation."""
    return np.sign(_factorial(R, plan))


_SCHEMES: dict[Scheme, Callable[[FloatArray, Plan], FloatArray]] = {
    "path": _path,
    "factorial": _factorial,
    "centroid": _centroid,
}

"""How well items measure constructs, and constructs are told apart (Hair, Risher, Sarstedt and Ringle 2019)."""

from __future__ import annotations

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.perception.structural.regression import solve
from worthbook.models.perception.structural.solution import Solution


def alpha(found: Solution) -> FloatArray:
    """(B, k) Cronbach's alpha of the standardised items; 1 for one item."""
    m = found.plan.sizes.astype(np.float64)
    total = np.einsum("kkb->bk", _block_sums(found, found.moments.S))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(m > 1, m / (m - 1) * (1 - m / total), 1.0)


def rho_c(found: Solution) -> FloatArray:
    """(B, k) composite reliability: (sum l)^2 / ((sum l)^2 + sum (1 - l^2))."""
    loadings = found.loadings
    squared: FloatArray = found.sum_by_block(loadings) ** 2
    return squared / (squared + found.sum_by_block(1 - loadings**2))


def ave(found: Solution) -> FloatArray:
    """(B, k) average variance extracted: the mean of l^2."""
    return found.sum_by_block(found.loadings**2) / found.plan.sizes


def htmt(found: Solution, *, absolute: bool) -> FloatArray:
    """(k, k, B) the heterotrait-monotrait ratio (Henseler, Ringle and Sarstedt 2015).

    The mean correlation of items of two constructs over the geometric mean of the correlations within each. As
    published the correlations are taken with their signs; common software takes them absolutely, so the form is
    always named.
    """
    S = np.abs(found.moments.S) if absolute else found.moments.S
    sums, m = _block_sums(found, S), found.plan.sizes.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        within = (np.einsum("kkb->kb", sums) - m[:, None]) / (m * (m - 1))[:, None]
        within[m == 1] = 1.0
        ratio: FloatArray = sums / (m[:, None] * m[None, :])[..., None] / np.sqrt(within[:, None] * within[None, :])
    ratio[np.arange(len(m)), np.arange(len(m))] = 1.0
    return ratio


def vif(found: Solution) -> FloatArray:
    """(k, k, B) how far each driver (row) of a construct (column) is told by the other drivers; 1 is not at all.

    Fornell and Larcker's comparison needs no function: the square root of `ave` beside the correlations `R`.
    """
    inflation = np.full_like(found.R, np.nan)
    for j in found.structure.endogenous:
        drivers = list(found.structure.drivers[j])
        inflation[drivers, j] = _inverse_diagonal(found.R[np.ix_(drivers, drivers)])
    return inflation


def item_vif(found: Solution) -> FloatArray:
    """(B, p) how far each item is told by the other items of its construct."""
    inflation = np.ones_like(found.w)
    for j in range(found.plan.k):
        mine = found.plan.members(j)
        block = found.moments.S[:, mine[:, None], mine].transpose(1, 2, 0)
        inflation[:, mine] = _inverse_diagonal(block).T
    return inflation


def f2(found: Solution) -> FloatArray:
    """(k, k, B) Cohen's effect size: what R^2 loses without a driver, over what is left unexplained.

    Leaving a driver out loses b^2 / VIF of R^2.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return found.B**2 / vif(found) / (1 - found.r2)


def _inverse_diagonal(A: FloatArray) -> FloatArray:
    """(m, B) the diagonal of the inverse of A (m, m, B)."""
    m, _, ways = A.shape
    unit = np.eye(m)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.stack([solve(A, np.repeat(unit[:, [i]], ways, axis=1))[i] for i in range(m)])


def _block_sums(found: Solution, S: FloatArray) -> FloatArray:
    """(k, k, B) the sum of S over the items of each pair of constructs."""
    ways, p, k = len(S), found.plan.p, found.plan.k
    right = (S.reshape(ways * p, p) @ found.plan.M).reshape(ways, p, k)
    return (found.plan.M.T @ right.transpose(1, 2, 0).reshape(p, -1)).reshape(k, k, ways)

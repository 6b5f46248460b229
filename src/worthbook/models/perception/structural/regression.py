"""Least squares from correlation matrices, many at once."""

from __future__ import annotations

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.perception.structural.plan import Plan

SINGULAR = 1e-10
"""A pivot below this, where all variances are 1, is none: a variable is told by the others."""


def solve(A: FloatArray, b: FloatArray) -> FloatArray:
    """Find x of A x = b for symmetric A of shape (m, m, B) and b (m, B), by elimination over all B at once.

    A system without an answer gives NaN.

    >>> solve(np.array([[[2.0], [1.0]], [[1.0], [3.0]]]), np.array([[3.0], [5.0]]))[:, 0].round(12).tolist()
    [0.8, 1.4]
    """
    m = len(b)
    A, b = A.copy(), b.copy()
    for c in range(m):
        A[c, c][np.abs(A[c, c]) < SINGULAR] = np.nan
        factor = A[c + 1 :, c] / A[c, c]
        A[c + 1 :] -= factor[:, None] * A[c]
        b[c + 1 :] -= factor * b[c]
    for c in reversed(range(m)):
        b[c] /= A[c, c]
        b[:c] -= A[:c, c] * b[c]
    return b


def coefficients(R: FloatArray, plan: Plan) -> FloatArray:
    """(k, k, B) the standardised coefficient of each driver (row) on each construct (column), from R (k, k, B)."""
    found = np.zeros_like(R)
    for j in plan.endogenous:
        drivers = list(plan.drivers[j])
        if len(drivers) == 1:
            found[drivers[0], j] = R[drivers[0], j]
        else:
            found[drivers, j] = solve(R[np.ix_(drivers, drivers)], R[drivers, j])
    return found


def total_effects(B: FloatArray, plan: Plan) -> FloatArray:
    """(k, k, B) direct and indirect effects together: paths multiplied along every route, and summed."""
    total = np.zeros_like(B)
    for j in plan.endogenous:
        for i in plan.drivers[j]:
            total[:, j] += total[:, i] * B[i, j]
            total[i, j] += B[i, j]
    return total

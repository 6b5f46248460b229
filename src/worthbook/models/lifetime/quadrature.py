"""The numerical devices of the lifetime models: Gauss rules for averages, Chebyshev interpolation."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np

from worthbook.models.base import FloatArray

CHEBYSHEV_DIGITS = 30.0
"""Natural logarithm of the inverse relative error at which the interpolation aims."""


def beta_rule(first: float, seconds: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights that average a smooth function over Beta(first, second), a row for each second.

    Golub and Welsch (1969): nodes are the eigenvalues of the symmetric tridiagonal matrix of the recurrence of the
    Jacobi polynomials, here shifted to (0, 1); weights are the squared first components of its eigenvectors.

    >>> nodes, weights = beta_rule(0.8, np.array([2.4]), 8)
    >>> round(float((weights * nodes).sum()), 12)  # the mean, 0.8 / 3.2
    0.25
    """
    step = np.arange(1, count)
    total = first + seconds[:, None]
    even = total + 2 * step  # first + second + 2k
    matrix = np.zeros((len(seconds), count, count))
    diagonal = np.empty((len(seconds), count))
    diagonal[:, 0] = first / total[:, 0]
    diagonal[:, 1:] = 0.5 + (first - seconds[:, None]) * (total - 2) / (2 * (even - 2) * even)
    squares = step * (step + first - 1) * (step + seconds[:, None] - 1) / ((even - 2) ** 2 * (even - 1))
    ratio = np.ones_like(squares)  # (total + k - 2) / (total + 2k - 3), which is 1 at k = 1 even where both are 0
    ratio[:, 1:] = (total + step[1:] - 2) / (even[:, 1:] - 3)
    index = np.arange(count)
    matrix[:, index, index] = diagonal
    matrix[:, index[1:], index[:-1]] = np.sqrt(squares * ratio)
    nodes, vectors = np.linalg.eigh(matrix, UPLO="L")
    return np.clip(nodes, 0.0, 1.0), vectors[:, 0, :] ** 2


def gamma_rule(shapes: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights that average a smooth function over Gamma(shape, 1), a row for each shape.

    As `beta_rule`, with the recurrence of the Laguerre polynomials.

    >>> nodes, weights = gamma_rule(np.array([2.5]), 4)
    >>> round(float((weights * nodes**2).sum()), 9)  # 2.5 * 3.5
    8.75
    """
    index = np.arange(count)
    matrix = np.zeros((len(shapes), count, count))
    matrix[:, index, index] = 2 * index + shapes[:, None]
    matrix[:, index[1:], index[:-1]] = np.sqrt(index[1:] * (index[1:] + shapes[:, None] - 1))
    nodes, vectors = np.linalg.eigh(matrix, UPLO="L")
    return np.maximum(nodes, 0.0), vectors[:, 0, :] ** 2


def gauss_of(points: FloatArray, weights: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    """The Gauss rule of the discrete distribution of each row: few nodes with the same first 2 count - 1 moments.

    The recurrence of its orthogonal polynomials by Stieltjes' procedure, then as in `beta_rule`. Where a distribution
    has no more than some points that matter, the other nodes weigh nothing.

    >>> nodes, chances = gauss_of(np.array([[0.0, 1.0, 2.0, 3.0]]), np.full((1, 4), 0.25), 2)
    >>> nodes.round(6).tolist(), chances.round(6).tolist()
    ([[0.381966, 2.618034]], [[0.5, 0.5]])
    """
    chance = weights / weights.sum(axis=1, keepdims=True)
    middle, half = points.mean(axis=1, keepdims=True), np.ptp(points, axis=1, keepdims=True) / 2
    place = (points - middle) / np.where(half > 0, half, 1.0)
    matrix = np.zeros((len(points), count, count))
    before, now = np.zeros_like(place), np.ones_like(place)
    step = np.zeros((len(points), 1))
    for index in range(count):
        matrix[:, index, index] = (chance * now**2 * place).sum(axis=1)
        after = (place - matrix[:, index, index, None]) * now - step * before
        step = np.sqrt((chance * after**2).sum(axis=1, keepdims=True))
        step[step < _NO_POINT_LEFT] = 0.0
        before, now = now, after / np.where(step > 0, step, np.inf)
        if index + 1 < count:
            matrix[:, index + 1, index] = step[:, 0]
    nodes, vectors = np.linalg.eigh(matrix, UPLO="L")
    return middle + half * nodes, vectors[:, 0, :] ** 2


_NO_POINT_LEFT = 1e-7


@cache
def legendre_rule(count: int) -> tuple[FloatArray, FloatArray]:
    """Gauss-Legendre nodes and weights on (0, 1)."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return (nodes + 1) / 2, weights / 2


class Interpolation:
    """Functions of one variable, analytic near an interval, tabulated once and read at many points.

    Every function has its own row in a table of Chebyshev coefficients; a point names its function. The number of nodes
    follows from how wide the interval is against the distance of the nearest singularity (Trefethen 2013, Theorem 8.2).
    """

    def __init__(
        self,
        functions: Callable[[FloatArray], FloatArray],
        low: float,
        high: float,
        singularity: float,
        digits: float = CHEBYSHEV_DIGITS,
    ) -> None:
        """Tabulate.

        Args:
            functions: Gives the values of all functions, a row each, at the given points.
            low: Smallest point that will be read.
            high: Largest point.
            singularity: Distance of the nearest singularity from the real line.
            digits: Natural logarithm of the inverse relative error.
        """
        self._middle = (low + high) / 2
        self._half = (high - low) / 2
        count = 1
        if self._half > 0:
            count = 2 + math.ceil(digits / math.asinh(singularity / self._half))
        angles = (np.arange(count) + 0.5) * np.pi / count
        values = functions(self._middle + self._half * np.cos(angles))
        basis = np.cos(np.outer(angles, np.arange(count))) * (2 / count)
        basis[:, 0] /= 2
        self._coefficients = np.ascontiguousarray((values @ basis).T)

    def read(self, function: np.ndarray, points: FloatArray) -> FloatArray:
        """The value of the named function at each point, by Clenshaw's recurrence."""
        place = (points - self._middle) / (self._half or 1.0)
        later, latest = np.zeros_like(points), np.zeros_like(points)
        for row in self._coefficients[:0:-1]:
            later, latest = latest, 2 * place * latest - later + row[function]
        return np.asarray(place * latest - later + self._coefficients[0][function])

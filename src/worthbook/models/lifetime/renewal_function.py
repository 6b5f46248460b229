"""How many purchases to expect in a time that begins with one, where times between purchases are gamma distributed.

With time in mean gaps and gaps of shape k, n purchases take nk phases of a gamma variable, hence

    M(tau) = E[N] = sum of P(G(nk) <= k tau),    Q(tau) = E[N (N + 1)] / 2 = sum of n P(G(nk) <= k tau)

Both become polynomials after some gaps (Cox 1962, Renewal Theory, section 4.2): M = tau + a - 1 and
Q = tau^2 / 2 + tau / k + 3a^2 - a - 2c, where a = (k+1) / 2k and c = (k+1)(k+2) / 6k^2. What differs from them before
is tabulated once and interpolated by cubics, so that a million purchases cost no more than one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from worthbook.models.base import FloatArray

LEAST_K, MOST_K = 0.05, 100.0
"""Outside the next of the two is taken: half of all gaps are nearly nothing there, or all nearly the same."""

LATE_GAPS, LATE_PHASES = 25.0, 20.0
"""So many gaps, and so many phases, after the start hardly anything differs from the polynomials."""

_SHAPES, _TIMES = 56, 301
_NEGLIGIBLE = 40.0


@dataclass(frozen=True, slots=True)
class RenewalFunctions:
    """M and Q for some k, both less their polynomials: a row for each k, at squared shares of the time that counts."""

    k: FloatArray
    single: FloatArray
    pairs: FloatArray

    @classmethod
    def of(cls, k: FloatArray) -> RenewalFunctions:
        """Read off the table."""
        log_shapes, single, pairs = _tables()
        inside = np.clip(k, LEAST_K, MOST_K)
        first, share = _cubic((np.log(inside) - log_shapes[0]) / (log_shapes[1] - log_shapes[0]), len(log_shapes))
        rows = first[:, None] + np.arange(4)
        return cls(inside, *(np.einsum("ij,ijt->it", share, table[rows]) for table in (single, pairs)))

    def expected(self, row: np.ndarray, tau: FloatArray) -> FloatArray:
        """M at each time, for the k of a row.

        >>> RenewalFunctions.of(np.array([1.0])).expected(np.array([0]), np.array([3.0])).round(4).tolist()
        [3.0]
        """
        return np.asarray(np.maximum(tau + (_half(self.k) - 1)[row] + self._read(self.single, row, tau), 0.0))

    def expected_pairs(self, row: np.ndarray, tau: FloatArray) -> FloatArray:
        """Q at each time, for the k of a row.

        >>> RenewalFunctions.of(np.array([1.0])).expected_pairs(np.array([0]), np.array([3.0])).round(4).tolist()
        [7.5]
        """
        late = tau * (tau / 2 + (1 / self.k)[row]) + _level(self.k)[row]
        return np.asarray(np.maximum(late + self._read(self.pairs, row, tau), 0.0))

    def _read(self, table: FloatArray, row: np.ndarray, tau: FloatArray) -> FloatArray:
        share_of_late = np.sqrt(tau / _late(self.k)[row])
        place = np.minimum(share_of_late, 1.0) * (_TIMES - 1)
        first, share = _cubic(place, _TIMES)
        flat, start = table.reshape(-1), row * _TIMES + first
        found = sum(share[..., each] * flat[start + each] for each in range(4))
        return np.where(share_of_late < 1, found, 0.0)


def _late(k: FloatArray) -> FloatArray:
    return LATE_GAPS + LATE_PHASES / k


def _half(k: FloatArray) -> FloatArray:
    return (k + 1) / (2 * k)


def _level(k: FloatArray) -> FloatArray:
    return 3 * _half(k) ** 2 - _half(k) - (k + 1) * (k + 2) / (3 * k**2)


def _cubic(place: FloatArray, count: int) -> tuple[np.ndarray, FloatArray]:
    """Of four neighbours among evenly spaced points the first, and the weight of each (Lagrange)."""
    first = np.clip(place.astype(np.intp) - 1, 0, count - 4)
    p = place - first
    a, b, c, d = p, p - 1, p - 2, p - 3
    return first, np.stack([-b * c * d / 6, a * c * d / 2, -a * b * d / 2, a * b * c / 6], axis=-1)


@cache
def _tables() -> tuple[FloatArray, FloatArray, FloatArray]:
    """The logarithms of some k, and for each (rows) what M and Q have beside their polynomials, at some times."""
    from scipy.special import gammainc  # noqa: PLC0415  # keeps the import of the package fast

    shapes = np.exp(np.linspace(np.log(LEAST_K), np.log(MOST_K), _SHAPES))
    single, pairs = np.empty((2, _SHAPES, _TIMES))
    for index, k in enumerate(shapes):
        tau = _late(k) * np.linspace(0, 1, _TIMES) ** 2
        most = k * _late(k) + np.sqrt(2 * _NEGLIGIBLE * k * _late(k)) + _NEGLIGIBLE
        n = np.arange(1, np.ceil(most / k) + 1)[:, None]
        reached = gammainc(n * k, k * tau)
        single[index] = reached.sum(axis=0) - tau - (_half(k) - 1)
        pairs[index] = (n * reached).sum(axis=0) - tau * (tau / 2 + 1 / k) - _level(k)
    return np.log(shapes), single, pairs

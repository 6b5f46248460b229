"""Means, variances and correlations of the items, for many ways of counting the respondents at once.

Whatever can be asked of a sample here is another way of counting its rows: each once; as often as a bootstrap drew
them; as heavy as a survey weighs them; one group and not the other; all but one fold. With the counts as a matrix,
one row for each way, all covariance matrices together are one product: counts times the products of the items, row by
row.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from worthbook.models.base import FloatArray, IntArray

TINY = 1e-10
"""A variance below this, relative to the item's own in the whole sample, is none."""


@dataclass(frozen=True)
class Moments:
    """For each of B ways of counting: means (B, p), variances (B, p, by n), correlations (B, p, p), heads (B,)."""

    means: FloatArray
    variances: FloatArray
    S: FloatArray
    n: FloatArray

    @property
    def constant(self) -> np.ndarray:
        """(B, p) the items that do not vary."""
        return ~(self.variances > 0)

    def part(self, rows: IntArray | slice) -> Moments:
        """Some of the ways."""
        return Moments(self.means[rows], self.variances[rows], self.S[rows], self.n[rows])


@dataclass(frozen=True)
class Products:
    """The answers made ready to be counted.

    >>> products = Products(np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 3.0]]), np.ones(3))
    >>> products.moments(np.ones((1, 3))).S[0, 0, 1].round(3)
    np.float64(0.5)
    """

    values: FloatArray
    """(n, p) answers; NaN where there is none."""
    weights: FloatArray
    """(n,) what each respondent weighs."""

    @property
    def items(self) -> int:
        """How many items."""
        return len(self.values.T)

    def moments(self, counts: FloatArray) -> Moments:
        """The moments under counts of shape (B, n); an answer that is missing counts in no pair of items."""
        heavy = counts * self.weights
        total = heavy.sum(axis=1)
        means, covariance = self._pairwise(heavy) if self.holes else self._whole(heavy, total)
        spread = np.einsum("bii->bi", covariance).copy()
        spread[spread < TINY] = 0.0
        by_spread = 1 / np.sqrt(np.where(spread > 0, spread, np.nan))
        S = covariance  # in place: the largest array here
        S *= by_spread[:, :, None]
        S *= by_spread[:, None, :]
        np.einsum("bii->bi", S)[:] = 1.0
        return Moments(means * self._scale + self._centre, spread * self._scale**2, S, total)

    def scores(self, counts: FloatArray, item_weights: FloatArray) -> FloatArray:
        """(B, n, k) everybody's weighted sums of items that are standardised under the counts; a hole is the mean."""
        moments = self.moments(counts)
        with np.errstate(divide="ignore", invalid="ignore"):
            raw = item_weights / np.sqrt(moments.variances)[:, :, None]
        means = np.einsum("bp,bpk->bk", moments.means, raw)
        values = np.where(np.isnan(self.values), self._centre, self.values)
        scores: FloatArray = values @ raw - means[:, None]
        return scores

    @cached_property
    def holes(self) -> bool:
        """Whether an answer is missing."""
        return bool(np.isnan(self.values).any())

    @cached_property
    def _centre(self) -> FloatArray:
        centre: FloatArray = np.nanmean(self.values, axis=0)
        return centre

    @cached_property
    def _scale(self) -> FloatArray:
        deviation = np.nanstd(self.values, axis=0)
        return np.where(deviation > 0, deviation, 1.0)

    @cached_property
    def _standard(self) -> FloatArray:
        """The answers about their means, which keeps the digits; 0 where there is none."""
        return np.nan_to_num((self.values - self._centre) / self._scale)

    @cached_property
    def _triangle(self) -> tuple[IntArray, IntArray, IntArray]:
        """Row and column of each pair of items, and for every cell of a square the place of its pair."""
        i, j = np.triu_indices(self.items)
        square = np.empty((self.items, self.items), dtype=np.intp)
        square[i, j] = square[j, i] = np.arange(len(i))
        return i, j, square

    @cached_property
    def _columns(self) -> FloatArray:
        """(n, p + pairs) the answers and the products of each pair."""
        i, j, _ = self._triangle
        z = self._standard
        return np.concatenate([z, z[:, i] * z[:, j]], axis=1)

    def _whole(self, heavy: FloatArray, total: FloatArray) -> tuple[FloatArray, FloatArray]:
        sums = heavy @ self._columns
        sums /= total[:, None]
        means = sums[:, : self.items]
        i, j, square = self._triangle
        pairs = sums[:, self.items :] - means[:, i] * means[:, j]
        return means, pairs[:, square]

    @cached_property
    def _there(self) -> FloatArray:
        return (~np.isnan(self.values)).astype(np.float64)

    def _pairwise(self, heavy: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Each pair from those who answered both; correlations use the variances of those same people."""
        p, z, there = self.items, self._standard, self._there
        ways = len(heavy)

        def sums(left: FloatArray, right: FloatArray) -> FloatArray:
            return (heavy @ (left[:, :, None] * right[:, None, :]).reshape(-1, p * p)).reshape(ways, p, p)

        with np.errstate(divide="ignore", invalid="ignore"):
            heads = sums(there, there)
            mean = sums(z, there) / heads  # of i among those who answered j
            square = sums(z * z, there) / heads - mean**2
            covariance = sums(z, z) / heads - mean * mean.transpose(0, 2, 1)
            own = np.einsum("bii->bi", square)
            correlation = covariance / np.sqrt(np.clip(square * square.transpose(0, 2, 1), 0, None))
            covariance = correlation * np.sqrt(np.clip(own[:, :, None] * own[:, None, :], 0, None))
        np.einsum("bii->bi", covariance)[:] = own
        return np.einsum("bii->bi", mean).copy(), covariance

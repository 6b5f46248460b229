"""Answers counted by group and class: all that shares and scores need, whether counted in numpy or by an engine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray, IntArray


@dataclass(frozen=True)
class Tally:
    """For each group (rows) and class of answer (columns): respondents, their weights, and the squares of these.

    The squares say how much precision unequal weights cost: the variance of a weighted mean is
    Σ w² (x − m)² / (Σ w)².
    """

    count: FloatArray
    weight: FloatArray
    square: FloatArray

    @classmethod
    def of(cls, group: IntArray, kind: IntArray, weights: FloatArray, shape: tuple[int, int]) -> Tally:
        """Count rows; a row whose group or class is negative does not count.

        >>> tally = Tally.of(np.array([0, 0, 1]), np.array([1, 1, 0]), np.array([1.0, 2.0, 1.0]), (2, 2))
        >>> tally.weight.tolist(), tally.square.tolist()
        ([[0.0, 3.0], [1.0, 0.0]], [[0.0, 5.0], [1.0, 0.0]])
        """
        known = (group >= 0) & (kind >= 0)
        cell = group[known] * shape[1] + kind[known]
        own = weights[known]

        def summed(amounts: FloatArray) -> FloatArray:
            sums = np.bincount(cell, amounts, minlength=shape[0] * shape[1])
            return sums.astype(np.float64).reshape(shape)

        return cls(summed(np.ones(len(cell))), summed(own), summed(own**2))

    def joined(self, classes: list[list[int]]) -> Tally:
        """The same with several classes counted as one: `[[0, 1], [2]]` makes two classes of three."""
        return Tally(
            *(
                np.stack([each[:, members].sum(axis=1) for members in classes], axis=1)
                for each in (self.count, self.weight, self.square)
            )
        )

    @property
    def total(self) -> Tally:
        """All groups as one."""
        return Tally(*(each.sum(axis=0, keepdims=True) for each in (self.count, self.weight, self.square)))

    @property
    def respondents(self) -> FloatArray:
        """Rows of each group."""
        respondents: FloatArray = self.count.sum(axis=1)
        return respondents

    @property
    def effective(self) -> FloatArray:
        """Kish's effective size of each group: (Σ w)² / Σ w²; equal weights give the respondents.

        >>> Tally.of(np.zeros(3, int), np.zeros(3, int), np.array([1.0, 1.0, 2.0]), (1, 1)).effective.round(4).tolist()
        [2.6667]
        """
        return _ratio(self.weight.sum(axis=1) ** 2, self.square.sum(axis=1))

    @property
    def shares(self) -> FloatArray:
        """The weighted share of each class in its group; NaN in a group without weight."""
        return _ratio(self.weight, self.weight.sum(axis=1, keepdims=True))

    def mean(self, values: FloatArray) -> FloatArray:
        """The mean of each group, where each class has a value."""
        return self.shares @ values

    def variance_of_mean(self, values: FloatArray) -> FloatArray:
        """The variance of that mean: Σ w² (x − m)² / (Σ w)²."""
        spread = (values[None, :] - self.mean(values)[:, None]) ** 2
        return _ratio((self.square * spread).sum(axis=1), self.weight.sum(axis=1) ** 2)


def _ratio(over: FloatArray, under: FloatArray) -> FloatArray:
    """NaN where there is nothing to divide by."""
    out = np.full(np.broadcast_shapes(over.shape, under.shape), np.nan)
    np.divide(over, under, out=out, where=np.broadcast_to(under, out.shape) > 0)
    return out

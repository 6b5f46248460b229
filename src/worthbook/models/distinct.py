"""Equal rows found once: models cost what the distinct rows cost, not what the customers cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray, IntArray

_ODD = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)


@dataclass(frozen=True, slots=True)
class DistinctRows:
    """Which rows of several columns are equal.

    >>> found = DistinctRows.of(np.array([3.0, 1.0, 3.0]), np.array([2.0, 2.0, 2.0]))
    >>> len(found.sample), found.row_to_distinct[0] == found.row_to_distinct[2]
    (2, np.True_)
    """

    sample: IntArray
    """One row number for each distinct row."""
    row_to_distinct: IntArray
    """For each row, which distinct row it is."""

    @classmethod
    def of(cls, *columns: FloatArray) -> DistinctRows:
        """Sort the rows by a hash and cut where a column changes.

        The cut compares the columns themselves, so a collision of hashes could only leave two equal rows apart, which
        costs a little time and changes no result.
        """
        order = np.argsort(_hash(columns))
        changes = np.zeros(len(order), dtype=np.bool_)
        changes[:1] = True
        for column in columns:
            ordered = column[order]
            changes[1:] |= ordered[1:] != ordered[:-1]
        row_to_distinct = np.empty(len(order), dtype=np.intp)
        row_to_distinct[order] = np.cumsum(changes) - 1
        return cls(order[changes], row_to_distinct)

    def total(self, weights: FloatArray) -> FloatArray:
        """The sum of the weights of each distinct row."""
        return np.bincount(self.row_to_distinct, weights, minlength=len(self.sample)).astype(np.float64, copy=False)


def _hash(columns: tuple[FloatArray, ...]) -> np.ndarray:
    """Mix the bits of all columns into one 64-bit number a row."""
    mixed = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        mixed ^= (column + 0.0).view(np.uint64)  # adding 0.0 makes -0.0 and 0.0 the same bits
        mixed *= _ODD
        mixed ^= mixed >> _HALF
    return mixed


def weighted_sum(weights: FloatArray, values: FloatArray) -> float:
    """The sum of weights times values, in one pass on one core.

    A matrix product would wake the threads of the linear-algebra library, which costs more than the sum itself and far
    more on a busy machine.

    >>> weighted_sum(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    11.0
    """
    return float(np.einsum("i,i->", weights, values))

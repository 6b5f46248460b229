"""Columns made comparable before customers are grouped: skewed amounts by their logarithm, all on one robust scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray

SKEWED = 1.0
"""Columns without negative values that are more skewed than this are taken by their logarithm."""
REACH = 5.0
"""No customer counts as further from the middle than so many robust standard deviations, so that a few giants do not
become groups of their own."""
_IQR_OF_NORMAL = 1.349


@dataclass(frozen=True)
class Scaling:
    """How each column is made comparable, one entry a column."""

    logged: tuple[bool, ...]
    centre: FloatArray
    """The median, of the logarithm where that is taken."""
    spread: FloatArray
    """The interquartile range as a standard deviation; the standard deviation itself where half of all are alike."""

    @classmethod
    def of(cls, matrix: FloatArray) -> Scaling:
        """Measured from customers as rows and columns as columns; a column that never varies has a spread of 0."""
        logged = tuple(is_skewed(column) for column in matrix.T)
        values = _logged(matrix, logged)
        low, middle, high = np.quantile(values, [0.25, 0.5, 0.75], axis=0)
        spread = (high - low) / _IQR_OF_NORMAL
        return cls(logged, middle, np.where(spread > 0, spread, values.std(axis=0)))

    def apply(self, matrix: FloatArray) -> FloatArray:
        """The columns on their common scale, no further than `REACH` from the middle."""
        values = (_logged(matrix, self.logged) - self.centre) / np.where(self.spread > 0, self.spread, 1.0)
        return np.clip(values, -REACH, REACH)


def is_skewed(values: FloatArray) -> bool:
    """Whether a column is better taken by its logarithm."""
    return bool(values.min() >= 0 and _skewness(values) > SKEWED)


def _logged(matrix: FloatArray, logged: tuple[bool, ...]) -> FloatArray:
    return np.where(np.array(logged), np.log1p(np.maximum(matrix, 0.0)), matrix)


def _skewness(values: FloatArray) -> float:
    spread = values.std()
    return float(((values - values.mean()) ** 3).mean() / spread**3) if spread > 0 else 0.0

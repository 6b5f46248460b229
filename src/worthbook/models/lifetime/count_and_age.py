"""Functions of the number of purchases and the age, evaluated on a small grid and read at every customer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.distinct import DistinctRows
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.quadrature import CHEBYSHEV_DIGITS, Interpolation


def by_count_and_age(
    on_grid: Callable[[FloatArray, FloatArray], FloatArray],
    history: PurchaseHistory,
    alpha: float,
    digits: float = CHEBYSHEV_DIGITS,
) -> FloatArray:
    """Evaluate a function of (x, T) at every row: once for each distinct x, interpolated in log(alpha + T).

    Args:
        on_grid: Takes some x and some alpha + T; gives a row for each x and a column for each alpha + T.
        history: The rows.
        alpha: What is added to T.
        digits: Natural logarithm of the inverse relative error of the interpolation.

    >>> history = PurchaseHistory([1, 2, 2], [1, 2, 2], [3, 4, 9])
    >>> by_count_and_age(lambda x, scale: x[:, None] / scale, history, 1.0).round(9).tolist()
    [0.25, 0.4, 0.2]
    """
    found = DistinctRows.of(history.x, history.T)
    counts, of_count = np.unique(history.x[found.sample], return_inverse=True)
    log_scale = np.log(alpha + history.T[found.sample])
    low, high = log_scale.min(), log_scale.max()
    table = Interpolation(lambda points: on_grid(counts, np.exp(points)), low, high, np.pi / 2, digits)
    return table.read(of_count, log_scale)[found.row_to_distinct]

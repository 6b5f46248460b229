"""Customers beside those who are like them: what each spent with us, what some said they spend in all, and traits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from worthbook.kernel.errors import raise_all
from worthbook.models.base import FloatArray
from worthbook.models.columns import (
    NEGATIVE,
    WEIGHT_NOT_POSITIVE,
    as_column,
    check_shape,
    keep,
    not_finite,
    rows_where,
    weights_or_ones,
)

Trait = np.ndarray
"""Numbers or words, compared only for being equal; what is unknown is a value like any other."""


@dataclass(frozen=True, eq=False)
class Peers:
    """Customers, or groups of equal ones.

    Attributes:
        spend: What each spent with us in the year, in money; may be zero, or negative after returns.
        stated: What each spends in all as stated, in money; 0 where nothing was stated.
        traits: What makes customers alike, by name, the most telling first.
        weights: How many customers share the row.

    Raises:
        WorthbookError: With every problem of the columns.

    >>> Peers([5, 0], [9, 0], {"kind": ["firm", "person"]}).traits["kind"].tolist()
    ['firm', 'person']
    """

    spend: FloatArray
    stated: FloatArray
    traits: Mapping[str, Trait]
    weights: FloatArray

    def __init__(
        self,
        spend: ArrayLike,
        stated: ArrayLike,
        traits: Mapping[str, ArrayLike],
        weights: ArrayLike | None = None,
    ) -> None:
        """Check the columns and keep them."""
        columns = {"spend": as_column(spend), "stated": as_column(stated)}
        columns["weights"] = weights_or_ones(weights, len(columns["spend"]))
        kept = {name: np.asarray(values) for name, values in traits.items()}
        check_shape({**columns, **kept})
        raise_all(
            [
                *not_finite(columns),
                *rows_where(columns["stated"] < 0, NEGATIVE, column="stated"),
                *rows_where(columns["weights"] <= 0, WEIGHT_NOT_POSITIVE),
            ]
        )
        keep(self, columns, traits=kept)

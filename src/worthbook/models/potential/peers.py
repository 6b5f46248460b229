"""Customers beside those who are like them: what each spent with us, what some said they spend in all, and traits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from worthbook.kernel.errors import raise_all
from worthbook.models.base import FloatArray, IntArray
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


@dataclass(frozen=True, eq=False)
class Trait:
    """One thing that makes customers alike, such as their region.

    Attributes:
        values: The different values, sorted; what is unknown is a value like any other.
        place: Which of them each customer has.
    """

    values: np.ndarray
    place: IntArray

    @classmethod
    def of(cls, given: ArrayLike) -> Trait:
        """The trait of customers with these values, numbers or words.

        >>> Trait.of(["b", "a", "b"]).place.tolist()
        [1, 0, 1]
        """
        values, place = np.unique(np.asarray(given), return_inverse=True)
        return cls(values, place.reshape(-1))

    def __len__(self) -> int:
        """How many customers."""
        return len(self.place)


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

    >>> Peers([5, 0], [9, 0], {"kind": ["firm", "person"]}).traits["kind"].values.tolist()
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
        kept = {name: Trait.of(values) for name, values in traits.items()}
        check_shape({**columns, **{name: trait.place.astype(np.float64) for name, trait in kept.items()}})
        raise_all(
            [
                *not_finite(columns),
                *rows_where(columns["stated"] < 0, NEGATIVE, column="stated"),
                *rows_where(columns["weights"] <= 0, WEIGHT_NOT_POSITIVE),
            ]
        )
        keep(self, columns, traits=kept)

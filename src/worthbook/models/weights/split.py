"""What each criterion brings to the scores of all customers, and which of them tells customers apart.

With `c_j` a criterion's contribution and `s = sum_j c_j` the score, `var s = sum_j cov(c_j, s)`: the shares
`cov(c_j, s) / var s` sum to 1. One below zero works against the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.weights.tree import Tree


@dataclass(frozen=True)
class Split:
    """Contributions of the criteria, over all customers who have a score."""

    customers: float
    known: FloatArray
    """Shape (criteria,): for what share of all customers each is known."""
    points: FloatArray
    """Shape (criteria,): mean points where known; NaN where nobody is."""
    contribution: FloatArray
    """Shape (criteria,): mean contribution to the score; they sum to the mean score."""
    of_variance: FloatArray
    """Shape (criteria,): share of the variance of the score; NaN where all customers have the same score."""
    by_grade: FloatArray
    """Shape (grades, criteria): mean contribution among the customers of a grade; NaN where there are none."""

    @classmethod
    def of(cls, tree: Tree, points: FloatArray, customers: FloatArray, cuts: Sequence[float]) -> Split:
        """Split the scores of customers.

        Args:
            tree: The weights.
            points: Shape (rows, criteria); NaN where unknown.
            customers: Shape (rows,): how many customers each row stands for.
            cuts: Where the score is cut into grades, rising.
        """
        known = ~np.isnan(points)
        shares = tree.shares(known)
        graded = customers * (shares > 0).any(axis=1)
        people = float(graded.sum())
        added = shares * np.where(known, points, 0.0)
        score = added.sum(axis=1)
        mean = graded @ added / max(people, 1.0)
        spread = (graded * (score - mean.sum())) @ (added - mean)
        whole = float(spread.sum())
        even = whole <= 1e-12 * max(people, 1.0) * max(float(np.abs(score).max(initial=0.0)) ** 2, 1e-12)
        grade = np.searchsorted(np.asarray(cuts, dtype=float), np.round(score, 6), side="right")
        return cls(
            customers=people,
            known=customers @ known / max(float(customers.sum()), 1.0),
            points=_mean(np.where(known, points, 0.0), customers[:, np.newaxis] * known),
            contribution=mean,
            of_variance=np.full(len(mean), np.nan) if even else spread / whole,
            by_grade=np.stack(
                [_mean(added, (graded * (grade == each))[:, np.newaxis]) for each in range(len(cuts) + 1)]
            ),
        )


def _mean(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Column by column; NaN where nothing counts."""
    whole = np.broadcast_to(weights, values.shape).sum(axis=0)
    total = (values * weights).sum(axis=0)
    return np.asarray(np.divide(total, whole, out=np.full(len(whole), np.nan), where=whole > 0))

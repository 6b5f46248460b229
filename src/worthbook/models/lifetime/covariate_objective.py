"""What is maximised for a model with static covariates: equal customers once, effects in standard units."""

from __future__ import annotations

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.distinct import DistinctRows, weighted_sum
from worthbook.models.lifetime.covariate_effects import PARAMETERS, Layout, Standard, customer_logs
from worthbook.models.lifetime.covariate_rows import LIFE, TRANSACTIONS, Family, row_likelihoods
from worthbook.models.lifetime.data import PurchaseHistory

STARTS: dict[Family, tuple[tuple[float, float, float], ...]] = {
    "pareto_nbd": ((0.7, 0.6, 0.5), (2.0, 0.5, 1.0), (0.1, 1.0, 1.0)),
    "bg_nbd": ((0.5, 0.7, 2.0), (2.0, 0.2, 2.0), (0.1, 1.0, 1.0)),
    "mbg_nbd": ((0.5, 0.7, 2.0), (2.0, 0.2, 2.0), (0.1, 1.0, 1.0)),
}
"""r and the two parameters of dropout, with time in units of the longest observation."""

TIME_POWERS: dict[Family, tuple[int, int, int, int]] = {
    "pareto_nbd": (0, 1, 0, 1),
    "bg_nbd": (0, 1, 0, 0),
    "mbg_nbd": (0, 1, 0, 0),
}


class CovariateObjective:
    """The mean log-likelihood, less the penalty, at four logarithms and the effects of one standard deviation."""

    def __init__(
        self, family: Family, history: PurchaseHistory, matrices: list[FloatArray], layout: Layout, ridge: float
    ) -> None:
        """Bring the matrices (for dropout, then for purchases) to standard units."""
        self._family, self._history, self._layout = family, history, layout
        self._share = history.weights / history.customers
        self._penalty = ridge / history.customers
        self.standards = [Standard.of(matrix, self._share) for matrix in matrices]
        self._life, self._trans = (
            standard.apply(matrix) for standard, matrix in zip(self.standards, matrices, strict=True)
        )

    def __call__(self, point: FloatArray) -> tuple[float, FloatArray]:
        """Value and gradient."""
        effects = point[PARAMETERS:]
        logs = customer_logs(self._family, point, self._life, self._trans, self._layout)
        values, slopes = row_likelihoods(self._family, self._history, logs)
        weighted = slopes * self._share
        of_life = LIFE[self._family]
        by_effect = -2 * self._penalty * effects
        np.add.at(
            by_effect,
            self._layout.life_columns,
            of_life.sign * np.einsum("i,ij->j", weighted[of_life.place], self._life),
        )
        np.add.at(
            by_effect,
            self._layout.trans_columns,
            TRANSACTIONS.sign * np.einsum("i,ij->j", weighted[TRANSACTIONS.place], self._trans),
        )
        value = weighted_sum(self._share, values) - self._penalty * float((effects**2).sum())
        return value, np.concatenate([weighted.sum(axis=1), by_effect])

    def log_likelihood(self, point: FloatArray) -> float:
        """Of all customers, without the penalty."""
        effects = point[PARAMETERS:]
        return (self(point)[0] + self._penalty * float((effects**2).sum())) * self._history.customers

    def starts(self, pace: float) -> list[FloatArray]:
        """No effects, and what the model without covariates starts from."""
        none = np.zeros(len(self._layout.symbols))
        return [np.concatenate([np.log([r, r / pace, *two]), none]) for r, *two in STARTS[self._family]]


def grouped_with(history: PurchaseHistory, matrices: list[FloatArray]) -> tuple[PurchaseHistory, list[FloatArray]]:
    """Equal customers, covariates included, collapsed into one row."""
    found = DistinctRows.of(history.x, history.t_x, history.T, *(column for each in matrices for column in each.T))
    rows = found.sample
    groups = PurchaseHistory(
        history.x[rows], history.t_x[rows], history.T[rows], found.total(history.weights), history.unit
    )
    return groups, [matrix[rows] for matrix in matrices]

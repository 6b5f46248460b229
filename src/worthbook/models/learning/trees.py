"""Boosted trees as plain numbers: learnt by scikit-learn, kept as JSON, read and applied without it.

Friedman (2001), "Greedy Function Approximation: A Gradient Boosting Machine", Annals of Statistics 29(5), 1189-1232, in
the form with histograms of Ke et al. (2017, LightGBM).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from worthbook.models.base import FloatArray, Record
from worthbook.models.learning.library import library

_FIELDS: Mapping[str, str] = {
    "feature": "feature_idx",
    "threshold": "num_threshold",
    "unknown_left": "missing_go_to_left",
    "left": "left",
    "right": "right",
    "leaf": "is_leaf",
    "value": "value",
}


@dataclass(frozen=True, slots=True)
class Growth:
    """How trees are grown.

    Attributes:
        trees: How many.
        learning_rate: How much each corrects those before it.
        leaves: At most so many leaves a tree.
        least_customers: So many customers at least in a leaf.
        ridge: Penalty on what a leaf says.
    """

    trees: int = 100
    learning_rate: float = 0.08
    leaves: int = 8
    least_customers: int = 20
    ridge: float = 1.0


USUAL_GROWTH = Growth()


@dataclass(frozen=True, slots=True)
class Trees:
    """A sum of trees. At a node a row goes left if its feature is at most the threshold; unknown has its own side."""

    start: float
    """What is said before the first tree."""
    nodes: tuple[Mapping[str, tuple[float, ...]], ...]
    """For each tree, the fields of its nodes."""

    @classmethod
    def learn(cls, kind: Literal["chance", "amount"], matrix: FloatArray, target: FloatArray, growth: Growth) -> Trees:
        """Grow trees for a chance (on the scale of log odds) or for an amount.

        One thread, no early stopping and no sampling: the same data always give the same trees.

        Raises:
            WorthbookError: `extra-learning-absent`.
        """
        ensemble, threads = library("sklearn.ensemble"), library("threadpoolctl")
        maker = {"chance": "HistGradientBoostingClassifier", "amount": "HistGradientBoostingRegressor"}[kind]
        learner = getattr(ensemble, maker)(
            max_iter=growth.trees,
            learning_rate=growth.learning_rate,
            max_leaf_nodes=growth.leaves,
            min_samples_leaf=growth.least_customers,
            l2_regularization=growth.ridge,
            early_stopping=False,
            random_state=0,
        )
        unknown = np.isnan(matrix).all(axis=0)  # of these customers, though not of all; the library stumbles over it
        with threads.threadpool_limits(1):
            learner.fit(np.where(unknown, 0.0, matrix), target)
        start = float(np.asarray(learner._baseline_prediction).reshape(-1)[0])  # noqa: SLF001  # there is no public way
        grown = [tree.nodes for (tree,) in learner._predictors]  # noqa: SLF001
        return cls(start, tuple({name: tuple(tree[of].tolist()) for name, of in _FIELDS.items()} for tree in grown))

    def apply(self, matrix: FloatArray) -> FloatArray:
        """What the trees say of each row."""
        total = np.full(len(matrix), self.start)
        for nodes in self.nodes:
            total += _leaf_values({name: np.asarray(values) for name, values in nodes.items()}, matrix)
        return total

    def as_record(self) -> Record:
        """Plain values for JSON."""
        return {
            "start": self.start,
            "nodes": [{name: list(values) for name, values in nodes.items()} for nodes in self.nodes],
        }

    @classmethod
    def from_record(cls, record: Record) -> Trees:
        """The inverse of `as_record`."""
        return cls(
            record["start"],
            tuple({name: tuple(values) for name, values in nodes.items()} for nodes in record["nodes"]),
        )


def _leaf_values(nodes: Mapping[str, np.ndarray], matrix: FloatArray) -> FloatArray:
    """Let all rows fall through one tree together, a level at a time."""
    place, rows = np.zeros(len(matrix), dtype=np.intp), np.arange(len(matrix))
    feature, left, right = (nodes[name].astype(np.intp) for name in ("feature", "left", "right"))
    inner, unknown_left = nodes["leaf"] == 0, nodes["unknown_left"] == 1
    falling = rows[inner[place]]
    while len(falling):
        node = place[falling]
        values = matrix[falling, feature[node]]
        goes_left = np.where(np.isnan(values), unknown_left[node], values <= nodes["threshold"][node])
        place[falling] = np.where(goes_left, left[node], right[node])
        falling = falling[inner[place[falling]]]
    return np.asarray(nodes["value"][place])

"""Weights at two levels: of groups, and of the criteria within each; what is unknown shares its weight in its level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from worthbook.models.base import FloatArray, IntArray
from worthbook.models.distinct import DistinctRows
from worthbook.models.weights.weights import Weights

Known = np.ndarray
"""Whether each criterion is known."""


@dataclass(frozen=True)
class Tree:
    """How much each group counts in the whole, and each criterion within its group.

    >>> tree = Tree(Weights(("a", "b"), np.array([0.6, 0.4]), "direct"), {
    ...     "a": Weights(("x", "y"), np.array([0.5, 0.5]), "direct"), "b": Weights(("z",), np.array([1.0]), "direct")})
    >>> tree.shares(np.array([[True, True, True], [True, False, True]])).round(2).tolist()
    [[0.3, 0.3, 0.4], [0.6, 0.0, 0.4]]
    """

    top: Weights
    within: Mapping[str, Weights]
    """Group → weights of its criteria."""

    @classmethod
    def flat(cls, weights: Weights) -> Tree:
        """Criteria without groups."""
        return cls(Weights(("",), np.ones(1), "direct"), {"": weights})

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The criteria, group by group."""
        return tuple(name for group in self.top.names for name in self.within[group].names)

    @cached_property
    def group(self) -> IntArray:
        """Shape (criteria,): the place of the group of each."""
        sizes = [len(self.within[group].names) for group in self.top.names]
        return np.repeat(np.arange(len(sizes)), sizes)

    @cached_property
    def own(self) -> FloatArray:
        """Shape (criteria,): weights within the groups."""
        return np.concatenate([self.within[group].values for group in self.top.names])

    def shares(self, known: Known) -> FloatArray:
        """Shape (rows, criteria): the share of the whole of each known criterion; zeros where none is known."""
        made = np.zeros(known.shape)
        for pattern, rows in patterns(known):
            made[rows] = self._effective(self.top.values[np.newaxis], self.own[np.newaxis], pattern)
        return made

    def moved(self, spread: float, draws: int, seed: int) -> Moved:
        """The weights moved at random: each times a Gamma variable with mean 1 and standard deviation `spread`."""
        random, shape = np.random.default_rng(seed), 1 / spread**2
        own = self.own * random.gamma(shape, 1 / shape, size=(draws, len(self.own)))
        top = np.ones((draws, 1))
        if len(self.top.names) > 1:
            top = self.top.values * random.gamma(shape, 1 / shape, size=(draws, len(self.top.names)))
        return Moved(self, top, own)

    def moved_alone(self, spread: float) -> tuple[tuple[str, ...], Moved]:
        """Each weight less, then each weight more, by a share of it, the others of its level making up for that.

        With the names of what moved: the groups where there are several, then the criteria.
        """
        groups = self.top.names if len(self.top.names) > 1 else ()
        names = (*groups, *self.names)
        factors = np.concatenate([1 + sign * spread * np.eye(len(names)) for sign in (-1.0, 1.0)])
        top = self.top.values * (factors[:, : len(groups)] if groups else 1.0)
        return names, Moved(self, np.broadcast_to(top, (len(factors), len(self.top.names))),
                            self.own * factors[:, len(groups) :])  # fmt: skip

    def _effective(self, top: FloatArray, own: FloatArray, known: Known) -> FloatArray:
        """Shape (draws, criteria): shares of the whole where only some criteria are known."""
        member = self.group == np.arange(len(self.top.names))[:, np.newaxis]
        given = own * known
        inside = given @ member.T
        counting = top * (inside > 0)
        whole = counting.sum(axis=1, keepdims=True) * inside
        factor = np.divide(counting, whole, out=np.zeros_like(whole), where=whole > 0)
        return np.asarray(given * factor[:, self.group])


@dataclass(frozen=True)
class Moved:
    """The weights of a tree, moved so many times."""

    tree: Tree
    top: FloatArray
    """Shape (draws, groups)."""
    own: FloatArray
    """Shape (draws, criteria)."""

    def shares(self, known: Known) -> FloatArray:
        """Shape (draws, criteria): the share of the whole of each criterion, where only some are known."""
        return self.tree._effective(self.top, self.own, known)  # noqa: SLF001 - one thing in two classes


def patterns(known: Known) -> Iterator[tuple[Known, IntArray]]:
    """The distinct rows of what is known, and the places of the rows like each."""
    if not len(known):
        return
    found = DistinctRows.of(*known.T.astype(np.float64))
    order = np.argsort(found.row_to_distinct, kind="stable")
    ends = np.cumsum(np.bincount(found.row_to_distinct, minlength=len(found.sample)))
    for sample, rows in zip(found.sample.tolist(), np.split(order, ends[:-1]), strict=True):
        yield known[sample], rows

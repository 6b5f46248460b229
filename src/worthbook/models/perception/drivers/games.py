"""Key dissatisfiers and key enhancers (Conklin, Powaga and Lipovetsky 2004), exactly.

A respondent is dissatisfied or not, and each attribute failed or not. A set of attributes reaches the share of the
dissatisfied who saw any of it fail; its noise is that share among the others; its worth is reach less noise. The
Shapley value of that game has a closed form, because a respondent whom k failed attributes reach is shared out among
them alike:

    value_j = mean over the dissatisfied of [j failed] / k  -  the same mean over the others

so that 2^p coalitions cost n p. Attributes are taken by falling value as long as reach less noise rises. The game of
enhancers is the same about delighted attributes and satisfied respondents.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from worthbook.models.base import FloatArray, IntArray
from worthbook.models.perception.resamples import drawn


@dataclass(frozen=True, eq=False)
class Game:
    """Who belongs to the side that is to be explained, and which attributes were met.

    >>> met = np.array([[1, 0], [1, 1], [0, 1], [0, 0]], dtype=bool)
    >>> game = Game(met, np.array([True, True, False, False]), np.ones(4))
    >>> game.values.tolist(), game.key.tolist()
    ([0.75, -0.25], [0])
    """

    met: np.ndarray
    """(n, p) whether the attribute failed (or delighted); an attribute nobody spoke of did not."""
    explained: np.ndarray
    """(n,) who is dissatisfied (or satisfied)."""
    weights: FloatArray

    @cached_property
    def values(self) -> FloatArray:
        """(p,) Shapley values; they add up to the worth of all attributes together."""
        values: FloatArray = self._values(np.ones((1, len(self.met))))[0]
        return values

    @cached_property
    def order(self) -> IntArray:
        """The attributes by falling value; equal ones as they were given."""
        return np.argsort(-self.values, kind="stable")

    @cached_property
    def reach(self) -> FloatArray:
        """(p,) of the first attribute, of the first two …."""
        return self._share(self.explained)

    @cached_property
    def noise(self) -> FloatArray:
        """(p,) the same among the others."""
        return self._share(~self.explained)

    @property
    def key(self) -> IntArray:
        """The attributes at which reach less noise is highest; none, if it is never above zero."""
        success = self.reach - self.noise
        best = int(np.argmax(success))
        return self.order[: best + 1] if success[best] > 0 else self.order[:0]

    def bootstrap(self, draws: int = 2000, seed: int = 1) -> FloatArray:
        """(draws, p) the values in resamples of the respondents."""
        random = np.random.default_rng(seed)
        return np.concatenate([self._values(counts) for counts in drawn(random, draws, len(self.met))])

    def _values(self, counts: FloatArray) -> FloatArray:
        heavy = counts * self.weights
        sides = []
        for side in (self.explained, ~self.explained):
            mine = heavy * side
            with np.errstate(divide="ignore", invalid="ignore"):
                sides.append(mine @ self._parts / mine.sum(axis=1, keepdims=True))
        difference: FloatArray = sides[0] - sides[1]
        return difference

    @cached_property
    def _parts(self) -> FloatArray:
        """(n, p) each respondent shared out among the attributes that were met."""
        parts: FloatArray = self.met / np.maximum(self.met.sum(axis=1), 1)[:, None]
        return parts

    def _share(self, side: np.ndarray) -> FloatArray:
        reached = np.logical_or.accumulate(self.met[:, self.order], axis=1)
        mine = self.weights * side
        share: FloatArray = mine @ reached / mine.sum()
        return share

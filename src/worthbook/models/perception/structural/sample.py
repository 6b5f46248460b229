"""A model over answers: a solution for every way of counting the respondents."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.perception.answers import Answers
from worthbook.models.perception.moments import Moments, Products
from worthbook.models.perception.structural.model import StructuralModel
from worthbook.models.perception.structural.moderation import moderated
from worthbook.models.perception.structural.options import Options
from worthbook.models.perception.structural.polychoric import polychoric
from worthbook.models.perception.structural.solution import Solution
from worthbook.models.perception.structural.stages import Stages


@dataclass(frozen=True)
class Sample:
    """Answers that a model can be estimated from in many ways."""

    model: StructuralModel
    options: Options
    answers: Answers
    """To the items of the model, in its order, holes treated as the options say."""

    @classmethod
    def of(cls, model: StructuralModel, options: Options, answers: Answers) -> Sample:
        """Take the items of the model and treat the holes."""
        mine = answers.of(model.items)
        if options.missing == "listwise":
            mine = mine.complete()
        elif options.missing == "mean" and np.isnan(mine.values).any():
            mine = mine.filled()
        return cls(model, options, mine)

    @property
    def n(self) -> int:
        """How many respondents."""
        return self.answers.n

    @cached_property
    def stages(self) -> Stages:
        """How the model is solved from moments."""
        return Stages(self.model, self.options)

    @cached_property
    def products(self) -> Products:
        """The answers made ready to be counted."""
        return Products(self.answers.values, self.answers.heads)

    def moments(self, counts: FloatArray) -> Moments:
        """Means, variances and correlations under (B, n) counts."""
        moments = self.products.moments(counts)
        if self.options.correlations == "pearson":
            return moments
        return replace(moments, S=polychoric(self.answers.values, counts * self.products.weights))

    def solve(self, counts: FloatArray, like: Solution | None = None) -> Solution:
        """A solution for each row of (B, n) counts; signs as in `like`, where one is given."""
        found = self.stages.solve(self.moments(counts), self.answers.limits(), like)
        if not self.model.interactions:
            return found
        weights = self.stages.item_weights(found)
        plan = found.plan.with_interactions(self.model)
        return replace(found, moderation=moderated(found, weights, self.products, counts, plan))

    def whole(self) -> Solution:
        """The solution in which everybody counts once."""
        return self.solve(np.ones((1, self.n)))

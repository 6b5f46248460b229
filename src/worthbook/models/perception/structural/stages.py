"""From the moments of the items to a solution, in one stage or, with higher-order constructs, in two."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from worthbook.models.base import FloatArray, IntArray
from worthbook.models.perception.moments import Moments
from worthbook.models.perception.structural import higher_order
from worthbook.models.perception.structural.model import StructuralModel
from worthbook.models.perception.structural.options import Options
from worthbook.models.perception.structural.orient import orient
from worthbook.models.perception.structural.plan import Plan
from worthbook.models.perception.structural.solution import Solution
from worthbook.models.perception.structural.weighting import weigh


def settle(
    moments: Moments, plan: Plan, options: Options, bounds: FloatArray | None = None, like: Solution | None = None
) -> Solution:
    """The solution of one plan; signs as in `like`, where one is given."""
    weighting = weigh(moments.S, plan, options.scheme, options.tolerance, options.most_iterations)
    weighting = orient(weighting, plan, None if like is None else like.own[0])
    return Solution(plan, moments, weighting, options.consistent, bounds)


@dataclass(frozen=True)
class Stages:
    """What is solved one after the other for a model."""

    model: StructuralModel
    options: Options

    def solve(self, moments: Moments, bounds: FloatArray | None, like: Solution | None = None) -> Solution:
        """A solution for each of the samples in the moments of the model's items, without interactions."""
        if self._two is None:
            plan, places = self._one
            if self.model.higher:
                moments = _rearranged(moments, places)
                bounds = None if bounds is None else bounds[:, places]
            return settle(moments, plan, self.options, bounds, like)
        below, above = self._two
        lower = settle(moments, below, self.options, bounds, None if like is None else like.lower)
        lifted, limits = higher_order.lift(lower, above)
        return replace(settle(lifted, above, self.options, limits, like), lower=lower)

    def item_weights(self, found: Solution) -> FloatArray:
        """(B, p, k) the scores of constructs in terms of the standardised items of the model."""
        spread = found.w[:, :, None] * found.plan.M
        if found.lower is None:
            _, places = self._one
            gathered = np.zeros((found.ways, len(self.model.items), found.plan.k))
            for place, item in enumerate(places):
                gathered[:, item] += spread[:, place]
            return gathered
        below = found.lower
        onto = np.zeros((found.ways, below.plan.p, found.plan.p))
        for place, item in enumerate(found.plan.items):
            if item in below.plan.items:
                onto[:, below.plan.items.index(item), place] = 1.0
            else:
                onto[:, :, place] = below.w * below.plan.M[:, below.plan.constructs.index(item)]
        return onto @ spread

    @cached_property
    def _one(self) -> tuple[Plan, IntArray]:
        if self.model.higher:
            return higher_order.repeated_plan(self.model)
        return Plan.of(self.model), np.arange(len(self.model.items))

    @cached_property
    def _two(self) -> tuple[Plan, Plan] | None:
        if not self.model.higher or self.options.higher_order == "repeated":
            return None
        return higher_order.lower_plan(self.model), higher_order.upper_plan(self.model)


def _rearranged(moments: Moments, places: IntArray) -> Moments:
    """The moments of items in another order, some of them twice."""
    S = moments.S[:, places[:, None], places]
    return Moments(moments.means[:, places], moments.variances[:, places], S, moments.n)

"""Signs that do not depend on where an iteration began."""

from __future__ import annotations

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.perception.structural.plan import Plan
from worthbook.models.perception.structural.weighting import Weighting


def orient(found: Weighting, plan: Plan, like: FloatArray | None = None) -> Weighting:
    """Turn each construct so that its items together go with it.

    Weights and scores are determined up to their sign. A construct points where the sum of its loadings is positive;
    in a resample it points where the loadings of the whole sample (`like`, (p,)) do, so that a flip of signs widens
    no interval.
    """
    own = np.take_along_axis(found.cov, plan.block[None, :, None], axis=2)[:, :, 0]
    agreement = (own if like is None else own * like) @ plan.M
    if not (agreement < 0).any():
        return found
    sign = np.where(agreement < 0, -1.0, 1.0)
    return Weighting(found.w * sign[:, plan.block], found.cov * sign[:, None, :], found.iterations, found.converged)

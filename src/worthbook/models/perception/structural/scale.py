"""Constructs on a scale of 0 to 100, by what was possible to answer and never by what happened to be answered.

    index = 100 (sum w_i mean_i - sum w_i min_i) / sum w_i (max_i - min_i),   w_i = weight / standard deviation

(Fornell et al. 1996.) A point of one construct is worth that many points of another:

    impact = total effect * (range of the driver / range of the target),   range = sum w_i (max_i - min_i)
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.perception.structural.solution import Solution


class Hundred:
    """The 0-100 scale of each construct of a solution whose items have bounds."""

    def __init__(self, found: Solution) -> None:
        """Keep the solution."""
        self.found = found

    @cached_property
    def raw(self) -> FloatArray:
        """(B, p) weights of the items as they were answered."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.found.w / np.sqrt(self.found.moments.variances)

    @cached_property
    def ranges(self) -> FloatArray:
        """(B, k) how many standard deviations of the construct lie between 0 and 100."""
        low, high = self._bounds
        return self.found.sum_by_block(self.raw * (high - low))

    @cached_property
    def index(self) -> FloatArray:
        """(B, k) where the mean respondent stands."""
        low, _ = self._bounds
        above = self.found.sum_by_block(self.raw * (self.found.moments.means - low))
        index: FloatArray = 100 * above / self.ranges
        return index

    @cached_property
    def equal(self) -> FloatArray:
        """(B, k) the same with all items of a construct weighing alike, as if nothing had been estimated."""
        low, high = self._bounds
        share = (self.found.moments.means - low) / (high - low)
        return 100 * self.found.sum_by_block(share) / self.found.plan.sizes

    @cached_property
    def item_performance(self) -> FloatArray:
        """(B, p) the mean answer on the scale from its least to its highest."""
        low, high = self._bounds
        performance: FloatArray = 100 * (self.found.moments.means - low) / (high - low)
        return performance

    @cached_property
    def impact(self) -> FloatArray:
        """(k, k, B) points of the column for one point more of the row, by all routes."""
        k, ranges = self.found.plan.k, self.ranges.T
        return self.found.total[:k, :k] * ranges[:, None] / ranges[None, :]

    @cached_property
    def direct(self) -> FloatArray:
        """(k, k, B) the same along the direct path alone."""
        k, ranges = self.found.plan.k, self.ranges.T
        return self.found.B[:k, :k] * ranges[:, None] / ranges[None, :]

    @cached_property
    def shares(self) -> FloatArray:
        """(B, p) how many points of its construct one point (0-100) of the item is; they add up to 1."""
        low, high = self._bounds
        shares: FloatArray = self.raw * (high - low) / self.ranges[:, self.found.plan.block]
        return shares

    @property
    def _bounds(self) -> FloatArray:
        assert self.found.bounds is not None  # noqa: S101 - asked only of solutions with bounds
        return self.found.bounds

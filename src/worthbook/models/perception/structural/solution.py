"""Estimates of B samples of one model: weights, loadings, correlations of constructs, paths, R², effects."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.perception.moments import Moments
from worthbook.models.perception.structural import regression
from worthbook.models.perception.structural.plan import Plan
from worthbook.models.perception.structural.weighting import Weighting, between


@dataclass(frozen=True)
class Moderation:
    """Interactions of constructs, as products of their scores."""

    plan: Plan
    """The plan with the interactions as constructs of no items."""
    R: FloatArray
    """(k, k, B) the correlations of constructs and interactions."""
    deviations: FloatArray
    """(interactions, B) the standard deviation of each product of standardised scores."""


@dataclass(frozen=True)
class Solution:
    """What follows from weights that have settled. Arrays over constructs have the samples last: (k, k, B)."""

    plan: Plan
    moments: Moments
    weighting: Weighting
    consistent: bool = False
    """Dijkstra and Henseler (2015): correlations, paths and loadings of common factors instead of composites."""
    bounds: FloatArray | None = None
    """(2, p) the least and the highest possible answer to each item, where a scale is known."""
    moderation: Moderation | None = None
    lower: Solution | None = None
    """The stage below, whose constructs are items of the higher-order constructs here."""

    @property
    def structure(self) -> Plan:
        """Who drives whom: the plan, and interactions where there are any."""
        return self.plan if self.moderation is None else self.moderation.plan

    @property
    def ways(self) -> int:
        """How many samples."""
        return len(self.weighting.w)

    @property
    def w(self) -> FloatArray:
        """(B, p) weights of standardised items, under which each construct has variance 1."""
        return self.weighting.w

    def sum_by_block(self, values: FloatArray) -> FloatArray:
        """(B, k) from (B, p)."""
        return values @ self.plan.M

    @cached_property
    def rho_a(self) -> FloatArray:
        """(B, k) Dijkstra and Henseler's reliability of the weighted sum; 1 by convention for mode B and one item."""
        w2 = self.w**2
        inside = self.plan.block[:, None] == self.plan.block[None, :]
        quadratic = np.einsum("bp,bpq,bq->bp", self.w, self.moments.S * inside, self.w, optimize=True)
        length = self.sum_by_block(w2)
        with np.errstate(divide="ignore", invalid="ignore"):
            rho = length**2 * (self.sum_by_block(quadratic) - length) / (length**2 - self.sum_by_block(w2**2))
        rho[:, ~self.is_factor] = 1.0
        return rho

    @cached_property
    def is_factor(self) -> np.ndarray:
        """(k,) the constructs that may be taken as common factors: mode A with several items."""
        factor = self.plan.sizes > 1
        factor[list(self.plan.formative)] = False
        return factor

    @cached_property
    def loadings(self) -> FloatArray:
        """(B, p) the correlation of each item with its own construct."""
        if not self.consistent:
            return self.own
        with np.errstate(divide="ignore", invalid="ignore"):
            stretch = np.sqrt(self.rho_a) / self.sum_by_block(self.w**2)
            return np.where(self.is_factor[self.plan.block], self.w * stretch[:, self.plan.block], self.own)

    @cached_property
    def own(self) -> FloatArray:
        """(B, p) the correlation of each item with its own weighted sum."""
        return np.take_along_axis(self.weighting.cov, self.plan.block[None, :, None], axis=2)[:, :, 0]

    @cached_property
    def R(self) -> FloatArray:
        """(k, k, B) correlations of the constructs, freed of measurement error where the fit is consistent."""
        if self.moderation is not None:
            return self.moderation.R
        R = between(self.w, self.weighting.cov, self.plan)
        if self.consistent:
            with np.errstate(divide="ignore", invalid="ignore"):
                root = np.sqrt(self.rho_a.T)
                R = R / (root[:, None] * root[None, :])
            R[np.arange(self.plan.k), np.arange(self.plan.k)] = 1.0
        return R

    @cached_property
    def B(self) -> FloatArray:
        """(k, k, B) the path from row to column."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return regression.coefficients(self.R, self.structure)

    @cached_property
    def r2(self) -> FloatArray:
        """(k, B) the share of each construct's variance that its drivers account for."""
        explained: FloatArray = (self.B * self.R).sum(axis=0)
        return explained

    @cached_property
    def total(self) -> FloatArray:
        """(k, k, B) total effects."""
        return regression.total_effects(self.B, self.structure)

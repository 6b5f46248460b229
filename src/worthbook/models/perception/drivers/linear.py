"""Linear regression from correlations: coefficients, and the ways to say how important each predictor is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.perception.moments import Moments


@dataclass(frozen=True)
class Linear:
    """The regression of the last item on all others, in B samples.

    Shares are of the whole variance of y: those of LMG, Johnson and Pratt add up to R², those of `first` and `last`
    do not.
    """

    moments: Moments

    @property
    def R(self) -> FloatArray:
        """(B, p, p) correlations of the predictors."""
        return self.moments.S[:, :-1, :-1]

    @property
    def r(self) -> FloatArray:
        """(B, p) correlations of the predictors with y."""
        return self.moments.S[:, :-1, -1]

    @cached_property
    def beta(self) -> FloatArray:
        """(B, p) standardised coefficients."""
        return np.asarray(np.linalg.solve(self.R, self.r[:, :, None])[:, :, 0], dtype=np.float64)

    @cached_property
    def b(self) -> FloatArray:
        """(B, p) by how much y rises with one point more of each predictor, the others the same."""
        deviations = np.sqrt(self.moments.variances)
        raised: FloatArray = self.beta * deviations[:, -1:] / deviations[:, :-1]
        return raised

    @cached_property
    def r2(self) -> FloatArray:
        """(B,) the share of y's variance that all predictors explain together."""
        explained: FloatArray = (self.beta * self.r).sum(axis=1)
        return explained

    @cached_property
    def vif(self) -> FloatArray:
        """(B, p) variance inflation: 1 where a predictor owes nothing to the others."""
        inflation: FloatArray = np.einsum("bii->bi", np.linalg.inv(self.R)).copy()
        return inflation

    @property
    def first(self) -> FloatArray:
        """(B, p) R² of each predictor alone."""
        squared: FloatArray = np.square(self.r)
        return squared

    @property
    def last(self) -> FloatArray:
        """(B, p) what R² loses without it."""
        lost: FloatArray = np.square(self.beta) / self.vif
        return lost

    @property
    def pratt(self) -> FloatArray:
        """(B, p) coefficient times correlation (Pratt 1987); may be below zero."""
        return self.beta * self.r

    @cached_property
    def johnson(self) -> FloatArray:
        """(B, p) relative weights (Johnson 2000).

        The predictors are written as sums of variables that are nearest to them and uncorrelated, Z: X = Z L, L =
        R^(1/2); each share of y in Z is handed back by L^2.
        """
        values, vectors = np.linalg.eigh(self.R)
        root = np.sqrt(np.clip(values, _LEAST, None))
        L = (vectors * root[:, None]) @ vectors.transpose(0, 2, 1)
        inverse = (vectors / root[:, None]) @ vectors.transpose(0, 2, 1)
        of_z = inverse @ self.r[:, :, None]
        weights: FloatArray = (L**2 @ of_z**2)[:, :, 0]
        return weights


_LEAST = 1e-12

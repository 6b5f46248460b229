"""How often somebody will buy after a purchase who buys at regular intervals and may leave at any moment.

Given k, the rate follows Gamma(R, A), and whoever is left stays longer than u with probability (1 + u/stay)^-s. Given
the rate as well, M(rate u) purchases are to be expected in a time u (`renewal_function.py`), so that by parts

    E[N] = W(h) M(rate h) + integral from 0 to h of -W'(u) M(rate u) du,    W(u) = (1 + u/stay)^-s e^(-discount u)

is averaged over rates. The n-th purchase comes after a time that is A / k times a beta-prime variable with parameters
nk and R, which gives the probability of n or more by one integral.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.lifetime.gap_rule import FARTHEST, gap_rule, log_density
from worthbook.models.lifetime.quadrature import gamma_rule, legendre_rule
from worthbook.models.lifetime.renewal_function import RenewalFunctions


@dataclass(frozen=True, slots=True)
class Exactness:
    """How exactly what customers will buy is worked out."""

    shapes: int
    """Nodes of k over the range that a customer's purchases leave open."""
    present: int
    """Nodes of the time between purchases that was going on at the end."""
    regularities: int
    """Nodes of k for what is to come."""
    gaps: int
    """Nodes of the time to the next purchase."""
    rates: int
    """Nodes of the rate."""
    times: int
    """Nodes of the time that is left."""
    digits: float
    """Natural logarithm of the inverse of what is neglected."""


FULL = Exactness(20, 20, 8, 12, 6, 12, 18.0)
ROUGH = Exactness(12, 10, 4, 6, 3, 5, 9.0)
"""For the spread over many draws."""


@dataclass(frozen=True, slots=True)
class JustBought:
    """Customers who have just bought and are there; all arrays have one value for each."""

    regularity: np.ndarray
    """Which of the k is the customer's."""
    all_k: FloatArray
    all_shapes: FloatArray
    """R, which like k does not depend on when the customer bought."""
    scale: FloatArray
    """A."""
    stay: FloatArray
    """beta and how long the customer has been there."""
    s: float
    horizon: FloatArray
    """How far ahead is looked."""
    discount: float
    """Continuous, for one unit of time."""
    exactness: Exactness

    @property
    def k(self) -> FloatArray:
        """Of each customer."""
        return np.asarray(self.all_k[self.regularity])

    @property
    def shape(self) -> FloatArray:
        """R of each customer."""
        return np.asarray(self.all_shapes[self.regularity])

    def at_least(self, n: int) -> FloatArray:
        """P(N >= n) of each."""
        from scipy.special import betaln  # noqa: PLC0415  # keeps the import of the package fast

        if n == 0:
            return np.ones(len(self.scale))
        k, shape, phases = self.k, self.shape, n * self.k
        log_end = np.log(np.clip(self.horizon * k / self.scale, np.exp(-FARTHEST), np.exp(FARTHEST)))
        v, measure = gap_rule(phases, shape, np.full_like(k, -FARTHEST), log_end, 2 * self.exactness.times)
        u = np.exp(v) * (self.scale / k)[:, None]
        log_part = log_density(v, phases[:, None], shape[:, None]) - betaln(phases, shape)[:, None]
        return np.asarray((np.exp(log_part - self.s * np.log1p(u / self.stay[:, None])) * measure).sum(axis=1))

    def expected(self) -> FloatArray:
        """E[N] of each; with a discount, each purchase worth less the later it comes."""
        return self._mean(RenewalFunctions.of(self.all_k).expected)

    def expected_pairs(self) -> FloatArray:
        """E[N (N + 1)]."""
        return 2 * self._mean(RenewalFunctions.of(self.all_k).expected_pairs)

    def _mean(self, of: Callable[[np.ndarray, FloatArray], FloatArray]) -> FloatArray:
        """The mean over rates (second axis) and the time that is left (third axis)."""
        rates, share = self._rates()
        nodes, weights = legendre_rule(self.exactness.times)
        unit = 1 / (1 / self.stay + self.shape / self.scale)
        span = np.log1p(self.horizon / unit)[:, None]
        u = unit[:, None] * np.expm1(span * nodes)
        stay, end = self.stay[:, None], self.horizon[:, None]
        falls = self._weight(u, stay) * (self.s / (stay + u) + self.discount) * (unit[:, None] + u) * span * weights
        times = np.concatenate([u, end], axis=1)
        chances = np.concatenate([falls, self._weight(end, stay)], axis=1)
        found = of(self.regularity[:, None, None], rates[..., None] * times[:, None, :])
        return np.asarray(np.einsum("it,ij,ijt->i", chances, share, found))

    def _weight(self, u: FloatArray, stay: FloatArray) -> FloatArray:
        return np.asarray(np.exp(-self.s * np.log1p(u / stay) - self.discount * u))

    def _rates(self) -> tuple[FloatArray, FloatArray]:
        """For each customer some rates, and how likely each is."""
        nodes, share = gamma_rule(self.all_shapes, self.exactness.rates)
        return nodes[self.regularity] / self.scale[:, None], share[self.regularity]

"""Pareto/NBD in which how often customers buy and how readily they leave go together.

The two rates have the gamma distributions of Pareto/NBD, joined as Sarmanov (1966) does: their joint density is

    g(lambda) h(mu) (1 + m phi(lambda) psi(mu)),   phi = exp(-tau lambda) - E exp(-tau lambda),   psi likewise

Danaher and Hardie (2005), "Bacon with Your Eggs? Applications of a New Bivariate Beta-Binomial Distribution", American
Statistician 59(4), and Park and Fader (2004), Marketing Science 23(3), use such kernels. Multiplied out the density is
a sum of four products of gamma densities, in two of which alpha, and in two beta, is larger by tau. So everything that
is known of Pareto/NBD follows for the joined rates: the four, weighted by their likelihoods.

How strong a correlation the form can express depends on tau, the time of the kernel; m lies between bounds that keep
the density positive, and is told as the odds of its place between them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import FloatArray
from worthbook.models.lifetime.covariate_rows import row_likelihoods
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.pareto_nbd import ParetoNBDProcess
from worthbook.models.lifetime.process import PurchaseProcess

SHIFTS = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))
"""By how many tau alpha and beta are larger in the four products."""

SIGNS = np.array([1.0, -1.0, -1.0, 1.0])

MOST_TRIES = 10_000
SHARPNESS = 4
"""Of the smooth maximum, which is the norm with twice that power."""


@dataclass(frozen=True, slots=True)
class Joint:
    """How the rates are joined, at given parameters.

    >>> joint = Joint.of(0.55, 10.6, 0.6, 11.7, tau=30.0)
    >>> [round(joint.correlation(m), 3) for m in joint.bounds], joint.correlation(0.0)
    ([-0.24, 0.25], 0.0)
    """

    phi: float
    """E exp(-tau lambda)."""
    psi: float
    unit_correlation: float
    """The correlation of the rates for m = 1."""

    @classmethod
    def of(cls, r: float, alpha: float, s: float, beta: float, tau: float) -> Joint:
        """From the parameters of Pareto/NBD and the time of the kernel."""
        phi, psi = (alpha / (alpha + tau)) ** r, (beta / (beta + tau)) ** s
        unit = phi * psi * tau**2 * math.sqrt(r * s) / ((alpha + tau) * (beta + tau))
        return cls(phi, psi, unit)

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which m the density is positive; a little inside the exact ones, which have kinks."""
        least = -1 / _larger(self.phi * self.psi, (1 - self.phi) * (1 - self.psi))
        return least, 1 / _larger(self.phi * (1 - self.psi), (1 - self.phi) * self.psi)

    @property
    def corners(self) -> tuple[float, ...]:
        """The extreme values of phi psi."""
        return tuple(a * b for a in (-self.phi, 1 - self.phi) for b in (-self.psi, 1 - self.psi))

    def m(self, odds: float) -> float:
        """The m at some odds of its place between the bounds."""
        low, high = self.bounds
        return low + (high - low) * odds / (1 + odds)

    def odds(self, m: float) -> float:
        """The inverse of `m`."""
        low, high = self.bounds
        return (m - low) / (high - m)

    def correlation(self, m: float) -> float:
        """Of how often customers buy and how readily they leave."""
        return m * self.unit_correlation


@dataclass(frozen=True, slots=True)
class CorrelatedParetoNBDProcess(PurchaseProcess):
    """The parameters of Pareto/NBD, the odds of m, and the time of the kernel."""

    symbols: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta", "m_odds")
    time_powers: ClassVar[tuple[int, ...]] = (0, 1, 0, 1, 0)

    r: float
    alpha: float
    s: float
    beta: float
    odds: float
    tau: float

    @property
    def joint(self) -> Joint:
        """How the rates are joined."""
        return Joint.of(self.r, self.alpha, self.s, self.beta, self.tau)

    def log_likelihood(self, history: PurchaseHistory) -> float:
        """Log-likelihood of a history: the weighted sum of the four likelihoods of Pareto/NBD."""
        weights, top = self._weights(history)
        return float(history.weights @ (np.log(weights.sum(axis=0)) + top))

    def p_alive(self, history: PurchaseHistory) -> FloatArray:
        """P(alive at T | x, t_x, T) of each row."""
        return self._mixed(history, lambda process: process.p_alive(history), self._weights(history)[0])

    def purchases_if_alive(self, history: PurchaseHistory, horizon: float, discount: float = 0.0) -> FloatArray:
        """Expected purchases given alive at T."""
        return self._if_alive(history, lambda process: process.purchases_if_alive(history, horizon, discount))

    def pairs_if_alive(self, history: PurchaseHistory, horizon: float) -> FloatArray:
        """E[Y (Y - 1)] of the purchases to come given alive at T."""
        return self._if_alive(history, lambda process: process.pairs_if_alive(history, horizon))

    def probability_if_alive(self, n: int, history: PurchaseHistory, horizon: float) -> FloatArray:
        """P(exactly n purchases) given alive at T."""
        return self._if_alive(history, lambda process: process.probability_if_alive(n, history, horizon))

    def simulate(
        self, ages: FloatArray, horizon: float, rng: np.random.Generator, unit: PeriodUnit
    ) -> tuple[PurchaseHistory, FloatArray]:
        """Histories of new customers, and how often each buys in the `horizon` that follows."""
        ones = np.ones(len(ages))
        rates, leaves = self._draw_rates(self.r * ones, self.alpha * ones, self.beta * ones, rng)
        with np.errstate(divide="ignore"):
            life = rng.exponential(size=len(ages)) / leaves
        seen = np.minimum(life, ages)
        x = rng.poisson(rates * seen).astype(np.float64)
        t_x = np.where(x > 0, seen * rng.random(len(ages)) ** (1 / np.maximum(x, 1)), 0.0)
        future = rng.poisson(rates * (np.minimum(life, ages + horizon) - seen)).astype(np.float64)
        return PurchaseHistory(x, t_x, ages, unit=unit), future

    def draw_purchases_if_alive(self, history: PurchaseHistory, horizon: float, rng: np.random.Generator) -> FloatArray:
        """One random number of purchases to come for each row."""
        rates, leaves = self._draw_rates(self.r + history.x, self.alpha + history.T, self.beta + history.T, rng)
        with np.errstate(divide="ignore"):
            time = np.minimum(rng.exponential(size=len(history)) / leaves, horizon)
        return np.asarray(rng.poisson(rates * time), dtype=np.float64)

    def _draw_rates(
        self, shape: FloatArray, alpha: FloatArray, beta: FloatArray, rng: np.random.Generator
    ) -> tuple[FloatArray, FloatArray]:
        """Joined rates: independent ones are kept in proportion to 1 + m phi psi."""
        joint, m = self.joint, self.joint.m(self.odds)
        most = 1 + max(m * each for each in joint.corners)
        rates, leaves = np.empty(len(shape)), np.empty(len(shape))
        open_rows = np.arange(len(shape))
        for _ in range(MOST_TRIES):
            if not len(open_rows):
                break
            rates[open_rows] = rng.gamma(shape[open_rows]) / alpha[open_rows]
            leaves[open_rows] = rng.gamma(self.s, size=len(open_rows)) / beta[open_rows]
            phi = np.exp(-self.tau * rates[open_rows]) - joint.phi
            psi = np.exp(-self.tau * leaves[open_rows]) - joint.psi
            open_rows = open_rows[rng.random(len(open_rows)) * most > 1 + m * phi * psi]
        return rates, leaves

    def _parts(self) -> list[ParetoNBDProcess]:
        """The four products of gamma densities."""
        tau = self.tau
        return [ParetoNBDProcess(self.r, self.alpha + a * tau, self.s, self.beta + b * tau) for a, b in SHIFTS]

    def _weights(self, history: PurchaseHistory) -> tuple[FloatArray, FloatArray]:
        """What each of the four (rows) weighs for each customer (columns), over exp of what is returned beside."""
        logs = np.array([_log_likelihoods(process, history) for process in self._parts()])
        top = logs.max(axis=0)
        joint = self.joint
        share = joint.m(self.odds) * joint.phi * joint.psi
        prior = share * SIGNS + np.array([1.0, 0.0, 0.0, 0.0])
        return prior[:, None] * np.exp(logs - top), top

    def _mixed(
        self, history: PurchaseHistory, quantity: Callable[[ParetoNBDProcess], FloatArray], weights: FloatArray
    ) -> FloatArray:
        del history
        values = np.array([quantity(process) for process in self._parts()])
        return np.asarray((weights * values).sum(axis=0) / weights.sum(axis=0))

    def _if_alive(self, history: PurchaseHistory, quantity: Callable[[ParetoNBDProcess], FloatArray]) -> FloatArray:
        alive = np.array([process.p_alive(history) for process in self._parts()])
        return self._mixed(history, quantity, self._weights(history)[0] * alive)


def _larger(first: float, second: float) -> float:
    """The larger of two positive numbers or up to 9 % more, smooth where they are equal."""
    return float(math.hypot(first**SHARPNESS, second**SHARPNESS) ** (1 / SHARPNESS))


def _log_likelihoods(process: ParetoNBDProcess, history: PurchaseHistory) -> FloatArray:
    found = history.distinct
    few = history.take(found.sample)
    logs = np.tile(process.point[:, None], (1, len(few)))
    return np.asarray(row_likelihoods("pareto_nbd", few, logs)[0][found.row_to_distinct])

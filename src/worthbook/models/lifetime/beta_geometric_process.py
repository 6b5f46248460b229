"""What the models in which customers leave right after a purchase have in common, at given parameters.

Given alive at T, with j phases of the present gap done, the rate follows Gamma(r+kx+j, alpha+T) and the probability of
leaving Beta(a, b+x), or Beta(a, b+x+1) where customers may leave at birth as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import FloatArray
from worthbook.models.lifetime.arrivals import event_times, log_gap_sums, purchases_until_dropout
from worthbook.models.lifetime.beta_geometric_likelihood import BetaGeometricLikelihood
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.nbd_likelihood import phase_terms
from worthbook.models.lifetime.process import PurchaseProcess


@dataclass(frozen=True, slots=True)
class BetaGeometricProcess(PurchaseProcess):
    """The four parameters in the field's symbols, and of how many phases a gap between purchases is made."""

    symbols: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    time_powers: ClassVar[tuple[int, ...]] = (0, 1, 0, 0)
    at_birth: ClassVar[bool] = False
    """Whether a customer may leave right after the first purchase."""

    r: float
    alpha: float
    a: float
    b: float
    k: int = 1

    def log_likelihood(self, history: PurchaseHistory) -> float:
        """Log-likelihood of a history."""
        likelihood = BetaGeometricLikelihood(history, k=self.k, at_birth=self.at_birth)
        return likelihood(np.log([self.r, self.alpha, self.a, self.b]))[0] * history.customers

    def p_alive(self, history: PurchaseHistory) -> FloatArray:
        """P(alive at T | x, t_x, T): S / (S + odds).

        Fader, Hardie and Lee (2008), "Computing P(alive) using the BG/NBD model", brucehardie.com/notes/021.
        """
        x, exponent = history.x, self.r + self.k * history.x
        exposed = (x > 0) | self.at_birth
        since = np.log1p((history.T - history.t_x) / (self.alpha + history.t_x))
        before = np.where(exposed, self.b + x - 1 + self.at_birth, 1.0)
        log_odds = exponent * since + np.log(self.a / before)
        if self.k > 1:
            log_odds -= np.log(self.phases(history).sum(axis=0))
        return np.where(exposed, 1 / (1 + np.exp(np.minimum(log_odds, 700.0))), 1.0)

    def simulate(
        self, ages: FloatArray, horizon: float, rng: np.random.Generator, unit: PeriodUnit
    ) -> tuple[PurchaseHistory, FloatArray]:
        """Histories of new customers, and how often each buys in the `horizon` that follows."""
        rates = rng.gamma(self.r, 1 / self.alpha, len(ages))
        last = purchases_until_dropout(rng.beta(self.a, self.b, len(ages)), rng) - self.at_birth
        phases, later = rng.poisson(rates * ages), rng.poisson(rates * horizon)
        x = np.minimum(phases // self.k, last)
        t_x = event_times(self.k * x, phases.astype(np.float64), ages, rng)
        future = np.minimum((phases + later) // self.k, last) - x
        gaps = log_gap_sums(x, t_x, self.k, rng)
        return PurchaseHistory(x, t_x, ages, unit=unit, log_gaps=gaps), future

    def draw_purchases_if_alive(self, history: PurchaseHistory, horizon: float, rng: np.random.Generator) -> FloatArray:
        """One random number of purchases to come for each row."""
        done = self._draw_phase(history, rng)
        rates = rng.gamma(self.r + self.k * history.x + done) / (self.alpha + history.T)
        last = purchases_until_dropout(rng.beta(self.a, self.b + history.x + self.at_birth), rng)
        return np.asarray(np.minimum((rng.poisson(rates * horizon) + done) // self.k, last))

    def phases(self, history: PurchaseHistory) -> FloatArray:
        """How likely each number of finished phases of the present gap is (rows), up to a factor, if alive."""
        elapsed = (history.T - history.t_x) / (self.alpha + history.T)
        return phase_terms(self.k, self.r + self.k * history.x, elapsed)

    def _draw_phase(self, history: PurchaseHistory, rng: np.random.Generator) -> FloatArray:
        """How many phases of the present gap are done, at random."""
        if self.k == 1:
            return np.zeros(len(history))
        reached = np.cumsum(self.phases(history), axis=0)
        passed = reached[:-1] < rng.random(len(history)) * reached[-1]
        return np.asarray(passed.sum(axis=0), dtype=np.float64)

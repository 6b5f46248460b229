"""Customers whose buying follows seasons and whom campaigns drive away: do the intervals of Pareto/NBD cover?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.coverage import SEED, Held, between, holding
from worthbook.models.base import FloatArray
from worthbook.models.lifetime.seasonal_model import SeasonalParetoNBD
from worthbook.models.lifetime.seasoned_customers import SeasonedCustomers

SEEN, AHEAD, WON = 78, 26, 26
"""Weeks: all that are observed, those to come, and those in which customers are won."""
QUARTER = 13


@dataclass(frozen=True)
class Seasons:
    """Every other quarter is a season; a campaign reaches three in ten customers each week."""

    parameters: tuple[float, float, float, float] = (1.5, 12.0, 1.5, 50.0)
    life: float = 0.9
    trans: float = 0.8

    def __call__(self, customers: int, run: int) -> Held:
        """Simulate, fit, forecast and compare; single customers by the true expectation."""
        data, later = self._simulate(customers, np.random.default_rng([SEED, run]))
        fit = SeasonalParetoNBD("campaign", "season").fit(data)
        true = fit.process(data, np.exp([*np.log(self.parameters), self.life, self.trans])).expected_purchases(AHEAD)
        total = fit.total_purchases(data, AHEAD, seed=run)
        truths = dict(zip(("r", "alpha", "s", "beta"), self.parameters, strict=True))
        truths |= {"life:campaign": self.life, "trans:season": self.trans}
        ends = fit.expected_ends(data, AHEAD, seed=run)
        return Held(holding(fit.summary, truths), between(ends, true), total.low <= later <= total.high)

    def _simulate(self, customers: int, rng: np.random.Generator) -> tuple[SeasonedCustomers, float]:
        """Customers on one clock, and how often all of them buy in the weeks to come."""
        weeks = SEEN + AHEAD
        season = (np.arange(weeks) // QUARTER % 2).astype(np.float64)
        campaign = (rng.random((customers, weeks)) < 0.3).astype(np.float64)  # noqa: PLR2004
        r, alpha, s, beta = self.parameters
        rates, deaths = (
            rng.gamma(r, 1 / alpha, customers),
            rng.exponential(size=customers) / rng.gamma(s, 1 / beta, customers),
        )
        born = np.floor(rng.uniform(0, WON, customers))
        lived = _lived(deaths, np.exp(self.life * campaign), born)
        counts = rng.poisson(rates[:, None] * np.exp(self.trans * season) * lived)
        owner, week = np.nonzero(counts)
        number = counts[owner, week]
        who = np.repeat(owner, number)
        when = np.repeat(week, number) + rng.random(number.sum()) * np.repeat(lived[owner, week], number)
        data = SeasonedCustomers.of_purchases(
            np.concatenate([np.arange(customers), who]),
            np.concatenate([born, when]),
            end=float(SEEN),
            edges=np.arange(weeks + 1.0),
            covariates={"season": season, "campaign": campaign},
        )
        return data, float(counts[:, SEEN:].sum())


def _lived(deaths: FloatArray, wear: FloatArray, born: FloatArray) -> FloatArray:
    """The share of each week that each customer lives, who wears out faster in some weeks."""
    after = np.arange(wear.shape[1]) >= born[:, None]
    worn = np.cumsum(wear * after, axis=1)
    return np.asarray(np.clip((deaths[:, None] - worn) / wear + 1, 0, 1) * after)

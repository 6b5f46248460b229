"""BG/BB: who still takes the occasions that the calendar offers.

Fader, Hardie and Shang (2010), Marketing Science 29(6), 1086-1108. For purchases
that come at given occasions, each taken or not: yearly donations, season tickets, weekly deliveries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import Estimate, Fact, FloatArray, Specification
from worthbook.models.cautions import about_identification
from worthbook.models.distinct import weighted_sum
from worthbook.models.fingerprint import fingerprint
from worthbook.models.interval import DRAWS, Interval, ends_of, interval_of_total
from worthbook.models.laplace import Estimates
from worthbook.models.lifetime.data import UNIT_NAMES
from worthbook.models.lifetime.foretelling import ForetellingFit
from worthbook.models.optimise import maximise
from worthbook.models.retention.bg_bb_likelihood import BGBBLikelihood
from worthbook.models.retention.bg_bb_process import BGBBProcess
from worthbook.models.retention.opportunities import OpportunityHistory

SYMBOLS = ("alpha", "beta", "gamma", "delta")

DROPOUT_EVIDENCE = 3.0
"""Dropout is visible if it raises the log-likelihood by more: half the 95 % point of chi-squared(2)."""

NO_OCCASION = Fault(
    "opportunity-none-faced",
    what=Text(en="No customer has faced two occasions yet.", zh="尚无客户经历过两次机会。"),
    hint=Text(
        en="Repeated occasions are needed to tell apart who buys seldom and who has left; wait for the next ones.",
        zh="需要多次机会才能区分“偶尔购买”与“已经流失”，请等待后续机会。",
    ),
)
NOTHING_TAKEN = Fault(
    "opportunity-none-taken",
    what=Text(
        en="None of the {customers} customers has taken any occasion.",
        zh="{customers} 位客户没有在任何一次机会中购买。",
    ),
    hint=Text(
        en="Count only occasions after the one with which the customer was won, and check the customers' ids.",
        zh="请只统计获客之后的机会，并检查客户编号是否一致。",
    ),
)
OTHER_UNIT = Fault(
    "opportunity-unit-differs",
    what=Text(
        en="The model was fitted on occasions counted in {fitted}, these are counted in {given}.",
        zh="模型拟合时机会以{fitted}计，而此处以{given}计。",
    ),
    hint=Text(en="Count the occasions as in the fit.", zh="请按拟合时的方式计数。"),
)
NO_DROPOUT = Text(
    en="No dropout is visible at these occasions: a model in which nobody ever leaves fits as well.",
    zh="从这些机会中看不出客户流失：假设无人离开的模型拟合得同样好。",
)


@dataclass(frozen=True, slots=True)
class BGBB(Specification[OpportunityHistory, "BGBBFit"]):
    """The BG/BB model, estimated by maximum likelihood.

    >>> history = OpportunityHistory([0, 1, 2, 4, 3, 1], [0, 1, 3, 4, 4, 4], [4, 4, 4, 4, 4, 4], [40, 12, 9, 6, 8, 7])
    >>> [row.symbol for row in BGBB().fit(history).summary]
    ['alpha', 'beta', 'gamma', 'delta']
    """

    estimator: ClassVar[str] = "bg_bb"

    def fit(self, data: OpportunityHistory) -> BGBBFit:
        """Estimate alpha, beta, gamma and delta.

        Raises:
            WorthbookError: If nobody has faced two occasions, or nobody has taken one.
        """
        if data.n.max() <= 1:
            raise NO_OCCASION()  # noqa: RSE102  # a fault makes the exception
        if not data.x.any():
            raise NOTHING_TAKEN(customers=f"{data.customers:g}")
        groups = data.group()
        likelihood = BGBBLikelihood(groups)
        starts = [np.log(each) for each in ((1.0, 1.0, 1.0, 3.0), (0.5, 0.5, 0.2, 2.0), (2.0, 2.0, 1.0, 10.0))]
        best = maximise(likelihood, starts)
        staying = maximise(likelihood.without_dropout, [start[:2] for start in starts])
        return BGBBFit(
            estimates=Estimates.at(best, SYMBOLS, data.customers, (0.0,) * len(SYMBOLS)),
            customers=data.customers,
            buyers=float(groups.weights[groups.x > 0].sum()),
            purchases=weighted_sum(groups.weights, groups.x),
            groups=len(groups),
            unit=data.unit,
            log_likelihood=best.value * data.customers,
            log_likelihood_without_dropout=staying.value * data.customers,
            evaluations=best.evaluations,
            data_fingerprint=fingerprint(groups.x, groups.t_x, groups.n, groups.weights, unit=data.unit),
        )


@dataclass(frozen=True, slots=True)
class BGBBFit(ForetellingFit[OpportunityHistory]):
    """A fitted BG/BB model."""

    estimator: ClassVar[str] = "bg_bb"

    estimates: Estimates
    customers: float
    buyers: float
    purchases: float
    groups: int
    unit: PeriodUnit
    log_likelihood: float
    log_likelihood_without_dropout: float
    evaluations: int
    data_fingerprint: str

    @property
    def process(self) -> BGBBProcess:
        """The process at the estimates."""
        return BGBBProcess(*self.estimates.values.tolist())

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """How readily customers take an occasion (alpha, beta) and drop out before one (gamma, delta)."""
        return self.estimates.summary

    @property
    def dropout_visible(self) -> bool:
        """Whether the history shows that customers leave."""
        return self.log_likelihood - self.log_likelihood_without_dropout > DROPOUT_EVIDENCE

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What was fitted, and how well."""
        return {
            "log_likelihood": self.log_likelihood,
            "log_likelihood_without_dropout": self.log_likelihood_without_dropout,
            "customers": self.customers,
            "buyers": self.buyers,
            "purchases": self.purchases,
            "groups": self.groups,
            "unit": self.unit,
            "converged": True,  # a fit that did not converge is an error, not a fit
            "iterations": self.evaluations,
            "identified": self.dropout_visible and not self._doubts,
            "data_fingerprint": self.data_fingerprint,
        }

    @property
    def cautions(self) -> tuple[Text, ...]:
        """Too few buyers, open parameters, no visible dropout."""
        return self._doubts if self.dropout_visible else (*self._doubts, NO_DROPOUT)

    @property
    def _doubts(self) -> tuple[Text, ...]:
        return about_identification(self.buyers, self.estimates.undetermined)

    def p_alive(self, history: OpportunityHistory) -> FloatArray:
        """Probability that each customer has not dropped out by the next occasion."""
        return self._in_unit(history).p_alive(history)

    def expected_purchases(self, history: OpportunityHistory, horizon: float) -> FloatArray:
        """Expected number of the next `horizon` occasions that each customer takes."""
        return self._in_unit(history).expected_purchases(history, horizon)

    def expected_ends(self, history: OpportunityHistory, horizon: float, *, seed: int) -> tuple[FloatArray, FloatArray]:
        """Both ends of the 95 % interval of the expected purchases of each customer."""
        self._in_unit(history)
        found = history.distinct
        few = history.take(found.sample)
        low, high = ends_of(
            lambda values: BGBBProcess(*values.tolist()).expected_purchases(few, horizon), self._drawn(seed)
        )
        return low[found.row_to_distinct], high[found.row_to_distinct]

    def total_purchases(self, history: OpportunityHistory, horizon: float, *, seed: int) -> Interval:
        """Purchases of all customers together: unknown parameters and chance are both in the interval."""
        groups = history.group()
        expected = weighted_sum(groups.weights, self.expected_purchases(groups, horizon))
        drawn = [BGBBProcess(*values.tolist()).expected_purchases(groups, horizon) for values in self._drawn(seed)]
        totals = np.array([weighted_sum(groups.weights, each) for each in drawn])
        variance = weighted_sum(groups.weights, self.process.purchase_variance(groups, horizon))
        return interval_of_total(expected, totals, variance)

    def discounted_purchases(
        self, history: OpportunityHistory, horizon: float, discount_rate_per_year: float
    ) -> FloatArray:
        """The same, discounted to the present at a yearly rate; the horizon may be infinite (DERT)."""
        return self._in_unit(history).discounted_purchases(history, horizon, discount_rate_per_year)

    def expected_purchases_new(self, horizon: float) -> float:
        """Expected number of its first `horizon` occasions that a new customer takes."""
        return self.process.expected_purchases_new(horizon)

    def purchase_probabilities(self, count: int, history: OpportunityHistory, horizon: float) -> FloatArray:
        """Probability that each customer takes exactly `count` of the next `horizon` occasions."""
        return self._in_unit(history).purchase_probabilities(count, history, horizon)

    def probability_of(self, count: int, horizon: float) -> float:
        """Probability that a new customer takes exactly `count` of its first `horizon` occasions."""
        return self.process.probability_of(count, horizon)

    def _drawn(self, seed: int) -> FloatArray:
        return self.estimates.draws(DRAWS, np.random.default_rng(seed))

    def _in_unit(self, history: OpportunityHistory) -> BGBBProcess:
        if history.unit != self.unit:
            raise OTHER_UNIT(fitted=UNIT_NAMES[self.unit], given=UNIT_NAMES[history.unit])
        return self.process

"""Pareto/NBD with covariates that change with time: campaigns, seasons, prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.period import PeriodUnit
from worthbook.models.base import Estimate, Fact, FloatArray, RecordedFit, Specification
from worthbook.models.cautions import about_identification
from worthbook.models.design import names_of, refuse_dependent
from worthbook.models.distinct import weighted_sum
from worthbook.models.interval import COVARIATE_DRAWS, Interval, ends_of, interval_of_total
from worthbook.models.laplace import Estimates
from worthbook.models.lifetime.covariate_effects import (
    PARAMETERS,
    Layout,
    Standard,
    in_units_of_the_data,
    summary_with_effects,
)
from worthbook.models.lifetime.data import UNIT_NAMES
from worthbook.models.lifetime.purchase_model import OTHER_UNIT, fingerprint_of, refuse_hopeless
from worthbook.models.lifetime.seasonal_likelihood import SeasonalLikelihood, Speeds
from worthbook.models.lifetime.seasonal_process import SeasonalProcess
from worthbook.models.lifetime.seasoned_customers import SeasonedCustomers
from worthbook.models.likelihood_ratio import Fitted
from worthbook.models.optimise import maximise

SEASON_CONSTANT = Fault(
    "season-constant",
    what=Text(en="'{name}' did not change while customers were observed.", zh="“{name}”在观察期内没有变化。"),
    hint=Text(
        en="Leave it out, or look at a longer history: nothing can be learnt from it.",
        zh="请去掉它，或使用更长的历史：目前无法从中学到任何信息。",
    ),
)

BLOCK_CUSTOMERS = 2_000
"""So many customers at once, to bound memory by customers in a block times periods."""

STARTS = ((0.7, 0.6, 0.5), (2.0, 0.5, 1.0), (0.1, 1.0, 1.0))


@dataclass(frozen=True, slots=True)
class SeasonalParetoNBD(Specification[SeasonedCustomers, "SeasonalParetoNBDFit"]):
    """Pareto/NBD in which covariates that change with time act on purchases and on dropout.

    Attributes:
        life: Formula of what acts on dropout, such as "high_season + gender"; empty for nothing.
        trans: Formula of what acts on purchases.
    """

    estimator: ClassVar[str] = "seasonal_pareto_nbd"

    life: str = ""
    trans: str = ""

    def fit(self, data: SeasonedCustomers) -> SeasonalParetoNBDFit:
        """Estimate r, alpha, s, beta and the effects.

        Raises:
            WorthbookError: If the histories cannot carry the model, or the covariates are unknown, constant or
                dependent while customers were observed.
        """
        refuse_hopeless(data.history)
        life, trans = names_of(self.life), names_of(self.trans)
        seen, layout = data.observed(), Layout.of(life, trans, ())
        weights = seen.history.weights
        exposure = weights[:, None] * seen.time_in_periods(seen.born, seen.born + seen.history.T)
        tables = [_checked(seen.table(names), names, exposure) for names in (life, trans)]
        scale = float(seen.history.T.max())
        objective = _Objective(seen, tables, exposure, layout, scale)
        purchases = weighted_sum(weights, seen.history.x)
        best = maximise(objective, objective.starts(purchases / exposure.sum() * scale))
        customers = seen.history.customers
        return SeasonalParetoNBDFit(
            life=life,
            trans=trans,
            estimates=in_units_of_the_data(
                best,
                "pareto_nbd",
                layout,
                life=objective.standards[0],
                trans=objective.standards[1],
                weight=customers,
                log_scale=(0.0, float(np.log(scale)), 0.0, float(np.log(scale))),
            ),
            customers=customers,
            repeat_buyers=weighted_sum(weights, (seen.history.x > 0).astype(np.float64)),
            purchases=purchases,
            periods=len(seen.edges) - 1,
            unit=seen.history.unit,
            log_likelihood=best.value * customers,
            evaluations=best.evaluations,
            data_fingerprint=fingerprint_of(seen.history.group()),
        )


class _Objective:
    """The mean log-likelihood at four logarithms, time in units of the longest observation, and standard effects."""

    def __init__(
        self,
        customers: SeasonedCustomers,
        tables: list[FloatArray],
        exposure: FloatArray,
        layout: Layout,
        scale: float,
    ) -> None:
        self._layout, self._size = layout, customers.history.customers
        self._shift = np.array([0.0, np.log(scale), 0.0, np.log(scale)])
        self.standards = [_standard(table, exposure) for table in tables]
        life, trans = (standard.apply(table) for standard, table in zip(self.standards, tables, strict=True))
        blocks = [slice(first, first + BLOCK_CUSTOMERS) for first in range(0, len(customers), BLOCK_CUSTOMERS)]
        self._blocks = [
            (
                SeasonalLikelihood(each := customers.take(rows)),
                each.history.weights,
                _rows(life, rows),
                _rows(trans, rows),
            )
            for rows in blocks
        ]

    def __call__(self, point: FloatArray) -> tuple[float, FloatArray]:
        logs, effects = point[:PARAMETERS] + self._shift, point[PARAMETERS:]
        of_life, of_trans = effects[self._layout.life_columns], effects[self._layout.trans_columns]
        value, slopes = 0.0, np.zeros(len(point))
        for likelihood, weights, life, trans in self._blocks:
            found = likelihood(logs, speeds_of(life, trans, of_life, of_trans))
            value += weighted_sum(weights, found.value)
            slopes[:PARAMETERS] += found.by_parameter @ weights
            each = weights[:, None]
            slopes[PARAMETERS + self._layout.life_columns] += _times(each * found.by_leaving, life)
            slopes[PARAMETERS + self._layout.trans_columns] += _times(each * found.by_buying, trans)
        return value / self._size, slopes / self._size

    def starts(self, pace: float) -> list[FloatArray]:
        """No effects, and what Pareto/NBD starts from."""
        none = np.zeros(len(self._layout.symbols))
        return [np.concatenate([np.log([r, r / pace, s, beta]), none]) for r, s, beta in STARTS]


def speeds_of(life: FloatArray, trans: FloatArray, of_life: FloatArray, of_trans: FloatArray) -> Speeds:
    """Speeds of buying and leaving from tables of covariates (customers or one row x periods x terms) and effects."""
    return Speeds(np.einsum("ipk,k->ip", trans, of_trans), np.einsum("ipk,k->ip", life, of_life))


def _times(by_cell: FloatArray, table: FloatArray) -> FloatArray:
    """Slopes in the effects from slopes in the speeds of each customer and period."""
    if len(table) == 1:
        return np.asarray(np.einsum("p,pk->k", by_cell.sum(axis=0), table[0]))
    return np.asarray(np.einsum("ip,ipk->k", by_cell, table))


def _rows(table: FloatArray, rows: slice) -> FloatArray:
    return table if len(table) == 1 else table[rows]


def _cells(table: FloatArray, exposure: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Covariates and time of all customers and periods that were observed, a row each."""
    spent = exposure.sum(axis=0, keepdims=True) if len(table) == 1 else exposure
    seen = spent > 0
    return np.broadcast_to(table, (*spent.shape, table.shape[-1]))[seen], spent[seen]


def _standard(table: FloatArray, exposure: FloatArray) -> Standard:
    values, spent = _cells(table, exposure)
    return Standard.of(values, spent / spent.sum())


def _checked(table: FloatArray, names: tuple[str, ...], exposure: FloatArray) -> FloatArray:
    """The table, if its covariates vary and differ while customers were observed."""
    values, _ = _cells(table, exposure)
    for name, column in zip(names, values.T, strict=True):
        if column.min() == column.max():
            raise SEASON_CONSTANT(name=name)
    refuse_dependent(values, names, " + ".join(names))
    return table


@dataclass(frozen=True, slots=True)
class SeasonalParetoNBDFit(RecordedFit[SeasonedCustomers]):
    """A fitted Pareto/NBD model with covariates that change with time."""

    estimator: ClassVar[str] = "seasonal_pareto_nbd"

    life: tuple[str, ...]
    trans: tuple[str, ...]
    estimates: Estimates
    customers: float
    repeat_buyers: float
    purchases: float
    periods: int
    unit: PeriodUnit
    log_likelihood: float
    evaluations: int
    data_fingerprint: str

    @property
    def summary(self) -> tuple[Estimate, ...]:
        """The four parameters where all covariates are 0, and the effects (life:, trans:)."""
        return summary_with_effects(self.estimates)

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What was fitted, and how well."""
        return {
            "log_likelihood": self.log_likelihood,
            "bic": -2 * self.log_likelihood + len(self.estimates.symbols) * float(np.log(self.customers)),
            "customers": self.customers,
            "repeat_buyers": self.repeat_buyers,
            "purchases": self.purchases,
            "periods": self.periods,
            "unit": self.unit,
            "converged": True,  # a fit that did not converge is an error, not a fit
            "iterations": self.evaluations,
            "identified": not self.cautions,
            "data_fingerprint": self.data_fingerprint,
        }

    @property
    def cautions(self) -> tuple[Text, ...]:
        """Too few repeat buyers, parameters or effects that the data leave open."""
        return about_identification(self.repeat_buyers, self.estimates.undetermined)

    @property
    def fitted(self) -> Fitted:
        """For the likelihood-ratio test."""
        return Fitted(self.log_likelihood, len(self.estimates.symbols), self.data_fingerprint)

    def predict(
        self, data: SeasonedCustomers, horizon: float | None = None, discount_rate_per_year: float | None = None
    ) -> Mapping[str, FloatArray]:
        """P(alive); with a horizon also the purchases to come; with a discount rate also their present number."""
        process = self.process(data if horizon is not None else data.observed())
        columns = {"p_alive": process.p_alive}
        if horizon is not None:
            columns["expected_purchases"] = process.expected_purchases(horizon)
            if discount_rate_per_year is not None:
                columns["discounted_purchases"] = process.discounted_purchases(horizon, discount_rate_per_year)
        return columns

    def p_alive(self, data: SeasonedCustomers) -> FloatArray:
        """Probability that each customer has not dropped out."""
        return self.process(data.observed()).p_alive

    def expected_purchases(self, data: SeasonedCustomers, horizon: float) -> FloatArray:
        """Expected purchases of each customer in the next `horizon` units of time, over which covariates are known."""
        return self.process(data).expected_purchases(horizon)

    def expected_ends(self, data: SeasonedCustomers, horizon: float, *, seed: int) -> tuple[FloatArray, FloatArray]:
        """Both ends of the 95 % interval of the expected purchases of each customer."""
        return ends_of(lambda drawn: self.process(data, drawn).expected_purchases(horizon), self._drawn(seed))

    def total_purchases(self, data: SeasonedCustomers, horizon: float, *, seed: int) -> Interval:
        """Purchases of all customers together: unknown parameters and chance are both in the interval."""
        process, weights = self.process(data), data.history.weights
        totals = [weights @ self.process(data, each).expected_purchases(horizon) for each in self._drawn(seed)]
        variance = float(weights @ process.purchase_variance(horizon))
        return interval_of_total(float(weights @ process.expected_purchases(horizon)), np.array(totals), variance)

    def process(self, data: SeasonedCustomers, drawn: FloatArray | None = None) -> SeasonalProcess:
        """The process at the estimates, or at drawn values of parameters and effects.

        Raises:
            WorthbookError: If the unit of time is another, or a covariate is unknown.
        """
        if data.history.unit != self.unit:
            raise OTHER_UNIT(fitted=UNIT_NAMES[self.unit], given=UNIT_NAMES[data.history.unit])
        logs = np.asarray(self.estimates.log_values) if drawn is None else np.log(drawn)
        of_life, of_trans = np.split(logs[PARAMETERS:], [len(self.life)])
        speeds = speeds_of(data.table(self.life), data.table(self.trans), of_life, of_trans)
        return SeasonalProcess(data, logs[:PARAMETERS], speeds)

    def _drawn(self, seed: int) -> FloatArray:
        return self.estimates.draws(COVARIATE_DRAWS, np.random.default_rng(seed))

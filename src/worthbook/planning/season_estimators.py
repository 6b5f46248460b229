"""Pareto/NBD in seasons: histories of purchases and what is known of the time become its data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from worthbook.definitions.model import ModelDefinition
from worthbook.models.base import FloatArray
from worthbook.models.lifetime.seasonal_model import SeasonalParetoNBD, SeasonalParetoNBDFit
from worthbook.models.lifetime.seasoned_customers import SeasonedCustomers
from worthbook.planning.estimator import Ahead, Estimator
from worthbook.planning.run import Workbench
from worthbook.planning.seasons import Seasoning, seasoning, term_names

FIT_CUSTOMERS = 50_000
"""Each of them is followed through every period at every step of the search."""


def _p_alive(fit: SeasonalParetoNBDFit, data: SeasonedCustomers, ahead: Ahead) -> FloatArray:
    del ahead
    return fit.p_alive(data)


def _expected_purchases(fit: SeasonalParetoNBDFit, data: SeasonedCustomers, ahead: Ahead) -> FloatArray:
    return fit.expected_purchases(data, ahead.weeks)


def _discounted_purchases(fit: SeasonalParetoNBDFit, data: SeasonedCustomers, ahead: Ahead) -> FloatArray:
    return fit.process(data).discounted_purchases(ahead.weeks, ahead.discount_rate)


def formula_of(seasons: Sequence[str]) -> str:
    """The covariates of some seasons, as models read them.

    >>> formula_of(["quarters", "sale"])
    'quarter_2 + quarter_3 + quarter_4 + sale'
    """
    return " + ".join(name for season in seasons for name in term_names(season))


def _by_seasons(model: ModelDefinition) -> Estimator:
    """With the seasons that a definition names acting on purchases, and on leaving where it says so."""
    life, trans = (_named(model, side) for side in ("life", "trans"))
    acting = formula_of(life or ()), formula_of(model.seasons if trans is None else trans)
    return replace(_PLAIN, specification=SeasonalParetoNBD(*acting))


def _named(model: ModelDefinition, side: str) -> tuple[str, ...] | None:
    given = model.options.get(side)
    return None if given is None else tuple(each.strip() for each in str(given).split("+") if each.strip())


def _at(plain: Estimator, bench: Workbench, model: ModelDefinition, until: dt.date) -> Estimator:
    return replace(plain, read=seasoning(bench, model.seasons, bench.sheets[model.inputs["x"]], until))


_PLAIN = Estimator(
    "Pareto/NBD in seasons",
    SeasonalParetoNBD(),
    SeasonalParetoNBDFit,
    frozenset({"x", "t_x", "T"}),
    Seasoning((), {}, ()),
    {
        "p_alive": _p_alive,
        "expected_purchases": _expected_purchases,
        "discounted_purchases": _discounted_purchases,
    },
    seasons=True,
    most_customers=FIT_CUSTOMERS,
    at=_at,
)

SEASON_ESTIMATORS: Mapping[str, Estimator] = {
    SeasonalParetoNBD.estimator: replace(_PLAIN, chosen=_by_seasons),
}

"""Fit a model to the columns it reads, keep the fit, and give every customer its predictions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from worthbook.data import columns
from worthbook.data.engine import Sheet
from worthbook.definitions.model import ModelDefinition
from worthbook.kernel.errors import Problem, WorthbookError
from worthbook.kernel.language import Text
from worthbook.kernel.period import DAYS_PER_WEEK, Window
from worthbook.models.base import Fit
from worthbook.models.potential.category_gaps import CategoryGapsFit
from worthbook.planning.category_gaps import category_spend, make_category_gaps
from worthbook.planning.described import Coded, coded, decoded
from worthbook.planning.estimator import Ahead, Estimator, FloatArray, Inputs
from worthbook.planning.estimators import estimator_of
from worthbook.planning.learned import learnt_from
from worthbook.planning.outlook import sample_parts
from worthbook.planning.run import Workbench

Each = TypeVar("Each")

FIT_CUSTOMERS = 1_000_000
"""A model is fitted to about so many customers at most: whole customer buckets, which are random samples."""


EXTRA_ABSENT = "extra-"
"""How the slugs of problems begin that say that a library is not installed."""


@dataclass(frozen=True)
class Estimated:
    """A fitted model, or why there is none."""

    model: ModelDefinition
    fit: Fit[Any] | None
    problem: Problem | None = None


def estimate(bench: Workbench, model: ModelDefinition) -> None:
    """Make the model's columns; where it cannot be fitted they are unknown for everyone."""
    fitted = fit_of(bench, model)
    if fitted.fit is None:
        unknown = {name: ("null", given.unit) for name, given in model.gives.items()}
        bench.derive(unknown, model.reads)
        return
    if isinstance(fitted.fit, CategoryGapsFit):
        make_category_gaps(bench, model, fitted.fit)
        return
    names = tuple(model.gives)
    with coded_for(bench, model) as given:
        predict = prediction(bench, fitted.fit, model, given)

        def make(folder: Path) -> Sheet:
            return columns.spread(bench.engine, given.sheets, given.by, predict, names, folder)

        bench.keep(names, make)


def fit_of(bench: Workbench, model: ModelDefinition) -> Estimated:
    """The model's fit: the kept one if nothing that it was made from has changed."""
    estimator = estimator_of(model)
    made_as = bench.plan.provenance[next(iter(model.gives))].id
    kept = bench.store.read_fit(made_as)
    if kept is not None:
        try:
            return _read(model, estimator, kept)
        except WorthbookError:
            pass  # kept by another version of the program: it is made again
    kept = _fitted(bench, model, estimator)
    bench.store.keep_fit(made_as, kept)
    return _read(model, estimator, kept)


def _read(model: ModelDefinition, estimator: Estimator, kept: Mapping[str, object]) -> Estimated:
    """A fit from what is kept of it.

    Raises:
        WorthbookError: `fit-of-another-version`.
    """
    if "problem" in kept:
        return Estimated(model, None, _problem(cast("Mapping[str, Any]", kept["problem"])))
    return Estimated(model, estimator.fit_class.from_json(cast("str", kept["fit"])))


def estimator_at(bench: Workbench, model: ModelDefinition, until: dt.date | None = None) -> Estimator:
    """The model's estimator as at the date of the bench.

    Args:
        bench: of the date.
        model: what it chooses.
        until: the last day that will be asked for; by default the end of the longest horizon of its columns.

    Raises:
        WorthbookError: `season-untold`, `season-overlaps`, `season-ends-before-horizon`.
    """
    estimator, as_of = estimator_of(model), bench.plan.as_of
    if estimator.at is None:
        return estimator
    ends = [Window.parse(given.horizon).after(as_of) for given in model.gives.values() if given.horizon is not None]
    return estimator.at(estimator, bench, model, until or max(ends, default=as_of))


def data_of(bench: Workbench, model: ModelDefinition, parts: list[int] | None = None) -> Any:  # noqa: ANN401 - each estimator has its own
    """The estimator's data, equal customers grouped."""
    if model.estimator == CategoryGapsFit.estimator:
        return category_spend(bench)
    if model.span is not None:
        return learnt_from(bench, model, model.span)
    with coded_for(bench, model) as given:
        groups = columns.grouped(bench.engine, given.sheets, given.by, parts=parts)
    inputs = by_role(model, decoded(groups, given.names, given.words))
    return estimator_at(bench, model).read(inputs, groups["customers"])


def _fitted(bench: Workbench, model: ModelDefinition, estimator: Estimator) -> dict[str, object]:
    try:
        fit = estimator.specification.fit(data_of(bench, model, parts=sample_of(bench, model)))
    except WorthbookError as error:
        if error.slugs[0].startswith(EXTRA_ABSENT):
            raise  # that something is not installed says nothing of the data, and may change
        return {"problem": error.problems[0].as_json()}
    return {"fit": fit.to_json()}


def _problem(kept: Mapping[str, Any]) -> Problem:
    return Problem(str(kept["slug"]), Text(**kept["what"]), Text(**kept["hint"]))


def sample_of(bench: Workbench, model: ModelDefinition) -> list[int] | None:
    """The customer buckets to fit to; None is all."""
    sheets = bench.sheets_of(model.reads)
    parts = len(sheets[0].parts)
    total = columns.count(bench.engine, sheets[0])
    return sample_parts(parts, total, estimator_of(model).most_customers or FIT_CUSTOMERS)


@dataclass(frozen=True)
class Prediction:
    """From the columns of some groups of customers to those that a fitted model gives them; a value that can travel."""

    fit: Fit[Any]
    read: Callable[[Inputs, FloatArray], Any]
    inputs: Mapping[str, str]
    """Role or covariate → column of numbers."""
    words: Mapping[str, tuple[str, ...]]
    """Covariate → the words that its numbers stand for."""
    asked: Mapping[str, tuple[Callable[[Any, Any, Ahead], FloatArray], Ahead]]
    """Column → the quantity that it holds, and how far that looks ahead."""

    def __call__(self, groups: Mapping[str, NDArray[np.float64]]) -> Mapping[str, NDArray[np.float64]]:
        """The columns, by name."""
        inputs = decoded(groups, self.inputs, self.words)
        data = self.read(inputs, np.ones(len(next(iter(inputs.values())))))
        return {name: quantity(self.fit, data, ahead) for name, (quantity, ahead) in self.asked.items()}


def prediction(bench: Workbench, fit: Fit[Any], model: ModelDefinition, given: Coded) -> Prediction:
    """What a fit of the model gives as at the date of the bench."""
    estimator = estimator_at(bench, model)
    asked = {
        name: (estimator.quantities[given.quantity], _ahead(bench, model, given.horizon))
        for name, given in model.gives.items()
    }
    inputs = by_role(model, given.names)
    return Prediction(fit, estimator.read, inputs, given.words, asked)


def _ahead(bench: Workbench, model: ModelDefinition, horizon: str | None) -> Ahead:
    as_of = bench.plan.as_of
    weeks = 0.0 if horizon is None else (Window.parse(horizon).after(as_of) - as_of).days / DAYS_PER_WEEK
    rate = bench.snapshot.settings.get("discount_rate", model.options.get("discount_rate", 0.0))
    return Ahead(weeks, float(rate))


def coded_for(bench: Workbench, model: ModelDefinition) -> AbstractContextManager[Coded]:
    """The columns that predictions of a model are made from, ready for engines; words and unknowns as numbers."""
    outcome = estimator_of(model).outcome
    if outcome is None:
        return coded(bench, model.reads)
    return coded(bench, model.covariates, unknown_too=model.covariates)


def by_role(model: ModelDefinition, given: Mapping[str, Each]) -> dict[str, Each]:
    """What is given for columns, under roles and the names of covariates; an outcome is not given for predictions."""
    roles = {role: given[column] for role, column in model.inputs.items() if column in given}
    return roles | {name: given[name] for name in model.covariates}

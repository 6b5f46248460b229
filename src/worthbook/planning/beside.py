"""Models that read more than purchases, in the same test as those that read nothing else.

All is as it was known at the cut: covariates as they were on that day, and what a model learns from lies before it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import cast

from worthbook.data import columns
from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.model import ModelDefinition
from worthbook.kernel.errors import Problem, WorthbookError
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.holdout import Grade, HoldoutRow, Trial, best_rule, grade_of
from worthbook.planning.described import decoded
from worthbook.planning.estimate import EXTRA_ABSENT, by_role, coded_for, data_of, estimator_at, sample_of
from worthbook.planning.estimator import Ahead
from worthbook.planning.estimators import ESTIMATORS, PURCHASE_MODELS, estimator_of
from worthbook.planning.index import Catalogue
from worthbook.planning.outlook import sample_parts
from worthbook.planning.run import Workbench
from worthbook.planning.trials import CUSTOMERS, Split

BOUGHT = "bought_in_{days}_days_until_{until}"
"""The column of purchases in the test, and for models that learn that of those in as long a time before it.

A kept sheet may hold other columns of its date; a name that has the date in it is in no sheet of another.
"""

TAUGHT = Text(en="{title} (taught purchases)", zh="{title}（改学购买次数）")
OF_TEST = Text(en="Purchase days in a test", zh="检验期购买天数")


@dataclass(frozen=True, eq=False)
class Beside:
    """One such model: how it explains the history, and how it did in the test."""

    name: str
    label: Text
    log_likelihood: float | None = None
    """None where it is not of the same customers as those of models of purchases, or of something else."""
    bic: float | None = None
    row: HoldoutRow | None = None
    grade: Grade | None = None
    trial: Trial | None = None
    """The test, of the customers of whom all is known that the model needs."""
    problem: Problem | None = None
    until: dt.date | None = None
    """The last day of the history to which it could not be fitted."""


def may_stand_beside(model: ModelDefinition) -> bool:
    """Whether a model foretells purchases, or learns to foretell an outcome, and so can be tested on purchases."""
    estimator = ESTIMATORS.get(model.estimator)
    if estimator is None:
        return False
    return model.estimator in PURCHASE_MODELS or estimator.seasons or estimator.outcome is not None


def set_beside(
    bench: Workbench, model: ModelDefinition, fitted_until: dt.date, split: Split | None, roles: Mapping[str, str]
) -> Beside:
    """Fit a model to the history, and test it from the cut on.

    Args:
        bench: with all that the model reads made.
        model: one that `may_stand_beside` others; one that learns an outcome learns purchases in the test.
        fitted_until: the last day that reported fits have seen.
        split: the test; None where the history is too short for one.
        roles: `x`, `t_x` and `T` of models of purchases → column.

    Raises:
        WorthbookError: `extra-learning-absent`; what is wrong with the data is told in the answer.
    """
    learns = estimator_of(model).outcome is not None
    found = Beside(model.name, TAUGHT.format(title=model.title) if learns else model.title)
    until = fitted_until
    try:
        if not learns:
            found = _explaining(bench, model, until, found)
        if split is None:
            return found
        until = split.calibrate_until
        return _tested(bench, model, split, roles, found)
    except WorthbookError as error:
        if error.slugs[0].startswith(EXTRA_ABSENT):
            raise
        return replace(found, problem=error.problems[0], until=until)


def _explaining(bench: Workbench, model: ModelDefinition, fitted_until: dt.date, found: Beside) -> Beside:
    """With log-likelihood and BIC, where they are of all customers."""
    then = bench if fitted_until == bench.plan.as_of else bench.on(model.reads, fitted_until)
    facts = estimator_of(model).specification.fit(data_of(then, model, sample_of(then, model))).facts
    if facts["customers"] != columns.count(then.engine, then.sheets[model.reads[0]]):
        return found
    return replace(found, log_likelihood=cast("float", facts["log_likelihood"]), bic=cast("float", facts["bic"]))


def _tested(bench: Workbench, model: ModelDefinition, split: Split, roles: Mapping[str, str], found: Beside) -> Beside:
    day, until = split.calibrate_until, split.until
    before, bought = (_bought(split, each) for each in (day, until))
    known = Catalogue.of([*bench.catalogue.definitions, before, bought], own=bench.catalogue.own)
    model = _for_test(model, before)
    later = bench.another_day(known, [bought.name], until).sheets[bought.name]
    then = bench.another_day(known, dict.fromkeys([*roles.values(), *model.reads]), day)
    customers = columns.count(then.engine, then.sheets[roles["x"]])
    parts = sample_parts(len(later.parts), customers, CUSTOMERS)
    with coded_for(then, model) as given:
        sheets = dict.fromkeys((*given.sheets, *then.sheets_of(roles.values())))
        by = dict.fromkeys((*given.by, *roles.values(), bought.name))
        groups = columns.grouped(bench.engine, (*sheets, later), list(by), parts=parts)
    x, t_x, age = (groups[roles[role]] for role in ("x", "t_x", "T"))
    history = PurchaseHistory(x, t_x, age, groups["customers"])
    trial = Trial(history, groups[bought.name], split.weeks)
    estimator = estimator_at(then, model, until)
    fit = estimator.specification.fit(data_of(then, model, sample_of(then, model)))
    data = estimator.read(by_role(model, decoded(groups, given.names, given.words)), groups["customers"])
    quantity = estimator.quantities["expected_purchases" if estimator.outcome is None else "expected_spend"]
    row = trial.row(found.label, quantity(fit, data, Ahead(split.weeks, 0.0)))
    grade = grade_of(row.score, best_rule(trial.rules()).score)
    return replace(found, row=row, grade=grade, trial=trial)


def _for_test(model: ModelDefinition, bought: MeasureDefinition) -> ModelDefinition:
    """A model that learns, with purchases as its outcome."""
    outcome = estimator_of(model).outcome
    if outcome is None:
        return model
    return model.model_copy(update={"inputs": {outcome: bought.name}, "window": bought.window})


def _bought(split: Split, until: dt.date) -> MeasureDefinition:
    """Purchases in a time as long as the test, up to a day."""
    days = (split.until - split.calibrate_until).days
    return MeasureDefinition(
        name=BOUGHT.format(days=days, until=f"{until:%Y%m%d}"),
        title=OF_TEST,
        description=OF_TEST,
        source="A10",
        unit=Unit.COUNT,
        table="occasions",
        window=f"{days} days",
        formula="count(*)",
        empty=0,
    )


def all_read(models: Iterable[ModelDefinition]) -> tuple[str, ...]:
    """The columns that some models read, each once."""
    return tuple(dict.fromkeys(name for model in models for name in model.reads))

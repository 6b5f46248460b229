"""Hold back the last part of the history, fit to the rest, and see how well the model foretells what was held back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from worthbook.definitions.model import ModelDefinition
from worthbook.kernel.errors import WorthbookError
from worthbook.models.lifetime.holdout import HoldoutReport, score_holdout
from worthbook.models.lifetime.purchase_model import PurchaseModel
from worthbook.planning.estimators import estimator_of
from worthbook.planning.run import Workbench
from worthbook.planning.trials import Histories, split_of


def check(bench: Workbench, model: ModelDefinition, first: dt.date) -> HoldoutReport | None:
    """Score the model on a period that it has not seen; None where the history is too short or too thin for it."""
    split = split_of(first, bench.plan.as_of)
    if split is None:
        return None
    specification = estimator_of(model).specification
    tells_gaps = isinstance(specification, PurchaseModel) and specification.tells_gaps
    (trial,) = Histories(bench, model.inputs, tells_gaps).trials([split])
    if trial is None:
        return None
    try:
        fit = specification.fit(trial.history)
        forecast = fit.expected_purchases(trial.history, trial.horizon)
        return score_holdout(trial.history, trial.later, trial.horizon, forecast)
    except WorthbookError:
        return None


def as_facts(report: HoldoutReport) -> Mapping[str, float | str | None]:
    """The scores by name, for facts and files."""
    model = report.rows[0].score
    return {
        "holdout_weeks": report.horizon,
        "holdout_actual": report.actual,
        "holdout_expected": model.total,
        "holdout_mae": model.mae,
        "holdout_rmse": model.rmse,
        "holdout_total_error": model.total_error,
        "holdout_cohort_error": model.cohort_error,
        "holdout_gini": model.gini,
    }

"""Hold back the last part of the history, fit to the rest, and see how well the model foretells what was held back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from worthbook.data import columns, measures
from worthbook.data.engine import Sheet
from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.model import ModelDefinition
from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.period import DAYS_PER_WEEK
from worthbook.models.lifetime.bg_nbd import BGNBD
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.holdout import HoldoutReport, score_holdout
from worthbook.planning.run import Workbench

LONGEST_WEEKS = 52
SHORTEST_WEEKS = 4
CUSTOMERS = 250_000
"""The check is made on about so many customers at most: whole customer buckets, which are random samples."""

_THEN = "then_"
"""Before the name of a column as it was at the split."""


@dataclass(frozen=True)
class Split:
    """Where the history is divided."""

    calibrate_until: dt.date
    weeks: int


def split_of(first: dt.date, as_of: dt.date) -> Split | None:
    """Hold back half of the history, a year at most; None where that would be less than four weeks."""
    weeks = min(LONGEST_WEEKS, (as_of - first).days // (2 * DAYS_PER_WEEK))
    if weeks < SHORTEST_WEEKS:
        return None
    return Split(as_of - dt.timedelta(weeks=weeks), weeks)


def check(bench: Workbench, model: ModelDefinition, first: dt.date) -> HoldoutReport | None:
    """Score the model on a period that it has not seen; None where the history is too short or too thin for it."""
    split = split_of(first, bench.plan.as_of)
    if split is None:
        return None
    history, bought = _before_and_after(bench, model, split)
    if not len(history):
        return None
    try:
        fit = BGNBD().fit(history)
        return score_holdout(history, bought, float(split.weeks), fit.expected_purchases(history, float(split.weeks)))
    except WorthbookError:
        return None


def _before_and_after(bench: Workbench, model: ModelDefinition, split: Split) -> tuple[PurchaseHistory, np.ndarray]:
    """Each customer's history at the split, and the repeat purchases made after it."""
    now = bench.sheets[model.inputs["x"]]
    buckets = _buckets(bench, now)
    then = {role: f"{_THEN}{column}" for role, column in model.inputs.items()}
    with bench.store.new_sheet() as folder:
        before = measures.make_measures(
            bench.engine,
            bench.snapshot,
            bench.catalogue.tables,
            bench.plan.population,
            [_renamed(bench.catalogue.measures[column]) for column in model.inputs.values()],
            split.calibrate_until,
            folder,
            buckets=buckets,
        )
        after = Sheet(tuple(now.parts[bucket] for bucket in buckets), now.columns)
        groups = columns.grouped(bench.engine, [before, after], [*then.values(), model.inputs["x"]])
    x, t_x, age = (groups[then[role]].astype(np.float64) for role in ("x", "t_x", "T"))
    history = PurchaseHistory(x, t_x, age, groups["customers"].astype(np.float64))
    return history, groups[model.inputs["x"]].astype(np.float64) - x


def _renamed(measure: MeasureDefinition) -> MeasureDefinition:
    return measure.model_copy(update={"name": f"{_THEN}{measure.name}"})


def _buckets(bench: Workbench, sheet: Sheet) -> list[int]:
    parts = len(sheet.parts)
    customers = columns.count(bench.engine, sheet)
    return list(range(max(1, min(parts, round(parts * CUSTOMERS / max(customers, 1))))))


def as_facts(report: HoldoutReport) -> Mapping[str, float | str]:
    """The scores by name, for facts and files."""
    model = report.rows[0]
    return {
        "holdout_weeks": report.horizon,
        "holdout_actual": report.actual,
        "holdout_expected": model.total,
        "holdout_mae": model.mae,
        "holdout_rmse": model.rmse,
        "holdout_total_error": model.total_error,
    }

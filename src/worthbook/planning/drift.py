"""Is a model that was fitted earlier still right: what a kept evaluation foretold, beside what has come since."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from worthbook.kernel.language import Text
from worthbook.models.interval import Interval
from worthbook.models.lifetime.forecast import forecast_total
from worthbook.models.lifetime.purchase_model import PurchaseFit
from worthbook.planning.estimators import ESTIMATORS
from worthbook.planning.outlook import SEED
from worthbook.planning.run import Workbench
from worthbook.planning.store import KeptRun
from worthbook.planning.trials import SHORTEST_WEEKS, Histories, Split

COLUMN = "p_alive"
"""What the model of purchases gives in every evaluation."""

HOLDS = Text(
    en=(
        "The evaluation of {since} expected {expected} repeat purchases of its customers by {until} (95 % interval "
        "{low} to {high}); there were {actual}: its model still holds."
    ),
    zh=(
        "{since} 的评估预期当时的客户到 {until} 复购 {expected} 次（95% 区间：{low} 至 {high}），实际 {actual} 次："
        "当时的模型仍然适用。"
    ),
)
DRIFTED = Text(
    en=(
        "The evaluation of {since} expected {expected} repeat purchases of its customers by {until} (95 % interval "
        "{low} to {high}); there were {actual}: its model no longer holds, something has changed since."
    ),
    zh=(
        "{since} 的评估预期当时的客户到 {until} 复购 {expected} 次（95% 区间：{low} 至 {high}），实际 {actual} 次："
        "当时的模型已不再适用，情况发生了变化。"
    ),
)


@dataclass(frozen=True)
class Drift:
    """What an earlier evaluation foretold, and what came."""

    run_id: str
    since: dt.date
    until: dt.date
    model: str
    expected: Interval
    actual: float

    @property
    def holds(self) -> bool:
        """Whether what came lies in the interval."""
        return self.expected.low <= self.actual <= self.expected.high

    @property
    def sentence(self) -> Text:
        """The comparison in words."""
        interval = self.expected
        return (HOLDS if self.holds else DRIFTED).format(
            since=self.since,
            until=self.until,
            expected=f"{interval.estimate:,.0f}",
            low=f"{interval.low:,.0f}",
            high=f"{interval.high:,.0f}",
            actual=f"{self.actual:,.0f}",
        )


def earlier_runs(run_ids: Sequence[str], as_of: dt.date) -> list[str]:
    """The kept runs that are at least four weeks older than a date, the newest first; of one date, the last one made.

    >>> earlier_runs(["2026-01-31-aa", "2026-03-31-bb", "2026-03-31-cc", "2026-06-30-dd"], dt.date(2026, 6, 30))
    ['2026-03-31-cc', '2026-03-31-bb', '2026-01-31-aa']
    """
    limit = (as_of - dt.timedelta(weeks=SHORTEST_WEEKS)).isoformat()
    before = [run_id for run_id in reversed(run_ids) if run_id[:10] <= limit]
    return sorted(before, key=lambda run_id: run_id[:10], reverse=True)


def foretells(run: KeptRun) -> bool:
    """Whether an evaluation fitted a model of purchases; one of a few frameworks may not have."""
    return COLUMN in run.provenance


def drift_since(bench: Workbench, run: KeptRun, roles: dict[str, str]) -> Drift | None:
    """Compare; None where the run has no model of purchases, or nobody has bought since.

    Args:
        bench: with the columns of the date made.
        run: the earlier evaluation.
        roles: `x`, `t_x` and `T` → column.
    """
    fit = _kept_fit(bench, run)
    if fit is None:
        return None
    split = Split(run.evaluation.as_of, bench.plan.as_of)
    (trial,) = Histories(bench, roles).trials([split])
    if trial is None:
        return None
    expected = forecast_total(fit, trial.history, trial.horizon, seed=SEED).purchases
    label = ESTIMATORS[fit.estimator].label
    return Drift(run.run_id, split.calibrate_until, split.until, label, expected, trial.bought)


def _kept_fit(bench: Workbench, run: KeptRun) -> PurchaseFit | None:
    """The model as it was fitted then."""
    if not foretells(run):
        return None
    kept = bench.store.read_fit(run.provenance[COLUMN].id)
    if kept is None or "fit" not in kept:
        return None
    text = cast("str", kept["fit"])
    estimator = ESTIMATORS.get(json.loads(text)["estimator"])
    fit = None if estimator is None else estimator.fit_class.from_json(text)
    return fit if isinstance(fit, PurchaseFit) else None

"""How far the models of purchases can be trusted: side by side, week by week, tenth by tenth, and what they believe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.period import DAYS_PER_WEEK, Window
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value
from worthbook.models.base import FloatArray
from worthbook.models.lifetime.choose import Entry, Tested
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.holdout import Trial, best_rule
from worthbook.models.lifetime.purchase_model import PurchaseFit
from worthbook.models.lifetime.tracking import Tracking
from worthbook.planning.lifetime_tables import comparison_table
from worthbook.planning.lifetimes import Lifetimes
from worthbook.planning.studies.context import Made, Method, StudyContext, column, table

HORIZON = Window(12, "months")
MOST_PURCHASES = 12
"""Columns of the matrices: customers with so many purchases or fewer."""
MOST_COUNTED = 7
"""Customers with so many purchases or more are counted together."""
STEPS = 12
"""Rows of the matrices: equally long spans of time since the last purchase."""

TRACKING = Text(en="Repeat purchases by week: {label} and what happened", zh="逐周复购次数：{label} 与实际")
CALIBRATION = Text(
    en="Purchases in the test by tenths of customers: {label} and what happened",
    zh="检验期购买次数按客户十等分：{label} 与实际",
)
MATRIX = Text(en="What {label} believes of a customer", zh="{label} 对客户的判断")
FREQUENCIES = Text(en="Customers by their purchases in the test", zh="检验期客户购买次数分布")
MORE = Text(en="{count} and more", zh="{count} 次及以上")
TENTH = Text(en="{place}", zh="{place}")
WEEKS = Text(en="{weeks} weeks ago", zh="{weeks} 周前")
JUST_NOW = Text(en="just now", zh="刚刚")


def make_purchase_models(definition: StudyDefinition, context: StudyContext) -> Made:
    """The models of purchases in their test; what is shown of one model is shown of the recommended one."""
    found = context.lifetimes
    used = tuple(definition.inputs.values())
    if found is None or found.trial is None:
        return Made((), {"tested": False}, used)
    comparison = found.comparison
    tested = [entry for entry in comparison.entries if entry.tested is not None]
    if not tested:
        return Made((), {"tested": False}, used, (Finding(comparison.reason, "warning"),))
    shown = comparison.chosen or tested[0]
    tables = (comparison_table(found), *_of_model(shown, found, context))
    said = Finding(comparison.reason, "warning" if comparison.recommended is None else "good")
    return Made(tables, _facts(found, shown), used, (said,))


def _of_model(entry: Entry, found: Lifetimes, context: StudyContext) -> Iterator[Table]:
    label = entry.candidate.label
    if entry.name in found.tracking:
        yield _tracking(found.tracking[entry.name], label)
    if entry.tested is not None:
        yield _calibration(entry.tested, label)
        if found.trial is not None:
            yield _frequencies(entry.tested.fit, found.trial, label)
        yield _matrix(entry.tested.fit, found, context, label)


def _tracking(tracking: Tracking, label: str) -> Table:
    """Week by week, and added up."""
    expected, actual = tracking.expected, tracking.actual
    sums = (np.cumsum(expected), np.cumsum(actual))
    columns = (
        column("week", Unit.COUNT, "Week", "周"),
        column("actual", Unit.QUANTITY, "Actual", "实际"),
        column("expected", Unit.QUANTITY, label, label),
        column("actual_so_far", Unit.QUANTITY, "Actual", "实际"),
        column("expected_so_far", Unit.QUANTITY, label, label),
    )
    rows: list[Sequence[Value | Text]] = [
        (week + 1, float(actual[week]), float(expected[week]), float(sums[1][week]), float(sums[0][week]))
        for week in range(len(actual))
    ]
    return table("tracking", TRACKING.format(label=label), columns, rows)


def _calibration(tested: Tested, label: str) -> Table:
    columns = (
        column("tenth", Unit.TEXT, "Customers, fewest expected first", "客户分组（预期由低到高）"),
        column("customers", Unit.COUNT, "Customers", "客户数"),
        column("expected", Unit.QUANTITY, label, label),
        column("actual", Unit.QUANTITY, "Actual", "实际"),
    )
    rows: list[Sequence[Value | Text]] = [
        (TENTH.format(place=place), round(each.customers), each.expected, each.actual)
        for place, each in enumerate(tested.row.tenths, start=1)
    ]
    return table("calibration", CALIBRATION.format(label=label), columns, rows)


def _frequencies(fit: PurchaseFit, trial: Trial, label: str) -> Table:
    """How many customers bought never, once, twice … in the test, and how many the model expected."""
    weights, later = trial.history.weights, trial.later
    expected = [
        float(weights @ fit.purchase_probabilities(n, trial.history, trial.horizon)) for n in range(MOST_COUNTED)
    ]
    actual = [float(weights[later == n].sum()) for n in range(MOST_COUNTED)]
    expected.append(max(float(weights.sum()) - sum(expected), 0.0))
    actual.append(float(weights[later >= MOST_COUNTED].sum()))
    names = [*(Text(en=str(n), zh=f"{n} 次") for n in range(MOST_COUNTED)), MORE.format(count=MOST_COUNTED)]
    columns = (
        column("purchases", Unit.TEXT, "Purchases in the test", "检验期购买次数"),
        column("actual", Unit.COUNT, "Actual", "实际"),
        column("expected", Unit.COUNT, label, label),
    )
    rows: list[Sequence[Value | Text]] = [
        (name, round(happened), round(foretold))
        for name, happened, foretold in zip(names, actual, expected, strict=True)
    ]
    return table("frequencies", FREQUENCIES.format(label=label), columns, rows)


def _matrix(fit: PurchaseFit, found: Lifetimes, context: StudyContext, label: str) -> Table:
    """Customers of the oldest age, by how often they bought and how long ago they did for the last time."""
    grid, since = matrix_grid(found.history)
    weeks = (HORIZON.after(context.as_of) - context.as_of).days / DAYS_PER_WEEK
    alive, expected = fit.p_alive(grid), fit.expected_purchases(grid, weeks)
    columns = (
        column("purchases", Unit.TEXT, "Purchase days", "购买天数"),
        column("since", Unit.TEXT, "Last purchase", "最近一次购买"),
        column("p_alive", Unit.PROBABILITY, "Probability of being active", "活跃概率"),
        column("expected", Unit.QUANTITY, "Expected purchases, next 12 months", "未来12个月预期购买次数"),
    )
    rows: list[Sequence[Value | Text]] = [
        (f"{x + 1:.0f}", _ago(ago), float(p), float(n))
        for x, ago, p, n in zip(grid.x, since, alive, expected, strict=True)
    ]
    return table("matrix", MATRIX.format(label=label), columns, rows)


def matrix_grid(history: PurchaseHistory) -> tuple[PurchaseHistory, FloatArray]:
    """Imagined customers: every number of purchases with every time since the last one, and that time.

    They are as old as the oldest customer, but for those who bought once: for them the last purchase is the first.
    They buy as regularly as the customers of the history do on average.

    >>> grid, since = matrix_grid(PurchaseHistory([0, 3], [0, 20], [24, 26]))
    >>> len(grid), grid.T[:2].tolist(), grid.x[:4].tolist(), sorted(set(since.tolist()))[:3]
    (52, [0.0, 26.0], [0.0, 1.0, 2.0, 3.0], [0.0, 2.0, 4.0])
    """
    oldest = float(history.T.max())
    most = int(min(max(history.x.max(), 1), MOST_PURCHASES - 1))
    step = max(1.0, np.floor(oldest / STEPS))
    ago, counts = np.meshgrid(np.arange(0.0, oldest, step), np.arange(most + 1.0), indexing="ij")
    since, x = ago.ravel(), counts.ravel()
    again = x > 0
    t_x, age = np.where(again, oldest - since, 0.0), np.where(again, oldest, since)
    return PurchaseHistory(x, t_x, age, log_gaps=_log_gaps(history, x, t_x)), since


def _log_gaps(history: PurchaseHistory, x: FloatArray, t_x: FloatArray) -> FloatArray | None:
    """The logarithms of times between purchases that are as uneven as those of the history."""
    if history.log_gaps is None:
        return None
    again = (history.x > 1) & (history.t_x > 0)
    uneven = history.log_gaps - history.x * np.log(np.where(again, history.t_x / np.maximum(history.x, 1), 1.0))
    share = float(history.weights[again] @ uneven[again]) / max(float(history.weights[again] @ history.x[again]), 1.0)
    some = (x > 0) & (t_x > 0)
    return np.where(some, x * (np.log(np.where(some, t_x / np.maximum(x, 1), 1.0)) + share * (x > 1)), 0.0)


def _ago(weeks: float) -> Text:
    return WEEKS.format(weeks=f"{weeks:.0f}") if weeks else JUST_NOW


def _facts(found: Lifetimes, entry: Entry) -> Mapping[str, Value]:
    tracking = found.tracking.get(entry.name)
    facts: dict[str, Value] = {
        "tested": True,
        "recommended": found.comparison.recommended,
        "model": entry.candidate.label,
        "models": sum(each.tested is not None for each in found.comparison.entries),
        "tracking_error": None if tracking is None else tracking.error,
        "seen_weeks": None if tracking is None else tracking.calibration,
    }
    if found.trial is not None:
        facts |= {"weeks": found.trial.horizon, "actual": found.trial.bought, "customers": found.history.customers}
    if entry.tested is not None:
        score, rule = entry.tested.row.score, best_rule(found.comparison.rules).score
        facts |= {"grade": entry.tested.grade, "expected": score.total, "cohort_error": score.cohort_error}
        silent = _silent(entry.tested.fit, found.trial) if found.trial is not None else {}
        facts |= {"mae": score.mae, "rmse": score.rmse, "rule_rmse": rule.rmse, "gini": score.gini, **silent}
    return facts


def _silent(fit: PurchaseFit, trial: Trial) -> dict[str, Value]:
    """Customers who bought nothing in the test, and how many the model expected to."""
    weights = trial.history.weights
    nothing = float(weights @ fit.purchase_probabilities(0, trial.history, trial.horizon))
    return {"silent_expected": nothing, "silent_actual": float(weights[trial.later == 0].sum())}


PURCHASE_MODELS = Method(
    make=make_purchase_models,
    maker="purchase_models 1",
    roles=frozenset({"model", "reference"}),
    tables={
        "models": frozenset({
            "model", "grade", "log_likelihood", "bic", "total_error", "cohort_error", "tracking_error", "mae",
            "rmse", "gini",
        }),
        "tracking": frozenset({"week", "actual", "expected", "actual_so_far", "expected_so_far"}),
        "calibration": frozenset({"tenth", "customers", "expected", "actual"}),
        "frequencies": frozenset({"purchases", "actual", "expected"}),
        "matrix": frozenset({"purchases", "since", "p_alive", "expected"}),
    },
    facts=frozenset({
        "tested", "recommended", "model", "models", "tracking_error", "seen_weeks", "weeks", "actual", "customers",
        "grade", "expected", "cohort_error", "mae", "rmse", "rule_rmse", "gini",
        "silent_expected", "silent_actual",
    }),
)  # fmt: skip

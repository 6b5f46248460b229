"""How far to trust a fitted model: its parameters, the hold-out check, the grade, and a sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import cast

from worthbook.definitions.model import ModelDefinition
from worthbook.kernel.evaluation import ModelResult
from worthbook.kernel.language import Text
from worthbook.kernel.result import Table, TableColumn
from worthbook.kernel.units import Unit, Value
from worthbook.models.base import Fit
from worthbook.models.lifetime.holdout import HoldoutReport, report_on
from worthbook.models.lifetime.scores import Score
from worthbook.planning import holdout
from worthbook.planning.beside import may_stand_beside, set_beside
from worthbook.planning.encode import decode, encode
from worthbook.planning.estimate import Estimated, fit_of
from worthbook.planning.estimators import PLAIN, estimator_of
from worthbook.planning.lifetimes import Lifetimes
from worthbook.planning.run import Workbench
from worthbook.planning.trials import split_of

NOT_CHECKED = Text(
    en=(
        "The history is too short or holds too few repeat purchases to test the model on a period it has not seen: "
        "take its numbers as rough."
    ),
    zh="历史太短或复购太少，无法用模型未见过的时段检验：其数值仅供粗略参考。",
)
NOT_FITTED = Text(en="The model could not be fitted. {what}", zh="模型无法拟合。{what}")
FITTED = Text(en="Fitted to {customers} customers.", zh="已根据 {customers} 位客户的数据拟合。")


def assess(bench: Workbench, model: ModelDefinition, first: dt.date, weighed: Lifetimes | None = None) -> ModelResult:
    """The model's result; the hold-out check is kept with the fit and not made twice.

    Args:
        bench: with the model's columns made.
        model: which one.
        first: the first day of the history.
        weighed: a comparison of models, in which the check of this one may have been made already.
    """
    made_as = f"{bench.plan.provenance[next(iter(model.gives))].id}-result"
    kept = bench.store.read_fit(made_as)
    if kept is None:
        result = _assessed(bench, model, first, weighed)
        bench.store.keep_fit(made_as, cast("Mapping[str, object]", encode(result)))
        return result
    return cast("ModelResult", decode(kept))


def _assessed(bench: Workbench, model: ModelDefinition, first: dt.date, weighed: Lifetimes | None) -> ModelResult:
    estimated = fit_of(bench, model)
    report = _report(bench, model, first, weighed) if _is_tested(model) and estimated.fit else None
    fit = estimated.fit
    facts: dict[str, Value] = {} if fit is None else dict(fit.facts)
    return ModelResult(
        name=model.name,
        title=model.title,
        parameters=_parameters(fit),
        facts={**facts, **(holdout.as_facts(report) if report else {})},
        grade=report.grade if report else None,
        verdict=_verdict(model, estimated, report),
        cautions=() if fit is None else fit.cautions,
        caveats=model.caveats,
        source=model.source,
        provenance=bench.plan.provenance[next(iter(model.gives))].with_facts(**({} if fit is None else fit.facts)),
        holdout=_scores(report) if report else None,
    )


def _is_tested(model: ModelDefinition) -> bool:
    """Whether it foretells purchases, which can be held against those that came after a cut."""
    return may_stand_beside(model) and estimator_of(model).outcome is None


def _report(
    bench: Workbench, model: ModelDefinition, first: dt.date, weighed: Lifetimes | None
) -> HoldoutReport | None:
    """The hold-out check, taken from the comparison if it holds the model."""
    if model.covariates or model.seasons:
        return _report_with_more(bench, model, first)
    if weighed is not None and weighed.trial is not None:
        for entry in weighed.comparison.entries:
            if entry.name == model.estimator and entry.tested is not None:
                return report_on(weighed.trial, entry.tested.row, weighed.comparison.rules)
    return holdout.check(bench, model, first)


def _report_with_more(bench: Workbench, model: ModelDefinition, first: dt.date) -> HoldoutReport | None:
    """The same for a model that reads more than purchases."""
    as_of = bench.plan.as_of
    roles = {role: model.inputs[role] for role in PLAIN}
    found = set_beside(bench, model, as_of, split_of(first, as_of), roles)
    return None if found.trial is None or found.row is None else report_on(found.trial, found.row, found.trial.rules())


def _verdict(model: ModelDefinition, estimated: Estimated, report: HoldoutReport | None) -> Text:
    if estimated.fit is None:
        what = Text(en="", zh="") if estimated.problem is None else estimated.problem.what
        return NOT_FITTED.format(what=what)
    if report is not None:
        return report.sentence
    if _is_tested(model):
        return NOT_CHECKED
    return FITTED.format(customers=f"{cast('float', estimated.fit.facts['customers']):,.0f}")


def _parameters(fit: Fit[object] | None) -> Table:
    columns = (
        TableColumn("symbol", Text(en="Parameter", zh="参数"), Unit.TEXT),
        TableColumn("estimate", Text(en="Estimate", zh="估计值"), Unit.RATIO),
        TableColumn("standard_error", Text(en="Standard error", zh="标准误"), Unit.RATIO),
        TableColumn("low", Text(en="95 % from", zh="95% 下限"), Unit.RATIO),
        TableColumn("high", Text(en="to", zh="95% 上限"), Unit.RATIO),
    )
    estimates = () if fit is None else fit.summary
    rows = tuple((each.symbol, each.estimate, each.standard_error, each.low, each.high) for each in estimates)
    return Table("parameters", Text(en="Parameters", zh="参数"), columns, rows)


def _scores(report: HoldoutReport) -> Table:
    columns = (
        TableColumn("name", Text(en="Forecast by", zh="预测方法"), Unit.TEXT),
        TableColumn("total", Text(en="Purchases expected", zh="预测购买次数"), Unit.QUANTITY),
        TableColumn("total_error", Text(en="Error of the total", zh="总量误差"), Unit.RATE),
        TableColumn("mae", Text(en="Mean absolute error", zh="平均绝对误差"), Unit.RATIO),
        TableColumn("rmse", Text(en="Typical error", zh="典型误差"), Unit.RATIO),
        TableColumn("cohort_error", Text(en="Error by cohort", zh="分批客户误差"), Unit.SHARE),
        TableColumn("gini", Text(en="Ranking (Gini)", zh="排序能力（基尼系数）"), Unit.RATIO),
    )
    rows = tuple((row.name, *_cells(row.score)) for row in report.rows)
    return Table("holdout", Text(en="Hold-out check", zh="留出检验"), columns, rows)


def _cells(score: Score) -> tuple[Value, ...]:
    return (score.total, score.total_error, score.mae, score.rmse, score.cohort_error, score.gini)

"""Models of contracts in words and small tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table, TableColumn
from worthbook.kernel.units import Unit, Value, show
from worthbook.planning.contracts_ahead import ContractModel, ContractsAhead

MODELS = Text(en="Models of contracts side by side", zh="合约模型对比")
PARAMETERS = Text(en="Parameters of {label} (time in months)", zh="{label} 的参数（时间单位：月）")
COUNTED = Text(
    en="{running} of {contracts} customers with a contract are still under contract.",
    zh="{contracts} 位有过合约的客户中，{running} 位的合约仍然有效。",
)
EXPECTED = Text(
    en="Until {until} {label} expects {months} months under contract of them; {year} are expected to stay 12 months.",
    zh="{label} 预计到 {until} 这些客户共履约 {months} 个月；预计 {year} 的客户在12个月后仍然有效。",
)
WORTH = Text(
    en="These months are worth {value} today (95 % interval {low} to {high}){part}.",
    zh="按现值计，这些月份价值 {value}（95% 区间：{low} 至 {high}）{part}。",
)
PART = Text(en=", counting the {priced} contracts whose price is known", zh="，仅计入 {priced} 份已知价格的合约")
NO_PRICE = Text(
    en="Prices and the months that they are for would say what that is worth.",
    zh="补充每期价格与每期月数，即可估算其价值。",
)
NO_FIT = Text(en="{label} could not be fitted. {what}", zh="{label} 无法拟合。{what}")
TO_THE_LONGEST = Text(
    en="{labels} reach no further than the longest contract seen; beyond it they say nothing.",
    zh="{labels} 只能推断到已观察到的最长合约时长，超出部分不作预测。",
)
ABOUT = Text(en="{label}: {words}", zh="{label}：{words}")


def contract_findings(found: ContractsAhead, until: dt.date, currency: str) -> tuple[Finding, ...]:
    """How many run, what is expected of them, and what to be careful about."""
    return tuple(_findings(found, until, currency))


def _findings(found: ContractsAhead, until: dt.date, currency: str) -> Iterator[Finding]:
    yield Finding(COUNTED.format(running=f"{found.running:,.0f}", contracts=f"{found.contracts:,.0f}"))
    used = found.used
    if used is not None and used.months is not None:
        months, year = _said(used.months, Unit.COUNT), _said(used.year, Unit.SHARE)
        yield Finding(EXPECTED.format(until=until, label=used.label, months=months, year=year))
    if found.value is not None:
        value, low, high = (
            _said(each, Unit.MONEY, currency) for each in (found.value.estimate, found.value.low, found.value.high)
        )
        part = PART.format(priced=f"{found.priced:,.0f}") if found.priced < found.running else Text(en="", zh="")
        yield Finding(WORTH.format(value=value, low=low, high=high, part=part))
    elif found.running:
        yield Finding(NO_PRICE)
    short = [each.label for each in found.models if each.fit is not None and each.months is None]
    if short and found.running:
        yield Finding(TO_THE_LONGEST.format(labels=Text(en=" and ".join(short), zh="、".join(short))))
    for each in found.models:
        if each.problem is not None:
            yield Finding(NO_FIT.format(label=each.label, what=each.problem.what), "warning")
        elif each.fit is not None and each.name != "kaplan_meier":
            yield from (Finding(ABOUT.format(label=each.label, words=words), "warning") for words in each.fit.cautions)


def contract_tables(found: ContractsAhead) -> tuple[Table, ...]:
    """One row a model; then the parameters of the one that is used and the coefficients of covariates."""
    shown = [each for each in found.models if each is found.used or each.name in {"cox", "weibull_aft"}]
    return (_models(found), *(_parameters(each) for each in shown if each.fit is not None))


def _models(found: ContractsAhead) -> Table:
    columns = (
        TableColumn("model", Text(en="Model", zh="模型"), Unit.TEXT),
        TableColumn("log_likelihood", Text(en="Log-lik.", zh="对数似然"), Unit.SCORE),
        TableColumn("bic", Text(en="BIC", zh="BIC"), Unit.SCORE),
        TableColumn("year", Text(en="Stay 12 months", zh="12个月后仍有效"), Unit.SHARE),
        TableColumn("months", Text(en="Months to come", zh="预期合约月数"), Unit.COUNT),
    )
    return Table("contract_models", MODELS, columns, tuple(_model(each) for each in found.models if each.fit))


def _model(model: ContractModel) -> tuple[Value, ...]:
    facts = {} if model.fit is None else model.fit.facts
    return (model.label, facts.get("log_likelihood"), facts.get("bic"), model.year, model.months)


def _parameters(model: ContractModel) -> Table:
    columns = (
        TableColumn("symbol", Text(en="Parameter", zh="参数"), Unit.TEXT),
        TableColumn("estimate", Text(en="Estimate", zh="估计值"), Unit.RATIO),
        TableColumn("low", Text(en="95 % from", zh="95% 下限"), Unit.RATIO),
        TableColumn("high", Text(en="to", zh="上限"), Unit.RATIO),
    )
    rows = () if model.fit is None else model.fit.summary
    made = tuple((each.symbol, each.estimate, each.low, each.high) for each in rows)
    return Table(f"{model.name}_parameters", PARAMETERS.format(label=model.label), columns, made)


def _said(value: float | None, unit: Unit, currency: str = "") -> Text:
    return Text(en=show(value, unit, "en", currency), zh=show(value, unit, "zh", currency))

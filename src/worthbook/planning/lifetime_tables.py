"""The models of purchases side by side, as small tables that a screen, a page and a workbook show alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table, TableColumn
from worthbook.kernel.units import Unit, Value, show
from worthbook.models.interval import Interval
from worthbook.models.lifetime.choose import Comparison, Entry
from worthbook.models.lifetime.holdout import HoldoutRow
from worthbook.planning.beside import Beside
from worthbook.planning.lifetimes import Lifetimes
from worthbook.planning.trials import Split

MODELS = Text(en="Models side by side", zh="模型对比")
PARAMETERS = Text(en="Parameters of {label} (time in weeks)", zh="{label} 的参数（时间单位：周）")
ROLLING = Text(en="Typical error of a customer, test by test", zh="历次检验中单个客户的典型误差")
NOT_FITTED = Text(en="{label} could not be fitted. {what}", zh="{label} 无法拟合。{what}")
NOT_FITTED_THEN = Text(
    en="{label} could not be fitted to the history up to {until}. {what}",
    zh="用截至 {until} 的数据无法拟合 {label}。{what}",
)
ABOUT = Text(en="{label}: {words}", zh="{label}：{words}")
TESTED_ON = Text(
    en=(
        "Fitted to {customers} customers up to {fitted}; tested from {cut} to {until} ({weeks} weeks, {actual} "
        "repeat purchases)."
    ),
    zh="用截至 {fitted} 的 {customers} 位客户拟合；检验期为 {cut} 至 {until}（{weeks} 周，复购 {actual} 次）。",
)
NOT_TESTED = Text(
    en="Fitted to {customers} customers up to {fitted}; the history is too short for a test.",
    zh="用截至 {fitted} 的 {customers} 位客户拟合；历史太短，无法检验。",
)
PURCHASES_EXPECTED = Text(
    en=(
        "Until {until} {model} expects {purchases} purchases of today's {customers} customers (95 % interval "
        "{purchases_low} to {purchases_high}); about {active} of them are still active."
    ),
    zh=(
        "{model} 预计现有 {customers} 位客户到 {until} 将购买 {purchases} 次"
        "（95% 区间：{purchases_low} 至 {purchases_high}）；其中约 {active} 位仍然活跃。"
    ),
)
VALUE_EXPECTED = Text(
    en=(
        "Until {until} {model} expects {purchases} purchases of today's {customers} customers (95 % interval "
        "{purchases_low} to {purchases_high}), worth {value} ({value_low} to {value_high}); about {active} of them are "
        "still active."
    ),
    zh=(
        "{model} 预计现有 {customers} 位客户到 {until} 将购买 {purchases} 次"
        "（95% 区间：{purchases_low} 至 {purchases_high}），金额 {value}（{value_low} 至 {value_high}）；"
        "其中约 {active} 位仍然活跃。"
    ),
)
ERRED_LESS = Text(
    en="{label} erred less in the same test: {rmse} purchases a customer, {used} {other}.",
    zh="在同一检验中“{label}”误差更小：单个客户 {rmse} 次购买，{used} 为 {other} 次。",
)
ERRED_MORE = Text(
    en="{label} erred no less in the same test: {rmse} purchases a customer, {used} {other}.",
    zh="在同一检验中“{label}”误差并不更小：单个客户 {rmse} 次购买，{used} 为 {other} 次。",
)
FEWER = Text(
    en="{label} could not be tested on {count} customers, of whom not all is known that it needs.",
    zh="“{label}”所需信息不全的 {count} 位客户未参加其检验。",
)
SPEND_MODEL = Text(en="Spend (Gamma-Gamma)", zh="消费金额（Gamma-Gamma）")
BEST_RULE = Text(en="best simple rule", zh="最好的简单规则")
GRADES = Text(
    en=(
        "Grade A: clearly better than the simple rules, total within 10 %. B: no worse than they, total within 25 %. "
        "C: neither; do not rely on it."
    ),
    zh=(
        "A 级：明显优于简单规则，总量误差不超过 10%；B 级：不逊于简单规则，总量误差不超过 25%；"
        "C 级：两者都不满足，不宜依赖。"
    ),
)


def comparison_table(found: Lifetimes) -> Table:
    """One row a model of purchases, then models that read more, then the simple rules."""
    columns = (
        TableColumn("model", Text(en="Model", zh="模型"), Unit.TEXT),
        TableColumn("grade", Text(en="Grade", zh="评级"), Unit.TEXT),
        TableColumn("log_likelihood", Text(en="Log-lik.", zh="对数似然"), Unit.SCORE),
        TableColumn("bic", Text(en="BIC", zh="BIC"), Unit.SCORE),
        TableColumn("total_error", Text(en="Total", zh="总量误差"), Unit.RATE),
        TableColumn("cohort_error", Text(en="Cohorts", zh="分批误差"), Unit.SHARE),
        TableColumn("tracking_error", Text(en="Weekly", zh="逐周误差"), Unit.SHARE),
        TableColumn("mae", Text(en="MAE", zh="MAE"), Unit.RATIO),
        TableColumn("rmse", Text(en="RMSE", zh="RMSE"), Unit.RATIO),
        TableColumn("gini", Text(en="Gini", zh="基尼系数"), Unit.RATIO),
    )
    rows = [_model_row(entry, found) for entry in found.comparison.entries if entry.fit is not None]
    rows += [_beside_row(each) for each in found.beside if each.problem is None]
    rows += [(row.name, None, None, None, *_scores(row, None)) for row in found.comparison.rules]
    return Table("models", MODELS, columns, tuple(rows))


def _model_row(entry: Entry, found: Lifetimes) -> tuple[Value | Text, ...]:
    tracking = found.tracking.get(entry.name)
    scores = (None,) * 6 if entry.tested is None else _scores(entry.tested.row, tracking.error if tracking else None)
    likelihood = None if entry.fit is None else entry.fit.log_likelihood
    grade = None if entry.tested is None else entry.tested.grade
    return (entry.candidate.label, grade, likelihood, entry.bic, *scores)


def _beside_row(beside: Beside) -> tuple[Value | Text, ...]:
    scores = (None,) * 6 if beside.row is None else _scores(beside.row, None)
    return (beside.label, beside.grade, beside.log_likelihood, beside.bic, *scores)


def _scores(row: HoldoutRow, tracking_error: float | None) -> tuple[Value, ...]:
    score = row.score
    return (score.total_error, score.cohort_error, tracking_error, score.mae, score.rmse, score.gini)


def parameter_table(entry: Entry) -> Table:
    """One row for each parameter of one model, with its 95 % interval."""
    columns = (
        TableColumn("symbol", Text(en="Parameter", zh="参数"), Unit.TEXT),
        TableColumn("estimate", Text(en="Estimate", zh="估计值"), Unit.RATIO),
        TableColumn("low", Text(en="95 % from", zh="95% 下限"), Unit.RATIO),
        TableColumn("high", Text(en="to", zh="上限"), Unit.RATIO),
    )
    estimates = () if entry.fit is None else entry.fit.summary
    rows = tuple((each.symbol, each.estimate, each.low, each.high) for each in estimates)
    return Table("parameters", PARAMETERS.format(label=entry.candidate.label), columns, rows)


def rolling_table(found: Lifetimes) -> Table | None:
    """One row for each model and one for the best simple rule, one column for each further test; None without any."""
    tests = [(split, comparison) for split, comparison in found.rolling if comparison is not None]
    if not tests:
        return None
    columns = (
        TableColumn("model", Text(en="Model", zh="模型"), Unit.TEXT),
        *(TableColumn(f"test_{place}", _span(split), Unit.RATIO) for place, (split, _) in enumerate(tests, start=1)),
    )
    errors = [_errors(comparison) for _, comparison in tests]
    names = [*(entry.candidate.label for entry in found.comparison.entries), BEST_RULE]
    return Table("rolling", ROLLING, columns, tuple(zip(names, *errors, strict=True)))


def _span(split: Split) -> Text:
    """From when to when a test went."""
    return Text(en=f"{split.calibrate_until} to {split.until}", zh=f"{split.calibrate_until} 至 {split.until}")


def _errors(comparison: Comparison) -> tuple[float | None, ...]:
    models = [None if entry.tested is None else entry.tested.row.score.rmse for entry in comparison.entries]
    return (*models, min((row.score.rmse for row in comparison.rules), default=None))


def sentences(found: Lifetimes, currency: str) -> tuple[Finding, ...]:
    """The recommendation, what it was made from, what to expect, and what to be careful about."""
    comparison = found.comparison
    return (
        Finding(comparison.reason, "warning" if comparison.recommended is None else "good"),
        Finding(_basis(found)),
        *_expected(found, currency),
        *of_others(found),
        *(Finding(each, "warning") for each in dict.fromkeys([*found.cautions, *_of_models(comparison)])),
        *(Finding(each, "warning") for each in _of_spend(found)),
    )


def of_others(found: Lifetimes) -> Iterator[Finding]:
    """Whether models that read more than purchases erred less, and what kept them from it."""
    used = found.comparison.used
    tested = None if used is None else used.tested
    for each in found.beside:
        if each.problem is not None:
            said = NOT_FITTED_THEN.format(label=each.label, until=each.until, what=each.problem.what)
            yield Finding(said, "warning")
        elif each.row and each.trial and used is not None and tested is not None and found.trial is not None:
            better = each.row.score.rmse < tested.row.score.rmse
            words = {"rmse": f"{each.row.score.rmse:.2f}", "other": f"{tested.row.score.rmse:.2f}"}
            said = (ERRED_LESS if better else ERRED_MORE).format(label=each.label, used=used.candidate.label, **words)
            yield Finding(said)
            left_out = found.trial.history.customers - each.trial.history.customers
            if left_out > 0:
                yield Finding(FEWER.format(label=each.label, count=f"{left_out:,.0f}"), "warning")


def _expected(found: Lifetimes, currency: str) -> Iterator[Finding]:
    """What the base will do, in one sentence."""
    expected = found.expected
    if expected is None or expected.total is None:
        return
    total = expected.total
    words = {
        "until": expected.until,
        "model": next(each.candidate.label for each in found.comparison.entries if each.name == expected.model),
        "customers": f"{expected.customers:,}",
        "active": f"{expected.active:,.0f}",
        **_said("purchases", total.purchases, Unit.COUNT, ""),
    }
    if total.value is None:
        yield Finding(PURCHASES_EXPECTED.format(**words))
    else:
        yield Finding(VALUE_EXPECTED.format(**words, **_said("value", total.value, Unit.MONEY, currency)))


def _said(name: str, found: Interval, unit: Unit, currency: str) -> dict[str, Text]:
    def words(value: float) -> Text:
        return Text(en=show(value, unit, "en", currency), zh=show(value, unit, "zh", currency))

    return {name: words(found.estimate), f"{name}_low": words(found.low), f"{name}_high": words(found.high)}


def _basis(found: Lifetimes) -> Text:
    customers, fitted = f"{found.history.customers:,.0f}", found.fitted_until
    if found.split is None or found.trial is None:
        return NOT_TESTED.format(customers=customers, fitted=fitted)
    return TESTED_ON.format(
        customers=customers,
        fitted=fitted,
        cut=found.split.calibrate_until,
        until=found.split.until,
        weeks=f"{found.split.weeks:.0f}",
        actual=f"{found.trial.bought:,.0f}",
    )


def _of_spend(found: Lifetimes) -> Iterator[Text]:
    """What the model of spend says of itself; that spend is estimated by frequency is among it."""
    if found.spend is not None:
        yield from (ABOUT.format(label=SPEND_MODEL, words=caution) for caution in found.spend.cautions)


def _listed(labels: Sequence[str]) -> Text:
    return Text(en=", ".join(labels), zh="、".join(labels))


def _of_models(comparison: Comparison) -> Iterator[Text]:
    """What the model that is used says of itself, and which could not be fitted; one reason of all is told already."""
    why: dict[Text, list[str]] = {}
    for entry in comparison.entries:
        if entry.fit is None and entry.problem is not None:
            why.setdefault(entry.problem.what, []).append(entry.candidate.label)
    if len(why) > 1 or any(entry.fit is not None for entry in comparison.entries):
        yield from (NOT_FITTED.format(label=_listed(labels), what=what) for what, labels in why.items())
    used = comparison.used
    if used is not None and used.fit is not None:
        yield from (ABOUT.format(label=used.candidate.label, words=caution) for caution in used.fit.cautions)

"""Effects of covariates in words and small tables."""

from __future__ import annotations

from collections.abc import Iterator

from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table, TableColumn
from worthbook.kernel.units import Unit, Value, show
from worthbook.models.likelihood_ratio import in_words
from worthbook.planning.effects import Compared, Effect, Effects, terms_of
from worthbook.planning.lifetimes import Lifetimes

MODELS = Text(en="Models without and with {names}", zh="不含与含“{names}”的模型对比")
EFFECTS = Text(en="What goes with {names} ({label})", zh="“{names}”与购买、流失的关系（{label}）")
OF_WORD = Text(en="{title}: {word} (against {reference})", zh="{title}：{word}（对照：{reference}）")
OF_NUMBER = Text(en="{title}: {step} more", zh="{title}：每增加{step}")
TEST = Text(en="{label} with {names}: {sentence}", zh="{label}（含“{names}”）：{sentence}")
TOTAL = Text(
    en="With {names} {label} expects {purchases} purchases until {until} (95 % interval {low} to {high}).",
    zh="计入“{names}”后，{label} 预计到 {until} 共购买 {purchases} 次（95% 区间：{low} 至 {high}）。",
)
LEFT_OUT = Text(
    en="{count} customers for whom one of these columns is unknown are not in these numbers.",
    zh="有 {count} 位客户的上述列未知，未计入这些数字。",
)
NO_FIT = Text(en="{label} could not be fitted with them. {what}", zh="{label} 无法拟合。{what}")
CAUSES = Text(
    en="An effect says what goes together, not what causes what.",
    zh="影响只表示二者相关，不代表因果。",
)


def effect_findings(found: Effects, ahead: Lifetimes) -> tuple[Finding, ...]:
    """The test, the forecast, whom it leaves out, and what to be careful about."""
    return tuple(_findings(found, ahead))


def _findings(found: Effects, ahead: Lifetimes) -> Iterator[Finding]:
    names, label = _names(found), found.best.label
    if found.best.test is not None:
        yield Finding(TEST.format(label=label, names=names, sentence=found.best.test.sentence))
    if ahead.expected is not None:
        ends = (found.total.estimate, found.total.low, found.total.high)
        purchases, low, high = (_counted(each) for each in ends)
        until = ahead.expected.until
        yield Finding(TOTAL.format(names=names, label=label, until=until, purchases=purchases, low=low, high=high))
    if found.known < found.customers:
        yield Finding(LEFT_OUT.format(count=f"{found.customers - found.known:,}"), "warning")
    for each in found.models:
        if each.problem is not None:
            yield Finding(NO_FIT.format(label=each.label, what=each.problem.what), "warning")
    yield from (Finding(caution, "warning") for caution in found.fit.cautions)
    yield Finding(CAUSES)


def effect_tables(found: Effects, currency: str) -> tuple[Table, ...]:
    """One row a term; then one row a model."""
    return (_effects(found, currency), _models(found))


def _effects(found: Effects, currency: str) -> Table:
    columns = (
        TableColumn("term", Text(en="Covariate", zh="协变量"), Unit.TEXT),
        TableColumn("buys", Text(en="Buys more by", zh="购买频率变化"), Unit.RATE),
        TableColumn("buys_low", Text(en="95 % from", zh="95% 下限"), Unit.RATE),
        TableColumn("buys_high", Text(en="to", zh="上限"), Unit.RATE),
        TableColumn("leaves", Text(en="Leaves sooner by", zh="流失倾向变化"), Unit.RATE),
        TableColumn("leaves_low", Text(en="95 % from", zh="95% 下限"), Unit.RATE),
        TableColumn("leaves_high", Text(en="to", zh="上限"), Unit.RATE),
    )
    rows = tuple(_effect(each, found, currency) for each in terms_of(found))
    return Table("effects", EFFECTS.format(names=_names(found), label=found.best.label), columns, rows)


def _effect(effect: Effect, found: Effects, currency: str) -> tuple[Value | Text, ...]:
    more = [None if each is None else each - 1 for each in (*effect.buys, *effect.leaves)]
    return (_term(effect, found, currency), *more)


def _term(effect: Effect, found: Effects, currency: str) -> Text:
    meta = effect.covariate
    if effect.word is None:
        steps = (show(effect.step, meta.unit, language, currency) for language in ("en", "zh"))
        return OF_NUMBER.format(title=meta.title, step=Text(en=next(steps), zh=next(steps)))
    coding = next(each for each in found.fit.trans.codings if each.name == meta.name)
    word, reference = (meta.labels.get(each, Text(en=each, zh=each)) for each in (effect.word, coding.levels[0]))
    return OF_WORD.format(title=meta.title, word=word, reference=reference)


def _models(found: Effects) -> Table:
    columns = (
        TableColumn("model", Text(en="Model", zh="模型"), Unit.TEXT),
        TableColumn("plain_log_likelihood", Text(en="Log-lik. without", zh="对数似然（不含）"), Unit.SCORE),
        TableColumn("log_likelihood", Text(en="with", zh="对数似然（含）"), Unit.SCORE),
        TableColumn("plain_bic", Text(en="BIC without", zh="BIC（不含）"), Unit.SCORE),
        TableColumn("bic", Text(en="with", zh="BIC（含）"), Unit.SCORE),
        TableColumn("p_value", Text(en="p", zh="p 值"), Unit.TEXT),
    )
    rows = tuple(_model(each) for each in found.models if each.fit is not None)
    return Table("covariate_models", MODELS.format(names=_names(found)), columns, rows)


def _model(compared: Compared) -> tuple[Value, ...]:
    fits = (compared.plain, compared.fit)
    likelihoods = [None if each is None else each.log_likelihood for each in fits]
    bics = [None if each is None else float(each.facts["bic"]) for each in fits]
    p_value = None if compared.test is None else in_words(compared.test.p_value).removeprefix("= ")
    return (compared.label, *likelihoods, *bics, p_value)


def _names(found: Effects) -> Text:
    titles = [each.title for each in found.covariates]
    return Text(en=", ".join(each.en for each in titles), zh="、".join(each.zh for each in titles))


def _counted(number: float) -> Text:
    return Text(en=show(number, Unit.COUNT, "en"), zh=show(number, Unit.COUNT, "zh"))

"""What drives satisfaction: shares of what is explained, key dissatisfiers and enhancers, penalties and rewards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from worthbook.definitions.structure import StructureDefinition
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value
from worthbook.models.perception.drivers.analysis import DriverAnalysis
from worthbook.models.perception.drivers.asymmetry import Asymmetry, Factor, Switches
from worthbook.models.perception.drivers.games import Game
from worthbook.planning.studies.context import Made, Method, StudyContext, column, table
from worthbook.planning.studies.driver_columns import Column, Driven, driven
from worthbook.planning.studies.surveyed import few, instrument_of, known, nobody, option

DRAWS = 1000
SEED = 1
LEAST_SIDE = 10
"""Dissatisfied (or satisfied) respondents, and others, that a game needs."""

SHARES = Text(en="What drives {target}", zh="“{target}”的驱动因素")
DISSATISFIERS = Text(en="Key dissatisfiers", zh="关键不满因素")
ENHANCERS = Text(en="Key enhancers", zh="关键增值因素")
ASYMMETRY = Text(en="Penalty and reward (two factors)", zh="惩罚与奖励（双因素）")
FACTORS: Mapping[Factor, Text] = {
    "basic": Text(en="basic: lows hurt more than highs help", zh="基本因素：差则不满，好不加分"),
    "performance": Text(en="performance: both alike", zh="绩效因素：好坏影响相当"),
    "excitement": Text(en="excitement: highs help more than lows hurt", zh="兴奋因素：好则惊喜，差不减分"),
    "indifferent": Text(en="neither", zh="影响不显著"),
    "unknown": Text(en="too few lows or highs", zh="极端评价太少，无法判断"),
}
STRONGEST = Text(
    en="{driver} accounts for {share:.0%} of what is explained of {target} (all together explain {r2:.0%}).",
    zh="在“{target}”的可解释差异（共 {r2:.0%}）中，“{driver}”贡献了 {share:.0%}。",
)
WORTH = Text(
    en="One point more on {driver} goes with {b:.2f} points of {target} ({low:.2f} to {high:.2f}), all else equal.",
    zh="其他因素不变时，“{driver}”每提高1分，“{target}”提高 {b:.2f} 分（{low:.2f} 至 {high:.2f}）。",
)
FAILING = Text(
    en="Key dissatisfiers: {names}. They fail for {reach:.0%} of the dissatisfied and {noise:.0%} of the others.",
    zh="关键不满因素：{names}。不满意者中有 {reach:.0%} 至少遇到其一，其余受访者中为 {noise:.0%}。",
)
BASIC = Text(en="Basic, to be kept right first: {names}.", zh="须首先保证的基本因素：{names}。")
THRESHOLDS = Text(
    en="Failed or dissatisfied: at most the lower third of a scale; delighted or satisfied: at least the upper third.",
    zh="失败或不满：量表下三分之一及以下；满意或惊喜：量表上三分之一及以上。",
)
THRESHOLDS_GIVEN = Text(
    en="Failed or dissatisfied: at most {failed:g}; delighted or satisfied: at least {delighted:g}.",
    zh="失败或不满：不高于 {failed:g}；满意或惊喜：不低于 {delighted:g}。",
)
ONE_SIDED = Text(
    en="There are too few {side} respondents for key {what}.", zh="{side}的受访者太少，无法分析关键{what}。"
)
CHOICES = Text(
    en="Shares by {method}, {draws} resamples, seed {seed}.",
    zh="贡献占比采用{method}，重抽样 {draws} 次，随机种子 {seed}。",
)
METHODS = {
    "lmg": Text(en="LMG (Shapley) over all subsets", zh="LMG（Shapley）全部子集"),
    "lmg_sampled": Text(en="LMG (Shapley) over drawn orders", zh="LMG（Shapley）随机次序"),
    "johnson": Text(en="Johnson's weights", zh="Johnson 相对权重"),
}

_SHARES = (
    column("driver", Unit.TEXT, "Driver", "驱动因素"),
    column("share", Unit.SHARE, "Share", "贡献占比"),
    column("low", Unit.SHARE, "95 % from", "95%下限"),
    column("high", Unit.SHARE, "to", "上限"),
    column("b", Unit.RATIO, "Per point", "每提高1分的影响"),
    column("b_low", Unit.RATIO, "95 % from", "95%下限"),
    column("b_high", Unit.RATIO, "to", "上限"),
    column("johnson", Unit.SHARE, "Johnson", "Johnson"),
    column("vif", Unit.RATIO, "VIF", "VIF"),
    column("correlation", Unit.RATIO, "Correlation", "相关系数"),
)
_GAME = (
    column("attribute", Unit.TEXT, "Attribute", "属性"),
    column("value", Unit.SCORE, "Value", "Shapley值"),
    column("low", Unit.SCORE, "95 % from", "95%下限"),
    column("high", Unit.SCORE, "to", "上限"),
    column("reach", Unit.SHARE, "Reach so far", "累计触及"),
    column("noise", Unit.SHARE, "Noise so far", "累计噪声"),
    column("key", Unit.FLAG, "Key", "关键"),
)
_ASYMMETRY = (
    column("attribute", Unit.TEXT, "Attribute", "属性"),
    column("penalty", Unit.RATIO, "Penalty", "惩罚"),
    column("penalty_low", Unit.RATIO, "95 % from", "95%下限"),
    column("penalty_high", Unit.RATIO, "to", "上限"),
    column("reward", Unit.RATIO, "Reward", "奖励"),
    column("reward_low", Unit.RATIO, "95 % from", "95%下限"),
    column("reward_high", Unit.RATIO, "to", "上限"),
    column("factor", Unit.TEXT, "Factor", "因素类型"),
)


def make_drivers(definition: StudyDefinition, context: StudyContext) -> Made:
    """Share the target out among its drivers; play the games and weigh penalties where scales are known."""
    surveyed = context.surveys.answers(instrument_of(definition, context))
    if surveyed is None or len(surveyed) == 0:
        return nobody()
    names = tuple(each.strip() for each in (option(definition, "drivers") or "").split(",") if each.strip())
    by_construct = (option(definition, "level") or "constructs") == "constructs"
    causes = _causes(context, surveyed.instrument.name)
    found = driven(surveyed, option(definition, "target"), names, by_construct=by_construct, causes=causes)
    draws, seed = int(definition.options.get("draws", DRAWS)), int(definition.options.get("seed", SEED))
    analysis = DriverAnalysis(found.answers, found.target.name, draws=draws, seed=seed)
    cuts = _Cuts.of(definition)
    tables, findings = [_shares(found, analysis)], list(_told(found, analysis))
    if cuts.known or all(each.bounded for each in (found.target, *found.drivers)):
        made, said = _games(found, cuts, draws, seed)
        tables, findings = [*tables, *made], [*findings, *said]
    findings += [Finding(text, "warning") for text in analysis.cautions]
    findings += few(len(found.target.values))
    choices = CHOICES.format(method=METHODS[analysis.method], draws=draws, seed=seed)
    facts = {
        "respondents": analysis.answers.n,
        "r2": analysis.r2,
        "drivers": len(found.drivers),
        "best_share": analysis.drivers[0].share.estimate,
    }
    return Made(tuple(tables), facts, ("answers",), (*findings, Finding(choices)))


def _causes(context: StudyContext, instrument: str) -> dict[str, set[str]]:
    """Construct → everything that drives it, by the structural model over an instrument, where there is one."""
    for structure in context.structures.values():
        if isinstance(structure, StructureDefinition) and structure.instrument == instrument:
            return {name: _before(structure, name) for name in structure.constructs}
    return {}


def _before(structure: StructureDefinition, name: str) -> set[str]:
    direct = {source for source, targets in structure.paths.items() if name in targets}
    return direct.union(*(_before(structure, source) for source in direct))


class _Cuts:
    """From where on an answer is a failure, and from where on a delight."""

    def __init__(self, failed: float | None, delighted: float | None) -> None:
        self.failed, self.delighted = failed, delighted

    @classmethod
    def of(cls, definition: StudyDefinition) -> _Cuts:
        given = (option(definition, name) for name in ("failed", "delighted"))
        failed, delighted = (None if each is None else float(each) for each in given)
        return cls(failed, delighted)

    @property
    def known(self) -> bool:
        return self.failed is not None and self.delighted is not None

    def low(self, each: Column) -> np.ndarray:
        cut = each.low + (each.high - each.low) / 3 if self.failed is None else self.failed
        return np.asarray(each.values <= cut + _SLACK)

    def high(self, each: Column) -> np.ndarray:
        cut = each.high - (each.high - each.low) / 3 if self.delighted is None else self.delighted
        return np.asarray(each.values >= cut - _SLACK)

    def said(self) -> Text:
        if not self.known:
            return THRESHOLDS
        return THRESHOLDS_GIVEN.format(failed=self.failed, delighted=self.delighted)


def _shares(found: Driven, analysis: DriverAnalysis) -> Table:
    rows: list[tuple[Value | Text, ...]] = []
    for driver in analysis.drivers:
        b = driver.b
        worth = (None, None, None) if b is None else (b.estimate, b.low, b.high)
        share = driver.share
        others = (driver.johnson, driver.vif, driver.correlation)
        rows.append((found.title(driver.name), share.estimate, share.low, share.high, *worth, *others))
    return table("drivers", SHARES.format(target=found.target.title), _SHARES, rows)


def _told(found: Driven, analysis: DriverAnalysis) -> Iterator[Finding]:
    best, target = analysis.drivers[0], found.target.title
    share = best.share.estimate / analysis.r2 if analysis.r2 > 0 else 0.0
    yield Finding(STRONGEST.format(driver=found.title(best.name), target=target, share=share, r2=analysis.r2))
    if best.b is not None and best.b.low is not None and best.b.high is not None:
        said = WORTH.format(
            driver=found.title(best.name), target=target, b=best.b.estimate, low=best.b.low, high=best.b.high
        )
        yield Finding(said)


def _games(found: Driven, cuts: _Cuts, draws: int, seed: int) -> tuple[list[Table], list[Finding]]:
    answered = ~np.isnan(found.target.values)
    low = np.stack([cuts.low(each) for each in found.drivers], axis=1)[answered]
    high = np.stack([cuts.high(each) for each in found.drivers], axis=1)[answered]
    weights, y = found.weights[answered], found.target.values[answered]
    tables, findings = [], []
    games = (
        ("dissatisfiers", DISSATISFIERS, low, cuts.low(found.target)[answered], _WORDS[0]),
        ("enhancers", ENHANCERS, high, cuts.high(found.target)[answered], _WORDS[1]),
    )
    for name, title, met, side, words in games:
        if min(side.sum(), (~side).sum()) < LEAST_SIDE:
            findings.append(Finding(ONE_SIDED.format(side=words[0], what=words[1])))
            continue
        game = Game(met, side, weights)
        tables.append(table(name, title, _GAME, list(_game_rows(found, game, draws, seed))))
        if name == "dissatisfiers" and len(game.key):
            last = len(game.key) - 1
            names = _listed([found.drivers[place].title for place in game.key])
            said = FAILING.format(names=names, reach=game.reach[last], noise=game.noise[last])
            findings.append(Finding(said, "warning"))
    switches = Switches([each.name for each in found.drivers], low, high, y, weights)
    judged = switches.judge(min(draws, DRAWS), seed)
    tables.append(table("asymmetry", ASYMMETRY, _ASYMMETRY, [_asymmetry_row(found, row) for row in judged]))
    basic = [found.title(row.attribute) for row in judged if row.factor == "basic"]
    if basic:
        findings.append(Finding(BASIC.format(names=_listed(basic))))
    return tables, [*findings, Finding(cuts.said())]


def _game_rows(found: Driven, game: Game, draws: int, seed: int) -> Iterator[tuple[Value | Text, ...]]:
    low, high = np.nanquantile(game.bootstrap(min(draws, DRAWS), seed), [0.025, 0.975], axis=0)
    key = set(game.key.tolist())
    for place, reach, noise in zip(game.order, game.reach, game.noise, strict=True):
        numbers = (100 * float(each[place]) for each in (game.values, low, high))
        yield (found.drivers[place].title, *numbers, float(reach), float(noise), place in key)


def _asymmetry_row(found: Driven, row: Asymmetry) -> tuple[Value | Text, ...]:
    numbers = (row.penalty, row.penalty_low, row.penalty_high, row.reward, row.reward_low, row.reward_high)
    return (found.title(row.attribute), *(known(number) for number in numbers), FACTORS[row.factor])


def _listed(texts: Sequence[Text]) -> Text:
    return Text(en=", ".join(text.en for text in texts), zh="、".join(text.zh for text in texts))


_SLACK = 1e-9
_WORDS = (
    (Text(en="dissatisfied", zh="不满意"), Text(en="dissatisfiers", zh="不满因素")),
    (Text(en="satisfied", zh="满意"), Text(en="enhancers", zh="增值因素")),
)

DRIVERS = Method(
    make=make_drivers,
    maker="drivers 1",
    roles=frozenset(),
    tables={
        "drivers": frozenset(each.name for each in _SHARES),
        "dissatisfiers": frozenset(each.name for each in _GAME),
        "enhancers": frozenset(each.name for each in _GAME),
        "asymmetry": frozenset(each.name for each in _ASYMMETRY),
    },
    facts=frozenset({"respondents", "r2", "drivers", "best_share"}),
)

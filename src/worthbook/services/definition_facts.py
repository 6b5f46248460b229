"""The lines of a description that decide the numbers: unit, table, window, formula."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from worthbook.definitions.alert import AlertDefinition
from worthbook.definitions.columns import unit_of
from worthbook.definitions.definition import Definition
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.definitions.mapping import MappingDefinition
from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.model import ModelDefinition
from worthbook.definitions.segment import SegmentDefinition
from worthbook.definitions.structure import StructureDefinition
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.period import Window
from worthbook.planning.index import Catalogue


@dataclass(frozen=True)
class Fact:
    """One line of a description."""

    key: str
    """The key in YAML."""
    label: Text
    value: str | float | list[str]
    """As it is in YAML."""
    shown: Text
    """As people read it."""


_LABELS: Mapping[str, Text] = {
    "unit": Text(en="Unit", zh="单位"),
    "table": Text(en="Table", zh="数据表"),
    "window": Text(en="Window", zh="时间窗口"),
    "formula": Text(en="Formula", zh="公式"),
    "empty": Text(en="No rows means", zh="没有记录时"),
    "better": Text(en="Better", zh="优劣方向"),
    "made_by": Text(en="Made by", zh="由何得出"),
    "horizon": Text(en="Looks ahead", zh="预测期"),
    "bands": Text(en="Bands, lowest first", zh="分段（由低到高）"),
    "estimator": Text(en="Estimator", zh="估计方法"),
    "inputs": Text(en="Inputs", zh="输入"),
    "covariates": Text(en="Covariates", zh="协变量"),
    "optional": Text(en="Optional inputs", zh="可选输入"),
    "options": Text(en="Options", zh="选项"),
    "method": Text(en="Method", zh="方法"),
    "score_cuts": Text(en="Cuts of the score", zh="总分切点"),
    "when": Text(en="Who", zh="条件"),
    "list": Text(en="List", zh="名单"),
    "strategy": Text(en="Strategy", zh="策略"),
    "service_level": Text(en="Service level", zh="服务标准"),
    "next_action": Text(en="Next action", zh="下一步"),
    "looks_back": Text(en="Compared with", zh="对比时点"),
    "groups": Text(en="Groups of", zh="分组框架"),
    "value": Text(en="At stake", zh="所涉价值"),
    "watches": Text(en="Reasons looked for in", zh="原因指标"),
    "severity": Text(en="Severity", zh="严重程度"),
    "who_acts": Text(en="Who acts", zh="责任人"),
    "derived_from": Text(en="Derived from", zh="派生自"),
    "key": Text(en="One row per", zh="每行对应"),
    "where": Text(en="Only rows with", zh="仅计入"),
    "also": Text(en="Also everyone in", zh="另含"),
    "headline": Text(en="Headline", zh="主框架"),
    "frameworks": Text(en="Frameworks", zh="分层框架"),
    "studies": Text(en="Studies", zh="专题研究"),
    "columns": Text(en="Columns", zh="列"),
    "feeds": Text(en="Feeds", zh="导入到"),
    "instrument": Text(en="Instrument", zh="调查问卷"),
    "target": Text(en="Target", zh="目标潜变量"),
    "scoring": Text(en="Scored as", zh="计分方式"),
    "brands": Text(en="Brands", zh="品牌"),
    "waves": Text(en="Waves", zh="调查期次"),
    "positive": Text(en="Words of praise", zh="褒义词"),
    "negative": Text(en="Words of complaint", zh="贬义词"),
    "negations": Text(en="Words that turn them round", zh="否定词"),
    "nobodys": Text(en="Numbers and addresses that are nobody's", zh="不代表具体客户的电话和邮箱"),
    "legal_forms": Text(en="Legal forms", zh="企业组织形式"),
}
_PLAIN: Mapping[str, tuple[str, ...]] = {
    "table": ("derived_from", "key", "where"),
    "population": ("table", "where", "also"),
    "report": ("headline", "frameworks", "studies", "columns"),
    "identity": ("nobodys", "legal_forms"),
    "vocabulary": ("positive", "negative", "negations"),
}
_BETTER = {"high": Text(en="the higher", zh="越高越好"), "low": Text(en="the lower", zh="越低越好")}
_SEVERITY = {"high": Text(en="high", zh="高"), "medium": Text(en="medium", zh="中"), "low": Text(en="low", zh="低")}
_WHOLE_HISTORY = Text(en="the whole history up to the date", zh="截至评估日的全部历史")
_UNKNOWN = Text(en="unknown, not zero", zh="未知（不按0计）")


def facts_of(definition: Definition) -> tuple[Fact, ...]:  # noqa: PLR0911 - one return a kind
    """What decides the numbers of a definition."""
    match definition:
        case MeasureDefinition():
            return tuple(_measure(definition))
        case ModelDefinition():
            options = _pairs("options", definition.options)
            reads = (*_pairs("inputs", definition.inputs), *_list("covariates", definition.covariates))
            return (_fact("estimator", definition.estimator), *reads, *options)
        case FrameworkDefinition():
            return (_fact("method", definition.method), *_list("score_cuts", definition.score_cuts))
        case SegmentDefinition():
            return tuple(_segment(definition))
        case AlertDefinition():
            return tuple(_alert(definition))
        case StudyDefinition():
            inputs, optional = _pairs("inputs", definition.inputs), _pairs("optional", definition.optional)
            return (_fact("method", definition.method), *inputs, *optional, *_pairs("options", definition.options))
        case MappingDefinition():
            return _list("feeds", tuple(dict.fromkeys(feed.table for feed in definition.feeds)))
        case InstrumentDefinition():
            brands, waves = _list("brands", definition.brands), _list("waves", definition.waves)
            return (_fact("scoring", definition.scoring), *brands, *waves)
        case StructureDefinition():
            instrument = () if definition.instrument is None else (_fact("instrument", definition.instrument),)
            return (*instrument, _fact("target", definition.target))
        case _:
            return tuple(_plain(definition))


def given_facts(catalogue: Catalogue, column: str) -> tuple[Fact, ...]:
    """What decides the numbers of a column that a model or framework makes beside others."""
    maker = catalogue.maker(column)
    unit = unit_of(maker, column)
    made_by = Text(en=f"{maker.name} ({maker.title.en})", zh=f"{maker.name}（{maker.title.zh}）")
    facts = [_fact("unit", unit.value, unit.title), _fact("made_by", maker.name, made_by)]
    if isinstance(maker, ModelDefinition):
        given = maker.gives[column]
        if given.horizon is not None:
            facts.append(_fact("horizon", given.horizon, _ahead(given.horizon)))
        facts += _better(given.better)
    labels = catalogue.meta(column).labels
    if labels:
        titles = Text(
            en=", ".join(text.en for text in labels.values()), zh="、".join(text.zh for text in labels.values())
        )
        facts.append(_fact("bands", list(labels), titles))
    return tuple(facts)


def _measure(definition: MeasureDefinition) -> Iterator[Fact]:
    yield _fact("unit", definition.unit.value, definition.unit.title)
    if definition.table is not None:
        span = definition.span
        yield _fact("table", definition.table)
        yield _fact("window", definition.window or "lifetime", _WHOLE_HISTORY if span is None else span.title)
    yield _fact("formula", definition.formula)
    if definition.table is not None:
        empty = _UNKNOWN if definition.empty == "unknown" else None
        yield _fact("empty", definition.empty, empty)
    yield from _better(definition.better)


def _segment(definition: SegmentDefinition) -> Iterator[Fact]:
    for key in ("when", "list"):
        text = getattr(definition, key)
        if text is not None:
            yield _fact(key, text)
    for key in ("strategy", "service_level", "next_action"):
        words = getattr(definition, key)
        if words is not None:
            yield _fact(key, words.en, words)


def _alert(definition: AlertDefinition) -> Iterator[Fact]:
    yield _fact("when", definition.when)
    yield _fact("looks_back", definition.looks_back, definition.span.title)
    for key in ("groups", "value"):
        text = getattr(definition, key)
        if text is not None:
            yield _fact(key, text)
    yield from _list("watches", definition.watches)
    yield _fact("severity", definition.severity, _SEVERITY[definition.severity])
    for key in ("who_acts", "next_action"):
        words = getattr(definition, key)
        yield _fact(key, words.en, words)


def _plain(definition: Definition) -> Iterator[Fact]:
    """Keys whose values are names or lists of names."""
    for key in _PLAIN[definition.noun]:
        value = getattr(definition, key)
        if value:
            yield _fact(key, value if isinstance(value, str) else [str(each) for each in value])


def _better(better: str) -> tuple[Fact, ...]:
    return (_fact("better", better, _BETTER[better]),) if better in _BETTER else ()


def _ahead(horizon: str) -> Text:
    title = Window.parse(horizon).title
    return Text(en=title.en.replace("last", "next", 1), zh=title.zh.replace("近", "未来", 1))


def _fact(key: str, value: str | float | list[str], shown: Text | None = None) -> Fact:
    text = ", ".join(value) if isinstance(value, list) else str(value)
    return Fact(key, _LABELS[key], value, shown or Text(en=text, zh=text))


def _list(key: str, values: tuple[str, ...]) -> tuple[Fact, ...]:
    return (_fact(key, list(values)),) if values else ()


def _pairs(key: str, values: Mapping[str, object]) -> tuple[Fact, ...]:
    return _list(key, tuple(f"{name} = {value}" for name, value in values.items()))

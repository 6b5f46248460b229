"""What a scorecard's result says of its weights: how they were found, what nobody has, what tells customers apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np

from worthbook.definitions.framework import SCORE, FrameworkDefinition, Level
from worthbook.definitions.weighing import Weighing
from worthbook.kernel.language import Text
from worthbook.kernel.result import Table, TableColumn
from worthbook.kernel.units import Unit, Value, show
from worthbook.models.base import FloatArray
from worthbook.models.weights import Tree, Weights
from worthbook.models.weights.split import Split
from worthbook.planning.index import Catalogue
from worthbook.planning.remarks import listed
from worthbook.planning.run import AxisThresholds, Workbench
from worthbook.planning.waiting import needs_behind
from worthbook.planning.weigh import Scored, order_of, scored, weigh
from worthbook.scoring.sums import adding_up

_METHODS: Mapping[str, Text] = {
    "stated": Text(en="as stated", zh="人工设定"),
    "equal": Text(en="all alike", zh="等权"),
    "constant_sum": Text(en="by points that people divided", zh="固定总分法"),
    "ahp": Text(en="by judgements in pairs (AHP)", zh="AHP层次分析法"),
    "entropy": Text(en="by entropy among the customers", zh="熵权法"),
    "critic": Text(en="by CRITIC among the customers", zh="CRITIC法"),
    "regression": Text(en="by what goes with {target} (LMG)", zh="按对{target}的解释力，LMG法"),
}
_BOTH = Text(en="{first} and {second} combined", zh="{first}与{second}组合")
_FOUND = Text(en="Weights of {what} {how}: {weights}{facts}.", zh="{what}的权重（{how}）：{weights}{facts}。")
_RATIO = Text(
    en="; {judges}, consistency ratio {cr} (at most 0.10 is usual; table {table}){worst}",
    zh="；{judges}，一致性比率 {cr}（通常不超过 0.10，随机指标表 {table}）{worst}",
)
_WORST = Text(
    en="; furthest from the others is {first} over {second}, {given} where they imply about {suggested}",
    zh="；与其余判断偏离最大的是“{first}”相对“{second}”：给出 {given}，按其余判断约为 {suggested}",
)
_JUDGES = Text(en="{count} judges", zh="{count} 位评判者")
_ONE_JUDGE = Text(en="1 judge", zh="1 位评判者")
_ANSWERS = Text(en="; {answers} answers", zh="；{answers} 份答卷")
_CUSTOMERS = Text(en="; from {customers} customers of whom all is known", zh="；依据信息齐全的 {customers} 位客户")
_TOP = Text(en="the groups", zh="各分组")
_AXES = Text(en="the axes", zh="各维度")
_UNKNOWN_ONE = Text(
    en="Not known of anybody: {axes}; needed: {needs}. The score rests on the other axes, which have {share} of the "
    "weight.",
    zh="所有客户均缺少：{axes}；需要：{needs}。得分由其余维度决定，其权重合计{share}。",
)
_DRIVES = Text(
    en="What tells customers apart most is {axis}: {share} of the differences between scores come from it.",
    zh="最能拉开客户差距的是{axis}：得分差异的{share}来自这一维度。",
)
_ALIKE = Text(en="All customers have the same score.", zh="所有客户得分相同。")

_COLUMNS = (
    TableColumn("axis", Text(en="Axis", zh="维度"), Unit.TEXT),
    TableColumn("group", Text(en="Group", zh="分组"), Unit.TEXT),
    TableColumn("weight", Text(en="Weight", zh="权重"), Unit.SHARE),
    TableColumn("known", Text(en="Known for", zh="有数据的客户占比"), Unit.SHARE),
    TableColumn("points", Text(en="Mean points", zh="平均分值"), Unit.SCORE),
    TableColumn("contribution", Text(en="Adds to the mean score", zh="对平均得分的贡献"), Unit.SCORE),
    TableColumn("of_variance", Text(en="Share of the differences", zh="对得分差异的贡献"), Unit.SHARE),
)
_PLACES = 1
"""Of contributions in tables, so that three digits show them whole."""
_SUM = Text(en="Sum", zh="合计")


def balance(
    bench: Workbench, framework: FrameworkDefinition, thresholds: AxisThresholds
) -> tuple[tuple[Text, ...], tuple[Table, ...]]:
    """Sentences and tables about the weights of a scorecard; none for other methods."""
    if framework.method != "scorecard":
        return (), ()
    tree = weigh(bench, framework, thresholds)
    customers = scored(bench, framework, thresholds)
    split = Split.of(tree, customers.points, customers.customers, [float(each) for each in thresholds[SCORE]])
    notes = [
        *weights_found(framework, tree, bench.catalogue),
        *_unknown(bench, framework, tree, customers),
        *_drives(framework, split),
    ]
    return tuple(notes), (_axes(framework, tree, split), _grades(framework, split))


def weights_found(framework: FrameworkDefinition, tree: Tree, catalogue: Catalogue) -> Iterator[Text]:
    """How each level's weights were found, where they are not as stated."""
    for level in framework.levels:
        if level.weighing is None:
            continue
        parts = framework.groups if level.names == tuple(framework.groups) else framework.axes
        weights = _of_level(framework, level, tree)
        shares = [(parts[name].title, _share(share)) for name, share in weights.as_mapping().items()]
        yield _FOUND.format(
            what=framework.groups[level.group].title if level.group else _TOP if framework.groups else _AXES,
            how=how(level.weighing, catalogue),
            weights=Text(
                en=", ".join(f"{title.en} {share.en}" for title, share in shares),
                zh="、".join(f"{title.zh} {share.zh}" for title, share in shares),
            ),
            facts=_facts(weights, {name: part.title for name, part in parts.items()}),
        )
        yield from weights.notes


def _of_level(framework: FrameworkDefinition, level: Level, tree: Tree) -> Weights:
    if framework.groups and level.group is None:
        return tree.top
    return tree.within[level.group or ""]


def how(weighing: Weighing, catalogue: Catalogue) -> Text:
    """By what method weights are found, in words."""
    said = []
    for part in weighing.parts:
        target = catalogue.meta(part.target).title if part.target else ""
        said.append(_METHODS[part.method].format(target=target))
    return said[0] if len(said) == 1 else _BOTH.format(first=said[0], second=said[1])


def _facts(weights: Weights, titles: Mapping[str, Text]) -> Text:
    facts = weights.facts
    if "cr" in facts:
        judges = _ONE_JUDGE if facts["judges"] == 1 else _JUDGES.format(count=facts["judges"])
        worst = (
            _WORST.format(
                first=titles[str(facts["worst_first"])],
                second=titles[str(facts["worst_second"])],
                given=facts["worst_given"],
                suggested=facts["worst_suggested"],
            )
            if "worst_first" in facts
            else ""
        )
        return _RATIO.format(worst=worst, judges=judges, cr=f"{float(facts['cr']):.2f}", table=facts["random_index"])
    if "answers" in facts:
        return _ANSWERS.format(answers=facts["answers"])
    if "customers" in facts:
        return _CUSTOMERS.format(customers=f"{float(facts['customers']):,.0f}")
    return Text(en="", zh="")


def _unknown(bench: Workbench, framework: FrameworkDefinition, tree: Tree, customers: Scored) -> Iterator[Text]:
    """Which axes nobody has a value on, what would give it, and how much of the weight is left."""
    seen = np.asarray(~np.isnan(customers.points).all(axis=0))
    missing = [name for name, known in zip(customers.names, seen.tolist(), strict=True) if not known]
    if not missing or not seen.any():
        return
    everything = tree.shares(np.ones((1, len(seen)), dtype=bool))[0]
    titles = [framework.axes[name].title for name in missing]
    needs = [need for name in missing for need in needs_behind(bench, framework.axes[name].column)]
    yield _UNKNOWN_ONE.format(axes=listed(titles), needs=listed(needs), share=_share(float(everything[seen].sum())))


def _drives(framework: FrameworkDefinition, split: Split) -> Iterator[Text]:
    if not split.customers:
        return
    if np.isnan(split.of_variance).any():
        yield _ALIKE
        return
    place = int(np.argmax(split.of_variance))
    title = framework.axes[order_of(framework)[place]].title
    yield _DRIVES.format(axis=title, share=_share(float(split.of_variance[place])))


def _axes(framework: FrameworkDefinition, tree: Tree, split: Split) -> Table:
    """One line an axis, and their sum."""
    weights = tree.shares(np.ones((1, len(tree.names)), dtype=bool))[0]
    contributions = _adding_up(split.contribution)
    rows: list[tuple[Value | Text, ...]] = []
    for place, name in enumerate(order_of(framework)):
        group = framework.axes[name].group
        rows.append(
            (
                framework.axes[name].title,
                framework.groups[group].title if group else None,
                float(weights[place]),
                float(split.known[place]),
                _value(split.points[place]),
                contributions[place],
                _value(split.of_variance[place]),
            )
        )
    whole = None if np.isnan(split.of_variance).any() else 1.0
    rows.append((_SUM, None, 1.0, None, None, _total(contributions), whole))
    kept = [place for place, column in enumerate(_COLUMNS) if framework.groups or column.name != "group"]
    shown = tuple(tuple(row[place] for place in kept) for row in rows)
    title = Text(en="What the score is made of", zh="得分构成")
    return Table("axes", title, tuple(_COLUMNS[place] for place in kept), shown)


def _grades(framework: FrameworkDefinition, split: Split) -> Table:
    """One line an axis: what it adds to the mean score of each grade, best first; their sum is that mean score."""
    columns = [_adding_up(grade) for grade in split.by_grade[::-1]]
    names = order_of(framework)
    rows: list[tuple[Value | Text, ...]] = [
        (framework.axes[name].title, *(column[place] for column in columns)) for place, name in enumerate(names)
    ]
    rows.append((_SUM, *(_total(column) for column in columns)))
    titles = [TableColumn(cell.key, cell.title, Unit.SCORE) for cell in framework.cells[::-1]]
    title = Text(en="What each axis adds to the mean score, by grade", zh="各维度对各级平均得分的贡献")
    return Table("grades", title, (_COLUMNS[0], *titles), tuple(rows))


def _adding_up(values: FloatArray) -> tuple[float | None, ...]:
    """Numbers rounded so that they add up to their rounded sum; None where there are no customers."""
    if np.isnan(values).any():
        return (None,) * len(values)
    return tuple(float(each) for each in adding_up([Fraction(float(value)) for value in values], _PLACES))


def _total(column: Sequence[float | None]) -> float | None:
    known = [each for each in column if each is not None]
    return round(sum(known), _PLACES) if known else None


def _share(number: float) -> Text:
    return Text(en=show(number, Unit.SHARE, "en"), zh=show(number, Unit.SHARE, "zh"))


def _value(number: float) -> float | None:
    return None if np.isnan(number) else float(number)

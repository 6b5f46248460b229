"""Suggested groups in words: what each is like, how sure it is, and how the groups were found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worthbook.definitions.measure import MeasureDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table, Tone
from worthbook.kernel.units import Unit, Value
from worthbook.models.base import FloatArray
from worthbook.models.grouping.clusters import Clusters
from worthbook.models.grouping.middles import Labels
from worthbook.models.grouping.scaling import Scaling
from worthbook.models.grouping.stability import STABLE
from worthbook.models.grouping.tree import Tree
from worthbook.planning.index import Catalogue
from worthbook.services.open_book import OpenBook
from worthbook.services.segment_answer import heading, spoken
from worthbook.services.suggest_features import Feature, joined
from worthbook.services.suggest_framework import Group

_NAMED_FROM, _NAMED_BY = 0.5, 3
"""A group is named by at most so many columns, in which it lies at least so many standard deviations from the mean."""
_FAITHFUL = 0.8

_FOUND = Text(
    en="{count} groups stand out and are there again in resamples (Jaccard {low} to {high}; 0.75 is stable).",
    zh="存在{count}个清晰且稳定的分组（重抽样Jaccard {low}至{high}，0.75以上为稳定）。",
)
_FORCED = Text(
    en="You asked for {count} groups. They do not stand out from customers without groups, so take them for a "
    "convenience.",
    zh="已按要求分为{count}组，但数据本身并未显示清晰的分组，仅供操作方便。",
)
_UNSTABLE = Text(
    en="Not stable: {names}. In other customers like these the group might not be there.",
    zh="不稳定的分组：{names}。换一批同类客户，该组未必存在。",
)
_FAITH = Text(
    en="The conditions put {share} of the customers held back into the group that is nearest to them.",
    zh="用条件划分时，留出客户中有{share}归入与其最接近的分组。",
)
_SCALED = Text(
    en="Columns taken by their logarithm: {logged}. All are on a robust scale (median, interquartile range). Grouped "
    "by k-means; {used} of {all} customers have all columns.",
    zh="取对数的列：{logged}。各列按稳健尺度（中位数、四分位距）标准化，用k均值法分组。"
    "{all}位客户中有{used}位各列齐全。",
)
_NOBODY = Text(en="none", zh="无")
_AVERAGE = Text(en="Average in everything", zh="各方面居中")
_HIGH = Text(en="{title}: high", zh="{title}高")
_LOW = Text(en="{title}: low", zh="{title}低")
_MEANS = Text(en="When suggested: {means}.", zh="建议分组时：{means}。")
_MEAN = Text(en="{title} {mean} (all: {all})", zh="{title}{mean}（全体{all}）")
_TRIED = Text(en="How many groups", zh="分组数的比较")
_LIKE = Text(en="What they are like (means)", zh="各组特征（均值）")


@dataclass(frozen=True)
class Described:
    """Customers as numbers."""

    features: tuple[Feature, ...]
    matrix: FloatArray
    """Of those who have all columns."""
    everyone: int


def groups_of(
    opened: OpenBook, described: Described, points: FloatArray, labels: Labels, tree: Tree
) -> Iterator[Group]:
    """Each group that some leaf says, with its name, its means and its conditions."""
    taken: set[str] = set()
    for number in range(int(labels.max()) + 1):
        leaves = [leaf for leaf in tree.leaves if leaf.value == number]
        if leaves:
            parts = [joined(described.features, leaf.bounds) for leaf in leaves]
            when = parts[0] if len(parts) == 1 else " or ".join(f"({part})" for part in parts)
            inside = labels == number
            title = _name(opened.catalogue, described.features, points[inside].mean(0) - points.mean(0), points.std(0))
            title = (
                title
                if title.en not in taken
                else Text(en=f"{title.en} ({number + 1})", zh=f"{title.zh}（{number + 1}）")
            )
            taken.add(title.en)
            yield Group(f"group_{number + 1}", title, _meaning(opened, described, inside), when)


def _name(catalogue: Catalogue, found: Sequence[Feature], apart: FloatArray, spread: FloatArray) -> Text:
    """What a group is like, in the columns that set it apart most."""
    distance = np.divide(apart, spread, out=np.zeros_like(apart), where=spread > 0)
    order = [int(index) for index in np.argsort(-np.abs(distance)) if abs(distance[index]) >= _NAMED_FROM]
    if not order:
        return _AVERAGE
    said = [_phrase(catalogue, found[index], high=bool(distance[index] > 0)) for index in order[:_NAMED_BY]]
    text = listed(said)
    return Text(en=text.en[0].upper() + text.en[1:], zh=text.zh)


def _phrase(catalogue: Catalogue, feature: Feature, *, high: bool) -> Text:
    maker = catalogue.maker(feature.meta.name)
    if isinstance(maker, MeasureDefinition):
        said = maker.said_high if high else maker.said_low
        if said is not None:
            return said
    return (_HIGH if high else _LOW).format(title=feature.meta.title)


def _meaning(opened: OpenBook, described: Described, inside: NDArray[np.bool_]) -> Text:
    parts = [
        _MEAN.format(
            title=feature.meta.title,
            mean=spoken(float(described.matrix[inside, index].mean()), feature.meta.unit, opened.book.currency),
            all=spoken(float(described.matrix[:, index].mean()), feature.meta.unit, opened.book.currency),
        )
        for index, feature in enumerate(described.features)
    ]
    return _MEANS.format(means=Text(en="; ".join(each.en for each in parts), zh="；".join(each.zh for each in parts)))


def likeness(described: Described, labels: Labels, made: Sequence[Group]) -> Table:
    """The means of each group."""
    rows: list[tuple[Value | Text, ...]] = []
    for group in made:
        inside = labels == int(group.key.removeprefix("group_")) - 1
        rows.append((group.key, *(float(each) for each in described.matrix[inside].mean(0))))
    columns = (
        heading("key", Unit.ID, "Key", "代码"),
        *(
            heading(each.meta.name, each.meta.unit, each.meta.title.en, each.meta.title.zh)
            for each in described.features
        ),
    )
    return Table("like", _LIKE, columns, tuple(rows))


def trials(clusters: Clusters) -> Table:
    """Every number of groups that was tried."""
    rows = tuple(
        (
            each.groups,
            each.silhouette,
            each.reference,
            None if each.stability is None else float(each.stability.min()),
        )
        for each in clusters.judged
    )
    columns = (
        heading("groups", Unit.COUNT, "Groups", "组数"),
        heading("silhouette", Unit.RATIO, "Silhouette", "轮廓系数"),
        heading("reference", Unit.RATIO, "Without groups", "无分组时"),
        heading("stability", Unit.RATIO, "Least stable", "最低稳定性"),
    )
    return Table("tried", _TRIED, columns, rows)


def sentences(clusters: Clusters, tree: Tree, made: Sequence[Group]) -> Iterator[Finding]:
    """How sure the groups are, and how near the conditions come to them."""
    chosen = clusters.chosen
    if clusters.are_there and chosen.stability is not None:
        low, high = (f"{float(end):.2f}" for end in (chosen.stability.min(), chosen.stability.max()))
        yield Finding(_FOUND.format(count=chosen.groups, low=low, high=high), "good")
    else:
        yield Finding(_FORCED.format(count=chosen.groups), "warning")
    shaky = [
        group.title
        for group in made
        if chosen.stability is not None and chosen.stability[int(group.key.removeprefix("group_")) - 1] < STABLE
    ]
    if shaky:
        yield Finding(_UNSTABLE.format(names=listed(shaky)), "warning")
    tone: Tone = "neutral" if tree.quality >= _FAITHFUL else "warning"
    yield Finding(_FAITH.format(share=spoken(tree.quality, Unit.SHARE)), tone)


def manner(described: Described) -> Text:
    """How the columns were made comparable."""
    logged = Scaling.of(described.matrix).logged
    names = [each.meta.title for each, yes in zip(described.features, logged, strict=True) if yes]
    counts = {"used": f"{len(described.matrix):,}", "all": f"{described.everyone:,}"}
    return _SCALED.format(logged=listed(names) if names else _NOBODY, **counts)


def listed(texts: Sequence[Text], en: str = ", ", zh: str = "、") -> Text:
    """Some texts one after another."""
    return Text(en=en.join(each.en for each in texts), zh=zh.join(each.zh for each in texts))

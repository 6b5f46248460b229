"""Whether the groups, axes, points and weights of a scorecard fit together."""

from __future__ import annotations

from collections.abc import Iterator

from worthbook.definitions import weighing_checks
from worthbook.definitions.axis_checks import CUTS_UNORDERED, NAME_REPEATED, cells_follow, rising
from worthbook.definitions.framework import SCORE, Axis, FrameworkDefinition
from worthbook.kernel.errors import Fault, Problem, did_you_mean
from worthbook.kernel.language import Text

POINTS_MISSING = Fault(
    "framework-points-missing",
    what=Text(en="A scorecard needs {what}.", zh="评分卡缺少{what}。"),
    hint=Text(
        en="Give every band its points.",
        zh="请为每个分段设置分值。",
    ),
)
GROUP_UNKNOWN = Fault(
    "scorecard-group-unknown",
    what=Text(
        en="Axis '{axis}' belongs to group '{group}', which there is not.", zh="维度“{axis}”所属的分组“{group}”不存在。"
    ),
    hint=Text(en="{near}", zh="{near}"),
)
GROUP_MISSING = Fault(
    "scorecard-group-missing",
    what=Text(
        en="Axis '{axis}' belongs to no group, while others do.", zh="维度“{axis}”没有归入分组，而其他维度已归组。"
    ),
    hint=Text(en="Write 'group: …' at every axis, or at none.", zh="请为每个维度写明“group: …”，或全部不写。"),
)
GROUP_EMPTY = Fault(
    "scorecard-group-empty",
    what=Text(en="No axis belongs to group '{group}'.", zh="分组“{group}”中没有任何维度。"),
    hint=Text(en="Give it an axis, or remove it.", zh="请为它设置维度，或删除该分组。"),
)


def scorecard(definition: FrameworkDefinition) -> Iterator[Problem]:
    """What does not fit together in a scorecard."""
    yield from cells_follow(definition, definition.score_cuts)
    if not rising(definition.parsed_score_cuts):
        yield CUTS_UNORDERED.problem(definition.place_of("score_cuts"), cuts=", ".join(definition.score_cuts))
    yield from _names(definition)
    yield from _groups(definition)
    yield from weighing_checks.weights(definition)
    for name, axis in definition.axes.items():
        yield from _points(definition, name, axis)


def _names(definition: FrameworkDefinition) -> Iterator[Problem]:
    """Axes, groups and the score each make a column: `name__axis`, `name__group`, `name__score`."""
    for key, names in (("axes", definition.axes), ("groups", definition.groups)):
        if SCORE in names:
            use = Text(en="as one of the parts and as the score itself", zh="既是组成部分的名称又是总分名")
            yield NAME_REPEATED.problem(definition.place_of(key, SCORE), name=SCORE, use=use)
    for name in definition.groups:
        if name in definition.axes:
            use = Text(en="as an axis and as a group", zh="既是维度名又是分组名")
            yield NAME_REPEATED.problem(definition.place_of("groups", name), name=name, use=use)


def _groups(definition: FrameworkDefinition) -> Iterator[Problem]:
    for name, axis in definition.axes.items():
        where = definition.place_of("axes", name, "group")
        if axis.group is None and definition.groups:
            yield GROUP_MISSING.problem(definition.place_of("axes", name), axis=name)
        elif axis.group is not None and axis.group not in definition.groups:
            near = did_you_mean(axis.group, definition.groups)
            yield GROUP_UNKNOWN.problem(where, axis=name, group=axis.group, near=near)
    for name in definition.groups:
        if not any(axis.group == name for axis in definition.axes.values()):
            yield GROUP_EMPTY.problem(definition.place_of("groups", name), group=name)


def _points(definition: FrameworkDefinition, name: str, axis: Axis) -> Iterator[Problem]:
    for band in axis.bands:
        if band.points is None:
            what = Text(en=f"points for band '{band.key}' of axis '{name}'", zh=f"维度“{name}”中分段“{band.key}”的分值")
            yield POINTS_MISSING.problem(definition.place_of("axes", name, "bands"), what=what)

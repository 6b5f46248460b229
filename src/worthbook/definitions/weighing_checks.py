"""Whether what is written about the weights of a scorecard fits its axes and groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from worthbook.definitions.framework import FrameworkDefinition, Level
from worthbook.definitions.weighing import Weighing
from worthbook.kernel.errors import Fault, Problem, did_you_mean
from worthbook.kernel.language import Text

Path = tuple[str | int, ...]

TOLERANCE = 0.01
"""How far each of the points may be from what it should be: thirds are written 33.33."""

KEY_NOT_HERE = Fault(
    "weights-key-not-here",
    what=Text(en="'{key}' means nothing for weights by {method}.", zh="以“{method}”确定权重时，“{key}”不起作用。"),
    hint=Text(en="Remove it, or choose the method it belongs to.", zh="请删除它，或改用相应的方法。"),
)
KEY_NEEDED = Fault(
    "weights-key-needed",
    what=Text(en="Weights by {method} need '{key}'.", zh="以“{method}”确定权重须写明“{key}”。"),
    hint=Text(en="Add '{key}: …', or choose another method.", zh="请补充“{key}: …”，或改用其他方法。"),
)
CRITERION_UNKNOWN = Fault(
    "weights-criterion-unknown",
    what=Text(
        en="'{name}' is none of what is weighed here: {known}.", zh="“{name}”不在此处赋权的各项（{known}）之中。"
    ),
    hint=Text(en="{near}", zh="{near}"),
)
POINTS_LEFT_OUT = Fault(
    "constant-sum-left-out",
    what=Text(en="'{who}' gave no points to {names}.", zh="“{who}”没有给 {names} 打分。"),
    hint=Text(en="Write 0 where somebody gave none.", zh="不给分的请写 0。"),
)
POINTS_NEGATIVE = Fault(
    "constant-sum-negative",
    what=Text(en="'{who}' gave {points} points to '{name}'.", zh="“{who}”给“{name}”打了 {points} 分。"),
    hint=Text(en="Points are not below 0.", zh="分值不能小于 0。"),
)
POINTS_OFF_SUM = Fault(
    "constant-sum-off",
    what=Text(
        en="The points of '{who}' sum to {found}, not to {total}.", zh="“{who}”的分值合计为 {found}，而不是 {total}。"
    ),
    hint=Text(
        en="Correct them, or write 'total: …' if another sum was to be divided.",
        zh="请更正；若约定的合计不同，请写明“total: …”。",
    ),
)
PAIR_UNREADABLE = Fault(
    "judgement-pair-unreadable",
    what=Text(en="'{key}' does not name a pair.", zh="“{key}”不是一对比较。"),
    hint=Text(en="Write 'first over second: 3'.", zh="请写成“甲 over 乙: 3”。"),
)
TIMES_UNFIT = Fault(
    "judgement-not-positive",
    what=Text(en="'{key}' is {times}: it must be above 0.", zh="“{key}”为 {times}：应大于 0。"),
    hint=Text(en="Write 3 for 'three times as important', 1/3 for the opposite.", zh="重要三倍写 3，相反则写 1/3。"),
)
COMBINED_OF_TWO = Fault(
    "weights-combined-of-two",
    what=Text(
        en="Combined weights are of two methods, neither combined itself.",
        zh="组合赋权须由两种方法组成，且各自不能再是组合。",
    ),
    hint=Text(en="List two under 'of'.", zh="请在“of”下列出两种方法。"),
)
WEIGHT_TWICE = Fault(
    "weights-given-twice",
    what=Text(
        en="'{name}' has a weight of its own, but 'weights' says that it is found by {method}.",
        zh="“{name}”已写有权重，但“weights”写明权重由“{method}”确定。",
    ),
    hint=Text(en="Remove one of the two.", zh="请删除其中之一。"),
)
WEIGHT_MISSING = Fault(
    "framework-weight-missing",
    what=Text(en="'{name}' has no weight above 0.", zh="“{name}”没有大于 0 的权重。"),
    hint=Text(
        en="Write 'weight: …', or say under 'weights' how the weights are found.",
        zh="请写明“weight: …”，或在“weights”下说明权重如何确定。",
    ),
)

_READS: dict[str, frozenset[str]] = {
    "constant_sum": frozenset({"answers", "total"}),
    "ahp": frozenset({"judges", "random_index"}),
    "regression": frozenset({"target"}),
    "combined": frozenset({"of", "by"}),
}
_NEEDS = {"constant_sum": "answers", "ahp": "judges", "regression": "target"}


def weights(definition: FrameworkDefinition) -> Iterator[Problem]:
    """What is wrong with the weights of a scorecard, level by level."""
    for level in definition.levels:
        yield from _stated(definition, level)
        if level.weighing is not None:
            yield from _weighing(definition, level.weighing, level.path, level.names)


def _stated(definition: FrameworkDefinition, level: Level) -> Iterator[Problem]:
    """A weight at each axis or group where it is read, and at none where it is not."""
    key, parts = ("groups", definition.groups) if level.names == tuple(definition.groups) else ("axes", definition.axes)
    for name in level.names:
        weight, where = parts[name].weight, definition.place_of(key, name, "weight")
        if level.weighing is None or level.weighing.takes_stated:
            if weight is None or weight <= 0:
                yield WEIGHT_MISSING.problem(where, name=name)
        elif weight is not None:
            yield WEIGHT_TWICE.problem(where, name=name, method=level.weighing.method)


def _weighing(
    definition: FrameworkDefinition, weighing: Weighing, path: Path, names: Sequence[str]
) -> Iterator[Problem]:
    yield from _keys(definition, weighing, path)
    match weighing.method:
        case "constant_sum":
            yield from _points(definition, weighing, path, names)
        case "ahp":
            yield from _judgements(definition, weighing, path, names)
        case "combined":
            if len(weighing.of) != 2 or any(part.method == "combined" for part in weighing.of):  # noqa: PLR2004
                yield COMBINED_OF_TWO.problem(definition.place_of(*path, "of"))
            for index, part in enumerate(weighing.of):
                yield from _weighing(definition, part, (*path, "of", index), names)


def _keys(definition: FrameworkDefinition, weighing: Weighing, path: Path) -> Iterator[Problem]:
    reads = _READS.get(weighing.method, frozenset())
    for key in sorted(weighing.model_fields_set - {"method"} - reads):
        yield KEY_NOT_HERE.problem(definition.place_of(*path, key), key=key, method=weighing.method)
    needed = _NEEDS.get(weighing.method)
    if needed is not None and not getattr(weighing, needed):
        yield KEY_NEEDED.problem(definition.place_of(*path), key=needed, method=weighing.method)


def _points(definition: FrameworkDefinition, weighing: Weighing, path: Path, names: Sequence[str]) -> Iterator[Problem]:
    for who, points in weighing.answers.items():
        where = definition.place_of(*path, "answers", who)
        for name, given in points.items():
            at = definition.place_of(*path, "answers", who, name)
            if name not in names:
                near = did_you_mean(name, names)
                yield CRITERION_UNKNOWN.problem(at, name=name, known=", ".join(names), near=near)
            if given < 0:
                yield POINTS_NEGATIVE.problem(at, who=who, name=name, points=f"{given:g}")
        left_out = [name for name in names if name not in points]
        if left_out:
            yield POINTS_LEFT_OUT.problem(where, who=who, names=", ".join(left_out))
        found = sum(points.values())
        if abs(found - weighing.total) > TOLERANCE * len(names):
            yield POINTS_OFF_SUM.problem(where, who=who, found=f"{found:g}", total=f"{weighing.total:g}")


def _judgements(
    definition: FrameworkDefinition, weighing: Weighing, path: Path, names: Sequence[str]
) -> Iterator[Problem]:
    for judge, said in weighing.judges.items():
        read = {each.key: each for each in weighing.judgements(judge)}
        for key in said:
            where = definition.place_of(*path, "judges", judge, key)
            if key not in read or read[key].first == read[key].second:
                yield PAIR_UNREADABLE.problem(where, key=key)
                continue
            for name in (read[key].first, read[key].second):
                if name not in names:
                    yield CRITERION_UNKNOWN.problem(
                        where, name=name, known=", ".join(names), near=did_you_mean(name, names)
                    )
            if read[key].times <= 0:
                yield TIMES_UNFIT.problem(where, key=key, times=f"{read[key].times:g}")

"""Whether the axes, bands and cells of one framework fit together; other definitions are not looked at here."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from worthbook.definitions.framework import Axis, Cell, Cut, FrameworkDefinition
from worthbook.kernel.errors import Fault, Place, Problem, did_you_mean
from worthbook.kernel.language import Text

SCORE = "score"
"""The name that a scorecard's own score has among the axes' columns and thresholds."""

BANDS_MISCOUNTED = Fault(
    "framework-bands-miscounted",
    what=Text(
        en="Axis '{axis}' has {cuts} cuts and {bands} bands: there must be {needed}, one more than cuts.",
        zh="维度“{axis}”有 {cuts} 个切点、{bands} 个分段：分段数应为 {needed}，比切点多一个。",
    ),
    hint=Text(en="Name a band for every stretch, lowest values first.", zh="请从低到高为每一段命名。"),
)
BANDS_NOT_HERE = Fault(
    "framework-bands-not-here",
    what=Text(
        en="'tiers' needs exactly one axis, without bands, because its cells are the bands.",
        zh="“tiers”只能有一个维度，且不写分段，因为各单元本身就是分段。",
    ),
    hint=Text(
        en="Remove the other axes and the bands, or choose 'grid', 'scorecard' or 'rules'.",
        zh="请删除多余的维度和分段，或改用“grid”“scorecard”“rules”。",
    ),
)
CELLS_MISCOUNTED = Fault(
    "framework-cells-miscounted",
    what=Text(
        en="There are {cuts} cuts and {cells} cells: there must be {needed} cells, one more than cuts.",
        zh="有 {cuts} 个切点、{cells} 个单元：单元数应为 {needed}，比切点多一个。",
    ),
    hint=Text(en="List the cells lowest first.", zh="请从低到高列出各单元。"),
)
CUTS_UNORDERED = Fault(
    "framework-cuts-unordered",
    what=Text(en="The cuts {cuts} do not rise.", zh="切点 {cuts} 没有按从低到高排列。"),
    hint=Text(
        en="Write cuts from low to high, each once; shares lie between 0 % and 100 %.",
        zh="请从低到高书写切点，不要重复；百分比应在 0% 与 100% 之间。",
    ),
)
NAME_REPEATED = Fault(
    "framework-name-repeated",
    what=Text(en="'{name}' is used twice: {use}.", zh="“{name}”重复使用：{use}。"),
    hint=Text(en="Give one of them another name.", zh="请为其中一个改名。"),
)
NAME_UNKNOWN = Fault(
    "framework-name-unknown",
    what=Text(
        en="Cell '{cell}' speaks of {noun} '{name}', which there is not.",
        zh="单元“{cell}”引用了不存在的{noun}“{name}”。",
    ),
    hint=Text(en="{suggestion}", zh="{suggestion}"),
)
GRID_GAP = Fault(
    "framework-grid-gap",
    what=Text(en="No cell takes {combination}.", zh="没有单元对应“{combination}”这一组合。"),
    hint=Text(en="Add it to the bands of one cell.", zh="请把它加入某个单元的分段。"),
)
GRID_DOUBLED = Fault(
    "framework-grid-doubled",
    what=Text(en="{combination} leads to several cells: {cells}.", zh="“{combination}”同时对应多个单元：{cells}。"),
    hint=Text(en="Leave it to one of them.", zh="请只保留其中一个。"),
)
POINTS_MISSING = Fault(
    "framework-points-missing",
    what=Text(en="A scorecard needs {what}.", zh="评分卡缺少{what}。"),
    hint=Text(
        en="Give every axis a weight above 0 and every band its points.",
        zh="请为每个维度设置大于 0 的权重，并为每个分段设置分值。",
    ),
)
RULE_MISSING = Fault(
    "framework-rule-missing",
    what=Text(
        en="Cell '{cell}' has no 'when', but cells come after it.",
        zh="单元“{cell}”没有“when”条件，但其后还有其他单元。",
    ),
    hint=Text(
        en="Say when it holds; only the last cell may take all the rest.",
        zh="请写明条件；只有最后一个单元可以接收其余客户。",
    ),
)
KEY_NOT_HERE = Fault(
    "framework-key-not-here",
    what=Text(en="'{key}' means nothing in a framework by {method}.", zh="“{key}”在“{method}”方法中不起作用。"),
    hint=Text(en="Remove it, or choose the method it belongs to.", zh="请删除它，或改用相应的方法。"),
)

_SHARES = frozenset({"customers", "total"})
_STRING = r"'(?:[^']|'')*'"


def problems(definition: FrameworkDefinition) -> tuple[Problem, ...]:
    """Everything that does not fit together in one framework, with file and line.

    Args:
        definition: the framework, as read.
    """
    checks: dict[str, Callable[[FrameworkDefinition], Iterator[Problem]]] = {
        "tiers": _tiers,
        "grid": _grid,
        "scorecard": _scorecard,
        "rules": _rules,
    }
    found = itertools.chain(_axes(definition), _misplaced(definition), checks[definition.method](definition))
    return tuple(found)


def _axes(definition: FrameworkDefinition) -> Iterator[Problem]:
    columns = {axis.column for axis in definition.axes.values()}
    for name, axis in definition.axes.items():
        where = definition.place_of("axes", name)
        if definition.method != "tiers" and not (axis.cuts and len(axis.bands) == len(axis.cuts) + 1):
            counts = {"cuts": len(axis.cuts), "bands": len(axis.bands), "needed": max(len(axis.cuts), 1) + 1}
            yield BANDS_MISCOUNTED.problem(definition.place_of("axes", name, "bands"), axis=name, **counts)
        if not _rising(axis.parsed_cuts):
            yield CUTS_UNORDERED.problem(definition.place_of("axes", name, "cuts"), cuts=", ".join(axis.cuts))
        for key in _doubled([band.key for band in axis.bands]):
            use = Text(en=f"as a band of axis '{name}'", zh=f"维度“{name}”的分段")
            yield NAME_REPEATED.problem(definition.place_of("axes", name, "bands"), name=key, use=use)
        if definition.method == "rules" and name in columns:
            use = Text(en="as an axis and as a column", zh="既是维度名又是列名")
            yield NAME_REPEATED.problem(where, name=name, use=use)


def _rising(cuts: Sequence[Cut]) -> bool:
    """Whether cuts that can be compared without data rise: numbers with numbers, shares with shares of the same."""
    if any(cut.kind in _SHARES and not 0 < cut.value < 1 for cut in cuts):
        return False
    families = {"above": "value"}
    ordered: dict[str, list[float]] = {}
    for cut in cuts:
        ordered.setdefault(families.get(cut.kind, cut.kind), []).append(cut.value)
    return all(low < high for values in ordered.values() for low, high in itertools.pairwise(values))


def _doubled(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _misplaced(definition: FrameworkDefinition) -> Iterator[Problem]:
    """Keys that the method does not read: they would promise something that does not happen."""
    method = definition.method
    if definition.score_cuts and method != "scorecard":
        yield KEY_NOT_HERE.problem(definition.place_of("score_cuts"), key="score_cuts", method=method)
    for index, cell in enumerate(definition.cells):
        if cell.bands is not None and method != "grid":
            yield KEY_NOT_HERE.problem(definition.place_of("cells", index, "bands"), key="bands", method=method)
        if cell.when is not None and method != "rules":
            yield KEY_NOT_HERE.problem(definition.place_of("cells", index, "when"), key="when", method=method)
    for name, axis in definition.axes.items():
        if axis.weight is not None and method != "scorecard":
            yield KEY_NOT_HERE.problem(definition.place_of("axes", name, "weight"), key="weight", method=method)
        if any(band.points is not None for band in axis.bands) and method != "scorecard":
            yield KEY_NOT_HERE.problem(definition.place_of("axes", name, "bands"), key="points", method=method)


def _cells_follow(definition: FrameworkDefinition, cuts: Sequence[str]) -> Iterator[Problem]:
    if len(definition.cells) != len(cuts) + 1 or not cuts:
        counts = {"cuts": len(cuts), "cells": len(definition.cells), "needed": max(len(cuts), 1) + 1}
        yield CELLS_MISCOUNTED.problem(definition.place_of("cells"), **counts)


def _tiers(definition: FrameworkDefinition) -> Iterator[Problem]:
    axes = tuple(definition.axes.values())
    if len(axes) != 1 or axes[0].bands:
        yield BANDS_NOT_HERE.problem(definition.place_of("axes"))
    else:
        yield from _cells_follow(definition, axes[0].cuts)


def _scorecard(definition: FrameworkDefinition) -> Iterator[Problem]:
    yield from _cells_follow(definition, definition.score_cuts)
    if not _rising(definition.parsed_score_cuts):
        yield CUTS_UNORDERED.problem(definition.place_of("score_cuts"), cuts=", ".join(definition.score_cuts))
    if SCORE in definition.axes:
        use = Text(en="as an axis and as the score itself", zh="既是维度名又是总分名")
        yield NAME_REPEATED.problem(definition.place_of("axes", SCORE), name=SCORE, use=use)
    for name, axis in definition.axes.items():
        if axis.weight is None or axis.weight <= 0:
            what = Text(en=f"a weight above 0 for axis '{name}'", zh=f"维度“{name}”大于 0 的权重")
            yield POINTS_MISSING.problem(definition.place_of("axes", name), what=what)
        for band in axis.bands:
            if band.points is None:
                what = Text(
                    en=f"points for band '{band.key}' of axis '{name}'", zh=f"维度“{name}”中分段“{band.key}”的分值"
                )
                yield POINTS_MISSING.problem(definition.place_of("axes", name, "bands"), what=what)


def _grid(definition: FrameworkDefinition) -> Iterator[Problem]:
    for index, cell in enumerate(definition.cells):
        for axis, keys in bands_of(cell).items():
            where = definition.place_of("cells", index, "bands", axis)
            if axis not in definition.axes:
                yield _unknown(cell, Text(en="axis", zh="维度"), axis, list(definition.axes), where=where)
            else:
                yield from _unknown_bands(cell, keys, definition.axes[axis], where)
    names = list(definition.axes)
    for keys in itertools.product(*([band.key for band in axis.bands] for axis in definition.axes.values())):
        chosen = dict(zip(names, keys, strict=True))
        cells = [cell.key for cell in definition.cells if takes(cell, chosen)]
        combination = ", ".join(f"{axis}: {key}" for axis, key in chosen.items())
        if not cells:
            yield GRID_GAP.problem(definition.place_of("cells"), combination=combination)
        if len(cells) > 1:
            yield GRID_DOUBLED.problem(definition.place_of("cells"), combination=combination, cells=", ".join(cells))


def bands_of(cell: Cell) -> dict[str, tuple[str, ...]]:
    """In a grid: the bands that lead to a cell, per axis that it names."""
    given = cell.bands or {}
    return {axis: (keys,) if isinstance(keys, str) else keys for axis, keys in given.items()}


def takes(cell: Cell, bands: dict[str, str]) -> bool:
    """In a grid: whether one combination of bands leads to this cell."""
    return all(bands.get(axis) in keys for axis, keys in bands_of(cell).items())


def _rules(definition: FrameworkDefinition) -> Iterator[Problem]:
    for index, cell in enumerate(definition.cells):
        where = definition.place_of("cells", index, "when")
        if cell.when is None:
            if index < len(definition.cells) - 1:
                yield RULE_MISSING.problem(definition.place_of("cells", index), cell=cell.key)
            continue
        for name, axis in definition.axes.items():
            yield from _unknown_bands(cell, compared_with(name, cell.when), axis, where)


def compared_with(axis: str, condition: str) -> list[str]:
    """The words that a condition compares an axis with: each must be one of its bands, or the rule could never hold."""
    listed = re.findall(rf"\b{axis}\s+(?:not\s+)?in\s*\(([^)]*)\)", condition, re.IGNORECASE)
    single = re.findall(rf"\b{axis}\s*(?:=|<>|!=)\s*({_STRING})", condition)
    words = [word for text in [*listed, *single] for word in re.findall(_STRING, text)]
    return [word[1:-1].replace("''", "'") for word in words]


def _unknown_bands(cell: Cell, keys: Sequence[str], axis: Axis, where: Place) -> Iterator[Problem]:
    known = [band.key for band in axis.bands]
    for key in keys:
        if key not in known:
            yield _unknown(cell, Text(en="band", zh="分段"), key, known, where=where)


def _unknown(cell: Cell, noun: Text, name: str, known: Sequence[str], *, where: Place) -> Problem:
    return NAME_UNKNOWN.problem(where, cell=cell.key, noun=noun, name=name, suggestion=did_you_mean(name, known))

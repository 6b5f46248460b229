"""Whether the cuts, bands and names of a framework's axes fit together."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from worthbook.definitions.framework import Cut, FrameworkDefinition
from worthbook.kernel.errors import Fault, Problem
from worthbook.kernel.language import Text

BANDS_MISCOUNTED = Fault(
    "framework-bands-miscounted",
    what=Text(
        en="Axis '{axis}' has {cuts} cuts and {bands} bands: there must be {needed}, one more than cuts.",
        zh="维度“{axis}”有 {cuts} 个切点、{bands} 个分段：分段数应为 {needed}，比切点多一个。",
    ),
    hint=Text(en="Name a band for every stretch, lowest values first.", zh="请从低到高为每一段命名。"),
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
_SHARES = frozenset({"customers", "total"})


def axes(definition: FrameworkDefinition) -> Iterator[Problem]:
    """What is wrong with the bands, cuts and names of the axes."""
    columns = {axis.column for axis in definition.axes.values()}
    for name, axis in definition.axes.items():
        where = definition.place_of("axes", name)
        if definition.method != "tiers" and not (axis.cuts and len(axis.bands) == len(axis.cuts) + 1):
            counts = {"cuts": len(axis.cuts), "bands": len(axis.bands), "needed": max(len(axis.cuts), 1) + 1}
            yield BANDS_MISCOUNTED.problem(definition.place_of("axes", name, "bands"), axis=name, **counts)
        if not rising(axis.parsed_cuts):
            yield CUTS_UNORDERED.problem(definition.place_of("axes", name, "cuts"), cuts=", ".join(axis.cuts))
        for key in doubled([band.key for band in axis.bands]):
            use = Text(en=f"as a band of axis '{name}'", zh=f"维度“{name}”的分段")
            yield NAME_REPEATED.problem(definition.place_of("axes", name, "bands"), name=key, use=use)
        if definition.method in {"rules", "ladder"} and name in columns:
            use = Text(en="as an axis and as a column", zh="既是维度名又是列名")
            yield NAME_REPEATED.problem(where, name=name, use=use)


def rising(cuts: Sequence[Cut]) -> bool:
    """Whether cuts that can be compared without data rise: numbers with numbers, shares with shares of the same."""
    if any(cut.kind in _SHARES and not 0 < cut.value < 1 for cut in cuts):
        return False
    families = {"above": "value"}
    ordered: dict[str, list[float]] = {}
    for cut in cuts:
        ordered.setdefault(families.get(cut.kind, cut.kind), []).append(cut.value)
    return all(low < high for values in ordered.values() for low, high in itertools.pairwise(values))


def doubled(names: Sequence[str]) -> list[str]:
    """The names that stand there more than once."""
    return sorted({name for name in names if names.count(name) > 1})


def cells_follow(definition: FrameworkDefinition, cuts: Sequence[str]) -> Iterator[Problem]:
    """Whether there is one cell more than cuts."""
    if len(definition.cells) != len(cuts) + 1 or not cuts:
        counts = {"cuts": len(cuts), "cells": len(definition.cells), "needed": max(len(cuts), 1) + 1}
        yield CELLS_MISCOUNTED.problem(definition.place_of("cells"), **counts)

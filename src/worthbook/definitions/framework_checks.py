"""Whether the axes, bands and cells of one framework fit together; other definitions are not looked at here."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from worthbook.definitions import axis_checks, scorecard_checks
from worthbook.definitions.axis_checks import cells_follow
from worthbook.definitions.framework import Axis, Cell, FrameworkDefinition
from worthbook.kernel.errors import Fault, Place, Problem, did_you_mean
from worthbook.kernel.language import Text

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
RUNGS_FEW = Fault(
    "ladder-rungs-few",
    what=Text(en="A ladder needs at least two rungs.", zh="阶梯至少需要两级。"),
    hint=Text(en="List the rungs lowest first.", zh="请从低到高列出各级。"),
)
RUNG_FIRST = Fault(
    "ladder-first-rung",
    what=Text(en="The first rung '{cell}' has a 'when'.", zh="最低一级“{cell}”带有“when”条件。"),
    hint=Text(
        en="The first rung takes those who reach no other: remove its 'when', or put a rung below it.",
        zh="最低一级接收未达到其他各级的客户：请删除其“when”，或在其下另设一级。",
    ),
)
RUNG_MISSING = Fault(
    "ladder-rung-without-when",
    what=Text(en="Rung '{cell}' does not say who reaches it.", zh="“{cell}”一级没有写明达到条件。"),
    hint=Text(en="Write 'when: …'; only the first rung does without.", zh="请写明“when: …”；只有最低一级可以省略。"),
)
AXES_NONE = Fault(
    "framework-axes-none",
    what=Text(en="A framework by {method} needs at least one axis.", zh="“{method}”方法至少需要一个维度。"),
    hint=Text(en="Say under 'axes' which columns are cut into bands.", zh="请在“axes”下写明对哪些列进行分段。"),
)
KEY_NOT_HERE = Fault(
    "framework-key-not-here",
    what=Text(en="'{key}' means nothing in a framework by {method}.", zh="“{key}”在“{method}”方法中不起作用。"),
    hint=Text(en="Remove it, or choose the method it belongs to.", zh="请删除它，或改用相应的方法。"),
)

_SCORED = frozenset({"scorecard"})
_WITH_CONDITIONS = frozenset({"rules", "ladder"})
_STRING = r"'(?:[^']|'')*'"


def problems(definition: FrameworkDefinition) -> tuple[Problem, ...]:
    """Everything that does not fit together in one framework, with file and line.

    Args:
        definition: the framework, as read.
    """
    if not definition.axes and definition.method in {"grid", "scorecard"}:
        return (AXES_NONE.problem(definition.place_of("axes"), method=definition.method),)
    checks: dict[str, Callable[[FrameworkDefinition], Iterator[Problem]]] = {
        "tiers": _tiers,
        "grid": _grid,
        "scorecard": scorecard_checks.scorecard,
        "rules": _rules,
        "ladder": _ladder,
    }
    found = itertools.chain(axis_checks.axes(definition), _misplaced(definition), checks[definition.method](definition))
    return tuple(found)


def _misplaced(definition: FrameworkDefinition) -> Iterator[Problem]:
    """Keys that the method does not read: they would promise something that does not happen."""
    method = definition.method
    given: list[tuple[tuple[str | int, ...], frozenset[str], bool]] = [
        (("score_cuts",), _SCORED, bool(definition.score_cuts)),
        (("groups",), _SCORED, bool(definition.groups)),
        (("weights",), _SCORED, definition.weights is not None),
    ]
    for index, cell in enumerate(definition.cells):
        given.append((("cells", index, "bands"), frozenset({"grid"}), cell.bands is not None))
        given.append((("cells", index, "when"), _WITH_CONDITIONS, cell.when is not None))
    for name, axis in definition.axes.items():
        given += [(("axes", name, key), _SCORED, getattr(axis, key) is not None) for key in ("weight", "group")]
        given.append((("axes", name, "bands"), _SCORED, any(band.points is not None for band in axis.bands)))
    for path, methods, is_there in given:
        if is_there and method not in methods:
            key = "points" if path[0] == "axes" and path[-1] == "bands" else str(path[-1])
            yield KEY_NOT_HERE.problem(definition.place_of(*path), key=key, method=method)


def _tiers(definition: FrameworkDefinition) -> Iterator[Problem]:
    axes = tuple(definition.axes.values())
    if len(axes) != 1 or axes[0].bands:
        yield BANDS_NOT_HERE.problem(definition.place_of("axes"))
    else:
        yield from cells_follow(definition, axes[0].cuts)


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
        yield from _unknown_bands_compared(definition, cell, where)


def _ladder(definition: FrameworkDefinition) -> Iterator[Problem]:
    if len(definition.cells) < 2:  # noqa: PLR2004
        yield RUNGS_FEW.problem(definition.place_of("cells"))
    for index, cell in enumerate(definition.cells):
        if index == 0 and cell.when is not None:
            yield RUNG_FIRST.problem(definition.place_of("cells", index, "when"), cell=cell.key)
        elif index and cell.when is None:
            yield RUNG_MISSING.problem(definition.place_of("cells", index), cell=cell.key)
        elif cell.when is not None:
            yield from _unknown_bands_compared(definition, cell, definition.place_of("cells", index, "when"))


def _unknown_bands_compared(definition: FrameworkDefinition, cell: Cell, where: Place) -> Iterator[Problem]:
    for name, axis in definition.axes.items():
        yield from _unknown_bands(cell, compared_with(name, cell.when or ""), axis, where)


def compared_with(axis: str, condition: str) -> list[str]:
    """The words that a condition compares an axis with: each must be one of its bands, or the rule could never hold."""
    if axis.lower() not in condition.lower():  # sought in every condition for every column: seldom there
        return []
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

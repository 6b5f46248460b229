"""What can be read off a solution, number by number, each with a label: what bootstraps and permutations repeat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.perception.structural import graph, quality
from worthbook.models.perception.structural.model import TIMES
from worthbook.models.perception.structural.plan import Plan
from worthbook.models.perception.structural.scale import Hundred
from worthbook.models.perception.structural.solution import Solution

ARROW = " -> "
BESIDE = " ~ "


@dataclass(frozen=True)
class Quantity:
    """A kind of number: its labels, and its values (B, labels) in a solution."""

    labels: Callable[[Solution], tuple[str, ...]]
    values: Callable[[Solution], FloatArray]


def _deviation(found: Solution, interaction: int) -> FloatArray:
    """(B,) of a product of scores."""
    assert found.moderation is not None  # noqa: S101 - asked only of solutions with interactions
    deviation: FloatArray = found.moderation.deviations[interaction - found.plan.k]
    return deviation


def _paths(found: Solution) -> tuple[str, ...]:
    names = found.structure.constructs
    return tuple(ARROW.join((names[i], names[j])) for i, j in found.structure.paths)


def _arrows(plan: Plan) -> list[tuple[str, str]]:
    return [(plan.constructs[i], plan.constructs[j]) for i, j in plan.paths]


def _reaches(found: Solution) -> list[tuple[int, int]]:
    """The pairs of constructs that some route joins."""
    plan = found.plan
    reach = np.zeros((plan.k, plan.k), dtype=np.bool_)
    for j in plan.order:
        for i in plan.drivers[j]:
            reach[:, j] |= reach[:, i]
            reach[i, j] = True
    return list(zip(*(side.tolist() for side in np.nonzero(reach)), strict=True))


def _effects(found: Solution) -> tuple[str, ...]:
    names = found.plan.constructs
    return tuple(ARROW.join((names[i], names[j])) for i, j in _reaches(found))


def _indirect(found: Solution) -> list[tuple[int, int]]:
    """The pairs that a route joins which passes by another construct."""
    plan, arrows = found.plan, _arrows(found.plan)
    names = plan.constructs
    return [
        (i, j)
        for i, j in _reaches(found)
        if any(len(route) > 2 for route in graph.routes(names[i], names[j], arrows))  # noqa: PLR2004 - not direct
    ]


def _routes(found: Solution) -> list[tuple[int, ...]]:
    """Every route of two arrows or more."""
    plan, arrows = found.plan, _arrows(found.plan)
    names = plan.constructs
    return [
        tuple(names.index(name) for name in route)
        for i, j in _reaches(found)
        for route in graph.routes(names[i], names[j], arrows)
        if len(route) > 2  # noqa: PLR2004 - not direct
    ]


def _along(found: Solution, route: tuple[int, ...]) -> FloatArray:
    steps = [found.B[i, j] for i, j in pairwise(route)]
    product: FloatArray = np.prod(steps, axis=0)
    return product


def _pairs(found: Solution) -> list[tuple[int, int]]:
    return list(combinations(range(found.plan.k), 2))


def _at(square: FloatArray, pairs: list[tuple[int, int]]) -> FloatArray:
    """(B, pairs) from (k, k, B)."""
    rows, columns = (list(side) for side in zip(*pairs, strict=True)) if pairs else ([], [])
    return square[rows, columns].T


def _constructs(found: Solution) -> tuple[str, ...]:
    return found.plan.constructs


def _items(found: Solution) -> tuple[str, ...]:
    names = found.plan.constructs
    return tuple(f"{names[j]}: {item}" for item, j in zip(found.plan.items, found.plan.block, strict=True))


def _beside(found: Solution) -> tuple[str, ...]:
    names = found.plan.constructs
    return tuple(BESIDE.join((names[i], names[j])) for i, j in _pairs(found))


def _endogenous(found: Solution) -> tuple[str, ...]:
    return tuple(found.plan.constructs[j] for j in sorted(found.plan.endogenous))


QUANTITIES: Mapping[str, Quantity] = {
    "path": Quantity(_paths, lambda found: _at(found.B, list(found.structure.paths))),
    "r2": Quantity(_endogenous, lambda found: found.r2[sorted(found.plan.endogenous)].T),
    "total": Quantity(_effects, lambda found: _at(found.total, _reaches(found))),
    "indirect": Quantity(
        lambda found: tuple(ARROW.join(found.plan.constructs[step] for step in pair) for pair in _indirect(found)),
        lambda found: _at(found.total - found.B, _indirect(found)),
    ),
    "route": Quantity(
        lambda found: tuple(ARROW.join(found.plan.constructs[step] for step in route) for route in _routes(found)),
        lambda found: np.stack([_along(found, route) for route in _routes(found)], axis=1),
    ),
    "moderation": Quantity(
        lambda found: tuple(label for label in _paths(found) if TIMES in label),
        lambda found: np.stack(
            [found.B[i, j] / _deviation(found, i) for i, j in found.structure.paths if i >= found.plan.k], axis=1
        ),
    ),
    "weight": Quantity(_items, lambda found: found.w),
    "loading": Quantity(_items, lambda found: found.loadings),
    "alpha": Quantity(_constructs, quality.alpha),
    "rho_a": Quantity(_constructs, lambda found: found.rho_a),
    "rho_c": Quantity(_constructs, quality.rho_c),
    "ave": Quantity(_constructs, quality.ave),
    "htmt": Quantity(_beside, lambda found: _at(quality.htmt(found, absolute=True), _pairs(found))),
    "htmt_signed": Quantity(_beside, lambda found: _at(quality.htmt(found, absolute=False), _pairs(found))),
    "index": Quantity(_constructs, lambda found: Hundred(found).index),
    "impact": Quantity(_effects, lambda found: _at(Hundred(found).impact, _reaches(found))),
    "direct_impact": Quantity(
        lambda found: tuple(ARROW.join(pair) for pair in _arrows(found.plan)),
        lambda found: _at(Hundred(found).direct, list(found.plan.paths)),
    ),
}
"""By name. `index`, `impact` and `direct_impact` need items with scales; an HTMT says which form it is; `moderation` is
by how much a path rises with one standard deviation of the moderator."""

ON_SCALES = frozenset({"index", "impact", "direct_impact"})


def of_solution(found: Solution) -> tuple[str, ...]:
    """The names of the quantities that a solution has."""
    absent = set() if found.bounds is not None else set(ON_SCALES)
    absent |= set() if _routes(found) else {"route", "indirect"}
    absent |= set() if found.moderation is not None else {"moderation"}
    return tuple(name for name in QUANTITIES if name not in absent)

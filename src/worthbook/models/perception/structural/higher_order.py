"""Constructs that are measured by constructs (Becker, Klein and Wetzels 2012; Sarstedt et al. 2019).

Two stages: the lower constructs take the place of the higher in the paths; then their scores are its items. The other
constructs keep their items. Repeated indicators: the higher construct has all items of the lower, and one path to
each of them (mode A) or from each of them (mode B); with mode B the lower constructs account for it wholly, so that
nothing else can: paths to it are then near zero by construction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from worthbook.kernel.errors import Fault, Problem, raise_all
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray, IntArray
from worthbook.models.perception.moments import Moments
from worthbook.models.perception.structural import graph
from worthbook.models.perception.structural.model import Construct, Path, StructuralModel
from worthbook.models.perception.structural.plan import Plan
from worthbook.models.perception.structural.scale import Hundred
from worthbook.models.perception.structural.solution import Solution
from worthbook.models.perception.structural.weighting import between

HigherOrder = Literal["two_stage", "repeated"]

LOWER_WITH_PATH = Fault(
    "lower-construct-with-path",
    what=Text(
        en="'{lower}' measures '{higher}' and has a path of its own.",
        zh="“{lower}”是高阶构念“{higher}”的维度，却另有路径。",
    ),
    hint=Text(en="Draw the path from or to '{higher}'.", zh="请把路径连到“{higher}”。"),
)
THIRD_ORDER = Fault(
    "structure-of-third-order",
    what=Text(
        en="'{higher}' is measured by '{lower}', which is itself measured by constructs.",
        zh="“{higher}”由“{lower}”测量，而后者本身也由潜变量测量。",
    ),
    hint=Text(
        en="Two orders are estimated; measure '{higher}' by constructs that have items.",
        zh="目前支持两阶；请让“{higher}”由带题项的潜变量测量。",
    ),
)


def refuse_deeper(model: StructuralModel) -> None:
    """Raise if a model has more than two orders, or a path of a lower construct."""
    raise_all(_problems(model))


def _problems(model: StructuralModel) -> Iterator[Problem]:
    touched = {name for path in model.paths for name in (path.source, path.target)}
    higher = {construct.name for construct in model.higher}
    for construct in model.higher:
        for lower in construct.items:
            if lower in higher:
                yield THIRD_ORDER.problem(higher=construct.name, lower=lower)
            elif lower in touched:
                yield LOWER_WITH_PATH.problem(higher=construct.name, lower=lower)


def lower_plan(model: StructuralModel) -> Plan:
    """The first stage: lower constructs in the places of the higher ones."""
    parts = {construct.name: construct.items for construct in model.higher}
    paths = [
        Path(source, target)
        for path in model.main_paths
        for source in parts.get(path.source, (path.source,))
        for target in parts.get(path.target, (path.target,))
    ]
    constructs = tuple(construct for construct in model.constructs if construct.name not in parts)
    return Plan.of(StructuralModel(constructs, tuple(paths)))


def upper_plan(model: StructuralModel) -> Plan:
    """The second stage: the higher constructs, whose items are the lower ones; the others keep theirs."""
    lower = {name for construct in model.higher for name in construct.items}
    return _plan([construct for construct in model.constructs if construct.name not in lower], model.main_paths)


def repeated_plan(model: StructuralModel) -> tuple[Plan, IntArray]:
    """The plan with repeated items, and for each item its place among the items of the model."""
    parts = {construct.name: construct for construct in model.higher}
    items = {construct.name: construct.items for construct in model.constructs}
    constructs = [
        replace(each, items=tuple(item for lower in each.items for item in items[lower]))
        if each.name in parts
        else each
        for each in model.constructs
    ]
    measured = [
        Path(higher.name, lower) if higher.mode == "A" else Path(lower, higher.name)
        for higher in parts.values()
        for lower in higher.items
    ]
    plan = _plan(constructs, [*model.main_paths, *measured])
    return plan, np.array([model.items.index(item) for item in plan.items])


def lift(lower: Solution, upper: Plan) -> tuple[Moments, FloatArray | None]:
    """The moments and bounds of the items of the second stage; scores of lower constructs stand on 0 to 100."""
    below, moments = lower.plan, lower.moments
    scores = [place for place, item in enumerate(upper.items) if item not in below.items]
    items = [place for place, item in enumerate(upper.items) if item in below.items]
    of_scores = [below.constructs.index(upper.items[place]) for place in scores]
    of_items = [below.items.index(upper.items[place]) for place in items]
    ways, p = lower.ways, upper.p
    S = np.empty((ways, p, p))
    S[:, np.array(items)[:, None], items] = moments.S[:, np.array(of_items)[:, None], of_items]
    mixed = lower.weighting.cov[:, np.array(of_items)[:, None], of_scores]
    S[:, np.array(items)[:, None], scores] = mixed
    S[:, np.array(scores)[:, None], items] = mixed.transpose(0, 2, 1)
    R = between(lower.w, lower.weighting.cov, below)
    S[:, np.array(scores)[:, None], scores] = R[np.ix_(of_scores, of_scores)].transpose(2, 0, 1)
    means, variances = np.zeros((ways, p)), np.ones((ways, p))
    means[:, items], variances[:, items] = moments.means[:, of_items], moments.variances[:, of_items]
    bounds = None
    if lower.bounds is not None:
        hundred = Hundred(lower)
        means[:, scores] = hundred.index[:, of_scores]
        variances[:, scores] = (100 / hundred.ranges[:, of_scores]) ** 2
        bounds = np.zeros((2, p))
        bounds[1] = 100.0
        bounds[:, items] = lower.bounds[:, of_items]
    return Moments(means, variances, S, moments.n), bounds


def _plan(constructs: Sequence[Construct], paths: Sequence[Path]) -> Plan:
    """A plan of constructs whose items are not checked again: they may be constructs, or stand twice."""
    names = tuple(construct.name for construct in constructs)
    arrows = [(path.source, path.target) for path in paths]
    return Plan(
        constructs=names,
        items=tuple(item for construct in constructs for item in construct.items),
        block=np.repeat(np.arange(len(names)), [len(construct.items) for construct in constructs]),
        formative=tuple(j for j, each in enumerate(constructs) if each.mode == "B" and len(each.items) > 1),
        drivers=tuple(tuple(sorted(names.index(s) for s, t in arrows if t == name)) for name in names),
        order=tuple(names.index(name) for name in graph.causes_first(names, arrows)),
    )

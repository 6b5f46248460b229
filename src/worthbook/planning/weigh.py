"""How much the axes of a scorecard count in this population: as stated, as judged, or as found in the customers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from worthbook.data.combinations import CUSTOMERS, MEAN, combinations
from worthbook.definitions.framework import FrameworkDefinition, Level
from worthbook.definitions.weighing import Weighing
from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.language import Text
from worthbook.models.perception.importance import importance
from worthbook.models.weights import (
    Tree,
    Weights,
    combine_linear,
    combine_product,
    constant_sum,
    critic,
    direct,
    entropy,
    equal,
)
from worthbook.planning.judged import judged
from worthbook.scoring.bands import Thresholds
from worthbook.scoring.points import points_formulas
from worthbook.scoring.weighting import Weighting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from worthbook.models.base import FloatArray
    from worthbook.planning.run import Workbench

_NOT_FOUND = Text(
    en="The weights could not be found in the customers and count alike: {reason}",
    zh="无法由客户数据求得权重，暂按等权处理：{reason}",
)
_NOBODY = Text(
    en="Nobody's {name} is known, so that it got no weight; should it become known, the weights are found anew.",
    zh="没有任何客户的“{name}”数据，因此不赋权；获得数据后将重新计算权重。",
)


@dataclass(frozen=True)
class Scored:
    """The customers of a scorecard by their points: one row for each combination that there is."""

    names: tuple[str, ...]
    """Axes, group by group."""
    points: FloatArray
    """Shape (rows, axes); NaN where unknown."""
    customers: FloatArray
    """Shape (rows,)."""
    outcome: FloatArray | None = None
    """Shape (rows,): the mean of the column that weights are to explain, where one was asked for."""


Points = Callable[[str | None], Scored]
"""The customers by their points, with the mean of a column where one is named."""


def scored(
    bench: Workbench,
    framework: FrameworkDefinition,
    thresholds: Mapping[str, Thresholds],
    outcome: str | None = None,
) -> Scored:
    """Group the customers by their points."""
    names = order_of(framework)
    formulas = points_formulas(framework, thresholds)
    asked = {f"axis {place}": formulas[name] for place, name in enumerate(names)}
    reads = [*(framework.axes[name].column for name in names), *([outcome] if outcome else [])]
    found = combinations(bench.engine, bench.sheets_of(reads), asked, bench.plan.as_of, outcome)
    points = np.column_stack([found[name] for name in asked])
    return Scored(names, points, found[CUSTOMERS], found[MEAN] if outcome else None)


def order_of(framework: FrameworkDefinition) -> tuple[str, ...]:
    """The axes, group by group."""
    if not framework.groups:
        return tuple(framework.axes)
    return tuple(name for level in framework.levels[1:] for name in level.names)


def weigh(bench: Workbench, framework: FrameworkDefinition, thresholds: Mapping[str, Thresholds]) -> Tree:
    """The weights of a scorecard in this population; found once.

    Args:
        bench: what columns are made with; those that the axes cut are made.
        framework: the scorecard.
        thresholds: axis → where its upper bands begin.
    """
    if framework.name not in bench.trees:
        bench.trees[framework.name] = _weigh(framework, lambda outcome: scored(bench, framework, thresholds, outcome))
    return bench.trees[framework.name]


def agreed(framework: FrameworkDefinition, level: Level) -> Weights | None:
    """The weights of one level where they do not depend on customers: stated, or worked out from what people said."""
    parts = framework.groups if framework.groups and level.group is None else framework.axes
    stated = {name: parts[name].weight or 0.0 for name in level.names}
    if level.weighing is None:
        return direct(stated)
    if level.weighing.reads_customers:
        return None
    return _made(level.weighing, lambda part: _agreed(part, level.names, stated))


def weighting_of(framework: FrameworkDefinition, tree: Tree) -> Weighting:
    """The same for formulas; weights that are stated stay as they are stated."""
    stated = Weighting.stated(framework)
    found: dict[str, float] = {}
    for level in framework.levels:
        if level.weighing is not None:
            weights = tree.top if level.group is None and framework.groups else tree.within[level.group or ""]
            found |= weights.as_mapping()
    return Weighting(
        {name: found.get(name, weight) for name, weight in stated.axes.items()},
        {name: found.get(name, weight) for name, weight in stated.groups.items()},
    )


def _weigh(framework: FrameworkDefinition, score: Points) -> Tree:
    top, *groups = framework.levels
    if not framework.groups:
        return Tree.flat(_level(framework, top, score, None))
    within = {level.group or "": _level(framework, level, score, None) for level in groups}
    return Tree(_level(framework, top, score, within), within)


def _level(
    framework: FrameworkDefinition,
    level: Level,
    score: Points,
    within: Mapping[str, Weights] | None,
) -> Weights:
    """The weights of one level; `within` are those of the groups below it, where it weighs groups."""
    parts = framework.groups if within is not None else framework.axes
    stated = {name: parts[name].weight or 0.0 for name in level.names}
    if level.weighing is None:
        return direct(stated)

    def points(outcome: str | None) -> Scored:
        found = score(outcome)
        if within is not None:
            return _of_groups(found, within)
        chosen = [found.names.index(name) for name in level.names]
        return replace(found, names=level.names, points=found.points[:, chosen])

    def found(part: Weighing) -> Weights:
        if part.reads_customers:
            return _in_customers(part, points(part.target))
        return _agreed(part, level.names, stated)

    return _made(level.weighing, found)


def _made(weighing: Weighing, found: Callable[[Weighing], Weights]) -> Weights:
    """Weights by a method, or by two combined."""
    made = [found(part) for part in weighing.parts]
    if weighing.method != "combined":
        return made[0]
    return combine_product(*made) if weighing.by == "product" else combine_linear(made[0], made[1])


def _agreed(weighing: Weighing, names: Sequence[str], stated: Mapping[str, float]) -> Weights:
    """Weights that people gave, or that nobody needs to give."""
    match weighing.method:
        case "equal":
            return equal(names)
        case "constant_sum":
            table = [[answer[name] for name in names] for answer in weighing.answers.values()]
            return constant_sum(names, np.array(table), total=weighing.total)
        case "ahp":
            return judged(weighing, names)
        case _:
            return direct(stated)


def _in_customers(weighing: Weighing, scored: Scored) -> Weights:
    """Weights that the customers suggest; alike, with the reason, where they suggest none."""
    seen = [place for place, column in enumerate(scored.points.T) if not np.isnan(column).all()]
    names = [scored.names[place] for place in seen]
    whole = ~np.isnan(scored.points[:, seen]).any(axis=1)
    points, customers = scored.points[whole][:, seen], scored.customers[whole]
    try:
        if weighing.method == "entropy":
            below = bool((points < 0).any())
            found = entropy(names, points, normalisation="minmax" if below else "sum", customers=customers)
        elif weighing.method == "critic":
            found = critic(names, points, customers=customers)
        else:
            outcome = np.zeros(0) if scored.outcome is None else scored.outcome[whole]
            found = importance(names, points, outcome, customers)
    except WorthbookError as error:
        return replace(equal(scored.names), notes=(_NOT_FOUND.format(reason=error.problems[0].what),))
    values = np.zeros(len(scored.names))
    values[seen] = found.values
    unseen = tuple(_NOBODY.format(name=name) for name in scored.names if name not in names)
    facts = {**found.facts, "customers": float(customers.sum())}
    return Weights.normalised(scored.names, values, found.method, facts, (*found.notes, *unseen))


def _of_groups(scored: Scored, within: Mapping[str, Weights]) -> Scored:
    """The scores of the groups in place of the points of the axes."""
    columns = []
    for weights in within.values():
        places = [scored.names.index(name) for name in weights.names]
        points = scored.points[:, places]
        shares = Tree.flat(weights).shares(~np.isnan(points))
        known = (shares > 0).any(axis=1)
        columns.append(np.where(known, (shares * np.nan_to_num(points)).sum(axis=1), np.nan))
    return replace(scored, names=tuple(within), points=np.column_stack(columns))

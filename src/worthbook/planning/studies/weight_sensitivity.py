"""How far the grades of a scorecard hang on its weights (A33)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value, show
from worthbook.planning.moved_weights import MovedWeights
from worthbook.planning.studies.context import Made, Method, StudyContext, column, table

ALONE = Text(en="Customers who change grade when one weight moves alone", zh="仅某一项权重变动时改变等级的客户占比")
GRADES = Text(en="How sure each grade is", zh="各等级的稳固程度")
SURE = 0.95
"""From this probability on a customer's grade counts as sure."""

SETTLE = Text(
    en="Settle the weight of {weight} first: {spread} less of it alone moves {less} of customers, {spread} more moves "
    "{more}.",
    zh="应首先确定“{weight}”的权重：仅将其减少{spread}，就有{less}的客户改变等级；增加{spread}则为{more}。",
)
_WITHIN = Text(en="{axis} (in {group})", zh="{axis}（{group}）")


def make_weight_sensitivity(definition: StudyDefinition, context: StudyContext) -> Made:  # noqa: ARG001 - no inputs
    """Who changes grade, on average and weight by weight; grade by grade how sure it is."""
    moved = context.moved_weights
    if moved is None:
        return Made((), {}, ())
    kept, people = _kept(moved)
    graded = float(people.sum())
    if graded <= 0:
        return Made((), {"customers": 0}, (moved.framework.name,))
    first = max(moved.found.alone, key=lambda name: (max(moved.found.alone[name]), name))
    less, more = moved.found.alone[first]
    facts: Mapping[str, Value] = {
        "customers": int(graded),
        "draws": moved.found.draws,
        "spread": moved.found.spread,
        "moved": moved.found.moved,
        "moved_low": moved.found.moved_low,
        "moved_high": moved.found.moved_high,
        "moved_customers": round(moved.found.moved * graded),
        "sure": float(people[kept >= SURE].sum() / graded),
        "axis": first,
        "axis_less": less,
        "axis_more": more,
        "alone_most": max(less, more),
    }
    said = (Finding(_settle(moved, first)),) if max(less, more) > 0 else ()
    return Made((_alone(moved), _grades(moved, kept, people)), facts, (moved.framework.name,), said)


def _settle(moved: MovedWeights, name: str) -> Text:
    """The weight to agree on first."""
    spread, less, more = (
        Text(en=show(each, Unit.SHARE, "en"), zh=show(each, Unit.SHARE, "zh"))
        for each in (moved.found.spread, *moved.found.alone[name])
    )
    return SETTLE.format(weight=_title(moved, name), spread=spread, less=less, more=more)


def _kept(moved: MovedWeights) -> tuple[np.ndarray, np.ndarray]:
    """For each row how probable it is to keep its grade, and how many customers with a grade it stands for."""
    graded = ~np.isnan(moved.found.p_moved)
    return np.where(graded, 1 - moved.found.p_moved, 0.0), moved.customers.customers * graded


def _title(moved: MovedWeights, name: str) -> Text:
    framework = moved.framework
    if name in framework.groups:
        return framework.groups[name].title
    axis = framework.axes[name]
    return (
        axis.title if axis.group is None else _WITHIN.format(axis=axis.title, group=framework.groups[axis.group].title)
    )


def _alone(moved: MovedWeights) -> Table:
    """One line a weight, the one that moves most customers first; one without others at its level cannot move."""
    shares = {
        **(moved.tree.top.as_mapping() if moved.framework.groups else {}),
        **{name: share for each in moved.tree.within.values() for name, share in each.as_mapping().items()},
    }
    free = [name for name in moved.found.alone if shares[name] < 1]
    order = sorted(free, key=lambda name: -max(moved.found.alone[name]))
    rows: list[Sequence[Value | Text]] = [
        (_title(moved, name), shares[name], *moved.found.alone[name]) for name in order
    ]
    columns = (
        column("weight", Unit.TEXT, "Weight", "权重项"),
        column("share", Unit.SHARE, "Share of its level", "在本层中的占比"),
        column("less", Unit.SHARE, "Less of it", "权重减少"),
        column("more", Unit.SHARE, "More of it", "权重增加"),
    )
    return table("alone", ALONE, columns, rows)


def _grades(moved: MovedWeights, kept: np.ndarray, people: np.ndarray) -> Table:
    """One line a grade, best first: its customers, and how often they would be in it, above or below."""
    p_grade = np.nan_to_num(moved.found.p_grade)
    rows: list[Sequence[Value | Text]] = []
    for place, cell in reversed(list(enumerate(moved.framework.cells))):
        here = people * (moved.found.grade == place)
        count = float(here.sum())
        chance = here @ p_grade / count if count else np.full(p_grade.shape[1], np.nan)
        sure = float(here[kept >= SURE].sum() / count) if count else None
        parts = (chance[place], chance[place + 1 :].sum(), chance[:place].sum())
        rows.append((cell.title, int(count), *(float(each) if count else None for each in parts), sure))
    columns = (
        column("grade", Unit.TEXT, "Grade", "等级"),
        column("customers", Unit.COUNT, "Customers", "客户数"),
        column("stays", Unit.SHARE, "Stay", "保持"),
        column("up", Unit.SHARE, "Would be higher", "升级"),
        column("down", Unit.SHARE, "Would be lower", "降级"),
        column("sure", Unit.SHARE, "Sure of the grade", "等级稳固的客户占比"),
    )
    return table("grades", GRADES, columns, rows)


WEIGHT_SENSITIVITY = Method(
    make=make_weight_sensitivity,
    maker="weight sensitivity 1",
    roles=frozenset(),
    tables={
        "alone": frozenset({"weight", "share", "less", "more"}),
        "grades": frozenset({"grade", "customers", "stays", "up", "down", "sure"}),
    },
    facts=frozenset(
        {
            *("customers", "draws", "spread", "moved", "moved_low", "moved_high", "moved_customers", "sure"),
            *("axis", "axis_less", "axis_more", "alone_most"),
        }
    ),
)

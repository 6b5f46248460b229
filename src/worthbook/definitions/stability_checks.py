"""Whether a framework can remember: its cells need an order, its margin a column that is cut."""

from __future__ import annotations

from collections.abc import Iterator

from worthbook.definitions.axis_checks import NAME_REPEATED
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.kernel.errors import Fault, Problem
from worthbook.kernel.language import Text

NOT_ORDERED = Fault(
    "stability-without-order",
    what=Text(
        en="A framework by {method} has no higher and lower cells, so that nobody can fall or rise in it.",
        zh="“{method}”方法的各单元没有高低之分，不存在升级和降级。",
    ),
    hint=Text(
        en="Remove 'stability', or choose 'tiers', 'scorecard' or 'ladder'.",
        zh="请删除“stability”，或改用“tiers”“scorecard”“ladder”。",
    ),
)
NO_MARGIN = Fault(
    "stability-margin-not-here",
    what=Text(
        en="The rungs of a ladder are decided by conditions, which have no limit to lie below.",
        zh="“ladder”的各级由条件判定，没有可以设容差的界限。",
    ),
    hint=Text(en="Remove 'margin'; 'minimum_stay' holds here too.", zh="请删除“margin”；“minimum_stay”在此同样有效。"),
)


NO_SPREAD = Fault(
    "spread-not-here",
    what=Text(
        en="A spread gives tiers their probabilities; in a framework by {method} it does nothing.",
        zh="“spread”用于计算“tiers”各级的概率，在“{method}”方法中不起作用。",
    ),
    hint=Text(en="Remove it.", zh="请删除它。"),
)


def problems(definition: FrameworkDefinition) -> Iterator[Problem]:
    """What does not fit between a framework and what goes before its axes, with file and line."""
    beside = {"computed": definition.computed != definition.name}
    stability = definition.stability
    if stability is not None:
        beside |= dict.fromkeys(("kept_to", "since", "held"), True)
        if not definition.is_ranked:
            yield NOT_ORDERED.problem(definition.place_of("stability"), method=definition.method)
        elif definition.method not in {"tiers", "scorecard"} and stability.lowered(1.0) != 1.0:
            yield NO_MARGIN.problem(definition.place_of("stability", "margin"))
    for name, axis in definition.axes.items():
        if axis.spread is not None and definition.method != "tiers":
            yield NO_SPREAD.problem(definition.place_of("axes", name, "spread"), method=definition.method)
        if beside.get(name):
            use = Text(en="as an axis and for what is kept beside the cells", zh="既是维度名又是系统保留列名")
            yield NAME_REPEATED.problem(definition.place_of("axes", name), name=name, use=use)

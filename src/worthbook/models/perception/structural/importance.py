"""Importance and performance (IPMA, Ringle and Sarstedt 2016): what matters for a construct, and how well it is done.

Importance is the unstandardised total effect on the target: how many points of 100 the target gains with one point
more of the driver. Performance is the driver's index from 0 to 100, by the theoretical bounds of its items.
"""

from __future__ import annotations

from dataclasses import dataclass

from worthbook.kernel.errors import Fault, did_you_mean
from worthbook.kernel.language import Text
from worthbook.models.perception.structural.pls import PLSFit

SCALES_MISSING = Fault(
    "items-without-scale",
    what=Text(en="The items {items} have no scale.", zh="题项 {items} 没有给定量表范围。"),
    hint=Text(
        en="Say the least and the highest possible answer, as in 1-10; an index from 0 to 100 needs them.",
        zh="请给出可能的最低与最高答案（如 1-10）；0–100 指数需要量表范围。",
    ),
)
TARGET_UNKNOWN = Fault(
    "target-unknown",
    what=Text(en="'{target}' is no construct that others drive.", zh="“{target}”不是受其他潜变量影响的潜变量。"),
    hint=Text(en="{near}", zh="{near}"),
)


@dataclass(frozen=True)
class Place:
    """Where a construct, or one of its items, stands on the map."""

    construct: str
    item: str | None
    importance: float
    performance: float


def importance_performance(fit: PLSFit, target: str) -> tuple[Place, ...]:
    """Every construct that drives the target, by any route, followed by its items.

    Raises:
        WorthbookError: `items-without-scale`, `target-unknown`.
    """
    plan = fit.solution.plan
    if fit.hundred is None:
        raise SCALES_MISSING(items=", ".join(item for item in fit.model.items if item not in fit.bounds))
    driven = [plan.constructs[j] for j in plan.endogenous]
    if target not in driven:
        raise TARGET_UNKNOWN(target=target, near=did_you_mean(target, driven))
    impact = fit.hundred.impact[:, plan.constructs.index(target), 0]
    performance, shares = fit.hundred.index[0], fit.hundred.shares[0]
    places: list[Place] = []
    for j, name in enumerate(plan.constructs):
        if impact[j] == 0:
            continue
        places.append(Place(name, None, float(impact[j]), float(performance[j])))
        places += [
            Place(
                name,
                plan.items[place],
                float(impact[j] * shares[place]),
                float(fit.hundred.item_performance[0, place]),
            )
            for place in plan.members(j)
        ]
    return tuple(places)

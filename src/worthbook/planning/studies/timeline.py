"""One customer through time: how probable it was week by week, and on each purchase day, that the customer is there."""

from __future__ import annotations

import datetime as dt

from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit, Value
from worthbook.planning.studies.context import Made, Method, StudyContext, column, table
from worthbook.planning.timeline import OCCASIONS, Timeline

EVERY_DAYS = 7

ALIVE = Text(en="Probability of being active, by {label}", zh="活跃概率（{label}）")


def make_timeline(definition: StudyDefinition, context: StudyContext) -> Made:
    """The probability as it falls in silence and rises with each purchase."""
    del definition
    found = context.timeline
    if found is None:
        return Made((), {}, ())
    columns = (
        column("day", Unit.DATE, "Day", "日期"),
        column("p_alive", Unit.PROBABILITY, "Probability of being active", "活跃概率"),
        column("purchases", Unit.COUNT, "Purchase days so far", "累计购买天数"),
    )
    rows = [(day, found.on(day), sum(each < day for each in found.purchases)) for day in _days(found)]
    return Made((table("alive", ALIVE.format(label=found.label), columns, rows),), _facts(found), (OCCASIONS,))


def _days(found: Timeline) -> list[dt.date]:
    """The ends of weeks, and every purchase day with the day after it, on which the purchase is known."""
    first, last = found.purchases[0], found.last
    weeks = range(0, (last - first).days + 1, EVERY_DAYS)
    after = (day + dt.timedelta(days=1) for day in found.purchases)
    days = {*(first + dt.timedelta(days=each) for each in weeks), *found.purchases, *after, last}
    return sorted(day for day in days if day <= last)


def _facts(found: Timeline) -> dict[str, Value]:
    return {
        "customer": found.customer_id,
        "model": found.label,
        "purchases": len(found.purchases),
        "last_purchase_on": found.purchases[-1],
        "days": len(found.p_alive),
        "p_alive": found.p_alive[-1],
    }


TIMELINE = Method(
    make=make_timeline,
    maker="timeline 1",
    roles=frozenset(),
    tables={"alive": frozenset({"day", "p_alive", "purchases"})},
    facts=frozenset({"customer", "model", "purchases", "last_purchase_on", "days", "p_alive"}),
)

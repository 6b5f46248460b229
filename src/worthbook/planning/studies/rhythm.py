"""How often customers buy: days between purchases, one-time buyers, who is overdue, and purchases over time (A20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from worthbook.data.activity import Activity, Month, add_months, month_index
from worthbook.data.studies import counts_above, frequencies
from worthbook.data.timing import sampled_days
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Table
from worthbook.kernel.units import Unit, Value
from worthbook.planning.studies.calendar import Calendar, month_label
from worthbook.planning.studies.context import Made, Method, StudyContext, column, share, table

WIDTHS = (1, 2, 7, 14, 30, 60, 90, 180, 365)
"""How many days wide a bin may be."""
BINS = 15
COVERED = 0.95
"""The closed bins hold at least this part of all gaps; the last bin is open."""
COUNTS = ((1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 10), (11, None))
LEVELS = (1.5, 2.0, 3.0)
"""How many times the usual time between purchases has passed."""
MONTHS_SHOWN = 36
SAMPLE = 30
"""Customers whose purchases are shown one by one."""

GAPS = Text(en="Days between purchases", zh="购买间隔")
PURCHASES = Text(en="How often customers have bought", zh="客户购买次数分布")
OVERDUE = Text(en="Customers who are overdue", zh="逾期未购客户")
MONTHS = Text(en="Purchases by month", zh="各月购买情况")
TIMING = Text(en="When some customers have bought", zh="部分客户的购买时点")
FIRST = Text(en="first purchase", zh="首次购买")
AGAIN = Text(en="repeat purchase", zh="再次购买")
DAYS = Text(en="{first}–{last} days", zh="{first}–{last} 天")
ONE_DAY = Text(en="{first} days", zh="{first} 天")
MORE_DAYS = Text(en="more than {last} days", zh="超过 {last} 天")
TIMES = Text(en="{first}–{last}", zh="{first}–{last} 次")
ONE_COUNT = Text(en="{first}", zh="{first} 次")
MORE_TIMES = Text(en="{first} and more", zh="{first} 次及以上")
LEVEL = Text(en="more than {level} × the usual time", zh="超过通常间隔的 {level} 倍")


def make_rhythm(definition: StudyDefinition, context: StudyContext) -> Made:
    """Gaps and months from the lines; purchase counts and overdue ratios from the columns."""
    asked = {**definition.inputs, **definition.optional}
    used = ["transactions"]
    tables: list[Table] = []
    facts: dict[str, Value] = {"purchases": 0}
    activity = context.activity
    if activity.gaps:
        tables.append(_gaps(activity))
        facts |= _gap_facts(activity)
    purchases, overdue = asked.get("purchases"), asked.get("overdue")
    if purchases is not None and context.has(purchases):
        used.append(purchases)
        counts = frequencies(context.engine, context.sheets, purchases)
        tables.append(_counts(counts))
        facts |= _count_facts(counts)
    if overdue is not None and context.has(overdue):
        used.append(overdue)
        known, *above = counts_above(context.engine, context.sheets, overdue, LEVELS)
        tables.append(_overdue(known, above))
        facts |= _overdue_facts(known, above)
    if activity.months:
        tables.append(_months(activity, context))
        facts |= _month_facts(activity, context)
        timing = _timing(context)
        tables.append(timing)
        facts["shown_customers"] = len(set(timing.column("customer"))) if timing.rows else 0
    return Made(tuple(tables), facts, tuple(used))


def _gaps(activity: Activity) -> Table:
    """A histogram of equally wide bins, the last one open."""
    far = activity.gap_below(COVERED) or 0
    width = next((width for width in WIDTHS if far <= width * BINS), WIDTHS[-1])
    closed = max(1, min(BINS, -(-int(far) // width)))
    found = [0] * (closed + 1)
    for days, count in activity.gaps.items():
        found[min((days - 1) // width, closed)] += count
    everything = sum(found)
    rows: list[Sequence[Value | Text]] = []
    for index, count in enumerate(found):
        first, last = index * width + 1, (index + 1) * width
        if index == closed:
            name = MORE_DAYS.format(last=first - 1)
        else:
            name = (DAYS if last > first else ONE_DAY).format(first=first, last=last)
        if index < closed or count:
            rows.append((name, count, share(count, everything)))
    columns = (
        column("days", Unit.TEXT, "Days since the purchase before", "距上次购买天数"),
        column("purchases", Unit.COUNT, "Repeat purchases", "复购次数"),
        column("share", Unit.SHARE, "Share", "占比"),
    )
    return table("gaps", GAPS, columns, rows)


def _gap_facts(activity: Activity) -> dict[str, Value]:
    count = sum(activity.gaps.values())
    return {
        "gaps": count,
        "median_gap": activity.gap_below(0.5),
        "lower_gap": activity.gap_below(0.25),
        "upper_gap": activity.gap_below(0.75),
        "mean_gap": sum(days * times for days, times in activity.gaps.items()) / count,
    }


def _counts(counts: Mapping[int, int]) -> Table:
    everyone = sum(counts.values())
    rows: list[Sequence[Value | Text]] = []
    for first, last in ((0, 0), *COUNTS):
        found = sum(count for value, count in counts.items() if value >= first and (last is None or value <= last))
        name = MORE_TIMES if last is None else ONE_COUNT if first == last else TIMES
        if first or found:
            rows.append((name.format(first=first, last=last), found, share(found, everyone)))
    columns = (
        column("purchases", Unit.TEXT, "Purchase days", "购买天数"),
        column("customers", Unit.COUNT, "Customers", "客户数"),
        column("share", Unit.SHARE, "Share of customers", "客户占比"),
    )
    return table("purchase_counts", PURCHASES, columns, rows)


def _count_facts(counts: Mapping[int, int]) -> dict[str, Value]:
    buyers = sum(count for value, count in counts.items() if value > 0)
    once = counts.get(1, 0)
    return {
        "buyers": buyers,
        "one_time_customers": once,
        "one_time_share": share(once, buyers),
        "repeat_customers": buyers - once,
        "repeat_share": share(buyers - once, buyers),
        "mean_purchases": sum(value * count for value, count in counts.items()) / buyers if buyers else None,
    }


def _overdue(known: int, above: Sequence[int]) -> Table:
    rows = [
        (LEVEL.format(level=f"{level:g}"), count, share(count, known))
        for level, count in zip(LEVELS, above, strict=True)
    ]
    columns = (
        column("level", Unit.TEXT, "Time since the last purchase", "距上次购买的时间"),
        column("customers", Unit.COUNT, "Customers", "客户数"),
        column("share", Unit.SHARE, "Share of customers with a known rhythm", "占已知节奏客户的比例"),
    )
    return table("overdue", OVERDUE, columns, rows)


def _overdue_facts(known: int, above: Sequence[int]) -> dict[str, Value]:
    slightly, clearly, far = above
    return {
        "rhythm_customers": known,
        "overdue_slightly": slightly,
        "overdue_clearly": clearly,
        "overdue_far": far,
        "overdue_clearly_share": share(clearly, known),
    }


def _shown_months(activity: Activity, context: StudyContext) -> range:
    now = month_index(context.as_of)
    return range(max(min(month for _, month in activity.months), now - MONTHS_SHOWN + 1), now + 1)


def _by_month(activity: Activity) -> dict[int, Month]:
    cells: dict[int, list[Month]] = {}
    for (_, month), cell in activity.months.items():
        cells.setdefault(month, []).append(cell)
    return {month: add_months(found) for month, found in cells.items()}


def _months(activity: Activity, context: StudyContext) -> Table:
    """The last 36 months, months without a purchase too; the last one may not be over yet."""
    by_month = _by_month(activity)
    finished = Calendar(1, 0).of(month_index(context.as_of), context.as_of).finished
    amounts_known = any(cell.revenue is not None for cell in by_month.values())
    nothing = Month(Decimal(0) if amounts_known else None, 0, 0, 0)
    rows: list[Sequence[Value | Text]] = []
    for month in _shown_months(activity, context):
        cell = by_month.get(month, nothing)
        new = activity.months.get((month, month))
        rows.append(
            (month_label(month), cell.purchases, cell.active, new.active if new else 0, cell.revenue, month <= finished)
        )
    columns = (
        column("month", Unit.TEXT, "Month", "月份"),
        column("purchases", Unit.COUNT, "Purchase days of customers", "购买天数合计"),
        column("active", Unit.COUNT, "Customers who bought", "购买客户数"),
        column("new", Unit.COUNT, "of them for the first time", "其中首次购买"),
        column("revenue", Unit.MONEY, "Revenue, net of returns", "收入（已扣退货）"),
        column("finished", Unit.FLAG, "Month is over", "整月已结束"),
    )
    return table("months", MONTHS, columns, rows)


def _month_facts(activity: Activity, context: StudyContext) -> dict[str, Value]:
    by_month = _by_month(activity)
    shown = _shown_months(activity, context)
    best = max(shown, key=lambda month: by_month.get(month, add_months([])).purchases)
    return {
        "purchases": sum(cell.purchases for cell in by_month.values()),
        "months": len(shown),
        "best_month": month_label(best),
        "best_month_purchases": by_month.get(best, add_months([])).purchases,
        "mean_month_purchases": sum(by_month.get(month, add_months([])).purchases for month in shown) / len(shown),
    }


def _timing(context: StudyContext) -> Table:
    """The purchase days of a sample of customers, numbered in the order of their first purchases."""
    sample = sampled_days(context.engine, context.snapshot, context.tables, context.as_of, SAMPLE)
    rows = [
        (place, day, FIRST if day == days[0] else AGAIN) for place, days in enumerate(sample, start=1) for day in days
    ]
    columns = (
        column("customer", Unit.COUNT, "Customer, by first purchase", "客户（按首次购买先后）"),
        column("day", Unit.DATE, "Day", "日期"),
        column("kind", Unit.TEXT, "Purchase", "购买"),
    )
    return table("timing", TIMING, columns, rows)


RHYTHM = Method(
    make=make_rhythm,
    maker="rhythm 2",
    roles=frozenset({"purchases", "overdue"}),
    tables={
        "gaps": frozenset({"days", "purchases", "share"}),
        "purchase_counts": frozenset({"purchases", "customers", "share"}),
        "overdue": frozenset({"level", "customers", "share"}),
        "months": frozenset({"month", "purchases", "active", "new", "revenue", "finished"}),
        "timing": frozenset({"customer", "day", "kind"}),
    },
    facts=frozenset({
        "gaps", "median_gap", "lower_gap", "upper_gap", "mean_gap", "buyers", "one_time_customers",
        "one_time_share", "repeat_customers", "repeat_share", "mean_purchases", "rhythm_customers",
        "overdue_slightly", "overdue_clearly", "overdue_far", "overdue_clearly_share", "purchases", "months",
        "best_month", "best_month_purchases", "mean_month_purchases", "shown_customers",
    }),
)  # fmt: skip

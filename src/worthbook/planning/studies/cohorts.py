"""Cohorts by first purchase: who comes back, what they bring in time, whether newer ones do better (A13, A20)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from worthbook.data.activity import Activity, Month, add_months
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.money import to_money
from worthbook.kernel.result import Table
from worthbook.kernel.units import Unit, Value
from worthbook.planning.studies.calendar import LONGEST, Calendar
from worthbook.planning.studies.compare import Group, compare_halves
from worthbook.planning.studies.context import Made, Method, StudyContext, column, share, table

AGES = (1, 3, 6, 12)
"""Months after the first purchase at which the findings look."""
COMPARED = 1
"""The age, in periods, at which newer cohorts are compared with older ones: most cohorts have reached it, and most
customers who come back do so then."""
KNOWN_BY_NOW = 0.9
"""A customer first seen when this part of all gaps between purchases has passed since the first line counts as new."""
DAYS_PER_MONTH = 30.4375

SIZES = Text(en="Cohorts", zh="客户批次")
RETENTION = Text(en="Each cohort as it grows older", zh="各批次客户的后续表现")
AVERAGE = Text(en="Active customers, average of all cohorts", zh="各批次平均活跃比例")
CUMULATIVE = Text(en="Revenue per customer, average of all cohorts", zh="各批次平均人均收入")
EARLIER = Text(en="earlier", zh="更早批次")
NEVER = Text(en="no purchase, only returns", zh="无购买、仅有退货")


@dataclass(frozen=True)
class Cohort:
    """Customers whose first purchase was in one period."""

    period: int
    ages: Mapping[int, Month]
    """Periods since the first purchase → what they did. Returns booked before the first purchase count at age 0."""
    months: int
    """In a period."""

    def active(self, age: int) -> int:
        """Customers who bought at that age."""
        cell = self.ages.get(age)
        return 0 if cell is None else cell.active if self.months == 1 else cell.active_quarter

    def revenue(self, age: int) -> Decimal:
        """What they brought at that age."""
        cell = self.ages.get(age)
        return Decimal(0) if cell is None or cell.revenue is None else cell.revenue

    @property
    def customers(self) -> int:
        """Its size."""
        return self.active(0)

    @property
    def total(self) -> Month:
        """All ages together, unfinished periods among them."""
        return add_months(self.ages.values())


@dataclass(frozen=True)
class History:
    """All cohorts, oldest first."""

    cohorts: tuple[Cohort, ...]
    never: Month
    """Customers who never bought, only returned."""
    calendar: Calendar
    amounts_known: bool
    settled: int
    """The first period whose customers are mostly new: earlier ones hold old customers whom the file meets late."""

    @classmethod
    def of(cls, activity: Activity, context: StudyContext) -> History | None:
        """The cohorts of an activity; None where nobody bought."""
        firsts = [cohort for cohort, _ in activity.months if cohort is not None]
        if not firsts:
            return None
        calendar = Calendar.of(min(firsts), context.as_of)
        cells: dict[int, dict[int, list[Month]]] = {}
        for (first, month), cell in activity.months.items():
            if first is not None:
                cohort = calendar.period(first)
                age = max(0, calendar.period(month) - cohort)
                cells.setdefault(cohort, {}).setdefault(age, []).append(cell)
        cohorts = tuple(
            Cohort(period, {age: add_months(found) for age, found in sorted(ages.items())}, calendar.months)
            for period, ages in sorted(cells.items())
        )
        never = add_months(cell for (first, _), cell in activity.months.items() if first is None)
        known = any(cell.revenue is not None for cell in activity.months.values())
        wait = math.ceil((activity.gap_below(KNOWN_BY_NOW) or 0) / DAYS_PER_MONTH)
        return cls(cohorts, never, calendar, known, calendar.period(min(firsts) + wait + calendar.months - 1))

    @property
    def shown(self) -> tuple[Cohort, ...]:
        """The cohorts that tables have room for: the newest."""
        last = self.cohorts[-1].period
        return tuple(cohort for cohort in self.cohorts if cohort.period > last - LONGEST)

    @property
    def earlier(self) -> tuple[Cohort, ...]:
        """The others."""
        return self.cohorts[: len(self.cohorts) - len(self.shown)]

    def reached(self, age: int) -> tuple[Cohort, ...]:
        """The cohorts whose period of that age is over."""
        return tuple(cohort for cohort in self.cohorts if cohort.period + age <= self.calendar.finished)

    @property
    def oldest_age(self) -> int:
        """The greatest age that any cohort has finished; below 0 where the first period is not over."""
        return self.calendar.finished - self.cohorts[0].period

    def active_share(self, age: int) -> float | None:
        """The part of customers who bought at that age: all cohorts that reached it, each customer counting once."""
        there = self.reached(age)
        return share(sum(cohort.active(age) for cohort in there), sum(cohort.customers for cohort in there))

    def revenue_per_customer(self, age: int) -> Decimal | None:
        """What a customer brought at that age, on average over all cohorts that reached it."""
        there = self.reached(age)
        customers = sum(cohort.customers for cohort in there)
        return to_money(sum((cohort.revenue(age) for cohort in there), Decimal(0)) / customers) if customers else None

    def revenue_until(self, age: int) -> Decimal | None:
        """The averages of all ages up to that one added up, so that each age is averaged over all who reached it."""
        if not self.amounts_known or age > self.oldest_age:
            return None
        return sum((self.revenue_per_customer(each) or Decimal(0) for each in range(age + 1)), Decimal(0))


def make_cohorts(definition: StudyDefinition, context: StudyContext) -> Made:
    """Everything from one pass over the lines."""
    del definition  # the canonical table says all
    history = History.of(context.activity, context)
    if history is None:
        return Made((), {"cohorts": 0, "customers": 0}, ("transactions",))
    tables = (_sizes(history), _retention(history), _average(history), _cumulative(history))
    return Made(tuple(each for each in tables if each.rows), _facts(history), ("transactions",))


def _sizes(history: History) -> Table:
    """One row per cohort, and what it leaves out, so that customers and revenue add up to all."""
    label, finished = history.calendar.label, history.calendar.finished
    rows: list[Sequence[Value | Text]] = []
    if history.earlier:
        total = add_months(cohort.total for cohort in history.earlier)
        rows.append((EARLIER, *_size(sum(cohort.customers for cohort in history.earlier), total), True))
    rows += [
        (label(cohort.period), *_size(cohort.customers, cohort.total), cohort.period <= finished)
        for cohort in history.shown
    ]
    if history.never.revenue:
        rows.append((NEVER, 0, 0, history.never.revenue, None, True))
    columns = (
        column("cohort", Unit.TEXT, "First purchase", "首次购买时间"),
        column("customers", Unit.COUNT, "Customers", "客户数"),
        column("purchases", Unit.COUNT, "Purchase days", "购买天数合计"),
        column("revenue", Unit.MONEY, "Revenue to date", "截至目前的收入"),
        column("revenue_per_customer", Unit.MONEY, "Revenue per customer", "人均收入"),
        column("finished", Unit.FLAG, "Period is over", "周期已结束"),
    )
    return table("cohorts", SIZES, columns, rows)


def _size(customers: int, total: Month) -> tuple[int, int, Decimal | None, Decimal | None]:
    each = to_money(total.revenue / customers) if total.revenue is not None and customers else None
    return customers, total.purchases, total.revenue, each


def _retention(history: History) -> Table:
    """Each cohort at each age it has finished; at age 0 everybody bought, which is not shown as a share."""
    rows: list[Sequence[Value | Text]] = []
    for cohort in history.shown:
        revenue = Decimal(0)
        for age in range(min(history.calendar.finished - cohort.period + 1, LONGEST)):
            revenue += cohort.revenue(age)
            active = cohort.active(age)
            each = to_money(revenue / cohort.customers) if history.amounts_known else None
            brought = cohort.revenue(age) if history.amounts_known else None
            part = share(active, cohort.customers) if age else None
            rows.append((history.calendar.label(cohort.period), age, cohort.customers, active, part, brought, each))
    columns = (
        column("cohort", Unit.TEXT, "First purchase", "首次购买时间"),
        column("age", Unit.COUNT, "Periods since", "之后第几期"),
        column("customers", Unit.COUNT, "Customers", "客户数"),
        column("active", Unit.COUNT, "Customers who bought", "购买客户数"),
        column("share", Unit.SHARE, "Share who bought", "购买客户占比"),
        column("revenue", Unit.MONEY, "Revenue", "收入"),
        column("revenue_until", Unit.MONEY, "Revenue per customer so far", "人均累计收入"),
    )
    return table("retention", RETENTION, columns, rows)


def _average(history: History) -> Table:
    rows = [
        (age, history.active_share(age), len(there), sum(cohort.customers for cohort in there))
        for age in range(1, min(history.oldest_age + 1, LONGEST))
        if (there := history.reached(age))
    ]
    columns = (
        column("age", Unit.COUNT, "Periods since the first purchase", "距首次购买期数"),
        column("share", Unit.SHARE, "Share who bought", "购买客户占比"),
        column("cohorts", Unit.COUNT, "Cohorts this old", "达到该期的批次数"),
        column("customers", Unit.COUNT, "Customers in them", "客户数"),
    )
    return table("average", AVERAGE, columns, rows)


def _cumulative(history: History) -> Table:
    rows = [
        (age, history.revenue_per_customer(age), history.revenue_until(age))
        for age in range(min(history.oldest_age + 1, LONGEST))
        if history.amounts_known
    ]
    columns = (
        column("age", Unit.COUNT, "Periods since the first purchase", "距首次购买期数"),
        column("revenue", Unit.MONEY, "Revenue per customer in the period", "当期人均收入"),
        column("revenue_until", Unit.MONEY, "Revenue per customer so far", "人均累计收入"),
    )
    return table("cumulative", CUMULATIVE, columns, rows)


def _facts(history: History) -> dict[str, Value]:
    calendar = history.calendar
    total = add_months([*(cohort.total for cohort in history.cohorts), history.never])
    left_out = history.earlier
    return {
        "unit": calendar.unit,
        "cohorts": len(history.cohorts),
        "first_cohort": calendar.label(history.cohorts[0].period),
        "last_cohort": calendar.label(history.cohorts[-1].period),
        "customers": sum(cohort.customers for cohort in history.cohorts),
        "revenue": total.revenue,
        "revenue_without_purchase": history.never.revenue,
        "finished_periods": max(0, history.oldest_age),
        "cohorts_left_out": len(left_out),
        "customers_left_out": sum(cohort.customers for cohort in left_out),
        **dict(_at_ages(history)),
        **_newer(history),
    }


def _at_ages(history: History) -> Iterator[tuple[str, Value]]:
    """What is so many months after the first purchase; in quarters, the quarter so many months later."""
    for months in AGES:
        age, rest = divmod(months, history.calendar.months)
        there = rest == 0 and age <= history.oldest_age
        yield f"active_{months}m", history.active_share(age) if there else None
        yield f"revenue_{months}m", history.revenue_until(age) if there else None


def _newer(history: History) -> dict[str, Value]:
    """Whether the newer half of the cohorts comes back more or less than the older half did at the same age."""
    there = [cohort for cohort in history.reached(COMPARED) if cohort.period >= history.settled]
    found = compare_halves([Group(cohort.customers, cohort.active(COMPARED)) for cohort in there])
    if found is None:
        return {}
    return {
        "compared_months": COMPARED * history.calendar.months,
        "compared_since": history.calendar.label(there[0].period),
        "newer_since": history.calendar.label(there[len(there) // 2].period),
        "older_active": found.older,
        "newer_active": found.newer,
        "newer_change": found.difference,
        "newer_change_low": found.low,
        "newer_change_high": found.high,
        "newer": found.verdict,
    }


COHORTS = Method(
    make=make_cohorts,
    maker="cohorts 1",
    roles=frozenset(),
    tables={
        "cohorts": frozenset({"cohort", "customers", "purchases", "revenue", "revenue_per_customer", "finished"}),
        "retention": frozenset({"cohort", "age", "customers", "active", "share", "revenue", "revenue_until"}),
        "average": frozenset({"age", "share", "cohorts", "customers"}),
        "cumulative": frozenset({"age", "revenue", "revenue_until"}),
    },
    facts=frozenset({
        "unit", "cohorts", "first_cohort", "last_cohort", "customers", "revenue", "revenue_without_purchase",
        "finished_periods", "cohorts_left_out", "customers_left_out", *(f"active_{months}m" for months in
        AGES), *(f"revenue_{months}m" for months in AGES), "compared_months", "compared_since", "newer_since",
        "older_active", "newer_active", "newer_change", "newer_change_low", "newer_change_high", "newer",
    }),
)  # fmt: skip

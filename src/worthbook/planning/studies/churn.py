"""Who stays and who leaves, period by period and, with contracts, by tenure; and the reasons that they name (A20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from worthbook.data.reasons import Reason, read_reasons
from worthbook.data.retention import Turnover, read_turnover
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value
from worthbook.planning.studies.calendar import LONGEST, Calendar
from worthbook.planning.studies.context import Made, Method, StudyContext, column, share, table
from worthbook.planning.studies.contract_tables import contract_tables

RECENT = 4
"""Finished periods over which the findings speak."""

RETENTION = Text(en="Customers who stay, period by period", zh="逐期客户留存")
REASONS = Text(en="Reasons for leaving, as customers name them", zh="客户说明的流失原因")
MOST_NAMED = Text(
    en="{customers} customers named a reason for leaving or complaining; most often ({part} %): {reason}.",
    zh="有{customers}位客户说明了流失或投诉的原因，最常见的是“{reason}”（{part}%）。",
)
NOT_NAMED = Text(en="not said", zh="未说明")


def make_churn(definition: StudyDefinition, context: StudyContext) -> Made:
    """Retention and churn of customers and of value, and the reasons named in contracts, visits and complaints."""
    del definition
    firsts = [cohort for cohort, _ in context.activity.months if cohort is not None]
    contracts, counted = contract_tables(context)
    if not firsts:
        return Made(contracts, {"periods": 0, **counted}, ("transactions", *(["contracts"] if contracts else [])))
    calendar = Calendar.of(min(firsts), context.as_of)
    turnover = read_turnover(context.engine, context.snapshot, context.tables, context.as_of, calendar.months)
    finished = [period for period in turnover if period <= calendar.finished]
    reasons = read_reasons(context.engine, context.snapshot, context.tables, context.as_of)
    tables = [_retention(turnover, finished, calendar)] if finished else []
    if reasons:
        tables.append(_reasons(reasons, context))
    named = [each for each in reasons if each.code is not None]
    counted |= {"reasons": len(named), "reason_customers": sum(each.customers for each in named)}
    facts = {**_facts(turnover, finished, calendar), **counted}
    used = ("transactions", *(["contracts"] if contracts else []), *(each.table for each in reasons))
    return Made((*tables, *contracts), facts, tuple(dict.fromkeys(used)), _told(named, context))


def _retention(turnover: Mapping[int, Turnover], finished: Sequence[int], calendar: Calendar) -> Table:
    """The finished periods, the newest 24 of them; a period without any purchase has no row."""
    rows = [(calendar.label(period), *_cells(turnover, period)) for period in finished[-LONGEST:]]
    columns = (
        column("period", Unit.TEXT, "Period", "期间"),
        column("customers", Unit.COUNT, "Customers who bought", "购买客户数"),
        column("new", Unit.COUNT, "of them new", "其中新客"),
        column("kept", Unit.COUNT, "bought in the period before too", "上期也购买"),
        column("back", Unit.COUNT, "came back after a pause", "间隔后回流"),
        column("lost", Unit.COUNT, "of the period before, did not buy", "上期购买而本期未购"),
        column("retention", Unit.SHARE, "Customers kept", "客户留存率"),
        column("churn", Unit.SHARE, "Customers lost", "客户流失率"),
        column("value_lost", Unit.MONEY, "What the lost had brought", "流失客户上期金额"),
        column("value_retention", Unit.SHARE, "Value of customers kept", "金额留存率"),
        column("net_retention", Unit.RATE, "Spend of last period's customers, now over then", "净金额留存率"),
    )
    return table("retention", RETENTION, columns, rows)


def _cells(turnover: Mapping[int, Turnover], period: int) -> tuple[Value, ...]:
    here, before = turnover[period], turnover.get(period - 1)
    counts = (here.customers, here.new, here.kept, here.back)
    if before is None:
        return (*counts, *(None,) * 6)
    lost = before.customers - here.kept
    kept = share(here.kept, before.customers)
    amount, stayed = before.amount, before.amount_stayed
    value_lost = None if amount is None else amount - (stayed or Decimal(0))
    return (
        *counts,
        lost,
        kept,
        None if kept is None else 1 - kept,
        value_lost,
        None if amount is None else share(float(stayed or 0), float(amount)),
        None if amount is None else share(float(here.amount_kept or 0), float(amount)),
    )


def _facts(turnover: Mapping[int, Turnover], finished: Sequence[int], calendar: Calendar) -> dict[str, Value]:
    """The last finished periods together, weighted by their customers, and whether it gets better."""
    pairs = [(turnover[period - 1], turnover[period]) for period in finished if period - 1 in turnover]
    facts: dict[str, Value] = {"unit": calendar.unit, "periods": len(pairs)}
    if not pairs:
        return facts
    recent, earlier = pairs[-RECENT:], pairs[-2 * RECENT : -RECENT]
    before, now = pairs[-1]
    facts |= {
        "recent_periods": len(recent),
        "last_period": calendar.label(finished[-1]),
        "retention": _kept(recent),
        "value_retention": _value_kept(recent),
        "last_lost": before.customers - now.kept,
        "last_back": now.back,
        "last_new": now.new,
        "earlier_retention": _kept(earlier) if len(earlier) == RECENT else None,
    }
    return facts


def _kept(pairs: Sequence[tuple[Turnover, Turnover]]) -> float | None:
    return share(sum(now.kept for _, now in pairs), sum(before.customers for before, _ in pairs))


def _value_kept(pairs: Sequence[tuple[Turnover, Turnover]]) -> float | None:
    amounts = [before.amount for before, _ in pairs if before.amount is not None]
    stayed = [before.amount_stayed for before, _ in pairs if before.amount_stayed is not None]
    return share(float(sum(stayed)), float(sum(amounts))) if amounts else None


def _reasons(reasons: Sequence[Reason], context: StudyContext) -> Table:
    everyone = sum(each.customers for each in reasons)
    rows: list[Sequence[Value | Text]] = [
        (context.tables[each.table].title, _said(each, context), each.customers, share(each.customers, everyone))
        for each in reasons
    ]
    columns = (
        column("source", Unit.TEXT, "Named in", "来源"),
        column("reason", Unit.TEXT, "Reason", "原因"),
        column("customers", Unit.COUNT, "Customers", "客户数"),
        column("share", Unit.SHARE, "Share", "占比"),
    )
    return table("reasons", REASONS, columns, rows)


def _said(reason: Reason, context: StudyContext) -> Text:
    """A code in words, where the table has some for it."""
    if reason.code is None:
        return NOT_NAMED
    words = context.tables[reason.table].columns[reason.column].values
    return words.get(reason.code, Text(en=reason.code, zh=reason.code))


def _told(named: Sequence[Reason], context: StudyContext) -> tuple[Finding, ...]:
    """The reason that most customers named."""
    if not named:
        return ()
    most, everyone = max(named, key=lambda each: each.customers), sum(each.customers for each in named)
    part = 100 * most.customers / everyone
    return (Finding(MOST_NAMED.format(customers=everyone, reason=_said(most, context), part=f"{part:.0f}"), "warning"),)


CHURN = Method(
    make=make_churn,
    maker="churn 1",
    roles=frozenset(),
    tables={
        "retention": frozenset({
            "period", "customers", "new", "kept", "back", "lost", "retention", "churn", "value_lost",
            "value_retention", "net_retention",
        }),
        "reasons": frozenset({"source", "reason", "customers", "share"}),
        "survival": frozenset({"months", "left", "low", "high"}),
        "hazard": frozenset({"tenure", "ended", "exposure", "hazard", "low", "high"}),
    },
    facts=frozenset({
        "unit", "periods", "recent_periods", "last_period", "retention", "value_retention", "last_lost", "last_back",
        "last_new", "earlier_retention", "reasons", "reason_customers", "contracts", "contracts_ended",
        "contract_median", "contract_year",
    }),
)  # fmt: skip

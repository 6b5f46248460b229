"""What today's customers are expected to bring in the next 12 months, with an interval, beside the last 12 (A10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from worthbook.data.formula import parse
from worthbook.data.studies import Sums, sums_where
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.evaluation import ModelResult
from worthbook.kernel.language import Text
from worthbook.kernel.period import DAYS_PER_WEEK, Window
from worthbook.kernel.result import Finding, Table, Tone
from worthbook.kernel.units import Unit, Value
from worthbook.models.interval import Interval
from worthbook.models.lifetime.forecast import TotalForecast
from worthbook.models.lifetime.gamma_gamma import GammaGammaFit
from worthbook.models.lifetime.purchase_model import PurchaseFit
from worthbook.planning.outlook import total_outlook
from worthbook.planning.studies.context import Made, Method, StudyContext, column, share, table

HORIZON = Window(12, "months")
LEAVING = 0.5
"""Below this probability of being active a customer counts as slipping away."""

ROLES = (
    "model", "x", "t_x", "age", "spend", "mean_value", "expected_purchases", "expected_value",
    "last_purchases", "last_value", "p_alive", "first_purchase", "tiers",
)  # fmt: skip
AMOUNTS = ("last_value", "expected_value", "last_purchases", "expected_purchases")

VALUE = Text(en="Revenue, last and next 12 months", zh="近12个月与未来12个月收入")
PURCHASES = Text(en="Purchases, last and next 12 months", zh="近12个月与未来12个月购买次数")
TIERS = Text(en="Revenue by tier, last and next 12 months", zh="各层级近12个月与未来12个月收入")
LAST = Text(en="Last 12 months, actual", zh="近12个月（实际）")
NEXT = Text(en="Next 12 months, expected", zh="未来12个月（预期）")
ABOUT = Text(en="{title}: {verdict}", zh="{title}：{verdict}")
NOT_PLACED = Text(en="not placed", zh="未归类")
_TONES: Mapping[str | None, Tone] = {"A": "good", "B": "neutral"}


@dataclass(frozen=True)
class Totals:
    """Sums over some customers, by role; what is not known is None."""

    customers: int
    amounts: Mapping[str, Decimal | None]

    def __getitem__(self, role: str) -> Decimal | None:
        """The sum of one role."""
        return self.amounts.get(role)


def make_forecast(definition: StudyDefinition, context: StudyContext) -> Made:
    """The base as a whole, its tiers, and those who are slipping away."""
    asked = {**definition.inputs, **definition.optional}
    there = {role: name for role, name in asked.items() if role in {"model", "spend"} or context.has(name)}
    groups = _sums(there, context)
    everyone = groups["everyone"]
    outlook = _outlook(there, context)
    value = None if outlook is None else _scaled(outlook.value, everyone["expected_value"])
    purchases = None if outlook is None else _scaled(outlook.purchases, everyone["expected_purchases"])
    tables = (
        *_beside("value_outlook", VALUE, Unit.MONEY, everyone["last_value"], value),
        *_beside("purchase_outlook", PURCHASES, Unit.COUNT, everyone["last_purchases"], purchases),
        *_tiers(there, groups, context),
    )
    facts = {
        "fitted": purchases is not None,
        "customers": everyone.customers,
        "last_value": everyone["last_value"],
        "last_purchases": everyone["last_purchases"],
        **_interval_facts("value", value),
        **_interval_facts("purchases", purchases),
        **_change(everyone, groups.get("new")),
        **_tested(context.models.get(there.get("model", "")), purchases),
        **_leaving(groups.get("leaving"), everyone),
    }
    return Made(
        tables,
        facts,
        tuple(there.values()),
        _trust(there, context, outlook, amounts_known=everyone["last_value"] is not None),
    )


def _sums(there: Mapping[str, str], context: StudyContext) -> dict[str, Totals]:
    """Everyone, who was new in the last 12 months, who is leaving, and each tier; all in one pass over the columns."""
    amounts = [role for role in AMOUNTS if role in there]
    if not amounts:
        return {"everyone": Totals(context.customers, {})}
    conditions = {"everyone": "true"}
    if "first_purchase" in there:
        start, _ = HORIZON.span(context.as_of)
        conditions["new"] = f"{there['first_purchase']} > '{start.isoformat()}'"
    if {"p_alive", "last_value"} <= set(there):
        conditions["leaving"] = f"{there['p_alive']} < {LEAVING} and {there['last_value']} > 0"
    if "tiers" in there:
        name = there["tiers"]
        conditions |= {f"tier {key}": f"{name} = '{key}'" for key in context.known[name].labels}
        conditions["not placed"] = f"{name} is null"
    units = {name: context.known[name].unit for role, name in there.items() if role not in {"model", "spend"}}
    formulas = [parse(text) for text in conditions.values()]
    found = sums_where(context.engine, context.sheets, units, [there[role] for role in amounts], formulas)
    return {name: _totals(sums, amounts) for name, sums in zip(conditions, found, strict=True)}


def _totals(sums: Sums, roles: Sequence[str]) -> Totals:
    return Totals(sums.customers, dict(zip(roles, sums.amounts, strict=True)))


def _outlook(there: Mapping[str, str], context: StudyContext) -> TotalForecast | None:
    """The forecast for the base, or for a sample of it that is large enough; None where there is no model for it."""
    fit = context.fits.get(there.get("model", ""))
    if not isinstance(fit, PurchaseFit) or not {"x", "t_x", "age"} <= set(there):
        return None
    found = context.fits.get(there.get("spend", "")) if "mean_value" in there else None
    spend = found if isinstance(found, GammaGammaFit) else None
    roles = {"x": there["x"], "t_x": there["t_x"], "T": there["age"], "mean_value": there.get("mean_value", "")}
    weeks = (HORIZON.after(context.as_of) - context.as_of).days / DAYS_PER_WEEK
    return total_outlook(context.engine, context.sheets, roles, (fit, spend), weeks, customers=context.customers)


def _scaled(found: Interval | None, total: Decimal | None) -> Interval | None:
    """The interval around the sum of the customers' own expectations, so that the parts shown add up to the whole."""
    if found is None or total is None or found.estimate <= 0:
        return found
    factor = float(total) / found.estimate
    return Interval(float(total), found.low * factor, found.high * factor)


def _beside(name: str, title: Text, unit: Unit, last: Decimal | None, found: Interval | None) -> tuple[Table, ...]:
    if found is None:
        return ()
    rows: list[Sequence[Value | Text]] = [
        (LAST, None if last is None else float(last), None, None),
        (NEXT, found.estimate, found.low, found.high),
    ]
    made = (
        column("period", Unit.TEXT, "Period", "期间"),
        column(
            "estimate",
            unit,
            "Amount" if unit is Unit.MONEY else "Purchases",
            "金额" if unit is Unit.MONEY else "购买次数",
        ),
        column("low", unit, "95 % from", "95% 下限"),
        column("high", unit, "to", "95% 上限"),
    )
    return (table(name, title, made, rows),)


def _tiers(there: Mapping[str, str], groups: Mapping[str, Totals], context: StudyContext) -> tuple[Table, ...]:
    """Highest tier first; the tiers add up to the base."""
    if "tiers" not in there or groups["everyone"]["expected_value"] is None:
        return ()
    labels = context.known[there["tiers"]].labels
    named = [(labels[key], groups[f"tier {key}"]) for key in reversed(list(labels))]
    if groups["not placed"].customers:
        named.append((NOT_PLACED, groups["not placed"]))
    total = groups["everyone"]["expected_value"] or Decimal(0)
    rows = [
        (
            title,
            each.customers,
            each["last_value"],
            each["expected_value"],
            share(float(each["expected_value"] or 0), float(total)),
        )
        for title, each in named
    ]
    made = (
        column("tier", Unit.TEXT, "Tier", "客户层级"),
        column("customers", Unit.COUNT, "Customers", "客户数"),
        column("last_value", Unit.MONEY, "Last 12 months", "近12个月"),
        column("expected_value", Unit.MONEY, "Next 12 months, expected", "未来12个月预期"),
        column("share", Unit.SHARE, "Share of what is expected", "占预期收入比例"),
    )
    return (table("tiers", TIERS, made, rows),)


def _interval_facts(name: str, found: Interval | None) -> dict[str, Value]:
    if found is None:
        return {}
    return {f"expected_{name}": found.estimate, f"{name}_low": found.low, f"{name}_high": found.high}


def _change(everyone: Totals, new: Totals | None) -> dict[str, Value]:
    """Against last year as a whole, and what the newcomers of last year brought: the forecast knows no newcomers."""
    last, expected = everyone["last_value"], everyone["expected_value"]
    facts: dict[str, Value] = {}
    if last is not None and expected is not None and last > 0:
        facts["change"] = float(expected / last) - 1
    if new is not None:
        brought = None if last is None else new["last_value"] or Decimal(0)
        facts |= {"new_customers": new.customers, "new_value": brought}
        if last is not None and brought is not None:
            facts["new_share"] = share(float(brought), float(last))
    return facts


def _tested(result: ModelResult | None, found: Interval | None) -> dict[str, Value]:
    """How far the model's total was off in its hold-out check, beside how far off the interval takes it to be."""
    error = None if result is None else result.facts.get("holdout_total_error")
    if found is None or not isinstance(error, float) or found.estimate <= 0:
        return {}
    reach = max(found.high - found.estimate, found.estimate - found.low) / found.estimate
    return {"holdout_error": error, "holdout_size": abs(error), "margin_of_error": reach}


def _leaving(leaving: Totals | None, everyone: Totals) -> dict[str, Value]:
    """Who brought something in the last 12 months and has probably stopped."""
    if leaving is None:
        return {}
    last, expected = leaving["last_value"] or Decimal(0), leaving["expected_value"]
    return {
        "leaving_customers": leaving.customers,
        "leaving_value": last,
        "leaving_share": share(float(last), float(everyone["last_value"] or 0)),
        "leaving_expected": expected,
        "at_risk": None if expected is None else max(Decimal(0), last - expected),
    }


def _trust(
    there: Mapping[str, str], context: StudyContext, outlook: TotalForecast | None, *, amounts_known: bool
) -> tuple[Finding, ...]:
    """How far to rely on it, in the words of the models; that nothing can be said of amounts needs no model's words."""
    result = context.models.get(there.get("model", ""))
    spend = context.models.get(there.get("spend", ""))
    said = [] if result is None else [Finding(result.verdict, _TONES.get(result.grade, "warning"))]
    if spend is not None and there.get("spend") not in context.fits and amounts_known:
        said.append(Finding(ABOUT.format(title=spend.title, verdict=spend.verdict), "warning"))
    cautions = () if outlook is None else outlook.cautions
    return (*said, *(Finding(each, "warning") for each in dict.fromkeys(cautions)))


_OUTLOOK = frozenset({"period", "estimate", "low", "high"})

FORECAST = Method(
    make=make_forecast,
    maker="forecast 1",
    roles=frozenset(ROLES),
    tables={
        "value_outlook": _OUTLOOK,
        "purchase_outlook": _OUTLOOK,
        "tiers": frozenset({"tier", "customers", "last_value", "expected_value", "share"}),
    },
    facts=frozenset({
        "fitted", "customers", "last_value", "last_purchases", "expected_value", "value_low", "value_high",
        "expected_purchases", "purchases_low", "purchases_high", "change", "new_customers", "new_value",
        "new_share", "leaving_customers", "leaving_value", "holdout_error", "holdout_size", "margin_of_error",
        "leaving_share", "leaving_expected", "at_risk",
    }),
)  # fmt: skip

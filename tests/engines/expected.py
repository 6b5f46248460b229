"""What every shipped measure must be for one customer, worked out in plain Python, row by row."""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from tests.engines.shop import HIDDEN, PRODUCTS, Line
from worthbook.kernel.period import Window
from worthbook.kernel.units import Value

CATEGORY = {product.product_id: product.category for product in PRODUCTS}
UNIT_COST = {product.product_id: product.unit_cost for product in PRODUCTS}
STEP = Decimal("0.0001")
MARGIN_RATE = 0.3
"""The setting of the shop's book."""

Span = Callable[[dt.date], bool]


def expected_measures(lines: Iterable[Line], as_of: dt.date) -> dict[str, dict[str, Value]]:
    """Customer → measure → value."""
    by_customer: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.ordered_on <= as_of and line.import_id != HIDDEN:
            by_customer[line.customer_id].append(line)
    return {customer: Customer(rows, as_of).measures() for customer, rows in sorted(by_customer.items())}


def money(value: float | None) -> Decimal | None:
    """A number as an amount, halves away from zero."""
    if value is None:
        return None
    size = math.floor(abs(value) * 10_000 + 0.5) / 10_000
    return Decimal(repr(math.copysign(size, value))).quantize(STEP, rounding=ROUND_HALF_UP)


def added(values: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is known; unknown if nothing is."""
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def divided(part: Decimal | float | None, whole: Decimal | float | None) -> float | None:
    """A quotient; unknown where there is none."""
    return None if part is None or whole is None or whole == 0 else float(part) / float(whole)


class Customer:
    """One customer's rows."""

    def __init__(self, rows: Sequence[Line], as_of: dt.date) -> None:
        self.rows = rows
        self.bought = [line for line in rows if not line.is_return]
        self.as_of = as_of
        self.days = sorted({line.ordered_on for line in self.bought})
        self.gaps = [float((late - early).days) for early, late in zip(self.days, self.days[1:], strict=False)]

    def spans(self) -> dict[str, Span]:
        """Windows by the ending of their names."""

        def within(text: str) -> Span:
            start, end = Window.parse(text).span(self.as_of)
            return lambda each: start < each <= end

        return {
            "3m": within("3 months"),
            "12m": within("12 months"),
            "previous_12m": within("previous 12 months"),
            "lifetime": lambda _: True,
        }

    def measures(self) -> dict[str, Value]:
        """All of them."""
        made: dict[str, Value] = {}
        for ending, span in self.spans().items():
            made |= {f"{name}_{ending}": value for name, value in self.windowed(span).items()}
        made |= self.moments()
        made |= self.changes(made)
        wanted_once = {"largest_order", "lines_per_order"}
        return {
            name: value
            for name, value in made.items()
            if not any(name.startswith(each) and not name.endswith("lifetime") for each in wanted_once)
        }

    def windowed(self, span: Span) -> dict[str, Value]:
        """Measures that exist for several windows."""
        rows = [line for line in self.rows if span(line.ordered_on)]
        orders = self.orders(span)
        revenue = added(line.amount for line in rows) if rows else Decimal(0)
        back = [line.amount for line in rows if line.is_return]
        returns = added(back) if back else Decimal(0)
        returns = None if returns is None else -returns
        margin = self.margin(rows)
        amounts = [amount for amount, _, _ in orders if amount is not None]
        counted = [quantity for _, quantity, _ in orders if quantity is not None]
        quantities = [line.quantity for line in rows if line.quantity is not None]
        gross = None if revenue is None or returns is None else revenue + returns
        bought = [line for line in rows if not line.is_return]
        given = added(line.discount for line in bought if line.amount is not None)
        before = added(
            line.discount + line.amount for line in bought if line.discount is not None and line.amount is not None
        )
        rate = divided(given, before)
        discounts = [line.discount for line in bought if line.discount is not None]
        return {
            "revenue": revenue,
            "discount": added(line.discount for line in rows) if rows else Decimal(0),
            "discount_rate": rate,
            "discounted_share": divided(sum(each > 0 for each in discounts), len(discounts)),
            "price_realised": None if rate is None else 1 - rate,
            "returns": returns,
            "return_rate": divided(returns, gross),
            "quantity": (sum(quantities) if quantities else None) if rows else 0.0,
            "gross_margin": margin,
            "margin_rate": divided(margin, revenue),
            "orders": len(orders),
            "average_order_value": money(divided(added(amounts), len(amounts))),
            "largest_order": max(amounts, default=None),
            "basket_size": divided(sum(counted), len(counted)),
            "lines_per_order": divided(sum(lines for _, _, lines in orders), len(orders)),
            "purchase_days": len([each for each in self.days if span(each)]),
            "products": self.different(lambda line: line.product_id, bought),
            "categories": self.different(lambda line: CATEGORY.get(line.product_id or ""), bought),
        }

    def different(self, of: Callable[[Line], str | None], rows: Sequence[Line]) -> int | None:
        """Of how many kinds some rows are; unknown for a customer none of whose purchases ever names a kind."""
        if all(of(line) is None for line in self.bought):
            return None
        return len({of(line) for line in rows} - {None})

    def orders(self, span: Span) -> list[tuple[Decimal | None, float | None, int]]:
        """Amount, units and lines of every order that began in the window."""
        by_order: dict[str, list[Line]] = defaultdict(list)
        for line in self.bought:
            by_order[line.order_id].append(line)
        return [
            (
                added(line.amount for line in lines),
                sum(known) if (known := [line.quantity for line in lines if line.quantity is not None]) else None,
                len(lines),
            )
            for lines in by_order.values()
            if span(min(line.ordered_on for line in lines))
        ]

    def margin(self, rows: Sequence[Line]) -> Decimal | None:
        """Amount less cost, if all costs are known."""
        if not rows:
            return Decimal(0)
        margins = []
        for line in rows:
            cost, unit = line.cost, UNIT_COST.get(line.product_id or "")
            if cost is None and unit is not None and line.quantity is not None:
                cost = money(float(unit) * line.quantity)
            margins.append(None if cost is None or line.amount is None else line.amount - cost)
        known = sum(margin is not None for margin in margins)
        return added(margins) if known == sum(line.amount is not None for line in rows) else None

    def moments(self) -> dict[str, Value]:
        """Measures about when."""
        if not self.days:
            names = "first_purchase_on last_purchase_on recency_days tenure_days mean_days_between sd_days_between "
            names += (
                "longest_days_between regularity overdue_ratio repeat_purchases recency_weeks age_weeks log_gap_weeks "
                "years_after_first years_bought_again last_year_bought "
            )
            return dict.fromkeys([*names.split(), "mean_repeat_value", "spend_per_repeat"])
        first, last = self.days[0], self.days[-1]
        mean = divided(sum(self.gaps), len(self.gaps))
        spread = statistics.stdev(self.gaps) if len(self.gaps) > 1 else None
        repeats = [added(line.amount for line in self.bought if line.ordered_on == each) for each in self.days[1:]]
        known = [amount for amount in repeats if amount is not None]
        recency = float((self.as_of - last).days)
        years = {math.floor((self.as_of - day).days / 365.25) for day in self.days}
        return {
            "years_after_first": max(years),
            "years_bought_again": len(years) - 1,
            "last_year_bought": max(years) - min(years),
            "first_purchase_on": first,
            "last_purchase_on": last,
            "recency_days": recency,
            "tenure_days": float((self.as_of - first).days),
            "mean_days_between": mean,
            "sd_days_between": spread,
            "longest_days_between": max(self.gaps, default=None),
            "regularity": divided(spread, mean),
            "overdue_ratio": divided(recency, mean),
            "repeat_purchases": len(self.days) - 1,
            "recency_weeks": (last - first).days / 7,
            "age_weeks": (self.as_of - first).days / 7,
            "log_gap_weeks": math.fsum(math.log(gap / 7) for gap in self.gaps),
            "mean_repeat_value": money(divided(added(known), len(known))),
            "spend_per_repeat": Decimal(0) if len(self.days) == 1 else money(divided(added(known), len(known))),
        }

    def changes(self, made: dict[str, Value]) -> dict[str, Value]:
        """Growth and what it is made of."""
        now, then = made["revenue_12m"], made["revenue_previous_12m"]
        volume, price = self.effects()
        change = now - then if isinstance(now, Decimal) and isinstance(then, Decimal) else None
        growth = divided(change, then) if isinstance(then, Decimal) and then > 0 else None
        orders = [made["orders_12m"], made["orders_previous_12m"]]
        return {
            "revenue_change_12m": change,
            "revenue_growth_12m": growth,
            "orders_change_12m": int(str(orders[0])) - int(str(orders[1])),
            "volume_effect_12m": volume,
            "price_effect_12m": price,
            "mix_effect_12m": None if change is None else change - volume - price,
            **self.trends(made),
            **self.parts(change, price),
        }

    def trends(self, made: dict[str, Value]) -> dict[str, Value]:
        """Where margin, breadth and pace are going."""
        rates = [made["margin_rate_12m"], made["margin_rate_previous_12m"]]
        categories, previous = made["categories_12m"], self.categories_of_the_year_before()
        tenure, recent, total = made["tenure_days"], made["revenue_3m"], made["revenue_lifetime"]
        pace = None
        if isinstance(tenure, float) and tenure >= 183 and isinstance(total, Decimal) and total > 0:
            share = divided(recent if isinstance(recent, Decimal) else None, total)
            pace = None if share is None else share * tenure / 91
        return {
            "margin_rate_used": MARGIN_RATE if made["margin_rate_lifetime"] is None else made["margin_rate_lifetime"],
            "margin_rate_change_12m": None if None in rates else float(str(rates[0])) - float(str(rates[1])),
            "categories_previous_12m": previous,
            "categories_change_12m": int(str(categories)) - previous if previous and categories is not None else None,
            "recent_pace": pace,
            "peer_tenure": self.stage(tenure),
        }

    @staticmethod
    def stage(tenure: Value) -> int:
        """First half year, first year, later; -1 where nothing was ever bought."""
        if not isinstance(tenure, float):
            return -1
        return 2 if tenure >= 365 else int(tenure >= 183)

    def categories_of_the_year_before(self) -> int | None:
        """Of how many categories anything was bought, net of returns; unknown where no line of two years names one."""
        lines = [line for line in self.rows if line.amount is not None and self._within_two_years(line.ordered_on)]
        named = [(CATEGORY.get(line.product_id or ""), line) for line in lines]
        paid: dict[str, Decimal] = defaultdict(Decimal)
        for category, line in named:
            if category is not None and self.spans()["previous_12m"](line.ordered_on):
                paid[category] += line.amount or Decimal(0)
        if all(category is None for category, _ in named):
            return None
        return sum(amount > 0 for amount in paid.values())

    def _within_two_years(self, day: dt.date) -> bool:
        return any(self.spans()[ending](day) for ending in ("12m", "previous_12m"))

    def parts(self, change: Decimal | None, price: Decimal) -> dict[str, Value]:
        """Products newly bought, products no longer bought, and the rest."""
        years: dict[str | None, list[Decimal | float]] = defaultdict(lambda: [Decimal(0), 0.0, Decimal(0), 0.0])
        for line in self.rows:
            for place, ending in ((0, "12m"), (2, "previous_12m")):
                if line.amount is not None and self.spans()[ending](line.ordered_on):
                    years[line.product_id][place] += line.amount  # type: ignore[operator]
                    years[line.product_id][place + 1] += line.quantity or 0.0  # type: ignore[operator]
        new = sum(
            (Decimal(str(now)) - Decimal(str(then)) for now, n, then, t in years.values() if n > 0 >= t), Decimal(0)
        )
        gone = sum((Decimal(str(now)) - Decimal(str(then)) for now, n, then, _ in years.values() if n <= 0), Decimal(0))
        return {
            "cross_sell_effect_12m": new,
            "dropped_effect_12m": gone,
            "same_products_volume_effect_12m": None if change is None else change - price - new - gone,
        }

    def effects(self) -> tuple[Decimal, Decimal]:
        """Volume and price effect."""
        spans = self.spans()
        by_product: dict[str | None, dict[str, list[Line]]] = defaultdict(lambda: {"12m": [], "previous_12m": []})
        for line in self.rows:
            for ending in ("12m", "previous_12m"):
                if line.amount is not None and spans[ending](line.ordered_on):
                    by_product[line.product_id][ending].append(line)
        units = dict.fromkeys(("12m", "previous_12m"), 0.0)
        amounts = {ending: Decimal(0) for ending in units}
        price = Decimal(0)
        for years in by_product.values():
            bought = {ending: sum(line.quantity or 0.0 for line in lines) for ending, lines in years.items()}
            paid = {ending: added(line.amount for line in lines) or Decimal(0) for ending, lines in years.items()}
            for ending in units:
                units[ending] += bought[ending]
                amounts[ending] += paid[ending]
            if bought["12m"] > 0 and bought["previous_12m"] > 0:
                mean = {ending: float(paid[ending]) / bought[ending] for ending in units}
                price += money((mean["12m"] - mean["previous_12m"]) * bought["12m"]) or Decimal(0)
        if units["previous_12m"] > 0:
            mean_price = float(amounts["previous_12m"]) / units["previous_12m"]
            volume = money((units["12m"] - units["previous_12m"]) * mean_price) or Decimal(0)
        else:
            volume = amounts["12m"] - amounts["previous_12m"]
        return volume, price

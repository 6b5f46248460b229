"""One customer through time: every purchase day, and how probable it was each day that the customer is still there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from worthbook.data.rows import customer_rows
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.period import DAYS_PER_WEEK
from worthbook.kernel.result import Table, TableColumn
from worthbook.kernel.units import Unit
from worthbook.models.lifetime.data import PurchaseHistory
from worthbook.models.lifetime.purchase_model import PurchaseFit
from worthbook.planning.run import Workbench

OCCASIONS = "occasions"
SHOWN = 12
"""Rows of the table: the last purchases, and today."""
BAR = 20
"""Marks for certainty."""

CUSTOMER_UNKNOWN = Fault(
    "customer-without-purchases",
    what=Text(en="'{customer}' has bought nothing by {as_of}.", zh="截至 {as_of}，“{customer}”没有任何购买。"),
    hint=Text(
        en="Check the id; it is compared letter by letter.",
        zh="请核对客户编号；系统逐字符比较编号。",
    ),
)
TITLE = Text(en="{customer}: probability of being active, by {label}", zh="{customer}：活跃概率（{label}）")


@dataclass(frozen=True)
class Timeline:
    """A customer's purchase days, and the probability of being active on every day since the first."""

    customer_id: str
    label: str
    purchases: tuple[dt.date, ...]
    p_alive: tuple[float, ...]
    """On the first purchase day and every day after it, before a purchase of that day is known."""

    @property
    def last(self) -> dt.date:
        """The day of the evaluation."""
        return self.purchases[0] + dt.timedelta(days=len(self.p_alive) - 1)

    def on(self, day: dt.date) -> float:
        """The probability on a day, before a purchase of that day is known."""
        return self.p_alive[(day - self.purchases[0]).days]

    def table(self, as_of: dt.date) -> Table:
        """The last purchases and the date itself, each with the probability on the eve of it."""
        columns = (
            TableColumn("day", Text(en="Day", zh="日期"), Unit.DATE),
            TableColumn("purchases", Text(en="Purchase days so far", zh="累计购买天数"), Unit.COUNT),
            TableColumn("p_alive", Text(en="Active before it", zh="此前活跃概率"), Unit.PROBABILITY),
            TableColumn("bar", Text(en="", zh=""), Unit.TEXT),
        )
        days = [*enumerate(self.purchases, start=1)][-SHOWN:]
        rows = [(day, count, self.on(day), _bar(self.on(day))) for count, day in days]
        last = self.p_alive[-1]
        rows.append((as_of, len(self.purchases), last, _bar(last)))
        return Table("customer", TITLE.format(customer=self.customer_id, label=self.label), columns, tuple(rows))

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        first = self.purchases[0]
        return {
            "customer": self.customer_id,
            "model": self.label,
            "purchases": [day.isoformat() for day in self.purchases],
            "p_alive": [
                [(first + dt.timedelta(days=age)).isoformat(), value] for age, value in enumerate(self.p_alive)
            ],
        }


def timeline_of(bench: Workbench, customer_id: str, fit: PurchaseFit, label: str) -> Timeline:
    """Follow one customer up to the date.

    Raises:
        WorthbookError: `customer-without-purchases`.
    """
    as_of = bench.plan.as_of
    rows = customer_rows(bench.engine, bench.snapshot, bench.catalogue.tables, OCCASIONS, customer_id, as_of)
    days = sorted({day for row in rows if isinstance(day := row.values.get("ordered_on"), dt.date)})
    if not days:
        raise CUSTOMER_UNKNOWN(customer=customer_id, as_of=as_of)
    return Timeline(customer_id, label, tuple(days), tuple(fit.p_alive(history_by_day(days, as_of)).tolist()))


def history_by_day(days: Sequence[dt.date], as_of: dt.date) -> PurchaseHistory:
    """The customer as seen at the beginning of every day: what was bought on it is not known yet.

    >>> seen = history_by_day([dt.date(2026, 1, 1), dt.date(2026, 1, 8)], dt.date(2026, 1, 9))
    >>> seen.x.tolist(), seen.t_x.tolist()[-1]
    ([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0], 1.0)
    """
    bought = np.array([(day - days[0]).days for day in days], dtype=np.float64)
    age = np.arange((as_of - days[0]).days + 1, dtype=np.float64)
    before = np.maximum(np.searchsorted(bought, age, side="left"), 1)
    log_gaps = np.cumsum([0.0, *np.log(np.diff(bought) / DAYS_PER_WEEK)])[before - 1]
    return PurchaseHistory(before - 1.0, bought[before - 1] / DAYS_PER_WEEK, age / DAYS_PER_WEEK, log_gaps=log_gaps)


def _bar(share: float) -> str:
    return "█" * round(share * BAR)

"""The apparel data of CLVTools: 600 customers, 104 weeks to learn from, 207 weeks held out."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from worthbook.models.base import FloatArray
from worthbook.models.lifetime import PurchaseHistory
from worthbook.models.lifetime.seasoned_customers import SeasonedCustomers

END = dt.date(2006, 12, 31)
HOLDOUT_WEEKS = (dt.date(2010, 12, 20) - END).days / 7


@dataclass(frozen=True)
class Apparel:
    """Purchase days by customer, and the folder they come from."""

    folder: Path
    days: dict[str, set[dt.date]]

    @classmethod
    def of(cls, folder: Path) -> Apparel:
        """From the folder of the data set."""
        days: dict[str, set[dt.date]] = defaultdict(set)
        for row in rows_of(folder / "apparel_transactions.csv.gz"):
            days[row["customer_id"]].add(dt.date.fromisoformat(row["date"]))
        return cls(folder, days)

    @property
    def ids(self) -> list[str]:
        """Customers, in the order of all rows."""
        return sorted(self.days)

    @property
    def expected(self) -> dict[str, Any]:
        """The published numbers."""
        found: dict[str, Any] = json.loads((self.folder / "expected.json").read_text(encoding="utf-8"))
        return found

    @property
    def history(self) -> PurchaseHistory:
        """Repeat purchases up to the end of calibration, in weeks."""
        found = []
        for bought in (self.days[each] for each in self.ids):
            seen = sorted(day for day in bought if day <= END)
            found.append((len(seen) - 1, (seen[-1] - seen[0]).days / 7, (END - seen[0]).days / 7))
        x, t_x, age = np.array(found).T
        return PurchaseHistory(x, t_x, age)

    @property
    def later(self) -> FloatArray:
        """Purchases in the hold-out."""
        return np.array([sum(day > END for day in self.days[each]) for each in self.ids], dtype=np.float64)

    def static(self) -> dict[str, list[float]]:
        """Gender and channel of each customer."""
        found = {row["customer_id"]: row for row in rows_of(self.folder / "apparel_static_covariates.csv.gz")}
        return {name: [float(found[each][name]) for each in self.ids] for name in ("gender", "channel")}

    def seasoned(self) -> SeasonedCustomers:
        """Purchases on a clock of weeks from the first day on, with season, gender and channel of every week."""
        start = min(min(bought) for bought in self.days.values())
        names = ("high_season", "gender", "channel")
        cells: dict[str, dict[float, list[float]]] = defaultdict(dict)
        for row in rows_of(self.folder / "apparel_dynamic_covariates.csv.gz"):
            week = (dt.date.fromisoformat(row["period_start"]) - start).days / 7
            cells[row["customer_id"]][week] = [float(row[name]) for name in names]
        weeks = sorted(cells[self.ids[0]])
        table = np.array([[cells[each][week] for week in weeks] for each in self.ids])
        log = [
            (number, (day - start).days / 7) for number, each in enumerate(self.ids) for day in sorted(self.days[each])
        ]
        customers, times = np.array(log).T
        return SeasonedCustomers.of_purchases(
            customers,
            times,
            end=(END - start).days / 7,
            edges=[*weeks, weeks[-1] + 1],
            covariates={name: table[:, :, place] for place, name in enumerate(names)},
        )


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a compressed file."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)

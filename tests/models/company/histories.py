"""What a purchase model would read of the simulated firm, worked out directly from its order lines."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from worthbook.kernel.period import DAYS_PER_WEEK
from worthbook.models.company.company import END, Company
from worthbook.models.lifetime.data import PurchaseHistory


def history_of(company: Company, customers: Collection[str]) -> PurchaseHistory:
    """Repeat purchase days, weeks to the last one and weeks since the first one, of some of the customers."""
    lines = company.lines
    bought = (lines["quantity"].astype(np.int64) > 0) & np.isin(lines["customer_id"], list(customers))
    _, owner = np.unique(lines["customer_id"][bought], return_inverse=True)
    age = (np.datetime64(END) - lines["ordered_on"][bought].astype("datetime64[D]")).astype(np.int64)
    owner, age = np.unique(np.stack([owner, age]), axis=1)
    count = np.bincount(owner)
    ends = np.cumsum(count) - 1
    oldest, newest = age[ends], age[ends - count + 1]
    return PurchaseHistory(count - 1, (oldest - newest) / DAYS_PER_WEEK, oldest / DAYS_PER_WEEK)

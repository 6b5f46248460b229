"""What customers will buy and be worth together over a horizon, from the columns that the models read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from worthbook.data import columns
from worthbook.data.engine import Engine, Sheet
from worthbook.data.studies import sheet_of
from worthbook.kernel.errors import WorthbookError
from worthbook.models.lifetime.data import PurchaseHistory, SpendHistory
from worthbook.models.lifetime.forecast import SpendOutlook, TotalForecast, forecast_total
from worthbook.models.lifetime.gamma_gamma import GammaGammaFit
from worthbook.models.lifetime.purchase_model import PurchaseFit
from worthbook.models.posterior import Posterior

SEED = 1
"""Of the draws behind the interval: the same base always gets the same one."""
CUSTOMERS = 1_000_000
"""A forecast is worked out on about so many customers at most: whole customer buckets, which are random samples."""


def total_outlook(  # noqa: PLR0913 - where the customers are, how they are read, and what is asked
    engine: Engine,
    sheets: Sequence[Sheet],
    roles: Mapping[str, str],
    fits: tuple[PurchaseFit, GammaGammaFit | None],
    weeks: float,
    *,
    customers: int,
    posterior: Posterior | None = None,
) -> TotalForecast | None:
    """The forecast for the base; None where the models cannot make one.

    Where there are very many customers a sample is read, each of whom stands for several.

    Args:
        engine: where to ask.
        sheets: what holds the columns.
        roles: `x`, `t_x`, `T`, `log_gaps` if the model tells them apart, and for the spend model `mean_value` → column.
        fits: the models of purchases and of spend.
        weeks: how far to look.
        customers: how many there are.
        posterior: of the parameters of the model of purchases; without it, its normal approximation.
    """
    purchases, spend = fits
    names = [roles[role] for role in ("x", "t_x", "T", *(["mean_value"] if spend is not None else []))]
    gaps = [roles["log_gaps"]] if purchases.process_class.tells_gaps else []
    used = list(dict.fromkeys(sheet_of(sheets, name) for name in [*names, *gaps]))
    parts = sample_parts(len(used[0].parts), customers, CUSTOMERS)
    groups = columns.grouped(engine, used, [*names, *gaps], parts=parts)
    x, t_x, age, *mean_value = (groups[name] for name in names)
    weights = groups["customers"] * (customers / read_customers(engine, used[0], customers, parts))
    try:
        history = PurchaseHistory(x, t_x, age, weights, log_gaps=groups[gaps[0]] if gaps else None)
        if spend is None:
            return forecast_total(purchases, history, weeks, seed=SEED, posterior=posterior)
        known = SpendOutlook(spend, SpendHistory(x, mean_value[0], weights), margin=1.0)
        return forecast_total(purchases, history, weeks, seed=SEED, spend=known, posterior=posterior)
    except WorthbookError:
        return None


def sample_parts(parts: int, customers: int, wanted: int) -> list[int] | None:
    """So many of the customer buckets as hold about the wanted number of customers; None is all.

    >>> sample_parts(16, 400, 1000), sample_parts(16, 4000, 1000)
    (None, [0, 1, 2, 3])
    """
    if customers <= wanted or parts == 1:
        return None
    return list(range(max(1, round(parts * wanted / customers))))


def read_customers(engine: Engine, sheet: Sheet, customers: int, parts: Sequence[int] | None) -> int:
    """How many customers some parts of a sheet hold; all of them where no parts are named."""
    if parts is None:
        return customers
    return columns.count(engine, Sheet(tuple(sheet.parts[part] for part in parts), sheet.columns))

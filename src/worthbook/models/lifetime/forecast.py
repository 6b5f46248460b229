"""What the whole base will buy and be worth over a horizon, with an honest interval.

Three things make a total uncertain, and all are in the interval: the parameters are estimates (drawn from Laplace's
approximation, or from the posterior that is given), customers do not buy exactly what is expected of them, and
purchases do not all have the same value. The first moves all customers together and does not average out; the other two
do, so their variances are added up.

The spread, unlike the estimate, is worked out on a sample of rows taken in proportion to what each contributes, so
that a million customers cost hardly more than a thousand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.models.base import FloatArray, IntArray
from worthbook.models.distinct import weighted_sum
from worthbook.models.interval import Interval
from worthbook.models.lifetime.data import PurchaseHistory, SpendHistory
from worthbook.models.lifetime.gamma_gamma import MEAN_INFINITE, GammaGammaFit, GammaGammaProcess
from worthbook.models.lifetime.purchase_model import PurchaseFit
from worthbook.models.posterior import Posterior

DRAWS = 200
"""Parameter values drawn; the ends of the interval move by a few per cent of its width from seed to seed."""

CHANCE_POINTS = 30
"""For each draw, so many equally likely outcomes of chance."""

SAMPLE_ROWS = 200

LEAST_Q = 1.1
"""Draws under which spend has almost no mean (q near 1) are left out."""

ROWS_DIFFER = Fault(
    "forecast-rows-differ",
    what=Text(
        en="The purchase history has {purchases} rows, the spend history {spend}.",
        zh="购买历史有 {purchases} 行，而消费历史有 {spend} 行。",
    ),
    hint=Text(en="Give the same customers in the same order.", zh="两者应包含相同的客户，且顺序一致。"),
)
MARGIN_NOT_POSITIVE = Fault(
    "forecast-margin-not-positive",
    what=Text(
        en="The margin is not above zero in {count} rows (the first is row {row}).",
        zh="毛利率有 {count} 行不大于零（首个为第 {row} 行）。",
    ),
    hint=Text(
        en="Give the typical margin of future purchases; forecast customers on whom money is lost on their own.",
        zh="请填写未来购买的典型毛利率；亏损客户请单独预测。",
    ),
)
HEAVY_SPEND = Text(
    en=(
        "Spend differs so much between customers (q = {q}) that a few unknown big spenders could exceed the "
        "interval of the "
        "total value."
    ),
    zh="客户之间的消费差异很大（q = {q}），少数尚未显现的大客户可能使总价值超出该区间。",
)


@dataclass(frozen=True, slots=True, eq=False)
class SpendOutlook:
    """What the customers of a purchase history spend, row by row, and which share of it is kept.

    Attributes:
        fit: The fitted model of spend.
        history: Known spend, in the rows of the purchase history.
        margin: Share of revenue that remains, one for all or one for each row.
    """

    fit: GammaGammaFit
    history: SpendHistory
    margin: float | FloatArray


@dataclass(frozen=True, slots=True)
class TotalForecast:
    """Purchases, and value if spend was given, of all customers together."""

    horizon: float
    purchases: Interval
    value: Interval | None
    cautions: tuple[Text, ...]


def forecast_total(  # noqa: PLR0913  # two of them may be left out
    fit: PurchaseFit,
    history: PurchaseHistory,
    horizon: float,
    *,
    seed: int,
    spend: SpendOutlook | None = None,
    posterior: Posterior | None = None,
) -> TotalForecast:
    """Forecast the total purchases, and with a spend outlook the total value, of all customers.

    Args:
        fit: The fitted model of purchases.
        history: The customers, at the date from which the forecast looks ahead.
        horizon: How far it looks, in the unit of the history.
        seed: Of the random draws; the same seed gives the same interval.
        spend: Fitted spend and margin.
        posterior: Of the parameters; if left out, Laplace's approximation to it.

    Raises:
        WorthbookError: If the spend history belongs to other rows, or a margin is not above zero.
    """
    if spend is not None and len(spend.history) != len(history):
        raise ROWS_DIFFER(purchases=len(history), spend=len(spend.history))
    rng = np.random.default_rng(seed)
    expected = fit.expected_purchases(history, horizon)
    rows, share = _sample(expected * history.weights, rng)
    few, count = history.take(rows), expected[rows]
    parameters = fit.estimates.draws(DRAWS, rng) if posterior is None else posterior.thinned(DRAWS)
    processes = [fit.rough_process_at(values) for values in parameters]
    pace = np.array([each.expected_purchases(few, horizon) for each in processes]) / count
    variance = fit.process.purchase_variance(few, horizon)
    purchases = _interval(weighted_sum(history.weights, expected), share, pace, variance / count)
    if spend is None:
        return TotalForecast(horizon, purchases, None, fit.cautions)
    mean_spend = spend.fit.expected_spend(spend.history)
    worth = mean_spend * _margin(spend.margin, len(history))
    known = SpendHistory(spend.history.x[rows], spend.history.mean_value[rows])
    amounts = np.array([each.expected_spend(known) for each in _plausible(spend.fit, rng)]) / mean_spend[rows]
    squared = _relative_square(spend.fit.process, known, count, variance) - count**2
    value = _interval(
        weighted_sum(history.weights, expected * worth),
        share * worth[rows] / weighted_sum(share, worth[rows]),
        pace * amounts,
        squared / count * worth[rows],
    )
    return TotalForecast(horizon, purchases, value, (*fit.cautions, *_spend_cautions(spend)))


def _relative_square(
    process: GammaGammaProcess, known: SpendHistory, count: FloatArray, variance: FloatArray
) -> FloatArray:
    """E[V^2] / E[mean spend]^2 of the value V of one customer's purchases to come.

    Given its mean spend m, a purchase has variance m^2 / p; so V, the sum of a random number Y of purchases, has
    E[V^2 | m] = m^2 (E[Y (Y - 1)] + E[Y] (1 + 1 / p)). Where spend follows frequency, a pair of purchases is one of
    somebody who will have bought once more than the one who makes a single purchase.
    """
    pairs = (variance + count**2 - count) * process.next_level(known.x + 1) ** 2
    return process.dispersion(known) * (pairs + count * (1 + 1 / process.p))


def _spend_cautions(spend: SpendOutlook) -> tuple[Text, ...]:
    """Those of the fit, and one where customers without known spend have no variance of spend."""
    q = spend.fit.process.q
    if q > 2 or spend.history.x.all():  # noqa: PLR2004  # the variance is that of an inverse gamma with shape q
        return spend.fit.cautions
    return (*spend.fit.cautions, HEAVY_SPEND.format(q=f"{q:.2f}"))


def _margin(margin: float | FloatArray, rows: int) -> FloatArray:
    margins = np.broadcast_to(np.asarray(margin, dtype=np.float64), (rows,))
    bad = margins <= 0
    if bad.any():
        raise MARGIN_NOT_POSITIVE(count=int(bad.sum()), row=int(np.argmax(bad)) + 1)
    return margins


def _sample(contributions: FloatArray, rng: np.random.Generator) -> tuple[IntArray, FloatArray]:
    """Rows that stand for all, and the share of the total for which each stands.

    All rows if they are few; else a systematic sample in proportion to their contributions.
    """
    some = np.flatnonzero(contributions)
    if len(some) <= SAMPLE_ROWS:
        return some, contributions[some] / contributions.sum()
    reached = np.cumsum(contributions)
    places = (np.arange(SAMPLE_ROWS) + rng.random()) * (reached[-1] / SAMPLE_ROWS)
    return np.minimum(np.searchsorted(reached, places), len(reached) - 1), np.full(SAMPLE_ROWS, 1 / SAMPLE_ROWS)


def _interval(total: float, share: FloatArray, ratios: FloatArray, variance_per_unit: FloatArray) -> Interval:
    """Mix the totals of all draws with chance.

    Args:
        total: The estimate.
        share: Of the total, for which each row of the sample stands.
        ratios: For each draw (rows) and each row of the sample (columns), what the draw expects over the estimate.
        variance_per_unit: For each row of the sample, the variance of one customer over its expectation.
    """
    low, high = np.quantile(
        _gamma_points(total * (ratios @ share), weighted_sum(share, variance_per_unit)), [0.025, 0.975]
    )
    return Interval(total, float(low), float(high))


def _plausible(fit: GammaGammaFit, rng: np.random.Generator) -> list[GammaGammaProcess]:
    """Draws of the spend model under which spend has a mean."""
    drawn = fit.estimates.draws(2 * DRAWS, rng)
    kept = drawn[drawn[:, 1] > LEAST_Q]
    if not len(kept):
        raise MEAN_INFINITE(q=f"{fit.process.q:.2f}")
    return [GammaGammaProcess(*row) for row in np.resize(kept, (DRAWS, drawn.shape[1])).tolist()]


def _gamma_points(means: FloatArray, variance_per_unit: float) -> FloatArray:
    """Equally likely points of gamma distributions with these means, whose variance is proportional to the mean.

    A total cannot be negative and leans to the right when it is small; when it is large the gamma is the normal.
    """
    from scipy.special import gammaincinv  # noqa: PLC0415  # keeps the import of the package fast

    levels = (np.arange(CHANCE_POINTS) + 0.5) / CHANCE_POINTS
    return np.asarray(gammaincinv((means / variance_per_unit)[:, None], levels)) * variance_per_unit

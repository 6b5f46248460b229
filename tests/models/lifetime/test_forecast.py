"""The interval of the total: what it must cover, by simulation from known parameters."""

from __future__ import annotations

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.lifetime import BGNBD, NBD, GammaGamma, PurchaseHistory, SpendHistory
from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
from worthbook.models.lifetime.forecast import SpendOutlook, forecast_total
from worthbook.models.lifetime.gamma_gamma import GammaGammaProcess
from worthbook.models.lifetime.simulate import simulate_purchases, simulate_spend

BUYING = BGNBDProcess(0.5, 6.0, 0.8, 2.5)
SPENDING = GammaGammaProcess(6.25, 3.74, 15.44)
MARGIN = 0.4
RUNS = 100


def test_intervals_cover_the_truth() -> None:
    """100 bases of 300 customers: 95 % intervals of totals and parameters cover in 90 to 99 % of them.

    Half a year after the date from which the forecast looks ahead, total purchases and total margin are known, and so
    are the seven parameters from which the customers were made.
    """
    rng = np.random.default_rng(2026)
    truth = (BUYING.r, BUYING.alpha, BUYING.a, BUYING.b, SPENDING.p, SPENDING.q, SPENDING.gamma)
    purchases, value, parameters = 0, 0, 0
    for run in range(RUNS):
        history, future = simulate_purchases(BUYING, rng.uniform(20, 52, 300), 26.0, rng)
        mean_value, spent = simulate_spend(SPENDING, history.x, future, rng)
        known = SpendHistory(history.x, mean_value)
        fit, spend_fit = BGNBD().fit(history), GammaGamma().fit(known)
        total = forecast_total(fit, history, 26.0, seed=run, spend=SpendOutlook(spend_fit, known, MARGIN))
        assert total.value is not None
        purchases += total.purchases.low <= future.sum() <= total.purchases.high
        value += total.value.low <= spent.sum() * MARGIN <= total.value.high
        rows = zip((*fit.summary, *spend_fit.summary), truth, strict=True)
        parameters += sum(row.low is not None and row.low <= true <= (row.high or 0) for row, true in rows)
    assert 90 <= purchases <= 99
    assert 90 <= value <= 99
    assert 0.90 <= parameters / (len(truth) * RUNS) <= 0.99


def test_intervals_of_segments_cover_whatever_their_size() -> None:
    """One fit for 400 customers; segments of 25, 100 and 275: at least 54 of 60 intervals cover, and parts add up."""
    rng = np.random.default_rng(31)
    covered = 0
    for run in range(20):
        history, future = simulate_purchases(BUYING, rng.uniform(20, 52, 400), 26.0, rng)
        mean_value, spent = simulate_spend(SPENDING, history.x, future, rng)
        known = SpendHistory(history.x, mean_value)
        fit, spend_fit = BGNBD().fit(history), GammaGamma().fit(known)
        parts = 0.0
        for rows in np.split(np.arange(400), [25, 125]):
            outlook = SpendOutlook(spend_fit, SpendHistory(history.x[rows], mean_value[rows]), 1.0)
            value = forecast_total(fit, history.take(rows), 26.0, seed=run, spend=outlook).value
            assert value is not None
            covered += value.low <= spent[rows].sum() <= value.high
            parts += value.estimate
        assert parts == pytest.approx((fit.expected_purchases(history, 26.0) * spend_fit.expected_spend(known)).sum())
    assert covered >= 54


def frequent_and_frugal(rng: np.random.Generator, customers: int) -> tuple[PurchaseHistory, SpendHistory, float]:
    """Customers whose mean spend falls with the root of their rate of buying, and what they spend in half a year."""
    rate, ages = rng.gamma(0.5, 0.25, customers), rng.uniform(30, 52, customers)
    x, future = rng.poisson(rate * ages), rng.poisson(rate * 26)
    t_x = np.where(x > 0, ages * rng.beta(np.maximum(x, 1), 1), 0.0)
    mean = 30 * np.sqrt(0.125 / rate) * 3 / rng.gamma(4.0, 1.0, customers)
    past = rng.gamma(4.0 * np.maximum(x, 1), 0.25) / np.maximum(x, 1) * mean
    spent = np.where(future > 0, rng.gamma(4.0 * np.maximum(future, 1), 0.25) * mean, 0.0)
    return PurchaseHistory(x, t_x, ages), SpendHistory(x, np.where(x > 0, past, 0.0)), float(spent.sum())


def test_where_spend_goes_with_frequency_the_total_is_covered_and_plainly_is_not() -> None:
    """20 bases of 2 000 customers: with the fall-back at least 17 intervals cover, with the plain model at most 10."""
    rng = np.random.default_rng(7)
    covered, plainly = 0, 0
    for run in range(20):
        history, known, spent = frequent_and_frugal(rng, 2000)
        fit = NBD().fit(history)
        for plain in (False, True):
            spend_fit = GammaGamma(by_frequency=False if plain else None).fit(known)
            assert spend_fit.by_frequency is not plain
            total = forecast_total(fit, history, 26.0, seed=run, spend=SpendOutlook(spend_fit, known, 1.0)).value
            assert total is not None
            held = total.low <= spent <= total.high
            covered, plainly = covered + (held and not plain), plainly + (held and plain)
    assert covered >= 17
    assert plainly <= 10


def test_estimates_are_the_sums_of_the_columns(base: PurchaseHistory) -> None:
    rng = np.random.default_rng(5)
    mean_value, _ = simulate_spend(SPENDING, base.x, base.x, rng)
    known, margin = SpendHistory(base.x, mean_value), rng.uniform(0.1, 0.5, len(base))
    fit, spend_fit = BGNBD().fit(base), GammaGamma().fit(known)
    total = forecast_total(fit, base, 39, seed=1, spend=SpendOutlook(spend_fit, known, margin))
    expected = fit.expected_purchases(base, 39)
    assert total.purchases.estimate == pytest.approx(expected.sum())
    assert total.value is not None
    assert total.value.estimate == pytest.approx((expected * spend_fit.expected_spend(known) * margin).sum())
    assert total == forecast_total(fit, base, 39, seed=1, spend=SpendOutlook(spend_fit, known, margin))


def test_a_sample_of_rows_gives_the_interval_of_all_rows(base: PurchaseHistory) -> None:
    """2 000 rows are sampled; the same customers in fewer than 600 weighted rows are not."""
    rounded = PurchaseHistory(base.x, np.minimum(np.ceil(base.t_x), np.floor(base.T)), np.floor(base.T))
    fit = BGNBD().fit(rounded)
    groups = rounded.group()
    assert len(groups) < 600
    one, other = (forecast_total(fit, each, 39, seed=3).purchases for each in (rounded, groups))
    assert one.estimate == pytest.approx(other.estimate)
    assert (one.low, one.high) == pytest.approx((other.low, other.high), rel=0.02)


def test_without_spend_there_is_no_value(base: PurchaseHistory) -> None:
    assert forecast_total(BGNBD().fit(base), base, 39, seed=1).value is None


def test_wrong_spend_is_refused(base: PurchaseHistory) -> None:
    rng = np.random.default_rng(5)
    known = SpendHistory(base.x, simulate_spend(SPENDING, base.x, base.x, rng)[0])
    fit, spend_fit = BGNBD().fit(base), GammaGamma().fit(known)
    other = SpendOutlook(spend_fit, SpendHistory([1], [20]), 0.3)
    with pytest.raises(WorthbookError) as caught:
        forecast_total(fit, base, 39, seed=1, spend=other)
    assert caught.value.slugs == ("forecast-rows-differ",)
    with pytest.raises(WorthbookError) as caught:
        forecast_total(fit, base, 39, seed=1, spend=SpendOutlook(spend_fit, known, 0.0))
    assert caught.value.slugs == ("forecast-margin-not-positive",)


def test_wild_spend_is_told(base: PurchaseHistory) -> None:
    rng = np.random.default_rng(6)
    wild = GammaGammaProcess(2.0, 1.5, 10.0)
    known = SpendHistory(base.x, simulate_spend(wild, base.x, base.x, rng)[0])
    total = forecast_total(BGNBD().fit(base), base, 39, seed=1, spend=SpendOutlook(GammaGamma().fit(known), known, 1.0))
    assert any("big spenders" in each.en and "大客户" in each.zh for each in total.cautions)

"""Published and cross-checked estimates of BG/NBD and Gamma-Gamma, on the data sets beside the repository."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from worthbook.models.base import FloatArray
from worthbook.models.lifetime import BGNBD, GammaGamma, ParetoNBD, PurchaseHistory, SpendHistory
from worthbook.models.lifetime.bg_nbd import BGNBDFit
from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
from worthbook.models.lifetime.holdout import score_holdout

pytestmark = pytest.mark.shared_data

SYMBOLS = ("r", "alpha", "a", "b")
Days = dict[str, dict[dt.date, float]]


def purchase_days(path: Path, who: str, amount: str | None) -> Days:
    """Amounts by customer and day; several orders on one day are one purchase."""
    days: Days = defaultdict(lambda: defaultdict(float))
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            days[row[who]][dt.date.fromisoformat(row["date"])] += float(row[amount]) if amount else 0.0
    return days


def summarise(days: Days, end: dt.date, per_unit: int) -> tuple[list[list[float]], list[float]]:
    """x, t_x, T of each customer, and the mean amount of the repeat purchases."""
    rows, spend = [], []
    for bought in (days[key] for key in sorted(days)):
        seen = sorted(day for day in bought if day <= end)
        repeats = seen[1:]
        rows.append([len(repeats), (seen[-1] - seen[0]).days / per_unit, (end - seen[0]).days / per_unit])
        spend.append(sum(bought[day] for day in repeats) / max(len(repeats), 1))
    return rows, spend


@pytest.fixture(scope="module")
def cdnow(shared: Path) -> tuple[PurchaseHistory, SpendHistory, FloatArray, dict[str, Any]]:
    """CDNOW sample: purchases, repeat spend, hold-out purchases, expected numbers."""
    folder = shared / "data" / "cdnow"
    rows, spend = summarise(
        purchase_days(folder / "cdnow_sample.csv.gz", "sample_id", "amount"), dt.date(1997, 9, 30), 7
    )
    x, t_x, end = np.array(rows).T
    with (folder / "cdnow_summary.csv").open(encoding="utf-8") as lines:
        later = np.array([float(row["x_star"]) for row in csv.DictReader(lines)])
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return PurchaseHistory(x, t_x, end), SpendHistory(x, spend), later, expected


@pytest.fixture(scope="module")
def cdnow_fit(cdnow: tuple[PurchaseHistory, SpendHistory, FloatArray, dict[str, Any]]) -> BGNBDFit:
    return BGNBD().fit(cdnow[0])


def assert_estimates(fit: BGNBDFit, wanted: Mapping[str, float]) -> None:
    """Parameters to 1e-4 relative, log-likelihood to 1e-4 absolute."""
    for row in fit.summary:
        assert row.estimate == pytest.approx(wanted[row.symbol], rel=1e-4)
    assert fit.log_likelihood == pytest.approx(wanted["ll"], abs=1e-4)


def test_cdnow_summary_is_the_published_one(
    shared: Path, cdnow: tuple[PurchaseHistory, SpendHistory, FloatArray, dict[str, Any]]
) -> None:
    """x, t_x, T of brucehardie.com/datasets, as in cran/BTYD cdnowSummary."""
    with (shared / "data" / "cdnow" / "cdnow_summary.csv").open(encoding="utf-8") as lines:
        rows = np.array([[float(row[key]) for key in ("x", "t_x", "T")] for row in csv.DictReader(lines)])
    history = cdnow[0]
    assert np.abs(np.stack([history.x, history.t_x, history.T], axis=1) - rows).max() < 1e-6


def test_cdnow_bg_nbd(cdnow_fit: BGNBDFit, cdnow: tuple[PurchaseHistory, SpendHistory, FloatArray, Any]) -> None:
    """MLE and standard errors of CLVTools 0.12.1, BTYD 2.4.3 and BTYDplus 1.2.0 (expected.json)."""
    wanted = cdnow[3]["mle"]["BG/NBD"]
    assert_estimates(cdnow_fit, wanted)
    assert [row.standard_error for row in cdnow_fit.summary] == pytest.approx(wanted["se"], rel=0.01)
    assert cdnow_fit.log_likelihood_without_dropout == pytest.approx(cdnow[3]["mle"]["NBD"]["ll"], abs=1e-3)
    assert cdnow_fit.facts["identified"] is True
    assert cdnow_fit.cautions == ()


def test_cdnow_bg_nbd_rounds_to_the_published_estimates(
    cdnow_fit: BGNBDFit, cdnow: tuple[PurchaseHistory, SpendHistory, FloatArray, dict[str, Any]]
) -> None:
    """Fader, Hardie and Lee (2005), Table 2: .243 4.414 .793 2.426, LL -9582.4."""
    published = cdnow[3]["published"]["BG/NBD"]
    assert [round(row.estimate, 3) for row in cdnow_fit.summary] == [published[symbol] for symbol in SYMBOLS]
    assert round(cdnow_fit.log_likelihood, 1) == published["ll"]


def test_cdnow_predictions(
    cdnow_fit: BGNBDFit, cdnow: tuple[PurchaseHistory, SpendHistory, FloatArray, dict[str, Any]]
) -> None:
    """Customer 1 and sums of CLVTools and BTYD (expected.json); customer 1 has x = 2, t_x = 213/7, T = 272/7."""
    history, _, _, expected = cdnow
    bought, alive = cdnow_fit.expected_purchases(history, 39), cdnow_fit.p_alive(history)
    one = expected["predictions"]["BG/NBD customer 1 (x=2, t_x=30.43, T=38.86)"]
    assert bought[0] == pytest.approx(one["cet_39"], rel=2e-6)
    assert alive[0] == pytest.approx(one["palive"], rel=2e-6)
    sums = expected["predictions"]["BG/NBD sums"]
    assert bought.sum() == pytest.approx(sums["cet_39"], rel=2e-6)
    assert alive.sum() == pytest.approx(sums["palive"], rel=2e-6)


def test_new_customer_predictions(
    cdnow_fit: BGNBDFit, cdnow: tuple[PurchaseHistory, SpendHistory, FloatArray, dict[str, Any]]
) -> None:
    """E[X(t)] of Hardie's BG/NBD spreadsheet; P(X(t) = n) of the BTYD manual via lifetimes' tests.

    The spreadsheet cuts the hypergeometric series short, which costs it 4e-4 at t = 78.
    """
    predictions = cdnow[3]["predictions"]
    ours = [cdnow_fit.expected_purchases_new(time) for time in (0.1429, 1, 3, 31.8571, 32, 78)]
    wanted = predictions["BG/NBD E[X(t)] t=.1429,1,3,31.8571,32,78"]
    assert ours[:5] == pytest.approx(wanted[:5], abs=1e-4)
    assert ours[5] == pytest.approx(wanted[5], abs=5e-4)
    process = BGNBDProcess(0.243, 4.414, 0.793, 2.426)
    wanted = predictions["BG/NBD at (.243,4.414,.793,2.426)"]
    assert process.probability_of(10, 2) == pytest.approx(wanted["P(X(2)=10)"], rel=1e-5)
    assert process.probability_of(0, 39) == pytest.approx(wanted["P(X(39)=0)"], rel=1e-6)
    several = [process.probability_of(n, 30) for n in range(11, 21)]
    assert several == pytest.approx(wanted["P(X(30)=11..20)"], rel=1e-6)


def test_expected_frequencies(
    cdnow_fit: BGNBDFit, cdnow: tuple[PurchaseHistory, SpendHistory, FloatArray, dict[str, Any]]
) -> None:
    """Expected customers with 0 to 6 repeats over their own observation times (expected.json; the paper's Figure 2)."""
    ages, customers = np.unique(cdnow[0].T, return_counts=True)
    ours = [
        sum(cdnow_fit.probability_of(n, age) * count for age, count in zip(ages, customers, strict=True))
        for n in range(7)
    ]
    assert ours == pytest.approx(cdnow[3]["predictions"]["BG/NBD expected customers with 0..6 repeats"], abs=0.01)


def test_cdnow_holdout(
    cdnow_fit: BGNBDFit, cdnow: tuple[PurchaseHistory, SpendHistory, FloatArray, dict[str, Any]]
) -> None:
    """MAE .78545, RMSE 1.60798, total 1653.39 against 1882 (expected.json, holdout_errors)."""
    history, _, later, expected = cdnow
    report = score_holdout(history, later, 39, cdnow_fit.expected_purchases(history, 39))
    wanted = expected["holdout_errors"]["BG/NBD"]
    assert report.rows[0].score.mae == pytest.approx(wanted["mae"], abs=2e-5)
    assert report.rows[0].score.rmse == pytest.approx(wanted["rmse"], abs=2e-5)
    assert report.rows[0].score.total == pytest.approx(wanted["total"], rel=2e-5)
    assert report.actual == expected["holdout_errors"]["actual"]
    assert report.grade == "B"
    assert "1,653" in report.sentence.en
    assert "1,882" in report.sentence.zh


def test_cdnow_gamma_gamma(cdnow: tuple[PurchaseHistory, SpendHistory, FloatArray, dict[str, Any]]) -> None:
    """Fader and Hardie (2013), note 025: 6.25 3.74 15.44; digits and SE of CLVTools and BTYD (expected.json)."""
    wanted = cdnow[3]["mle"]["Gamma-Gamma repeat purchases"]
    fit = GammaGamma().fit(cdnow[1])
    assert fit.customers == cdnow[3]["published"]["Gamma-Gamma"]["customers"]
    assert [row.estimate for row in fit.summary] == pytest.approx([wanted[s] for s in ("p", "q", "gamma")], rel=1e-4)
    assert [row.standard_error for row in fit.summary] == pytest.approx(wanted["se"], rel=0.01)
    assert fit.log_likelihood == pytest.approx(wanted["ll"], abs=1e-4)
    spend = fit.expected_spend(cdnow[1])[:10]
    published = cdnow[3]["predictions"]["Gamma-Gamma E(spend) at (6.25,3.74,15.44), first 10 customers"]
    assert spend == pytest.approx(published, rel=2e-3)


def test_cdnow_gamma_gamma_with_the_first_purchase(shared: Path) -> None:
    """The same with the first purchase counted in (expected.json)."""
    folder = shared / "data" / "cdnow"
    days = purchase_days(folder / "cdnow_sample.csv.gz", "sample_id", "amount")
    end = dt.date(1997, 9, 30)
    seen = [[value for day, value in days[key].items() if day <= end] for key in sorted(days)]
    fit = GammaGamma().fit(SpendHistory([len(each) for each in seen], [sum(each) / len(each) for each in seen]))
    wanted = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["mle"]
    wanted = wanted["Gamma-Gamma with the first purchase"]
    assert [row.estimate for row in fit.summary] == pytest.approx([wanted[s] for s in ("p", "q", "gamma")], rel=1e-4)
    assert fit.log_likelihood == pytest.approx(wanted["ll"], abs=1e-3)
    assert fit.left_out > 0


def test_lifetimes_example(shared: Path) -> None:
    """The documentation of lifetimes: r 0.16, alpha 1.86, a 1.85, b 3.18, in days; digits of expected.json."""
    folder = shared / "data" / "lifetimes_example"
    rows, _ = summarise(
        purchase_days(folder / "example_transactions.csv.gz", "customer_id", None), dt.date(2014, 12, 31), 1
    )
    x, t_x, age = np.array(rows).T
    wanted = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["mle (computed here)"]["BG/NBD"]
    assert_estimates(BGNBD().fit(PurchaseHistory(x, t_x, age, unit="days")), wanted)


def test_apparel(shared: Path) -> None:
    """CLVTools 0.12.1 on its apparel data, 104 weeks, and its hold-out of 207 weeks (expected.json)."""
    folder = shared / "data" / "apparel"
    days = purchase_days(folder / "apparel_transactions.csv.gz", "customer_id", "price")
    end = dt.date(2006, 12, 31)
    rows, spend = summarise(days, end, 7)
    history = PurchaseHistory(*np.array(rows).T)
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    wanted = expected["no covariates"]["BG/NBD"]
    fit = BGNBD().fit(history)
    assert_estimates(fit, wanted)
    assert fit.p_alive(history).sum() == pytest.approx(wanted["sum_palive"], abs=2e-3)
    later = [sum(day > end for day in days[key]) for key in sorted(days)]
    horizon = (dt.date(2010, 12, 20) - end).days / 7
    model = score_holdout(history, later, horizon, fit.expected_purchases(history, horizon)).rows[0].score
    assert model.total == pytest.approx(wanted["holdout_total"], rel=1e-4)
    assert (model.mae, model.rmse) == pytest.approx((wanted["mae"], wanted["rmse"]), abs=2e-4)

    wanted = expected["no covariates"]["Pareto/NBD"]
    timed = ParetoNBD().fit(history)
    for row in timed.summary:
        assert row.estimate == pytest.approx(wanted[row.symbol], rel=1e-4)
    assert timed.log_likelihood == pytest.approx(wanted["ll"], abs=1e-4)
    assert timed.p_alive(history).sum() == pytest.approx(wanted["sum_palive"], abs=5e-3)
    model = score_holdout(history, later, horizon, timed.expected_purchases(history, horizon)).rows[0].score
    assert model.total == pytest.approx(wanted["holdout_total"], rel=1e-4)
    assert (model.mae, model.rmse) == pytest.approx((wanted["mae"], wanted["rmse"]), abs=2e-4)

    wanted = expected["no covariates"]["Gamma-Gamma"]
    value = GammaGamma().fit(SpendHistory(history.x, spend))
    assert [row.estimate for row in value.summary] == pytest.approx([wanted[s] for s in ("p", "q", "gamma")], rel=1e-4)
    assert value.log_likelihood == pytest.approx(wanted["ll"], abs=1e-4)

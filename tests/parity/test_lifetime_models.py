"""Published and cross-checked numbers of NBD, MBG/NBD and Pareto/NBD, on the data sets beside the repository."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.parity.test_lifetime import purchase_days
from worthbook.models.base import FloatArray
from worthbook.models.lifetime import (
    BGCNBD,
    MBGCNBD,
    MBGNBD,
    NBD,
    GammaGamma,
    GGompertzNBD,
    ParetoNBD,
    PurchaseHistory,
    SpendHistory,
)
from worthbook.models.lifetime.mbg_nbd import MBGNBDProcess
from worthbook.models.lifetime.pareto_nbd import ParetoNBDProcess
from worthbook.models.lifetime.purchase_model import PurchaseFit, PurchaseModel

pytestmark = pytest.mark.shared_data

MODELS: dict[str, PurchaseModel[PurchaseFit]] = {"NBD": NBD(), "MBG/NBD": MBGNBD(), "Pareto/NBD": ParetoNBD()}

SLACK = 3e-4
"""Relative. The published predictions of Pareto/NBD were made at estimates that differ from the maximum, and from each
other, in the third to fifth digit of s and beta, along which the likelihood of CDNOW is almost flat."""


@pytest.fixture(scope="module")
def cdnow(shared: Path) -> tuple[PurchaseHistory, FloatArray, FloatArray, dict[str, Any]]:
    """CDNOW sample: history, hold-out purchases, mean repeat spend, expected numbers."""
    folder = shared / "data" / "cdnow"
    with (folder / "cdnow_summary.csv").open(encoding="utf-8") as lines:
        rows = [[float(row[key]) for key in ("x", "t_x", "T", "x_star", "zbar")] for row in csv.DictReader(lines)]
    x, t_x, end, later, spend = np.array(rows).T
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return PurchaseHistory(x, np.round(t_x * 7) / 7, np.round(end * 7) / 7), later, spend, expected


@pytest.mark.parametrize("name", list(MODELS))
def test_estimates(name: str, cdnow: tuple[PurchaseHistory, FloatArray, FloatArray, dict[str, Any]]) -> None:
    """MLE and SE of CLVTools 0.12.1, BTYD 2.4.3 and BTYDplus 1.2.0: 1e-4 relative, log-likelihood 1e-4, SE 1 %."""
    wanted = cdnow[3]["mle"][name]
    fit = MODELS[name].fit(cdnow[0])
    for row in fit.summary:
        assert row.estimate == pytest.approx(wanted[row.symbol], rel=1e-4)
    assert fit.log_likelihood == pytest.approx(wanted["ll"], abs=1e-4)
    if "se" in wanted:
        assert [row.standard_error for row in fit.summary] == pytest.approx(wanted["se"], rel=0.01)


@pytest.mark.parametrize("name", list(MODELS))
def test_holdout(name: str, cdnow: tuple[PurchaseHistory, FloatArray, FloatArray, dict[str, Any]]) -> None:
    """Errors on the 39 weeks after (expected.json, holdout_errors)."""
    history, later, _, expected = cdnow
    forecast = MODELS[name].fit(history).expected_purchases(history, 39)
    wanted = expected["holdout_errors"][name]
    assert forecast.sum() == pytest.approx(wanted["total"], rel=1e-4)
    assert np.abs(forecast - later).mean() == pytest.approx(wanted["mae"], abs=2e-5)
    assert np.sqrt(((forecast - later) ** 2).mean()) == pytest.approx(wanted["rmse"], abs=3e-5)


def test_pareto_nbd_predictions(cdnow: tuple[PurchaseHistory, FloatArray, FloatArray, dict[str, Any]]) -> None:
    """Customer 1 and sums of CLVTools and BTYD, with DERT and value at 15 % a year (expected.json)."""
    history, _, spend, expected = cdnow
    fit, predictions = ParetoNBD().fit(history), expected["predictions"]
    rate = math.expm1(math.log(1.15) / 52 * 365.25 / 7)  # the published discount takes a year as 52 weeks
    known = SpendHistory(history.x, spend)
    amount = GammaGamma().fit(known).expected_spend(known)
    ours = fit.expected_purchases(history, 39), fit.p_alive(history), fit.discounted_purchases(history, math.inf, rate)
    one = predictions["Pareto/NBD customer 1, 15 % a year (delta = ln 1.15 / 52)"]
    keys = ("cet_39", "palive", "dert")
    assert [each[0] for each in ours] == pytest.approx([one[key] for key in keys], rel=SLACK)
    assert amount[0] == pytest.approx(one["gamma_gamma_spend"], rel=SLACK)
    assert ours[2][0] * amount[0] == pytest.approx(one["dert_x_spend"], rel=SLACK)
    sums = predictions["Pareto/NBD sums"]
    totals = [each.sum() for each in (*ours, ours[2] * amount)]
    assert totals == pytest.approx([sums[key] for key in ("cet_39", "palive", "dert_15pct", "dert_x_spend")], rel=4e-4)
    heavy = PurchaseHistory([26], [30.86], [31])
    wanted = predictions["Pareto/NBD (x=26, t_x=30.86, T=31)"]
    assert fit.expected_purchases(heavy, 52)[0] == pytest.approx(wanted["cet_52"], rel=SLACK)
    assert fit.p_alive(heavy)[0] == pytest.approx(wanted["palive"], rel=SLACK)
    assert fit.expected_purchases_new(52) == pytest.approx(predictions["Pareto/NBD E[X(52)]"], rel=SLACK)


def test_pareto_nbd_new_customers(cdnow: tuple[PurchaseHistory, FloatArray, FloatArray, dict[str, Any]]) -> None:
    """E[X(t)] of the BTYD manual via lifetimes' tests, and customers with 0 to 6 repeats over their own times."""
    history, _, _, expected = cdnow
    predictions = expected["predictions"]
    fit = ParetoNBD().fit(history)
    published = ParetoNBDProcess(0.55, 10.56, 0.61, 11.64)  # the manual's example
    ours = [published.expected_purchases_new(time) for time in range(1, 10)]
    assert ours == pytest.approx(predictions["Pareto/NBD E[X(t)] t=0..9"][1:], rel=1e-6)
    ages, customers = np.unique(history.T, return_counts=True)
    for n, wanted in enumerate(predictions["Pareto/NBD expected customers with 0..6 repeats"]):
        total = sum(fit.probability_of(n, age) * count for age, count in zip(ages, customers, strict=True))
        assert total == pytest.approx(wanted, rel=5e-4)


def test_heavy_buyers_of_clvtools_100() -> None:
    """P(alive) of issue 100 of CLVTools, where its hypergeometric functions failed; by 60-digit quadrature."""
    process = ParetoNBDProcess(0.5143, 2.8845, 0.2856, 14.1087)
    history = PurchaseHistory(
        [221, 254, 161, 204],
        [103.42857, 97.14286, 94.71429, 98.57143],
        [103.57143, 97.28571, 98, 99.42857],
    )
    wanted = [0.999596052318, 0.999558226123, 0.749487752258, 0.994255079638]
    assert process.p_alive(history) == pytest.approx(wanted, abs=1e-11)


def test_no_jump_between_132_and_133_purchases() -> None:
    """CET10 of research note section 4, where a published implementation changes its formula."""
    process = ParetoNBDProcess(0.55, 10.58, 0.61, 11.67)
    history = PurchaseHistory([132, 133], [200, 200], [200, 200])
    assert process.expected_purchases(history, 10) == pytest.approx([6.20605, 6.25287], abs=1e-5)


def test_single_log_likelihoods_of_mbg_nbd() -> None:
    """R .25, alpha 4, a .8, b 2.5, T 40: no purchase and 200 purchases (research note, section 4)."""
    process = MBGNBDProcess(0.25, 4, 0.8, 2.5)
    assert process.log_likelihood(PurchaseHistory([0], [0], [40])) == pytest.approx(-0.417928262, abs=1e-9)
    assert process.log_likelihood(PurchaseHistory([200], [38], [40])) == pytest.approx(100.786909761, abs=1e-8)


def test_cdnow_buyers_are_not_regular(shared: Path) -> None:
    """BTYDplus 1.2.0 chooses k = 1 for both models of regular buying, which then are (M)BG/NBD (expected.json)."""
    folder = shared / "data" / "cdnow"
    days = purchase_days(folder / "cdnow_sample.csv.gz", "sample_id", None)
    end = dt.date(1997, 9, 30)
    rows = []
    for bought in days.values():
        seen = sorted(day for day in bought if day <= end)
        gaps = np.diff([(day - seen[0]).days / 7 for day in seen])
        rows.append([len(gaps), gaps.sum(), (end - seen[0]).days / 7, np.log(gaps).sum()])
    x, t_x, age, log_gaps = np.array(rows).T
    history = PurchaseHistory(x, t_x, age, log_gaps=log_gaps)
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["mle"]
    for model, name in ((BGCNBD(), "BG/NBD"), (MBGCNBD(), "MBG/NBD")):
        fit = model.fit(history)
        assert fit.facts["k"] == 1
        assert fit.log_likelihood == pytest.approx(expected[name]["ll"], abs=1e-4)
        assert fit.bic > -2 * fit.log_likelihood + 4 * math.log(2357)  # k was chosen as well
        for row in fit.summary:
            assert row.estimate == pytest.approx(expected[name][row.symbol], rel=1e-4)


def test_ggompertz_nbd_of_cdnow_is_pareto_nbd(
    cdnow: tuple[PurchaseHistory, FloatArray, FloatArray, dict[str, Any]],
) -> None:
    """Bemmaor and Glady (2012), Table 2: r .553, alpha 10.578, s .603, LL -9594.98; b and beta are not identified."""
    fit, published = GGompertzNBD().fit(cdnow[0]), cdnow[3]["published"]["GGom/NBD"]
    rows = {row.symbol: row.estimate for row in fit.summary}
    assert rows["r"] == pytest.approx(published["r"], abs=5e-4)
    assert rows["alpha"] == pytest.approx(published["alpha"], abs=5e-3)
    assert rows["s"] == pytest.approx(published["s"], abs=5e-3)
    assert fit.log_likelihood == pytest.approx(cdnow[3]["mle"]["Pareto/NBD"]["ll"], abs=1e-3)
    assert fit.facts["identified"] is False
    assert any("do not determine b, s, beta" in each.en for each in fit.cautions)

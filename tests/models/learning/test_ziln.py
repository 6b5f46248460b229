"""The two-part model on simulated customers: signal found, chances calibrated, intervals honest."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.base import FloatArray
from worthbook.models.learning import Measured, ZeroInflatedLognormal
from worthbook.models.learning.trees import Growth, Trees
from worthbook.models.learning.zero_inflated_lognormal import ZeroInflated
from worthbook.models.learning.ziln import ZeroInflatedLognormalFit

pytest.importorskip("sklearn")

SMALL = Growth(trees=40, learning_rate=0.15)
NAN = float("nan")


def simulate(customers: int, seed: int) -> tuple[Measured, FloatArray]:
    """Orders and channel decide whether anything is spent, the past average how much; noise tells nothing."""
    rng = np.random.default_rng(seed)
    orders, web = rng.poisson(3, customers).astype(np.float64), rng.random(customers) < 0.4
    average, noise = rng.normal(3, 1, customers), rng.normal(size=customers)
    p = 1 / (1 + np.exp(-(-1.5 + 0.5 * orders - 1.0 * web)))
    mu = 0.5 + 0.8 * average
    spend = np.where(rng.random(customers) < p, np.exp(mu + 0.7 * rng.normal(size=customers)), 0.0)
    unknown = rng.random(customers) < 0.1
    columns = {
        "orders": orders,
        "channel": np.where(web, "web", "shop").tolist(),
        "average": np.where(unknown, NAN, average),
        "noise": noise,
    }
    return Measured(columns, spend), p * np.exp(mu + 0.7**2 / 2)


@pytest.fixture(scope="module")
def fitted() -> tuple[ZeroInflatedLognormalFit, Measured]:
    data, _ = simulate(3000, 1)
    return ZeroInflatedLognormal(SMALL).fit(data), data


def test_signal_is_found_and_noise_is_not(fitted: tuple[ZeroInflatedLognormalFit, Measured]) -> None:
    fit, _ = fitted
    rows = {row.symbol: row for row in fit.summary}
    assert [row.symbol for row in fit.summary][:3] == ["average", "orders", "channel"]
    for name in ("average", "orders", "channel"):
        assert (rows[name].low or 0) > 0
    assert rows["noise"].estimate < 0.01
    assert fit.facts["auc"] == pytest.approx(0.75, abs=0.05)
    assert fit.judgement.rmse < fit.judgement.rmse_of_mean
    assert fit.judgement.brier < fit.judgement.brier_of_share
    assert fit.judgement.gini > 0.5
    assert fit.cautions == ()


def test_new_customers_are_foretold(fitted: tuple[ZeroInflatedLognormalFit, Measured]) -> None:
    """6 000 others: chances calibrated by tenth, 95 % intervals cover 93 to 97 %, the total lies within its own."""
    fit, _ = fitted
    data, truth = simulate(6000, 2)
    assert data.spend is not None
    columns = fit.predict(data)
    bought = data.spend > 0
    order = np.argsort(columns["p_spend"])
    for tenth in np.array_split(order, 10):
        assert columns["p_spend"][tenth].mean() == pytest.approx(bought[tenth].mean(), abs=0.07)
    inside = (columns["spend_low"] <= data.spend) & (data.spend <= columns["spend_high"])
    assert 0.93 < inside.mean() < 0.97
    assert abs(fit.judgement.coverage - 0.95) < 0.02
    total = fit.total(data)
    assert total.low < data.spend.sum() < total.high
    assert np.corrcoef(np.log(columns["expected_spend"]), np.log(truth))[0, 1] > 0.85


def test_totals_are_covered() -> None:
    """Totals of 40 other bases of 400 customers, one fit: no fewer than 34 in their 95 % intervals."""
    fit = ZeroInflatedLognormal(SMALL).fit(simulate(3000, 3)[0])
    inside = 0
    for seed in range(40):
        data, _ = simulate(400, 100 + seed)
        assert data.spend is not None
        total = fit.total(data)
        inside += total.low <= data.spend.sum() <= total.high
    assert inside >= 34


def test_trees_are_those_of_scikit_learn() -> None:
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415  # skipped where it is absent

    rng = np.random.default_rng(4)
    matrix = rng.normal(size=(800, 3))
    matrix[rng.random(matrix.shape) < 0.2] = NAN
    target = (np.nan_to_num(matrix[:, 0], nan=1.0) + rng.normal(size=800) > 0).astype(np.float64)
    theirs = HistGradientBoostingClassifier(
        max_iter=40,
        learning_rate=0.15,
        max_leaf_nodes=8,
        min_samples_leaf=20,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=0,
    ).fit(matrix, target)
    ours = Trees.learn("chance", matrix, target, SMALL)
    assert ours.apply(matrix) == pytest.approx(theirs.decision_function(matrix), abs=1e-12)
    assert Trees.from_record(json.loads(json.dumps(ours.as_record()))) == ours


def test_the_same_seed_gives_the_same_bytes_and_no_library_is_needed(
    fitted: tuple[ZeroInflatedLognormalFit, Measured], monkeypatch: pytest.MonkeyPatch
) -> None:
    fit, data = fitted
    text = fit.to_json()
    assert ZeroInflatedLognormal(SMALL).fit(data).to_json() == text
    assert ZeroInflatedLognormal(SMALL, seed=1).fit(data).to_json() != text
    before = fit.predict(data)
    for name in [each for each in sys.modules if each.split(".")[0] in {"sklearn", "threadpoolctl"}]:
        monkeypatch.setitem(sys.modules, name, None)
    again = ZeroInflatedLognormalFit.from_json(text)
    assert again == fit
    assert again.to_json() == text
    for name, column in again.predict(data).items():
        assert (column == before[name]).all()
    with pytest.raises(WorthbookError, match=r"worthbook\[learning\]") as caught:
        ZeroInflatedLognormal(SMALL).fit(data)
    assert caught.value.slugs == ("extra-learning-absent",)


def test_measures_without_signal_are_told() -> None:
    rng = np.random.default_rng(9)
    spend = np.where(rng.random(600) < 0.5, rng.lognormal(2, 0.5, 600), 0.0)
    fit = ZeroInflatedLognormal(SMALL).fit(Measured({"noise": rng.normal(size=600)}, spend))
    assert any("tell nothing" in each.en and "没有提供信息" in each.zh for each in fit.cautions)
    heavy = np.where(spend > 0, np.exp(3 * rng.normal(size=600)), 0.0)
    told = ZeroInflatedLognormal(SMALL).fit(Measured({"noise": rng.normal(size=600)}, heavy)).cautions
    assert any("few very large" in each.en for each in told)


def test_everybody_buys_and_a_constant_measure() -> None:
    rng = np.random.default_rng(6)
    average = rng.normal(2, 1, 300)
    data = Measured({"average": average, "same": np.ones(300)}, np.exp(average + 0.3 * rng.normal(size=300)))
    fit = ZeroInflatedLognormal(SMALL).fit(data)
    assert fit.predict(data)["p_spend"].min() > 0.999
    assert {row.symbol: row.estimate for row in fit.summary}["same"] == 0
    assert fit.judgement.auc == 0.5


def test_the_distribution_by_simulation() -> None:
    rng = np.random.default_rng(2)
    one = ZeroInflated(np.array([0.3]), np.array([1.0]), 0.6)
    drawn = np.where(rng.random(400_000) < 0.3, np.exp(1 + 0.6 * rng.normal(size=400_000)), 0.0)
    assert one.mean[0] == pytest.approx(drawn.mean(), rel=0.01)
    assert one.variance[0] == pytest.approx(drawn.var(), rel=0.02)
    for level in (0.5, 0.8, 0.95):
        assert one.quantile(level)[0] == pytest.approx(np.quantile(drawn, level), rel=0.02, abs=1e-9)
    density = math.exp(-one.loss(np.array([2.0]))[0])
    share = ((drawn > 1.9) & (drawn < 2.1)).mean() / 0.2
    assert density == pytest.approx(share, rel=0.03)


@pytest.mark.parametrize(
    ("call", "slug"),
    [
        (lambda: Measured({}), "measures-none"),
        (lambda: Measured({"a": [1.0, 2.0], "b": [1.0]}), "covariate-rows-differ"),
        (lambda: Measured({"a": [1.0, float("inf")]}), "measure-infinite"),
        (lambda: Measured({"a": [1.0, 2.0]}, [1.0]), "covariate-rows-differ"),
        (lambda: Measured({"a": [1.0, 2.0]}, [1.0, -3.0]), "history-negative"),
        (lambda: Measured({"a": [1.0, 2.0]}, [1.0, NAN]), "history-not-finite"),
        (lambda: ZeroInflatedLognormal().fit(Measured({"a": [1.0, 2.0]})), "learning-spend-missing"),
        (lambda: ZeroInflatedLognormal().fit(Measured({"a": [1.0, 2.0]}, [1.0, 0.0])), "learning-too-few-buyers"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused(call: Callable[[], object], slug: str) -> None:
    with pytest.raises(WorthbookError) as caught:
        call()
    assert caught.value.slugs == (slug,)


def test_what_the_fit_has_not_seen(fitted: tuple[ZeroInflatedLognormalFit, Measured]) -> None:
    """A new channel counts as none of those known; a measure that is missing, or of another kind, is refused."""
    fit, data = fitted
    columns: dict[str, Any] = {name: values[:3] for name, values in data.columns.items()}
    new = fit.predict(Measured({**columns, "channel": ["app", None, "web"]}))
    assert np.isfinite(new["expected_spend"]).all()
    with pytest.raises(WorthbookError) as caught:
        fit.predict(Measured({"orders": [1.0]}))
    assert set(caught.value.slugs) == {"covariate-unknown"}
    with pytest.raises(WorthbookError) as caught:
        fit.predict(Measured({**columns, "channel": [1.0, 2.0, 3.0]}))
    assert caught.value.slugs == ("covariate-kind-differs",)
    assert len(data.take(np.array([0, 2]))) == 2

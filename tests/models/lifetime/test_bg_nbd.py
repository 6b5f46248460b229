"""Fitting BG/NBD: what is recovered, what does not matter, and what is said when little can be learnt."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worthbook.kernel.errors import WorthbookError
from worthbook.models.lifetime import BGNBD, PurchaseHistory
from worthbook.models.lifetime.bg_nbd import BGNBDFit
from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
from worthbook.models.lifetime.gamma_gamma import GammaGammaFit
from worthbook.models.lifetime.simulate import simulate_purchases


def estimates(fit: BGNBDFit) -> list[float]:
    return [row.estimate for row in fit.summary]


def test_parameters_are_recovered() -> None:
    """100 000 simulated customers; every estimate within 4 standard errors and 10 % of the truth."""
    truth = BGNBDProcess(0.6, 6.0, 0.8, 2.5)
    rng = np.random.default_rng(11)
    history, _ = simulate_purchases(truth, rng.uniform(20, 60, 100_000), 0.0, rng)
    for row, true in zip(BGNBD().fit(history).summary, (0.6, 6.0, 0.8, 2.5), strict=True):
        assert row.standard_error is not None
        assert abs(row.estimate - true) < 4 * row.standard_error
        assert row.estimate == pytest.approx(true, rel=0.1)


def test_json_returns_the_same_fit(base: PurchaseHistory) -> None:
    fit = BGNBD().fit(base)
    again = BGNBDFit.from_json(fit.to_json())
    assert again == fit
    assert again.facts == fit.facts
    with pytest.raises(WorthbookError) as caught:
        GammaGammaFit.from_json(fit.to_json())
    assert caught.value.slugs == ("fit-of-another-estimator",)


def test_predict_gives_the_columns_asked_for(base: PurchaseHistory) -> None:
    fit = BGNBD().fit(base)
    assert set(fit.predict(base)) == {"p_alive"}
    columns = fit.predict(base, 52, 0.1)
    assert set(columns) == {"p_alive", "expected_purchases", "discounted_purchases"}
    assert (columns["discounted_purchases"] <= columns["expected_purchases"]).all()
    assert fit.expected_purchases_new(52) > 0
    assert 0 < fit.probability_of(0, 52) < 1


def test_another_unit_of_time_is_refused(base: PurchaseHistory) -> None:
    with pytest.raises(WorthbookError, match="fitted in weeks") as caught:
        BGNBD().fit(base).p_alive(PurchaseHistory([1], [3], [9], unit="days"))
    assert "以周为时间单位" in caught.value.say("zh")


@given(st.randoms(use_true_random=False))
@settings(max_examples=10)
def test_the_order_of_rows_does_not_matter(base: PurchaseHistory, random: object) -> None:
    order = np.random.default_rng(random.getrandbits(32)).permutation(len(base))  # type: ignore[attr-defined]
    assert estimates(BGNBD().fit(base.take(order))) == pytest.approx(estimates(BGNBD().fit(base)), rel=1e-6)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test_groups_and_weights_are_customers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    history, _ = simulate_purchases(
        BGNBDProcess(0.8, 6, 0.8, 2.5), rng.integers(20, 40, 400).astype(np.float64), 0.0, rng
    )
    weights = rng.integers(1, 4, 400)
    weighted = PurchaseHistory(history.x, history.t_x, history.T, weights)
    repeated = history.take(np.repeat(np.arange(400), weights))
    assert len(repeated.group()) <= 400
    one, other, third = (BGNBD().fit(each) for each in (weighted, repeated, repeated.group()))
    assert estimates(one) == pytest.approx(estimates(other), rel=1e-5)
    assert estimates(one) == pytest.approx(estimates(third), rel=1e-5)
    assert one.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-7)


@given(st.floats(0.02, 50))
@settings(max_examples=10)
def test_the_unit_of_time_moves_only_alpha(base: PurchaseHistory, scale: float) -> None:
    scaled = PurchaseHistory(base.x, base.t_x * scale, base.T * scale)
    one, other = BGNBD().fit(base), BGNBD().fit(scaled)
    r, alpha, a, b = estimates(one)
    assert estimates(other) == pytest.approx([r, alpha * scale, a, b], rel=1e-5)
    assert other.log_likelihood == pytest.approx(one.log_likelihood - one.purchases * np.log(scale), abs=1e-5)


@pytest.mark.parametrize(
    ("history", "slug"),
    [
        (PurchaseHistory([3], [20], [30]), "history-of-one-customer"),
        (PurchaseHistory([0, 0], [0, 0], [0, 0]), "history-without-time"),
        (PurchaseHistory([0, 0, 0], [0, 0, 0], [30, 31, 32]), "history-without-repeat-buyer"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_a_hint(history: PurchaseHistory, slug: str) -> None:
    with pytest.raises(WorthbookError) as caught:
        BGNBD().fit(history)
    assert caught.value.slugs == (slug,)
    assert caught.value.problems[0].hint.zh


@pytest.mark.parametrize("horizon", [0, -3, float("inf"), float("nan")])
def test_no_forecast_without_a_horizon(base: PurchaseHistory, horizon: float) -> None:
    with pytest.raises(WorthbookError) as caught:
        BGNBD().fit(base).expected_purchases(base, horizon)
    assert caught.value.slugs == ("forecast-horizon-not-positive",)


def test_few_repeat_buyers_are_told() -> None:
    history = PurchaseHistory([0] * 40 + [1, 2, 1, 4], [0] * 40 + [3, 9, 20, 12], [30] * 44)
    fit = BGNBD().fit(history)
    assert fit.facts["identified"] is False
    assert fit.cautions[0].en.startswith("Only 4 customers")


def test_no_visible_dropout_is_told() -> None:
    """Purchases of customers who never leave: the model must not claim that it sees dropout (as on Online Retail)."""
    rng = np.random.default_rng(3)
    loyal = BGNBDProcess(1.2, 8.0, 1e-9, 5.0)
    history, _ = simulate_purchases(loyal, rng.uniform(20, 60, 1500), 0.0, rng)
    fit = BGNBD().fit(history)
    assert fit.facts["identified"] is False
    assert any("No dropout is visible" in each.en and "看不出客户流失" in each.zh for each in fit.cautions)
    assert fit.p_alive(history).mean() > 0.9

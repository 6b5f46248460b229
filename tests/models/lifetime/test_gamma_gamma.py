from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worthbook.kernel.errors import WorthbookError
from worthbook.models.lifetime import GammaGamma, SpendHistory
from worthbook.models.lifetime.gamma_gamma import GammaGammaFit, GammaGammaLikelihood, GammaGammaProcess
from worthbook.models.lifetime.simulate import simulate_spend

CDNOW = GammaGammaProcess(6.25, 3.74, 15.44)
"""Fader and Hardie (2013), note 025."""


@pytest.fixture(scope="module")
def spend() -> SpendHistory:
    rng = np.random.default_rng(8)
    x = rng.poisson(1.5, 4000).astype(np.float64)
    return SpendHistory(x, simulate_spend(CDNOW, x, x, rng)[0])


def test_parameters_are_recovered(spend: SpendHistory) -> None:
    for row, true in zip(GammaGamma().fit(spend).summary, (6.25, 3.74, 15.44), strict=True):
        assert row.standard_error is not None
        assert abs(row.estimate - true) < 4 * row.standard_error


def test_gradient(spend: SpendHistory) -> None:
    known = spend.x > 0
    likelihood = GammaGammaLikelihood(SpendHistory(spend.x[known], spend.mean_value[known]))
    point = np.log([5.0, 3.0, 20.0])
    numeric = [(likelihood(point + step)[0] - likelihood(point - step)[0]) / 2e-5 for step in np.eye(3) * 1e-5]
    assert likelihood(point)[1] == pytest.approx(numeric, abs=1e-7)


def test_expected_spend() -> None:
    """E(spend | mean 40, x = 2) = 39.13052 at the published estimates (expected.json of cdnow); 35.17 for unknown."""
    ours = CDNOW.expected_spend(SpendHistory([2, 0, 3], [40, 0, -5]))
    assert ours[0] == pytest.approx(39.13, abs=0.02)
    assert ours[1] == pytest.approx(6.25 * 15.44 / 2.74)
    assert 0 < ours[2] < ours[1]


@given(st.floats(0.001, 1000))
def test_the_unit_of_money_moves_only_gamma(spend: SpendHistory, scale: float) -> None:
    one = GammaGamma().fit(spend)
    other = GammaGamma().fit(SpendHistory(spend.x, spend.mean_value * scale))
    p, q, gamma = (row.estimate for row in one.summary)
    assert [row.estimate for row in other.summary] == pytest.approx([p, q, gamma * scale], rel=1e-4)
    assert other.log_likelihood == pytest.approx(one.log_likelihood - one.customers * np.log(scale), abs=1e-4)


def test_weights_are_customers(spend: SpendHistory) -> None:
    weights = np.random.default_rng(1).integers(1, 4, len(spend))
    one = GammaGamma().fit(SpendHistory(spend.x, spend.mean_value, weights))
    other = GammaGamma().fit(SpendHistory(np.repeat(spend.x, weights), np.repeat(spend.mean_value, weights)))
    assert [each.estimate for each in one.summary] == pytest.approx([e.estimate for e in other.summary], rel=1e-5)
    assert one.spend_frequency_correlation == pytest.approx(other.spend_frequency_correlation)


def test_json_returns_the_same_fit(spend: SpendHistory) -> None:
    fit = GammaGamma().fit(spend)
    assert GammaGammaFit.from_json(fit.to_json()) == fit
    assert fit.predict(spend)["expected_spend"].min() > 0


@pytest.mark.parametrize(("sign", "word", "zh"), [(1, "understated", "低估"), (-1, "overstated", "高估")])
def test_spend_that_goes_with_frequency_is_told(sign: int, word: str, zh: str) -> None:
    rng = np.random.default_rng(2)
    x = rng.poisson(4, 500) + 1.0
    known = SpendHistory(x, 30 * x ** (sign * 1.0) * rng.gamma(5, 0.2, 500))
    fit = GammaGamma(by_frequency=False).fit(known)
    rho = fit.facts["spend_frequency_correlation"]
    assert isinstance(rho, float)
    assert sign * rho > 0.3
    assert fit.facts["by_frequency"] is False
    assert any(word in each.en and zh in each.zh for each in fit.cautions)


def test_spend_that_goes_with_frequency_is_estimated_by_frequency() -> None:
    """Spend is made proportional to frequency, so that `doubling` is 2, and the unit of money does not matter to it."""
    rng = np.random.default_rng(2)
    x = np.append(rng.poisson(4, 2000) + 1.0, 0.0)
    true = GammaGammaProcess(6.0, 4.0, 15.0, doubling=2.0)
    mean_value = simulate_spend(true, x, x, rng)[0]
    fit = GammaGamma().fit(SpendHistory(x, mean_value))
    assert fit.by_frequency
    assert fit.facts["by_frequency"] is True
    for row, value in zip(fit.summary, (6.0, 4.0, 15.0, 2.0), strict=True):
        assert row.standard_error is not None
        assert abs(row.estimate - value) < 4 * row.standard_error
    (said,) = fit.cautions
    assert f"spends {fit.process.doubling:.2f} times as much" in said.en
    assert "按购买频率估计" in said.zh
    assert GammaGammaFit.from_json(fit.to_json()) == fit
    other = GammaGamma().fit(SpendHistory(x, mean_value * 100))
    assert other.process.doubling == pytest.approx(fit.process.doubling, rel=1e-5)


def test_gradient_where_spend_follows_frequency(spend: SpendHistory) -> None:
    known = spend.x > 0
    likelihood = GammaGammaLikelihood(SpendHistory(spend.x[known], spend.mean_value[known]))
    point = np.log([5.0, 3.0, 20.0, 1.3])
    numeric = [(likelihood(point + step)[0] - likelihood(point - step)[0]) / 2e-5 for step in np.eye(4) * 1e-5]
    assert likelihood(point)[1] == pytest.approx(numeric, abs=1e-7)
    plain, same = likelihood(point[:3]), likelihood(np.append(point[:3], 0.0))
    assert plain[0] == pytest.approx(same[0])
    assert plain[1] == pytest.approx(same[1][:3])


def test_the_check_decides(spend: SpendHistory) -> None:
    """Spend made without regard to frequency gets the plain model, and one that is asked to look finds nothing."""
    assert not GammaGamma().fit(spend).by_frequency
    asked = GammaGamma(by_frequency=True).fit(spend).summary[3]
    assert asked.standard_error is not None
    assert abs(asked.estimate - 1) < 4 * asked.standard_error


def test_customers_without_positive_spend_are_left_out_and_told(spend: SpendHistory) -> None:
    mean_value = spend.mean_value.copy()
    some = np.flatnonzero(spend.x)[:7]
    mean_value[some] = [0, -3, 0, 0, -1, 0, 0]
    fit = GammaGamma().fit(SpendHistory(spend.x, mean_value))
    assert fit.facts["left_out"] == 7
    assert any("7 customers with a mean spend of zero or less" in each.en for each in fit.cautions)


def test_what_cannot_be_fitted_is_refused() -> None:
    with pytest.raises(WorthbookError) as caught:
        GammaGamma().fit(SpendHistory([1, 2, 0], [10, 20, 0]))
    assert caught.value.slugs == ("spend-too-few-customers",)
    with pytest.raises(WorthbookError) as caught:
        GammaGamma().fit(SpendHistory([1, 2, 3, 1], [10, 10, 10, 10]))
    assert caught.value.slugs == ("spend-does-not-vary",)
    with pytest.raises(WorthbookError) as caught:
        GammaGammaProcess(2.0, 0.9, 5.0).expected_spend(SpendHistory([0], [0]))
    assert caught.value.slugs == ("spend-mean-infinite",)

"""Next purchases, intervals of single customers and segments, lifetime value and its textbook forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worthbook.kernel.errors import WorthbookError
from worthbook.models.lifetime import BGNBD, GammaGamma, ParetoNBD, PurchaseHistory, SpendHistory
from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
from worthbook.models.lifetime.cnbd_process import BGCNBDProcess
from worthbook.models.lifetime.customer_intervals import FUTURES, purchase_ranges, simulate_futures, simulate_values
from worthbook.models.lifetime.customer_value import ValueTerms, customer_value
from worthbook.models.lifetime.gamma_gamma import GammaGammaProcess
from worthbook.models.lifetime.next_purchase import next_purchase
from worthbook.models.lifetime.pareto_nbd import ParetoNBDProcess
from worthbook.models.lifetime.simulate import simulate_spend
from worthbook.models.lifetime.textbook import Retention, discounted_value, observed_value, plain_value


def test_the_next_purchase_of_bg_nbd_has_a_closed_form(process: BGNBDProcess) -> None:
    """Somebody alive buys again for sure, and not before t with probability ((alpha+T) / (alpha+T+t))^(r+x)."""
    history = PurchaseHistory([6, 1, 0], [30, 3, 0], [32, 39, 20])
    found = next_purchase(process, history)
    exponent = process.r + history.x
    assert found.p_none == pytest.approx(1 - process.p_alive(history))
    for level, times in ((0.25, found.lower_quartile), (0.5, found.median), (0.75, found.upper_quartile)):
        assert times == pytest.approx((process.alpha + history.T) * ((1 - level) ** (-1 / exponent) - 1), rel=2e-3)


@pytest.mark.parametrize(
    "truth", [ParetoNBDProcess(0.8, 6.0, 0.7, 8.0), BGCNBDProcess(0.8, 3.0, 0.8, 2.5, k=3)], ids=["pareto", "regular"]
)
def test_the_next_purchase_comes_when_it_is_foretold(truth: ParetoNBDProcess | BGCNBDProcess) -> None:
    """Of 100 000 futures of one customer, as many hold a purchase by the quartiles as they say."""
    row = PurchaseHistory([5], [30], [33])
    found = next_purchase(truth, row)
    many = row.take(np.zeros(100_000, dtype=np.intp))
    for level, time in ((0.25, found.lower_quartile[0]), (0.5, found.median[0]), (0.75, found.upper_quartile[0])):
        bought = (truth.draw_purchases(many, float(time), np.random.default_rng(1)) > 0).mean()
        assert bought == pytest.approx(level * (1 - found.p_none[0]), abs=0.006)


def test_ranges_hold_customers_and_equal_customers_get_equal_ones(base: PurchaseHistory) -> None:
    fit = BGNBD().fit(base)
    ranges = purchase_ranges(fit, fit.estimates.draws(FUTURES, np.random.default_rng(1)), base, 39, seed=1)
    assert (ranges.low <= ranges.high).all()
    assert (ranges.low == np.floor(ranges.low)).all()
    expected = fit.expected_purchases(base, 39)
    assert (ranges.high[expected > 1] >= expected[expected > 1]).all()
    rows = PurchaseHistory([3, 3, 0], [9, 9, 0], [20, 20, 20])
    few = purchase_ranges(fit, fit.estimates.draws(FUTURES, np.random.default_rng(1)), rows, 39, seed=1)
    assert few.high[0] == few.high[1]


def test_simulated_values_have_the_expected_mean() -> None:
    """p, q, gamma of the published CDNOW estimates; three purchases to come, of which two amounts are known."""
    process = GammaGammaProcess(6.25, 3.74, 15.44)
    known = SpendHistory([2, 0], [40.0, 0.0])
    rng = np.random.default_rng(1)
    values = simulate_values(np.full((4_000, 2), 3.0), np.tile([6.25, 3.74, 15.44], (4_000, 1)), known, rng)
    assert values.mean(axis=0) == pytest.approx(3 * process.expected_spend(known), rel=0.05)


def test_segments_add_up(base: PurchaseHistory) -> None:
    fit = BGNBD().fit(base)
    futures = simulate_futures(fit, np.tile(fit.estimates.values, (300, 1)), base, 39, np.random.default_rng(1))
    segment = base.x > 2
    totals = futures[:, segment].sum(axis=1)
    assert totals.mean() == pytest.approx(fit.expected_purchases(base, 39)[segment].sum(), rel=0.02)
    assert totals.var() == pytest.approx(fit.process.purchase_variance(base, 39)[segment].sum(), rel=0.25)


def test_value_is_margin_times_spend_times_purchases_less_service(base: PurchaseHistory) -> None:
    rng = np.random.default_rng(5)
    known = SpendHistory(base.x, simulate_spend(GammaGammaProcess(6.25, 3.74, 15.44), base.x, base.x, rng)[0])
    fit, spend_fit = ParetoNBD().fit(base), GammaGamma().fit(known)
    terms = ValueTerms(0.4, 0.1, horizon=156, cost_per_purchase=1.5, cost_per_year=2.0)
    found = customer_value(fit, spend_fit, base, known, terms)
    purchases = fit.discounted_purchases(base, 156, 0.1)
    years = (1 - 1.1 ** -(156 * 7 / 365.25)) / math.log(1.1)
    wanted = purchases * (0.4 * spend_fit.expected_spend(known) - 1.5) - 2.0 * years
    assert found.value == pytest.approx(wanted)
    assert found.facts["discount_per_period"] == pytest.approx(math.log(1.1) * 7 / 365.25)
    endless = customer_value(fit, spend_fit, base, known, ValueTerms(0.4, 0.1))
    assert (endless.value > customer_value(fit, spend_fit, base, known, ValueTerms(0.4, 0.1, 156)).value).all()


def test_impossible_terms_are_refused_together() -> None:
    with pytest.raises(WorthbookError) as caught:
        ValueTerms(math.nan, -0.1, horizon=0, cost_per_purchase=-1)
    assert caught.value.slugs == ("value-terms-wrong",) * 4
    with pytest.raises(WorthbookError) as caught:
        ValueTerms(0.4, 0.0)
    assert caught.value.slugs == ("discount-rate-not-positive",)


def test_textbook_values() -> None:
    """Kotler's supermarket and courier, as the source texts (A08) retell them."""
    assert plain_value(100, 50 * 10) == 50_000
    assert plain_value(1500, 12 * 10, margin=0.10) == pytest.approx(18_000)
    assert plain_value(200, 5, cost_per_period=50, acquisition_cost=100, customers=1000) == 650_000


@given(st.floats(0, 0.99), st.floats(0.01, 0.5), st.floats(-0.05, 0.01), st.integers(1, 40))
def test_discounted_value_is_the_sum_that_it_stands_for(r: float, d: float, g: float, horizon: int) -> None:
    terms = Retention(r, d, g)
    by_hand = sum(100 * (1 + g) ** t * r**t / (1 + d) ** t for t in range(1, horizon + 1)) - 30
    assert discounted_value(100, terms, horizon=horizon, first=1, acquisition_cost=30) == pytest.approx(by_hand)
    curve = [0.0, *(r**t for t in range(1, horizon + 1))]
    if g == 0:
        assert observed_value(100, curve, d, acquisition_cost=30) == pytest.approx(by_hand)
    if terms.factor < 0.9:
        assert discounted_value(100, terms, first=1) == pytest.approx(
            discounted_value(100, terms, horizon=900, first=1)
        )


def test_value_without_bound_is_refused() -> None:
    with pytest.raises(WorthbookError) as caught:
        discounted_value(100, Retention(1.0, 0.02, growth=0.03))
    assert caught.value.slugs == ("textbook-value-not-bounded",)

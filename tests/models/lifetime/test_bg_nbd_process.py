"""The formulas of BG/NBD against independent numbers and against what must hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import hyp2f1

from worthbook.models.base import FloatArray
from worthbook.models.lifetime import PurchaseHistory
from worthbook.models.lifetime.beta_geometric_likelihood import BetaGeometricLikelihood
from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
from worthbook.models.lifetime.simulate import simulate_purchases

positive = st.floats(0.05, 20)
processes = st.builds(BGNBDProcess, r=positive, alpha=st.floats(0.1, 100), a=positive, b=positive)
ages = st.floats(0.5, 200)


def closed_form(process: BGNBDProcess, x: int, age: float, horizon: float) -> float:
    """Equation (10) of Fader, Hardie and Lee (2005) for a customer who is alive."""
    r, a, b = process.r, process.a, process.b
    z = horizon / (process.alpha + age + horizon)
    series = (1 - z) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, z)
    return float((a + b + x - 1) / (a - 1) * (1 - series))


def if_alive(process: BGNBDProcess, x: int, age: float, horizon: float) -> float:
    return float(process.purchases_if_alive(PurchaseHistory([x], [0 if x == 0 else age], [age]), horizon)[0])


def test_single_log_likelihoods() -> None:
    """Traps of research/clv.md section 4: r .25 alpha 4 a .8 b 2.5, T 40, no purchase and 200 purchases."""
    process = BGNBDProcess(0.25, 4, 0.8, 2.5)
    assert process.log_likelihood(PurchaseHistory([0], [0], [40])) == pytest.approx(-0.599473818, abs=1e-9)
    assert process.log_likelihood(PurchaseHistory([200], [38], [40])) == pytest.approx(100.795693093, abs=1e-8)


@pytest.mark.parametrize(("x", "t_x", "end"), [(221, 103.42857, 103.57143), (161, 94.71429, 98), (5000, 2, 400)])
def test_heavy_buyers_stay_finite(process: BGNBDProcess, x: int, t_x: float, end: float) -> None:
    """Histories of CLVTools issue 100, and one far beyond."""
    history = PurchaseHistory([x], [t_x], [end])
    assert 0 <= process.p_alive(history)[0] <= 1
    assert np.isfinite(process.log_likelihood(history))
    assert np.isfinite(process.expected_purchases(history, 52)[0])


@pytest.mark.parametrize("x", [0, 1, 2, 7, 26])
@pytest.mark.parametrize("horizon", [0.5, 13, 39, 156])
def test_expected_purchases_are_the_published_closed_form(process: BGNBDProcess, x: int, horizon: float) -> None:
    """Equation (10), where its hypergeometric function is harmless."""
    assert if_alive(process, x, 38.86, horizon) == pytest.approx(closed_form(process, x, 38.86, horizon), rel=1e-9)


@pytest.mark.parametrize(
    ("process", "x", "age", "horizon"),
    [
        (BGNBDProcess(0.39, 2.044, 0.18, 3.8476), 0, 0.36376, 116.717),
        (BGNBDProcess(20.0, 3.0, 300.0, 100.0), 1, 5.0, 50.0),
        (BGNBDProcess(0.3, 1.0, 1.0, 2.0), 3, 10.0, 52.0),
        (BGNBDProcess(2.0, 0.5, 0.5, 0.8), 300, 2.0, 400.0),
    ],
)
def test_expected_purchases_by_brute_force(process: BGNBDProcess, x: int, age: float, horizon: float) -> None:
    """Adaptive quadrature over the logit of p, at a = 1, long horizons, heavy buyers and large a + b."""
    shape, z = process.r + x, horizon / (process.alpha + age)
    first, second = process.a, process.b + x
    peak = np.log(first / second)
    log_peak = first * peak - (first + second) * np.log1p(np.exp(peak))

    def weighted(logit: float, power: int) -> float:
        p = 1 / (1 + np.exp(-logit))
        density = np.exp(first * logit - (first + second) * np.logaddexp(0, logit) - log_peak)
        return float(density * (-np.expm1(-shape * np.log1p(p * z)) / p) ** power)

    total, mass = (
        quad(
            weighted,
            peak - 80 / min(first, 1),
            peak + 60,
            args=(power,),
            points=[peak],
            limit=1000,
            epsabs=0,
            epsrel=1e-10,
        )[0]
        for power in (1, 0)
    )
    assert if_alive(process, x, age, horizon) == pytest.approx(total / mass, rel=1e-7)


def test_interpolation_over_ages_is_exact_enough(process: BGNBDProcess) -> None:
    rng = np.random.default_rng(4)
    x, end = rng.poisson(3, 500).astype(np.float64), np.exp(rng.uniform(-3, 6, 500))
    together = process.purchases_if_alive(PurchaseHistory(x, np.where(x > 0, end, 0), end), 52)
    alone = [if_alive(process, int(count), age, 52) for count, age in zip(x, end, strict=True)]
    assert together == pytest.approx(alone, rel=1e-10)


def test_discounting_sums_over_time(process: BGNBDProcess) -> None:
    """Against the expected purchases of 2 000 short steps, each discounted from its middle; 15 % a year, in weeks."""
    history = PurchaseHistory([2, 0, 11], [30.43, 0, 20], [38.86, 30, 39])
    edges = np.linspace(0, 156, 2001)
    reached = np.array([process.expected_purchases(history, edge) for edge in edges[1:]])
    steps = np.diff(np.vstack([np.zeros(3), reached]), axis=0)
    weeks_per_year = 365.25 / 7
    wanted = (1.15 ** (-(edges[1:] + edges[:-1]) / 2 / weeks_per_year)) @ steps
    assert process.discounted_purchases(history, 156, 0.15) == pytest.approx(wanted, rel=1e-6)
    assert process.discounted_purchases(history, 156, 0.0) == pytest.approx(process.expected_purchases(history, 156))


def test_discounting_is_calendar_true(process: BGNBDProcess) -> None:
    """The same customers in days and in weeks are worth the same."""
    in_days = BGNBDProcess(process.r, process.alpha * 7, process.a, process.b)
    weeks, days = PurchaseHistory([2], [30], [39]), PurchaseHistory([2], [210], [273], unit="days")
    assert in_days.discounted_purchases(days, 52 * 7, 0.1) == pytest.approx(
        process.discounted_purchases(weeks, 52, 0.1)
    )


def test_probabilities_of_a_new_customer_are_a_distribution(process: BGNBDProcess) -> None:
    probabilities = np.array([process.probability_of(n, 39) for n in range(400)])
    assert probabilities.sum() == pytest.approx(1, abs=1e-6)
    assert np.arange(400) @ probabilities == pytest.approx(process.expected_purchases_new(39), abs=1e-4)


def test_mean_and_variance_of_purchases_to_come(process: BGNBDProcess) -> None:
    """Against simulation: 200 000 customers of the published CDNOW process."""
    rng = np.random.default_rng(7)
    history, future = simulate_purchases(process, np.full(200_000, 30.0), 39.0, rng)
    mean, variance = process.expected_purchases(history, 39), process.purchase_variance(history, 39)
    assert future.sum() == pytest.approx(mean.sum(), abs=4 * np.sqrt(variance.sum()))
    assert ((future - mean) ** 2).sum() == pytest.approx(variance.sum(), rel=0.05)


def test_gradient(base: PurchaseHistory) -> None:
    likelihood = BetaGeometricLikelihood(base)
    point = np.log([0.3, 5.0, 0.7, 2.0])
    steps = np.eye(4) * 1e-5
    numeric = [(likelihood(point + step)[0] - likelihood(point - step)[0]) / 2e-5 for step in steps]
    assert likelihood(point)[1] == pytest.approx(numeric, abs=1e-8)


@given(processes, st.integers(1, 60), ages, st.lists(st.floats(0, 1), min_size=2, max_size=6))
def test_p_alive_rises_with_the_last_purchase(process: BGNBDProcess, x: int, age: float, shares: list[float]) -> None:
    t_x: FloatArray = np.sort(shares) * age
    alive = process.p_alive(PurchaseHistory(np.full(len(t_x), x), t_x, np.full(len(t_x), age)))
    assert ((alive >= 0) & (alive <= 1)).all()
    assert (np.diff(alive) >= -1e-12).all()


@given(processes, st.integers(0, 60), ages, st.floats(0.1, 50), st.floats(1.01, 4))
def test_expected_purchases_rise_with_the_horizon(
    process: BGNBDProcess, x: int, age: float, horizon: float, longer: float
) -> None:
    near, far = if_alive(process, x, age, horizon), if_alive(process, x, age, horizon * longer)
    assert 0 < near < far
    assert near <= (process.r + x) / (process.alpha + age) * horizon * (1 + 1e-9)  # never more than without dropout


@given(processes, st.floats(0.01, 100))
def test_the_unit_of_time_does_not_matter(process: BGNBDProcess, scale: float) -> None:
    history = PurchaseHistory([0, 2, 7], [0, 10, 29], [30, 31, 30])
    scaled = PurchaseHistory(history.x, history.t_x * scale, history.T * scale)
    other = BGNBDProcess(process.r, process.alpha * scale, process.a, process.b)
    assert other.p_alive(scaled) == pytest.approx(process.p_alive(history))
    assert other.expected_purchases(scaled, 20 * scale) == pytest.approx(process.expected_purchases(history, 20))
    shifted = process.log_likelihood(history) - 9 * np.log(scale)
    assert other.log_likelihood(scaled) == pytest.approx(shifted, abs=1e-8)

"""What must hold for every model of purchases: the interface, and that simulation, estimates and formulas agree."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worthbook.kernel.errors import WorthbookError
from worthbook.models.lifetime import BGCNBD, BGNBD, MBGCNBD, MBGNBD, NBD, GGompertzNBD, ParetoNBD, PurchaseHistory
from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
from worthbook.models.lifetime.cnbd_process import BGCNBDProcess, MBGCNBDProcess
from worthbook.models.lifetime.ggompertz_nbd import GGompertzNBDProcess
from worthbook.models.lifetime.mbg_nbd import MBGNBDProcess
from worthbook.models.lifetime.nbd import NBDProcess
from worthbook.models.lifetime.pareto_ggg import ParetoGGG
from worthbook.models.lifetime.pareto_ggg_process import ParetoGGGProcess
from worthbook.models.lifetime.pareto_nbd import ParetoNBDProcess
from worthbook.models.lifetime.process import PurchaseProcess
from worthbook.models.lifetime.purchase_model import PurchaseFit, PurchaseModel
from worthbook.models.lifetime.simulate import simulate_purchases

Case = tuple[PurchaseModel[PurchaseFit], PurchaseProcess]

CASES: dict[str, tuple[PurchaseModel[PurchaseFit], PurchaseProcess]] = {
    "nbd": (NBD(), NBDProcess(0.6, 6.0)),
    "bg_nbd": (BGNBD(), BGNBDProcess(0.6, 6.0, 0.8, 2.5)),
    "mbg_nbd": (MBGNBD(), MBGNBDProcess(0.8, 6.0, 0.8, 2.0)),
    "pareto_nbd": (ParetoNBD(), ParetoNBDProcess(0.6, 6.0, 0.7, 10.0)),
    "ggompertz_nbd": (GGompertzNBD(), GGompertzNBDProcess(0.6, 6.0, 0.7, 10.0, 0.06)),
    "bg_cnbd_k": (BGCNBD(), BGCNBDProcess(0.8, 3.0, 0.8, 2.5, k=2)),
    "mbg_cnbd_k": (MBGCNBD(), MBGCNBDProcess(0.8, 2.0, 0.8, 2.0, k=3)),
    "pareto_ggg": (ParetoGGG(), ParetoGGGProcess(4.0, 2.5, 0.8, 6.0, 0.7, 10.0)),
}
TRUTHS = {name: process for name, (_, process) in CASES.items()}

FEW = {"ggompertz_nbd": 8_000, "pareto_ggg": 2_000}
"""Models that are fitted to so few customers only."""
SLOW = {"pareto_ggg": 40}
"""Models that foretell so many times fewer customers."""
LOOSE = {"pareto_ggg": 1e-3}
"""Relative, where sums of probabilities and tabulated expectations are two ways to the same number."""

SOME = PurchaseHistory([0, 2, 9], [0, 10, 30], [39, 30, 31], log_gaps=[0, 3.0, 9.5])
OTHERS = PurchaseHistory([2, 0, 11], [30.43, 0, 20], [38.86, 30, 39], log_gaps=[5.2, 0, 4.0])

every_model = pytest.mark.parametrize("name", list(CASES))


def values(process: PurchaseProcess) -> np.ndarray:
    return np.array([getattr(process, each, None) or getattr(process, "kappa", None) for each in process.symbols])


def some_history(name: str, count: int = 500, seed: int = 3) -> PurchaseHistory:
    rng = np.random.default_rng(seed)
    return simulate_purchases(TRUTHS[name], rng.uniform(20, 60, count), 0.0, rng)[0]


@every_model
def test_parameters_are_recovered(name: str) -> None:
    """30 000 simulated customers: every estimate within 4 standard errors and 25 % of the truth.

    Of GGompertz/NBD's b and s 8 000 tell next to nothing; 2 000 leave wide intervals to the six of Pareto/GGG.
    """
    model, truth = CASES[name]
    history = some_history(name, FEW.get(name, 30_000), seed=11)
    true_values = dict(zip(truth.symbols, values(truth), strict=True))
    true_values["gamma"] = getattr(truth, "gamma", 0.0)
    true_values["beta"] = true_values.get("beta", true_values.get("kappa", 0) * true_values.get("b", 0))
    fit = model.fit(history)
    assert fit.facts.get("k", getattr(truth, "k", 1)) == getattr(truth, "k", 1)
    for row in fit.summary:
        true = true_values[row.symbol]
        assert row.standard_error is not None
        assert abs(row.estimate - true) < 4 * row.standard_error
        assert name in FEW or row.estimate == pytest.approx(true, rel=0.25)


@every_model
def test_the_gradient_is_the_slope(name: str) -> None:
    model, truth = CASES[name]
    if name.endswith("_k"):
        model = dataclasses.replace(model, k=truth.k)  # type: ignore[attr-defined, call-arg]
    objective = model.objective(some_history(name).scaled(1 / 60))
    point = np.log(values(truth)) + 0.1 - (truth.log_shifts or 0.0)
    steps = np.eye(len(point)) * 1e-5
    numeric = [(objective(point + step)[0] - objective(point - step)[0]) / 2e-5 for step in steps]
    assert objective(point)[1] == pytest.approx(numeric, abs=max(1e-8, model.noise))


@every_model
def test_formulas_agree_with_simulation(name: str) -> None:
    """200 000 customers, 5 000 of Pareto/GGG: expected purchases, P(none) and squared errors against what happened."""
    truth = TRUTHS[name]
    rng = np.random.default_rng(7)
    history, future = simulate_purchases(
        truth, rng.integers(5, 40, 200_000 // SLOW.get(name, 1)).astype(np.float64), 39.0, rng
    )
    mean, variance = truth.expected_purchases(history, 39), truth.purchase_variance(history, 39)
    none, two = (truth.purchase_probabilities(n, history, 39) for n in (0, 2))
    assert future.sum() == pytest.approx(mean.sum(), abs=4 * np.sqrt(variance.sum()))
    assert ((future - mean) ** 2).sum() == pytest.approx(variance.sum(), rel=0.2 if name in SLOW else 0.05)
    for count, probability in ((0, none), (2, two)):
        spread = np.sqrt((probability * (1 - probability)).sum())
        assert (future == count).sum() == pytest.approx(probability.sum(), abs=4 * spread)


@every_model
def test_customers_alike_have_the_future_that_is_foretold(name: str) -> None:
    """Not only in total: by number of past purchases, and for those who have been silent for long."""
    truth = TRUTHS[name]
    rng = np.random.default_rng(8)
    history, future = simulate_purchases(truth, np.full(200_000 // SLOW.get(name, 1), 39.0), 26.0, rng)
    mean, variance = truth.expected_purchases(history, 26), truth.purchase_variance(history, 26)
    for chosen in (history.x == 0, history.x == 1, history.x > 4, (history.x > 1) & (history.t_x < 20)):
        assert future[chosen].sum() == pytest.approx(mean[chosen].sum(), abs=4 * np.sqrt(variance[chosen].sum()))


@every_model
def test_draws_have_the_mean_and_the_variance_of_the_formulas(name: str) -> None:
    truth = TRUTHS[name]
    rows = SOME
    many = rows.take(np.repeat(np.arange(3), 100_000))
    drawn = truth.draw_purchases(many, 26, np.random.default_rng(5)).reshape(3, -1)
    mean, variance = truth.expected_purchases(rows, 26), truth.purchase_variance(rows, 26)
    assert drawn.mean(axis=1) == pytest.approx(mean, abs=5 * np.sqrt(variance.max() / 100_000))
    assert drawn.var(axis=1) == pytest.approx(variance, rel=0.05)


@every_model
def test_probabilities_are_a_distribution(name: str) -> None:
    truth = TRUTHS[name]
    history = SOME
    chances = np.array([truth.purchase_probabilities(n, history, 26) for n in range(300)])
    assert (chances >= 0).all()
    assert chances.sum(axis=0) == pytest.approx(1, abs=1e-7)
    assert np.arange(300) @ chances == pytest.approx(truth.expected_purchases(history, 26), rel=LOOSE.get(name, 1e-6))
    assert np.arange(300) ** 2 @ chances == pytest.approx(
        truth.purchase_variance(history, 26) + truth.expected_purchases(history, 26) ** 2, rel=LOOSE.get(name, 1e-5)
    )


@every_model
def test_windows_add_up(name: str) -> None:
    truth = TRUTHS[name]
    history = SOME
    parts = truth.expected_purchases(history, 10) + truth.expected_purchases(history, 52, start=10)
    assert parts == pytest.approx(truth.expected_purchases(history, 52))
    with pytest.raises(WorthbookError) as caught:
        truth.expected_purchases(history, 10, start=20)
    assert caught.value.slugs == ("forecast-window-reversed",)


@every_model
def test_discounting_sums_over_time(name: str) -> None:
    """Against the expected purchases of 100 short steps, each discounted from its middle; 15 % a year, in weeks."""
    truth = TRUTHS[name]
    history = OTHERS
    edges = np.linspace(0, 156, 101)
    reached = np.array([truth.expected_purchases(history, edge) for edge in edges[1:]])
    steps = np.diff(np.vstack([np.zeros(3), reached]), axis=0)
    wanted = (1.15 ** (-(edges[1:] + edges[:-1]) / 2 / (365.25 / 7))) @ steps
    assert truth.discounted_purchases(history, 156, 0.15) == pytest.approx(wanted, rel=1e-4)
    assert truth.discounted_purchases(history, 156, 0.0) == pytest.approx(truth.expected_purchases(history, 156))


@every_model
def test_discounting_without_end_is_the_limit(name: str) -> None:
    truth = TRUTHS[name]
    history = OTHERS
    endless = truth.discounted_purchases(history, math.inf, 0.15)
    assert endless == pytest.approx(truth.discounted_purchases(history, 400 * 52, 0.15), rel=1e-5)
    with pytest.raises(WorthbookError) as caught:
        truth.discounted_purchases(history, math.inf, 0.0)
    assert caught.value.slugs == ("discount-rate-not-positive",)


@every_model
def test_json_returns_the_same_fit(name: str) -> None:
    model, _ = CASES[name]
    history = some_history(name, 150)
    fit = model.fit(history)
    again = type(fit).from_json(fit.to_json())
    assert again == fit
    assert again.to_json() == fit.to_json()
    assert (again.expected_purchases(history, 52) == fit.expected_purchases(history, 52)).all()
    assert fit.to_json() == model.fit(history.take(np.arange(len(history))[::-1])).to_json()
    assert fit.data_fingerprint != model.fit(some_history(name, 150, seed=4)).data_fingerprint


@every_model
@given(st.integers(0, 10**6), st.floats(0, 1), st.floats(0.1, 500), st.floats(0.1, 500))
@settings(max_examples=30)
def test_any_customer_gets_finite_numbers(name: str, x: int, share: float, end: float, horizon: float) -> None:
    truth = TRUTHS[name]
    t_x = share * end if x else 0.0
    history = PurchaseHistory([x], [t_x], [end], log_gaps=[x * math.log(t_x / x) if t_x > 1e-300 else 0.0])
    alive = truth.p_alive(history)[0]
    assert 0 <= alive <= 1
    assert np.isfinite(truth.log_likelihood(history))
    expected = truth.expected_purchases(history, horizon)[0]
    assert 0 <= expected <= values(truth)[0] + x * horizon / end + horizon
    assert 0 <= truth.discounted_purchases(history, horizon, 0.1)[0] <= expected * (1 + 1e-9)
    assert np.isfinite(truth.purchase_variance(history, horizon)[0])
    assert 0 <= truth.purchase_probabilities(0, history, horizon)[0] <= 1 + 1e-12


@every_model
@pytest.mark.parametrize(
    ("history", "slug"),
    [
        (PurchaseHistory([3], [20], [30]), "history-of-one-customer"),
        (PurchaseHistory([0, 0], [0, 0], [0, 0]), "history-without-time"),
        (PurchaseHistory([0, 0, 0], [0, 0, 0], [30, 31, 32]), "history-without-repeat-buyer"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_a_hint(name: str, history: PurchaseHistory, slug: str) -> None:
    with pytest.raises(WorthbookError) as caught:
        CASES[name][0].fit(history)
    assert caught.value.slugs == (slug,)
    assert caught.value.problems[0].hint.zh


def test_a_search_at_its_bounds_meets_no_overflow() -> None:
    """Where all parameters of Pareto/NBD are at the ends of their range, as on a small base without visible dropout."""
    history = PurchaseHistory([0, 0, 1], [0, 0, 0.5], [0.5, 0.9, 1.0])
    for point in (np.array([-10.0, 10.0, -10.0, 10.0]), np.array([-10.0, 10.0, 10.0, 10.0])):
        value, gradient = ParetoNBD().objective(history)(point)
        assert np.isfinite(value)
        assert np.isfinite(gradient).all()

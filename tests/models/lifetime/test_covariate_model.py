"""Static covariates: CLVTools' apparel, simulated effects, and the same model reached in different ways."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.apparel import HOLDOUT_WEEKS, Apparel
from worthbook.kernel.errors import WorthbookError
from worthbook.models.base import FloatArray
from worthbook.models.design import Covariates
from worthbook.models.lifetime import PurchaseHistory
from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
from worthbook.models.lifetime.covariate_effects import Layout
from worthbook.models.lifetime.covariate_model import DescribedCustomers, StaticCovariates, StaticCovariatesFit
from worthbook.models.lifetime.covariate_process import CovariateProcess
from worthbook.models.lifetime.covariate_rows import Family, row_likelihoods
from worthbook.models.lifetime.mbg_nbd import MBGNBDProcess
from worthbook.models.lifetime.pareto_nbd import ParetoNBD, ParetoNBDProcess
from worthbook.models.likelihood_ratio import likelihood_ratio

BOTH = "gender + channel"
PROCESSES: dict[Family, Callable[..., ParetoNBDProcess | BGNBDProcess | MBGNBDProcess]] = {
    "pareto_nbd": ParetoNBDProcess,
    "bg_nbd": BGNBDProcess,
    "mbg_nbd": MBGNBDProcess,
}
FAMILIES: tuple[Family, ...] = ("pareto_nbd", "bg_nbd", "mbg_nbd")
TRUTHS: dict[Family, tuple[float, float, float, float]] = {
    "pareto_nbd": (1.2, 12.0, 0.8, 20.0),
    "bg_nbd": (1.2, 12.0, 0.8, 3.0),
    "mbg_nbd": (1.2, 12.0, 0.8, 3.0),
}
LIFE_EFFECT, TRANS_EFFECT = 0.5, -0.4


def simulate(family: Family, customers: int, rng: np.random.Generator) -> tuple[DescribedCustomers, FloatArray]:
    """Half of the customers with a covariate that makes them leave sooner and buy less often."""
    r, alpha, third, fourth = TRUTHS[family]
    odd = math.exp(-LIFE_EFFECT) if family == "pareto_nbd" else math.exp(LIFE_EFFECT)
    moved = (third, fourth * odd) if family == "pareto_nbd" else (third * odd, fourth)
    ages = rng.uniform(30, 80, customers // 2)
    parts = [
        PROCESSES[family](r, alpha * scale, *two).simulate(ages, 40.0, rng, "weeks")
        for scale, two in ((1.0, (third, fourth)), (math.exp(-TRANS_EFFECT), moved))
    ]
    x, t_x, age = (np.concatenate([getattr(part[0], name) for part in parts]) for name in ("x", "t_x", "T"))
    member = np.repeat(["no", "yes"], customers // 2)
    described = DescribedCustomers(PurchaseHistory(x, t_x, age), Covariates({"member": member.tolist()}))
    return described, np.concatenate([part[1] for part in parts])


@pytest.fixture(scope="module")
def apparel(shared: Path) -> tuple[DescribedCustomers, Apparel]:
    found = Apparel.of(shared / "data" / "apparel")
    return DescribedCustomers(found.history, Covariates(found.static())), found


@pytest.mark.shared_data
def test_apparel(apparel: tuple[DescribedCustomers, Apparel]) -> None:
    """Static Pareto/NBD of CLVTools 0.12.1 (expected.json), hold-out MAE 2.00688.

    The log-likelihood at its numbers is the same to 1e-5. Its optimiser stops 2e-5 below the maximum, in a direction so
    flat that parameters there differ by up to 2 in 1 000 (a hundredth of a standard error).
    """
    described, data = apparel
    wanted = data.expected["static covariates gender, channel on both processes"]["Pareto/NBD"]
    fit = StaticCovariates("pareto_nbd", BOTH, BOTH).fit(described)
    given = [wanted[each] for each in ("r", "alpha", "s", "beta")]
    given += [wanted[kind][name] for kind in ("life", "trans") for name in ("gender", "channel")]
    assert [row.symbol for row in fit.summary[4:]] == ["life:gender", "life:channel", "trans:gender", "trans:channel"]
    assert [row.estimate for row in fit.summary] == pytest.approx(given, rel=3e-3)
    assert wanted["ll"] <= fit.log_likelihood == pytest.approx(wanted["ll"], abs=1e-4)
    there = fit.process(described, np.exp([*np.log(given[:4]), *given[4:]]))
    values, _ = row_likelihoods("pareto_nbd", described.history, np.log(there.parameters))
    assert values.sum() == pytest.approx(wanted["ll"], abs=1e-5)
    expected = fit.expected_purchases(described, HOLDOUT_WEEKS)
    assert np.abs(expected - data.later).mean() == pytest.approx(wanted["mae"], abs=1e-3)
    assert expected.sum() == pytest.approx(wanted["holdout_total"], rel=1e-3)
    assert fit.facts["identified"] is True


@pytest.mark.shared_data
def test_apparel_likelihood_ratios(apparel: tuple[DescribedCustomers, Apparel]) -> None:
    """Against Pareto/NBD without covariates (LL -5848.097827), and equal effects against free ones."""
    described, data = apparel
    plain = StaticCovariates("pareto_nbd").fit(described)
    wanted = data.expected["no covariates"]["Pareto/NBD"]
    assert plain.log_likelihood == pytest.approx(wanted["ll"], abs=1e-4)
    assert plain.log_likelihood == pytest.approx(ParetoNBD().fit(described.history).log_likelihood, abs=1e-6)
    full = StaticCovariates("pareto_nbd", BOTH, BOTH).fit(described)
    equal = StaticCovariates("pareto_nbd", BOTH, BOTH, equal=("gender",)).fit(described)
    found = likelihood_ratio(plain.fitted, full.fitted)
    assert found.statistic == pytest.approx(2 * (5848.097827 - 5821.062709), abs=1e-3)
    assert found.degrees == 4
    assert found.p_value < 1e-10
    assert likelihood_ratio(equal.fitted, full.fitted).p_value < 0.01
    assert likelihood_ratio(plain.fitted, equal.fitted).degrees == 3
    assert {"both:gender", "life:channel", "trans:channel"} < set(equal.estimates.symbols)


@pytest.mark.parametrize("family", FAMILIES)
def test_effects_are_recovered(family: Family) -> None:
    """20 000 simulated customers; every estimate within 4 standard errors, the total to come within 4 of chance."""
    rng = np.random.default_rng(6)
    described, later = simulate(family, 20_000, rng)
    fit = StaticCovariates(family, "member", "member").fit(described)
    for row, true in zip(fit.summary, (*TRUTHS[family], LIFE_EFFECT, TRANS_EFFECT), strict=True):
        assert row.standard_error is not None
        assert abs(row.estimate - true) < 4 * row.standard_error
    expected, variance = fit.expected_purchases(described, 40), fit.purchase_variance(described, 40)
    assert abs(expected.sum() - later.sum()) < 6 * math.sqrt(variance.sum())
    assert ((later - expected) ** 2).mean() == pytest.approx(variance.mean(), rel=0.05)


def test_intervals_cover_the_truth() -> None:
    """95 % intervals of both effects, 60 simulated bases of 1 000."""
    rng = np.random.default_rng(14)
    covered = []
    for _ in range(60):
        described, _ = simulate("bg_nbd", 1000, rng)
        rows = StaticCovariates("bg_nbd", "member", "member").fit(described).summary[4:]
        truths = zip(rows, (LIFE_EFFECT, TRANS_EFFECT), strict=True)
        covered.append([abs(row.estimate - true) < 1.96 * (row.standard_error or 0) for row, true in truths])
    assert (np.abs(np.mean(covered, axis=0) - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 60)).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_without_covariates_it_is_the_plain_model(family: Family) -> None:
    history = PurchaseHistory([0, 2, 7, 30, 0], [0, 10, 29, 30, 0], [30, 31, 30, 32, 60])
    parameters = TRUTHS[family]
    plain = PROCESSES[family](*parameters)
    logs = np.tile(np.log(parameters)[:, None], (1, len(history)))
    process = CovariateProcess(family, np.exp(logs))
    assert row_likelihoods(family, history, logs)[0].sum() == pytest.approx(plain.log_likelihood(history))
    assert process.p_alive(history) == pytest.approx(plain.p_alive(history))
    assert process.expected_purchases(history, 39) == pytest.approx(plain.expected_purchases(history, 39), rel=1e-8)
    assert process.purchase_variance(history, 39) == pytest.approx(plain.purchase_variance(history, 39), rel=1e-5)
    for horizon in (39.0, math.inf):
        ours, theirs = (each.discounted_purchases(history, horizon, 0.1) for each in (process, plain))
        assert ours == pytest.approx(theirs, rel=1e-5)
    undiscounted = process.discounted_purchases(history, 39, 0.0)
    assert undiscounted == pytest.approx(process.expected_purchases(history, 39))


@given(st.sampled_from(FAMILIES), st.integers(0, 2**32 - 1))
@settings(max_examples=30)
def test_slopes(family: Family, seed: int) -> None:
    rng = np.random.default_rng(seed)
    history = PurchaseHistory([0, 2, 7, 1], [0, 10, 29, 3], [30, 31, 30, 60])
    logs = rng.normal(0, 1, (4, 4)) + np.array([[0], [2], [0], [2]])
    logs[[0, 2 if family == "pareto_nbd" else 3]] = logs[
        [0, 2 if family == "pareto_nbd" else 3], :1
    ]  # as in the models
    _, slopes = row_likelihoods(family, history, logs)
    for place, step in enumerate(1e-6 * np.eye(4)):
        up, down = (row_likelihoods(family, history, logs + sign * step[:, None])[0] for sign in (1, -1))
        assert slopes[place] == pytest.approx((up - down) / 2e-6, rel=1e-4, abs=1e-6)


@given(st.floats(0.01, 100), st.floats(-50, 50))
@settings(max_examples=5)
def test_the_unit_of_a_covariate_does_not_matter(scale: float, shift: float) -> None:
    rng = np.random.default_rng(3)
    history = simulate("bg_nbd", 400, rng)[0].history
    age = rng.normal(0, 1, 400)
    one, other = (
        StaticCovariates("bg_nbd", "age", "age", ridge=1.0).fit(DescribedCustomers(history, Covariates({"age": each})))
        for each in (age, age * scale + shift)
    )
    assert other.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-6)
    assert other.summary[5].estimate * scale == pytest.approx(one.summary[5].estimate, abs=1e-5)
    assert (other.summary[5].standard_error or 0) * scale == pytest.approx(one.summary[5].standard_error, rel=1e-4)


def test_a_penalty_draws_effects_to_zero() -> None:
    described, _ = simulate("mbg_nbd", 800, np.random.default_rng(2))
    sizes = [
        [
            abs(row.estimate)
            for row in StaticCovariates("mbg_nbd", "member", "member", ridge=ridge).fit(described).summary[4:]
        ]
        for ridge in (0.0, 20.0, 2e5)
    ]
    assert sizes[0] > sizes[1] > sizes[2]
    assert max(sizes[2]) < 1e-2
    shrunk = StaticCovariates("mbg_nbd", "member", "member", ridge=20.0).fit(described)
    assert "20" in shrunk.cautions[-1].en
    with pytest.raises(WorthbookError, match="drawn towards zero"):
        likelihood_ratio(StaticCovariates("mbg_nbd").fit(described).fitted, shrunk.fitted)


def test_totals_are_covered() -> None:
    """Totals of 20 simulated bases of 600 customers over 40 weeks: no fewer than 16 in their 95 % intervals."""
    rng, inside = np.random.default_rng(23), 0
    for seed in range(20):
        described, later = simulate("pareto_nbd", 600, rng)
        fit = StaticCovariates("pareto_nbd", "member", "member").fit(described)
        total = fit.total_purchases(described, 40, seed=seed)
        inside += total.low <= later.sum() <= total.high
    assert inside >= 16
    low, high = fit.expected_ends(described, 40, seed=1)
    expected = fit.expected_purchases(described, 40)
    assert ((low < expected) & (expected < high)).all()


@pytest.mark.parametrize(("a", "b"), [(1e-4, 3.0), (2e4, 5e-5), (1e-4, 1e-4), (0.02, 2.0), (3.0, 2e4), (8e3, 2e4)])
def test_extreme_dropout_as_in_the_plain_model(a: float, b: float) -> None:
    """Nobody or everybody leaves, or either with certainty: rates of 2 in 30 weeks give at most that pace ahead."""
    history = PurchaseHistory([0, 2, 9], [0, 10, 29], [30, 31, 30])
    logs = np.tile(np.log([[0.8], [10.0], [a], [b]]), (1, 3))
    process, plain = CovariateProcess("mbg_nbd", np.exp(logs)), MBGNBDProcess(0.8, 10.0, a, b)
    assert process.expected_purchases(history, 39) == pytest.approx(plain.expected_purchases(history, 39), rel=1e-4)
    assert process.purchase_variance(history, 39) == pytest.approx(plain.purchase_variance(history, 39), rel=1e-3)


@pytest.mark.parametrize("family", FAMILIES)
def test_one_huge_buyer_and_identical_customers_get_finite_numbers(family: Family) -> None:
    """A million purchases by one customer among 60, and customers who are all alike but for the covariate."""
    rng = np.random.default_rng(1)
    history = ParetoNBDProcess(1.2, 12.0, 0.8, 20.0).simulate(np.full(60, 60.0), 0.0, rng, "weeks")[0]
    x, t_x = history.x.copy(), history.t_x.copy()
    x[0], t_x[0] = 1e6, 59.9
    member = Covariates({"member": np.arange(60) % 2})
    huge = DescribedCustomers(PurchaseHistory(x, t_x, history.T), member)
    alike = DescribedCustomers(PurchaseHistory([2] * 60, [30] * 60, [60] * 60), member)
    for described in (huge, alike):
        fit = StaticCovariates(family, "member", "member").fit(described)
        assert np.isfinite(fit.expected_purchases(described, 52)).all()
        assert np.isfinite(fit.p_alive(described)).all()


def test_json_returns_the_same_fit() -> None:
    described, _ = simulate("pareto_nbd", 600, np.random.default_rng(1))
    fit = StaticCovariates("pareto_nbd", "member", "").fit(described)
    again = StaticCovariatesFit.from_json(fit.to_json())
    assert again == fit
    assert again.to_json() == fit.to_json()
    columns = fit.predict(described, 20, 0.1)
    for name, column in again.predict(described, 20, 0.1).items():
        assert (column == columns[name]).all()
    assert set(fit.predict(described)) == {"p_alive"}


def test_what_cannot_be_fitted_is_refused() -> None:
    described, _ = simulate("pareto_nbd", 60, np.random.default_rng(1))
    with pytest.raises(WorthbookError) as caught:
        DescribedCustomers(described.history, Covariates({"age": [1.0, 2.0]}))
    assert caught.value.slugs == ("covariate-rows-differ",)
    for specification, slug in (
        (StaticCovariates("pareto_nbd", "mmember"), "covariate-unknown"),
        (StaticCovariates("pareto_nbd", "member", ridge=-1.0), "covariate-ridge-negative"),
        (StaticCovariates("pareto_nbd", "member", "", equal=("member[yes]",)), "covariate-equal-not-shared"),
    ):
        with pytest.raises(WorthbookError) as caught:
            specification.fit(described)
        assert caught.value.slugs == (slug,)
    fit = StaticCovariates("pareto_nbd", "member", "member").fit(described)
    days = PurchaseHistory([1], [3], [9], unit="days")
    with pytest.raises(WorthbookError) as caught:
        fit.p_alive(DescribedCustomers(days, Covariates({"member": ["yes"]})))
    assert caught.value.slugs == ("history-unit-differs",)
    process = fit.process(described)
    with pytest.raises(WorthbookError) as caught:
        process.discounted_purchases(described.history, math.inf, 0.0)
    assert caught.value.slugs == ("discount-rate-not-positive",)


def test_an_effect_without_evidence_is_told() -> None:
    """Nobody of a group of eight has bought again: how often they buy may be anything from seldom to never."""
    rng = np.random.default_rng(5)
    history = ParetoNBDProcess(1.2, 12.0, 0.8, 20.0).simulate(np.full(300, 60.0), 0.0, rng, "weeks")[0]
    few = np.flatnonzero(history.x == 0)[:8]
    described = DescribedCustomers(history, Covariates({"few": np.isin(np.arange(300), few).astype(float)}))
    fit = StaticCovariates("pareto_nbd", "few", "few").fit(described)
    assert fit.facts["identified"] is False
    assert any("few" in each.en for each in fit.cautions)
    assert np.isfinite(fit.expected_purchases(described, 50)).all()


def test_effects_are_numbered_once() -> None:
    layout = Layout.of(("a", "b"), ("b", "c"), ("b",))
    assert layout.symbols == ("life:a", "both:b", "trans:c")
    assert layout.trans_columns.tolist() == [1, 2]

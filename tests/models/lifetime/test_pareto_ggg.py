"""Pareto/GGG against integrals by brute force, against the models that it contains, and what it says of itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import gammainc, gammaincc, gammaln

from worthbook.kernel.errors import WorthbookError
from worthbook.models.lifetime import ParetoGGG, PurchaseHistory
from worthbook.models.lifetime.customer_intervals import purchase_ranges
from worthbook.models.lifetime.next_purchase import next_purchase
from worthbook.models.lifetime.pareto_ggg_process import ParetoGGGProcess
from worthbook.models.lifetime.pareto_nbd import ParetoNBDProcess
from worthbook.models.lifetime.purchase_posterior import purchase_posterior
from worthbook.models.lifetime.regular_buying import ROUGH
from worthbook.models.lifetime.renewal_function import RenewalFunctions
from worthbook.models.lifetime.renewals import count_renewals

GROCERIES = ParetoGGGProcess(t=1.695, mean_k=1.695 / 0.373, r=0.948, alpha=5.243, s=0.432, beta=4.348)
"""Posterior medians that BTYDplus 1.2.0 reports for its grocery data (vignette, section on Pareto/GGG)."""

CLOCK, BURSTS = 9 * np.log(30 / 9) - 0.5, 9 * np.log(30 / 9) - 9.0
"""Sums of logarithms of nine gaps over thirty weeks."""

ROWS = PurchaseHistory(
    [0, 1, 4, 9, 9], [0, 3, 30, 30, 30], [40, 9, 33, 39, 39], log_gaps=[0, np.log(3), 7.5, CLOCK, BURSTS]
)


def by_brute_force(process: ParetoGGGProcess, row: PurchaseHistory) -> tuple[float, float]:
    """Likelihood, and the part of it that is alive: sums over a grid of k, lambda and the time of leaving."""
    log_k, log_rate = np.linspace(-12, 5, 86)[:, None], np.linspace(-14, 3, 171)
    k, rate = np.exp(log_k), np.exp(log_rate)
    x, t_x, end, log_gaps = (float(each[0]) for each in (row.x, row.t_x, row.T, row.log_gaps))  # type: ignore[index]
    prior = _log_gamma(log_k, process.t, process.gamma) + _log_gamma(log_rate, process.r, process.alpha)
    seen = x * (k * np.log(k * rate) - gammaln(k)) + (k - 1) * log_gaps - k * rate * t_x
    weight = np.exp(prior + seen) * 0.2 * 0.1
    edges = t_x + (end - t_x) * np.linspace(0, 1, 101) ** 2
    stays = (process.beta / (process.beta + edges)) ** process.s
    left = np.zeros_like(weight)
    for start, until, share in zip(edges[:-1], edges[1:], -np.diff(stays), strict=True):
        left += share * gammaincc(k, k * rate * ((start + until) / 2 - t_x))
    alive = stays[-1] * gammaincc(k, k * rate * (end - t_x))
    return float((weight * (alive + left)).sum()), float((weight * alive).sum())


def _log_gamma(v: np.ndarray, shape: float, rate: float) -> np.ndarray:
    """Log density of the logarithm of a gamma variable."""
    return np.asarray(shape * (np.log(rate) + v) - rate * np.exp(v) - gammaln(shape))


@pytest.mark.parametrize("number", range(len(ROWS)))
def test_likelihood_and_p_alive_are_the_integrals(number: int) -> None:
    row = ROWS.take(np.array([number]))
    whole, alive = by_brute_force(GROCERIES, row)
    assert GROCERIES.log_likelihood(row) == pytest.approx(np.log(whole), abs=2e-4)
    assert GROCERIES.p_alive(row)[0] == pytest.approx(alive / whole, abs=1e-4)


def test_with_k_of_one_it_is_pareto_nbd() -> None:
    """The likelihood is that of purchase times in both: no constant is between them."""
    process, plain = ParetoGGGProcess(1e8, 1.0, 0.6, 6.0, 0.7, 10.0), ParetoNBDProcess(0.6, 6.0, 0.7, 10.0)
    assert process.log_likelihood(ROWS) == pytest.approx(plain.log_likelihood(ROWS), abs=1e-5)
    assert process.p_alive(ROWS) == pytest.approx(plain.p_alive(ROWS), abs=1e-6)
    expected = plain.expected_purchases(ROWS, 26)
    assert process.expected_purchases(ROWS, 26) == pytest.approx(expected, rel=1e-3)
    assert process.purchase_variance(ROWS, 26) == pytest.approx(plain.purchase_variance(ROWS, 26), rel=2e-3)
    for n in (0, 1, 4):
        wanted = plain.purchase_probabilities(n, ROWS, 26)
        assert process.purchase_probabilities(n, ROWS, 26) == pytest.approx(wanted, abs=1e-5)


def test_silence_says_more_of_regular_buyers() -> None:
    clock, bursts = GROCERIES.p_alive(ROWS)[3:]
    assert clock < 0.5 < bursts


def test_rough_answers_are_near() -> None:
    rough = replace(GROCERIES, exactness=ROUGH)
    assert rough.expected_purchases(ROWS, 26) == pytest.approx(GROCERIES.expected_purchases(ROWS, 26), rel=0.01)
    assert rough.p_alive(ROWS) == pytest.approx(GROCERIES.p_alive(ROWS), abs=0.002)


@pytest.mark.parametrize("k", [0.1, 0.7, 1.0, 3.3, 20.0])
def test_renewal_functions_are_the_sums(k: float) -> None:
    tau, n = np.array([0.01, 0.4, 1.0, 2.5, 11.0, 60.0, 400.0]), np.arange(1.0, 6000.0)[:, None]
    reached = gammainc(n * k, k * tau)
    found, rows = RenewalFunctions.of(np.array([k])), np.zeros(len(tau), dtype=np.intp)
    assert found.expected(rows, tau) == pytest.approx(reached.sum(axis=0), abs=2e-4)
    assert found.expected_pairs(rows, tau) == pytest.approx((n * reached).sum(axis=0), abs=5e-3, rel=1e-5)


def test_counts_of_renewals_are_distributed_so() -> None:
    k, phases = 2.5, 9.0
    drawn = count_renewals(np.full(40_000, k), np.full(40_000, phases), np.random.default_rng(1))
    for n in range(1, 7):
        reached = gammainc(n * k, phases)
        assert (drawn >= n).mean() == pytest.approx(reached, abs=4 * np.sqrt(reached * (1 - reached) / 40_000) + 1e-9)


def test_customers_with_other_gaps_are_not_alike() -> None:
    pair = ROWS.take(np.array([3, 4, 3]))
    fit = ParetoGGG().fit(_some(GROCERIES, 300))
    ranges = purchase_ranges(fit, fit.estimates.draws(40, np.random.default_rng(1)), pair, 26, seed=1)
    assert ranges.low[0] == ranges.low[2]
    assert ranges.high[0] == ranges.high[2] != ranges.high[1]
    found = next_purchase(GROCERIES, pair)
    assert found.p_none[0] == found.p_none[2] != found.p_none[1]
    assert len(ParetoGGG().group(pair)) == 2


def test_gaps_are_needed_of_those_who_bought_more_than_twice() -> None:
    known = PurchaseHistory([0, 1], [0, 3], [40, 9])
    assert GROCERIES.p_alive(known) == pytest.approx(GROCERIES.p_alive(ROWS)[:2])
    with pytest.raises(WorthbookError) as caught:
        ParetoGGG().fit(PurchaseHistory([0, 2], [0, 3], [40, 9]))
    assert caught.value.slugs == ("history-without-gaps",)


def test_a_large_base_is_fitted_from_a_sample_which_is_said() -> None:
    history = _some(GROCERIES, 900)
    fit = ParetoGGG(most_rows=300).fit(history)
    assert fit.learnt_from == fit.facts["learnt_from"] == 300
    assert fit.customers == 900
    assert fit.purchases == history.x.sum()
    assert fit.log_likelihood == pytest.approx(fit.process.log_likelihood(history))
    assert any(
        "300 of 900 customers" in each.en and "900 位客户中随机抽取的 300 位" in each.zh for each in fit.cautions
    )
    assert type(fit).from_json(fit.to_json()) == fit


def test_customers_who_do_not_differ_are_said_not_to() -> None:
    fit = ParetoGGG().fit(_some(ParetoNBDProcess(0.9, 5.0, 0.6, 9.0), 300))
    if fit.facts["mean_k"] != pytest.approx(1.0, abs=0.3):
        pytest.fail(f"mean k is {fit.facts['mean_k']}")
    gamma = next(row for row in fit.summary if row.symbol == "gamma")
    said = any("No difference in regularity" in each.en for each in fit.cautions)
    assert said == (gamma.low is None)


def test_bursts_without_end_are_warned_of() -> None:
    fit = ParetoGGG().fit(_some(replace(GROCERIES, t=0.5, mean_k=1.0), 400))
    assert any("without end in a burst" in each.en for each in fit.cautions)


def test_the_posterior_holds_what_groceries_were_made_from() -> None:
    """Every parameter of the simulation lies between its 0.5 and 99.5 % points, and weights are to be trusted."""
    history = _some(GROCERIES, 250)
    posterior = purchase_posterior(ParetoGGG(), ParetoGGG().fit(history), history, seed=1, draws=200)
    assert posterior.method == "laplace+psis"
    low, high = np.quantile(posterior.draws, [0.005, 0.995], axis=0)
    truth = [GROCERIES.t, GROCERIES.mean_k, GROCERIES.r, GROCERIES.alpha, GROCERIES.s, GROCERIES.beta]
    assert [bool(below < value < above) for below, value, above in zip(low, truth, high, strict=True)] == [True] * 6


def _some(process: ParetoGGGProcess | ParetoNBDProcess, count: int) -> PurchaseHistory:
    rng = np.random.default_rng(4)
    return process.simulate(rng.uniform(30, 60, count), 0.0, rng, "weeks")[0]

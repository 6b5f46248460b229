"""Partial pooling: better than no pooling and than full pooling, and right at both ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.base import FloatArray
from worthbook.models.lifetime import BGNBD, GGompertzNBD, PurchaseHistory
from worthbook.models.lifetime.bg_nbd import BGNBDFit
from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
from worthbook.models.lifetime.correlated_pareto_nbd import CorrelatedParetoNBD
from worthbook.models.lifetime.ggompertz_nbd import GGompertzNBDProcess
from worthbook.models.lifetime.pareto_nbd import ParetoNBD
from worthbook.models.lifetime.pooling import ROUNDS, PooledFit, fit_pooled

MEAN = np.log([0.8, 6.0, 0.8, 2.5])
SPREAD = np.array([0.3, 0.35, 0.3, 0.3])
SIZES = (40, 60, 80, 120, 200, 300, 500, 800, 40, 60, 100, 150)

Segments = tuple[dict[str, PurchaseHistory], dict[str, FloatArray]]


def simulate(rng: np.random.Generator, spread: FloatArray = SPREAD) -> Segments:
    """Segments of different sizes, and the logarithms of their true parameters."""
    histories, truths = {}, {}
    for number, size in enumerate(SIZES):
        logs = rng.normal(MEAN, spread)
        r, alpha, a, b = np.exp(logs).tolist()
        ages = rng.uniform(20, 60, size)
        histories[f"segment {number}"] = BGNBDProcess(r, alpha, a, b).simulate(ages, 0.0, rng, "weeks")[0]
        truths[f"segment {number}"] = logs
    return histories, truths


def joined(histories: dict[str, PurchaseHistory]) -> PurchaseHistory:
    x, t_x, age = (np.concatenate([getattr(each, name) for each in histories.values()]) for name in ("x", "t_x", "T"))
    return PurchaseHistory(x, t_x, age)


@pytest.fixture(scope="module")
def pooled() -> tuple[PooledFit[BGNBDFit], Segments]:
    segments = simulate(np.random.default_rng(4))
    return fit_pooled(BGNBD(), segments[0]), segments


def test_it_beats_both_extremes() -> None:
    """Squared error of expected purchases of a new customer in 52 weeks, over 3 simulated bases of 12 segments."""
    errors = []
    for seed in range(50, 53):
        histories, truths = simulate(np.random.default_rng(seed))
        found, common = fit_pooled(BGNBD(), histories), BGNBD().fit(joined(histories))
        for name, history in histories.items():
            r, alpha, a, b = np.exp(truths[name]).tolist()
            true = BGNBDProcess(r, alpha, a, b).expected_purchases_new(52)
            fits = (found.segments[name], BGNBD().fit(history), common)
            errors.append([(fit.expected_purchases_new(52) / true - 1) ** 2 for fit in fits])
    partial, none, full = np.mean(errors, axis=0)
    assert partial < none
    assert partial < full


def test_small_segments_are_drawn_more(pooled: tuple[PooledFit[BGNBDFit], Segments]) -> None:
    found, _ = pooled
    assert found.own["segment 7"] > found.own["segment 0"]
    assert all(0 <= share <= 1 for share in found.own.values())
    assert "12 segments" in found.cautions("segment 0")[-1].en
    assert found.rounds < ROUNDS
    assert "had not settled" in replace(found, rounds=ROUNDS).cautions("segment 0")[-1].en
    assert found.population.mean == pytest.approx(MEAN.tolist(), abs=0.5)


def test_intervals_cover_the_truth(pooled: tuple[PooledFit[BGNBDFit], Segments]) -> None:
    """Of 48 parameters of 12 segments no fewer than 42 lie in their 95 % intervals (see coverage.md)."""
    found, (_, truths) = pooled
    inside = 0
    for name, fit in found.segments.items():
        for row, true in zip(fit.summary, np.exp(truths[name]), strict=True):
            assert row.low is not None
            assert row.high is not None
            inside += row.low <= true <= row.high
    assert inside >= 42


def test_segments_that_are_alike_become_one() -> None:
    histories, _ = simulate(np.random.default_rng(6), np.zeros(4))
    found = fit_pooled(BGNBD(), histories)
    common = BGNBD().fit(joined(histories))
    spread_of_alpha = found.population.spread[1]
    assert spread_of_alpha < 0.2
    alone = [BGNBD().fit(history).summary[1].estimate for history in histories.values()]
    together = [fit.summary[1].estimate for fit in found.segments.values()]
    assert np.std(np.log(together)) < 0.3 * np.std(np.log(alone))
    assert np.mean(np.log(together)) == pytest.approx(np.log(common.summary[1].estimate), abs=0.15)


def test_a_segment_without_repeat_buyers_gets_estimates() -> None:
    histories, _ = simulate(np.random.default_rng(7))
    histories["silent"] = PurchaseHistory([0, 0, 0], [0, 0, 0], [10, 12, 9])
    found = fit_pooled(BGNBD(), histories)
    fit = found.segments["silent"]
    assert found.own["silent"] < 0.3
    assert np.isfinite(fit.expected_purchases(histories["silent"], 52)).all()
    assert "Only 0 customers" in fit.cautions[0].en


def test_the_likelihood_is_that_of_the_segment(pooled: tuple[PooledFit[BGNBDFit], Segments]) -> None:
    found, (histories, _) = pooled
    for name, fit in found.segments.items():
        assert fit.process.log_likelihood(histories[name]) == pytest.approx(fit.log_likelihood, abs=1e-6)
        assert fit.log_likelihood <= BGNBD().fit(histories[name]).log_likelihood + 1e-6
        assert BGNBDFit.from_json(fit.to_json()) == fit


def test_other_models_are_pooled_in_the_same_way() -> None:
    histories = dict(list(simulate(np.random.default_rng(9))[0].items())[:4])
    found = fit_pooled(ParetoNBD(), histories)
    assert set(found.segments) == set(histories)
    assert [row.symbol for row in found.segments["segment 3"].summary] == ["r", "alpha", "s", "beta"]


def test_a_parameter_that_is_searched_elsewhere_comes_back() -> None:
    """GGompertz/NBD searches b lower than others; the truth lies within the intervals of four segments."""
    rng, truth = np.random.default_rng(3), GGompertzNBDProcess(0.8, 6.0, 0.7, 8.0, 0.06)
    histories = {name: truth.simulate(rng.uniform(20, 52, 300), 0.0, rng, "weeks")[0] for name in "abcd"}
    found = fit_pooled(GGompertzNBD(), histories)
    for fit in found.segments.values():
        away = (np.log([0.8, 6.0, 0.7, 8.0, 0.06]) - fit.estimates.log_values) / fit.estimates.log_standard_errors
        assert (np.abs(away) < 2.5).all()
    assert np.exp(found.population.mean[4]) == pytest.approx(0.06, rel=0.3)


def test_few_customers_do_not_make_segments_alike() -> None:
    """Twelve segments of 8 customers say next to nothing about how they differ: nobody is told that they do not."""
    rng = np.random.default_rng(8)
    truth = BGNBDProcess(0.8, 6.0, 0.8, 2.5)
    histories = {str(each): truth.simulate(rng.uniform(20, 60, 8), 0.0, rng, "weeks")[0] for each in range(12)}
    found = fit_pooled(BGNBD(), histories)
    assert min(found.population.spread) > 0.15
    errors = np.array([fit.estimates.log_standard_errors for fit in found.segments.values()])
    assert (errors > 0.9 * np.array(found.population.spread)).all()


def test_choices_made_for_all_hold_for_every_segment() -> None:
    """The kernel of the correlation, which follows from all customers, is that of every segment."""
    histories = dict(list(simulate(np.random.default_rng(9))[0].items())[3:6])
    found = fit_pooled(CorrelatedParetoNBD(), histories)
    taus = {fit.tau for fit in found.segments.values()}
    assert len(taus) == 1
    for name, fit in found.segments.items():
        assert fit.process.log_likelihood(histories[name]) == pytest.approx(fit.log_likelihood, abs=1e-6)


def test_two_segments_are_too_few() -> None:
    history = PurchaseHistory([0, 2], [0, 3], [9, 9])
    with pytest.raises(WorthbookError) as caught:
        fit_pooled(BGNBD(), {"a": history, "b": history})
    assert caught.value.slugs == ("pooling-too-few-segments",)
    days = PurchaseHistory([0, 2], [0, 3], [9, 9], unit="days")
    with pytest.raises(WorthbookError) as caught:
        fit_pooled(BGNBD(), {"a": history, "b": history, "c": days})
    assert caught.value.slugs == ("history-unit-differs",)


def test_a_handful_of_customers_can_be_a_segment() -> None:
    """Bases with segments of 8 customers, for some of which even NBD has no maximum of its own."""
    for run in (12, 14, 25, 32):
        rng = np.random.default_rng([2026, run])
        sizes = np.maximum(np.round(500 * np.geomspace(1, 16, 12) / np.geomspace(1, 16, 12).sum()), 1).astype(int)
        logs = rng.normal(np.log([0.8, 6.0, 0.8, 2.5]), 0.3, (12, 4))
        histories = {
            str(place): BGNBDProcess(*row.tolist()).simulate(rng.uniform(20, 52, size), 26.0, rng, "weeks")[0]
            for place, (row, size) in enumerate(zip(np.exp(logs), sizes, strict=True))
        }
        found = fit_pooled(BGNBD(), histories)
        assert all(np.isfinite(fit.log_likelihood_without_dropout) for fit in found.segments.values())

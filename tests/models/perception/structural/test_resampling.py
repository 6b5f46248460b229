"""Intervals cover, seeds repeat, and resamples without a solution are counted with their reason."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from tests.models.perception.structural.published import MOBI
from tests.models.perception.structural.test_pls import ITEMS, MODEL, answers_of, simulate
from worthbook.kernel.errors import WorthbookError
from worthbook.models.perception.answers import Answers
from worthbook.models.perception.structural.failures import CONSTANT
from worthbook.models.perception.structural.options import Options
from worthbook.models.perception.structural.pls import PLS
from worthbook.models.perception.structural.resampling import Method, bootstrap


def test_the_same_seed_gives_the_same_draws() -> None:
    sample = PLS.of(MODEL).sample(answers_of(simulate(80, 1)))
    one, two, other = (bootstrap(sample, 60, seed) for seed in (5, 5, 6))
    for name in one.draws:
        np.testing.assert_array_equal(one.draws[name], two.draws[name])
    assert not np.array_equal(one.draws["path"], other.draws["path"])


def test_every_quantity_has_a_label_and_a_finite_interval() -> None:
    draws = bootstrap(PLS.of(MODEL).sample(answers_of(simulate(80, 1))), 100, 1, jackknife=True)
    for name, labels in draws.labels.items():
        if name == "htmt_signed":
            continue  # is not defined where items of one construct go against each other
        methods: tuple[Method, ...] = ("percentile", "bca", "basic")
        for method in methods:
            low, high = draws.interval(name, 0.9, method)
            assert len(low) == len(labels)
            assert (low <= high + 1e-12).all()


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_intervals_of_the_index_cover(method: Method) -> None:
    """120 surveys of 100 people each from a population of known mean: about 90 % of the 90 % intervals hold it."""
    everybody = simulate(100_000, 77)
    truth = PLS.of(MODEL).fit(answers_of(everybody)).hundred
    assert truth is not None
    held = 0
    for survey in range(120):
        sample = PLS.of(MODEL).sample(answers_of(everybody[survey * 100 : (survey + 1) * 100]))
        draws = bootstrap(sample, 250, survey, ("index",), jackknife=method == "bca")
        low, high = draws.interval("index", 0.9, method)
        held += int(low[0] <= truth.index[0, 0] <= high[0])
    assert held == pytest.approx(108, abs=4 * np.sqrt(120 * 0.9 * 0.1))


def test_bca_of_a_mean_is_the_textbook_interval() -> None:
    """One item, whose index is its mean: BCa agrees with the normal interval of a symmetric sample."""
    values = np.column_stack([np.clip(np.random.default_rng(2).normal(5, 1, 400), 0, 10), np.arange(400) % 10])
    model = PLS.of("A =~ a; B =~ b; B ~ A")
    sample = model.sample(Answers(("a", "b"), values, bounds={"a": (0, 10), "b": (0, 10)}))
    low, high = bootstrap(sample, 4000, 3, ("index",), jackknife=True).interval("index", 0.95, "bca")
    mean, reach = 10 * values[:, 0].mean(), 10 * values[:, 0].std() / 20 * norm.ppf(0.975)
    assert [low[0], high[0]] == pytest.approx([mean - reach, mean + reach], abs=0.06)


def test_resamples_without_a_solution_are_counted_with_their_reason() -> None:
    """One of 30 people differs in an item: a third of the resamples leave that person out."""
    values = simulate(30, 4)
    values[:, 1] = 5
    values[7, 1] = 9
    draws = bootstrap(PLS.of(MODEL).sample(answers_of(values)), 300, 1, ("path",))
    ((reason, count),) = draws.failed.items()
    assert (reason.what, reason.who) == (CONSTANT, ITEMS[1])
    assert count / 300 == pytest.approx(np.exp(-1), abs=0.1)
    assert len(draws.draws["path"]) == 300 - count
    assert "'q2' does not vary" in draws.cautions[0].en


def test_mostly_failed_resamples_are_refused() -> None:
    values = simulate(30, 4)
    values[:, 1], values[:, 2] = 5, 6
    values[7, 1], values[8, 2] = 9, 9
    with pytest.raises(WorthbookError, match="resamples-all-failed"):
        bootstrap(PLS.of(MODEL).sample(answers_of(values)), 200, 1, ("path",))


@pytest.mark.shared_data
def test_improper_resamples_of_consistent_pls_are_counted(mobi: Answers) -> None:
    """On mobi many resamples have correlations of constructs beyond 1; none is left out in silence."""
    draws = bootstrap(PLS.of(MOBI, Options(consistent=True)).sample(mobi), 500, 1, ("path",))
    assert draws.improper > 50
    assert any("improper" in text.en for text in draws.cautions)


def test_p_values_are_small_only_where_there_is_something() -> None:
    rng = np.random.default_rng(9)
    x, y, z = rng.normal(size=(3, 300))
    values = np.stack([x, y, 0.5 * x + z], axis=1)
    draws = bootstrap(PLS.of("A =~ a; B =~ b; C =~ c; C ~ A + B").sample(Answers(("a", "b", "c"), values)), 999, 1)
    assert draws.p_values("path")[0] == pytest.approx(0.002)
    assert draws.p_values("path")[1] > 0.05

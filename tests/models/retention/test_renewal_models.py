"""Contracts that end at renewals: the published tables, simulation, and what must hold."""

from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from worthbook.kernel.errors import WorthbookError
from worthbook.models.base import Estimate
from worthbook.models.retention import BetaDiscreteWeibull, ContractHistory, ContractTerms, ShiftedBetaGeometric
from worthbook.models.retention.beta_weibull_likelihood import BetaWeibullLikelihood
from worthbook.models.retention.beta_weibull_process import BetaWeibullProcess
from worthbook.models.retention.renewal_models import BetaDiscreteWeibullFit, ShiftedBetaGeometricFit
from worthbook.models.retention.simulate import simulate_contracts

FITTED_YEARS = 7
SYMBOLS = ("alpha", "beta", "c")
processes = st.builds(BetaWeibullProcess, st.floats(0.1, 20), st.floats(0.1, 20), st.floats(0.3, 2))
geometric = st.builds(BetaWeibullProcess, st.floats(0.1, 20), st.floats(0.1, 20))


@pytest.fixture(scope="module")
def expected(shared: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / "data" / "sbg_retention" / "expected.json").read_text("utf-8"))
    return found


def survivors(shared: Path, segment: str) -> list[float]:
    """Customers of 1 000 who are left after each year."""
    with (shared / "data" / "sbg_retention" / "survival_percent.csv").open(encoding="utf-8") as lines:
        return [float(row[f"{segment}_pct"]) * 10 for row in csv.DictReader(lines)]


@pytest.mark.shared_data
@pytest.mark.parametrize("segment", ["regular", "highend"])
def test_shifted_beta_geometric(shared: Path, expected: dict[str, Any], segment: str) -> None:
    """Fader and Hardie (2007), Table 2: regular .704 1.182, high-end .668 3.806; digits and LL of expected.json."""
    history = ContractHistory.of_survivors([survivors(shared, segment)[: FITTED_YEARS + 1]])
    fit = ShiftedBetaGeometric().fit(history)
    published, mle = expected["sBG published"][segment], expected["sBG mle"][segment]
    assert {row.symbol: round(row.estimate, 3) for row in fit.summary} == published
    assert [row.estimate for row in fit.summary] == pytest.approx([mle["alpha"], mle["beta"]], rel=1e-4)
    assert fit.log_likelihood == pytest.approx(mle["ll"], abs=1e-4)
    assert fit.cautions == ()


@pytest.mark.shared_data
@pytest.mark.parametrize("segment", ["regular", "highend"])
def test_beta_discrete_weibull(shared: Path, expected: dict[str, Any], segment: str) -> None:
    """Estimates and LL of expected.json (Fader et al. 2018 print the model, not these estimates)."""
    history = ContractHistory.of_survivors([survivors(shared, segment)[: FITTED_YEARS + 1]])
    fit = BetaDiscreteWeibull().fit(history)
    mle = expected["BdW mle (computed here)"][segment]
    assert [row.estimate for row in fit.summary] == pytest.approx([mle[each] for each in SYMBOLS], rel=1e-4)
    assert fit.log_likelihood == pytest.approx(mle["ll"], abs=1e-4)


@pytest.mark.shared_data
def test_projections(shared: Path) -> None:
    """High-end years 8 to 12, research/clv.md section 4: actual 46.8 44.5 42.7 40.9 39.4, BdW and sBG as below."""
    left = survivors(shared, "highend")
    assert [each / 10 for each in left[8:]] == [46.8, 44.5, 42.7, 40.9, 39.4]
    history = ContractHistory.of_survivors([left[: FITTED_YEARS + 1]])
    ahead = np.arange(8, 13)
    weibull = 100 * BetaDiscreteWeibull().fit(history).process.survival(ahead)
    assert weibull.round(1).tolist() == [46.8, 44.8, 43.2, 41.7, 40.4]
    assert (100 * ShiftedBetaGeometric().fit(history).process.survival(ahead)).round(1).tolist() == [
        46.0,
        43.6,
        41.4,
        39.5,
        37.8,
    ]


@pytest.mark.shared_data
def test_several_cohorts(shared: Path, expected: dict[str, Any]) -> None:
    """Fader and Hardie (2010) and their note 017: 3.80 15.19; digits and LL of expected.json."""
    cohorts = defaultdict(list)
    with (shared / "data" / "sbg_retention" / "multi_cohort.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            cohorts[row["cohort"]].append(float(row["alive"]))
    fit = ShiftedBetaGeometric().fit(ContractHistory.of_survivors(list(cohorts.values())))
    mle = expected["sBG mle"]["multi_cohort"]
    assert {row.symbol: round(row.estimate, 2) for row in fit.summary} == expected["sBG published"]["multi_cohort"]
    assert [row.estimate for row in fit.summary] == pytest.approx([mle["alpha"], mle["beta"]], rel=1e-4)
    assert fit.log_likelihood == pytest.approx(mle["ll"], abs=1e-3)


@pytest.mark.shared_data
def test_discounted_residual_lifetimes(expected: dict[str, Any]) -> None:
    """Fader and Hardie (2010), Table 3: DERL at 10 %, just before renewals 1 to 5.

    The parameters of the second set are published as .067 and .267, with which the first value is 7.67, not 7.68.
    """
    wanted = expected["DERL d=0.1, just before renewals 1..5"]
    ours = BetaWeibullProcess(3.80, 15.20).renewals(np.arange(5.0), 1.1)
    assert ours.round(2).tolist() == wanted["alpha 3.80 beta 15.20"]
    ours = BetaWeibullProcess(0.067, 0.267).renewals(np.arange(5.0), 1.1)
    assert ours == pytest.approx(wanted["alpha 0.067 beta 0.267"], abs=0.011)


def half(row: Estimate) -> float:
    """Half the width of an interval, on the log scale."""
    assert row.low is not None
    assert row.high is not None
    return math.log(row.high / row.low) / 2


@pytest.mark.parametrize(
    ("specification", "truth"),
    [(ShiftedBetaGeometric(), (0.7, 3.8)), (BetaDiscreteWeibull(), (0.7, 2.5, 1.4))],
)
def test_parameters_are_recovered_and_covered(
    specification: ShiftedBetaGeometric | BetaDiscreteWeibull, truth: tuple[float, ...]
) -> None:
    """Contracts of different ages: 4 standard errors at 40 000, and 95 % intervals at 800, 80 times over."""
    rng = np.random.default_rng(8)
    process = BetaWeibullProcess(*truth)
    history, _ = simulate_contracts(process, rng.integers(3, 25, 40_000).astype(np.float64), rng)
    for row, true in zip(specification.fit(history).summary, truth, strict=True):
        assert row.standard_error is not None
        assert abs(row.estimate - true) < 4 * row.standard_error
    covered = []
    for _ in range(80):
        history, _ = simulate_contracts(process, rng.integers(8, 25, 800).astype(np.float64), rng)
        rows = specification.fit(history).summary
        covered.append([abs(math.log(row.estimate / true)) <= half(row) for row, true in zip(rows, truth, strict=True)])
    assert (np.abs(np.mean(covered, axis=0) - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 80)).all()


def test_the_total_is_covered() -> None:
    """The 95 % interval of the value of all running contracts holds what they really bring, 100 times over."""
    rng = np.random.default_rng(21)
    process = BetaWeibullProcess(0.9, 4.0)
    terms = ContractTerms(10.0, 0.1, horizon=24)
    discount = terms.discount("months")
    inside = 0
    for seed in range(100):
        history, lasts = simulate_contracts(process, np.full(300, 12.0), rng)
        fit, running = ShiftedBetaGeometric().fit(history), history.ended == 0
        renewals = np.minimum(lasts[running] - 1 - 12, 24)
        brought = 10 * ((1 - discount**-renewals) / (1 - 1 / discount)).sum()
        interval = fit.total_value(history.running, terms, seed=seed)
        inside += interval.low <= brought <= interval.high
    assert abs(inside / 100 - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 100)


def test_contracts_older_than_the_records() -> None:
    """Contracts that ended before the records began are missing; with `entry` the estimates are not misled."""
    rng = np.random.default_rng(4)
    truth = BetaWeibullProcess(0.9, 4.0)
    all_of_them, _ = simulate_contracts(truth, np.full(60_000, 15.0), rng)
    entry = rng.integers(0, 6, len(all_of_them)).astype(np.float64)
    kept = np.flatnonzero(all_of_them.tenure > entry)
    history = ContractHistory(all_of_them.tenure[kept], all_of_them.ended[kept], entry=entry[kept])
    for row, true in zip(ShiftedBetaGeometric().fit(history).summary, (0.9, 4.0), strict=True):
        assert row.standard_error is not None
        assert abs(row.estimate - true) < 4 * row.standard_error


@given(processes)
def test_gradients_are_slopes(process: BetaWeibullProcess) -> None:
    likelihood = BetaWeibullLikelihood.of(
        ContractHistory([1, 2, 5, 7, 3, 9], [1, 1, 0, 1, 0, 0], entry=[0, 0, 2, 0, 0, 1])
    )
    point = np.log([process.alpha, process.beta, process.c])
    numeric = [(likelihood(point + e)[0] - likelihood(point - e)[0]) / 2e-6 for e in 1e-6 * np.eye(3)]
    assert likelihood(point)[1] == pytest.approx(numeric, rel=1e-4, abs=1e-6)


@example(BetaWeibullProcess(2.0, 1.001), 1.001953125)  # scipy's hypergeometric function has no number for these
@example(BetaWeibullProcess(1.0, 1.001), 1.001953125)
@given(geometric, st.floats(1.001, 2))
def test_closed_forms_are_the_sums(process: BetaWeibullProcess, discount: float) -> None:
    n = np.arange(4.0)
    general = BetaWeibullProcess(process.alpha, process.beta, 1 + 1e-12)
    assert process.renewals(n, discount) == pytest.approx(general.renewals(n, discount), rel=1e-8)
    assert process.elasticity(n, discount) == pytest.approx(general.elasticity(n, discount), rel=1e-8)


@given(st.floats(1.2, 20), st.floats(0.1, 20))
def test_the_mean_lifetime_is_the_sum_without_end(alpha: float, beta: float) -> None:
    n = np.arange(3.0)
    exact = BetaWeibullProcess(alpha, beta).renewals(n)
    assert exact == pytest.approx((beta + n) / (alpha - 1))
    assert BetaWeibullProcess(alpha, beta, 1 + 1e-12).renewals(n) == pytest.approx(exact, rel=1e-4)


@given(processes, st.floats(1.0, 1.5), st.integers(1, 40))
def test_elasticity_is_a_derivative_and_variance_a_variance(
    process: BetaWeibullProcess, discount: float, horizon: int
) -> None:
    k = np.arange(1.0, horizon + 1)
    survival = process.survival_ahead(np.array([2.0]), k)[0]
    ends = np.append(survival, 0.0)
    chance = np.concatenate([[1 - ends[0]], ends[:-1] - ends[1:]])
    brings = np.concatenate([[0.0], np.cumsum(discount ** -(k - 1))])
    assert process.renewals([2.0], discount, horizon)[0] == pytest.approx(chance @ brings)
    variance = chance @ brings**2 - (chance @ brings) ** 2
    assert process.renewal_variance([2.0], discount, horizon)[0] == pytest.approx(variance, abs=1e-8)
    long = np.arange(1.0, 4001)
    ahead = process.survival_ahead(np.array([2.0]), long)[0] * 1.05 ** -(long - 1)
    raised = (ahead * 1.0001**long).sum()
    assert process.elasticity([2.0], 1.05)[0] == pytest.approx((raised / ahead.sum() - 1) / 0.0001, rel=5e-3)


@given(geometric)
def test_loyalty_rises_with_tenure(process: BetaWeibullProcess) -> None:
    assert (np.diff(process.retention(np.arange(1, 30))) > 0).all()
    assert (np.diff(process.renewals(np.arange(10.0), 1.1)) > 0).all()


def test_values_by_hand() -> None:
    """Two customers who never leave, 100 a year, 10 %: 100 now, and 100 / (1 - 1/1.1) = 1 100 without end."""
    loyal = BetaWeibullProcess(1e-9, 1.0)
    assert loyal.renewals([3.0], 1.1)[0] == pytest.approx(11.0, rel=1e-6)
    fit = ShiftedBetaGeometric().fit(ContractHistory.of_survivors([[1000, 869, 743, 653, 593, 551, 517, 491]]))
    history = ContractHistory([7, 7], [0, 0], unit="years")
    before, after = (
        fit.lifetime_value(history, ContractTerms(np.array([100.0, 50.0]), 0.1, due_in=due)) for due in (0.0, 1.0)
    )
    assert before / after == pytest.approx(np.full(2, 1.1))
    assert before[0] == 2 * before[1]
    new = fit.value_of_new(ContractTerms(100.0, 0.1, horizon=1))
    assert new == pytest.approx(100 + 100 * float(fit.process.retention([1])[0]) / 1.1)


def test_rows_and_totals_agree() -> None:
    history = ContractHistory([1, 2, 3, 3, 4, 5], [1, 1, 0, 1, 0, 0], [90, 60, 40, 30, 20, 120])
    fit, running, terms = ShiftedBetaGeometric().fit(history), history.running, ContractTerms(12.0, 0.1)
    value = fit.lifetime_value(running, terms)
    low, high = fit.value_ends(running, terms, seed=3)
    total = fit.total_value(running, terms, seed=3)
    assert ((low < value) & (value < high)).all()
    assert total.estimate == pytest.approx(float(running.weights @ value))
    assert total.low < total.estimate < total.high
    assert fit.predict(running, terms)["p_renewal"] == pytest.approx(fit.survival_ahead(running, 1))
    assert set(fit.predict(running)) == {"p_renewal"}
    assert (fit.elasticity(running, 0.1) > 1).all()


@pytest.mark.parametrize(
    ("specification", "fit_class"),
    [(ShiftedBetaGeometric(), ShiftedBetaGeometricFit), (BetaDiscreteWeibull(), BetaDiscreteWeibullFit)],
)
def test_json_returns_the_same_fit(
    specification: ShiftedBetaGeometric | BetaDiscreteWeibull,
    fit_class: type[ShiftedBetaGeometricFit | BetaDiscreteWeibullFit],
) -> None:
    history = ContractHistory.of_survivors([[1000, 869, 743, 653, 593, 551, 517, 491]])
    fit = specification.fit(history)
    again = fit_class.from_json(fit.to_json())
    assert again == fit
    assert again.to_json() == fit.to_json()
    assert (again.p_renewal(history) == fit.p_renewal(history)).all()


@pytest.mark.parametrize(
    ("history", "slug"),
    [
        (ContractHistory([3, 4], [0, 0]), "contract-none-ended"),
        (ContractHistory([3.5, 4], [1, 0]), "contract-periods-not-whole"),
        (ContractHistory([0, 4], [1, 0]), "contract-ended-at-once"),
    ],
)
def test_what_cannot_be_fitted_is_refused(history: ContractHistory, slug: str) -> None:
    for specification in (ShiftedBetaGeometric(), BetaDiscreteWeibull()):
        with pytest.raises(WorthbookError) as caught:
            specification.fit(history)
        assert caught.value.slugs == (slug,)


def test_what_is_not_identified_is_told() -> None:
    one_renewal = ShiftedBetaGeometric().fit(ContractHistory([1, 1], [1, 0], [40, 60]))
    assert one_renewal.facts["identified"] is False
    assert any("1 renewal only" in each.en and "尚无法了解" in each.zh for each in one_renewal.cautions)
    assert float(one_renewal.process.retention([1])[0]) == pytest.approx(0.6, rel=1e-4)
    few = ShiftedBetaGeometric().fit(ContractHistory([1, 2, 3, 3], [1, 1, 1, 0]))
    assert "Only 3 customers" in few.cautions[0].en


def test_a_lifetime_without_end_is_refused() -> None:
    process = BetaWeibullProcess(0.668, 3.806)
    calls: tuple[Callable[[], object], ...] = (
        lambda: process.renewals([1.0]),
        lambda: process.elasticity([1.0], 1.0),
        lambda: process.renewal_variance([1.0]),
        lambda: BetaWeibullProcess(0.6, 3.0, 1.2).renewals([1.0], 1 + 1e-9),
    )
    for call in calls:
        with pytest.raises(WorthbookError) as caught:
            call()
        assert caught.value.slugs == ("contract-lifetime-infinite",)
    fit = ShiftedBetaGeometric().fit(ContractHistory([1, 2, 3], [1, 1, 0], [20, 10, 70]))
    with pytest.raises(WorthbookError) as caught:
        fit.p_renewal(ContractHistory([1], [0], unit="years"))
    assert caught.value.slugs == ("contract-unit-differs",)

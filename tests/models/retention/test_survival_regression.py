"""Cox and Weibull regression: published estimates of Rossi, the predictions of lifelines, and a telephone company."""

from __future__ import annotations

import csv
import gzip
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.base import FloatArray
from worthbook.models.design import Covariates
from worthbook.models.retention import ContractHistory, ContractTerms
from worthbook.models.retention.beta_weibull_process import BetaWeibullProcess
from worthbook.models.retention.cox import CoxFit, CoxRegression
from worthbook.models.retention.described_contracts import DescribedContracts
from worthbook.models.retention.survival_intervals import renewal_variance
from worthbook.models.retention.weibull_aft import WeibullFit, WeibullRegression

lifelines = pytest.importorskip("lifelines")

TERMS = ("fin", "age", "race", "wexp", "mar", "paro", "prio")
FORMULA = " + ".join(TERMS)


@pytest.fixture(scope="module")
def rossi(shared: Path) -> tuple[DescribedContracts, dict[str, Any]]:
    folder = shared / "data" / "rossi_survival"
    with (folder / "rossi.csv").open(encoding="utf-8") as lines:
        rows = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(lines)]
    history = ContractHistory([row["week"] for row in rows], [row["arrest"] for row in rows], unit="weeks")
    covariates = Covariates({term: [row[term] for row in rows] for term in TERMS})
    return DescribedContracts(history, covariates), json.loads((folder / "expected.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def simulated() -> DescribedContracts:
    """Gold customers stay twice as long; Weibull with rho 1.4, seen for up to 40 months."""
    rng = np.random.default_rng(5)
    gold, age = rng.random(1200) < 0.4, rng.normal(0, 1, 1200)
    lasts = np.ceil(20 * np.exp(math.log(2) * gold + 0.2 * age) * rng.exponential(size=1200) ** (1 / 1.4))
    seen = np.ceil(rng.uniform(5, 40, 1200))
    history = ContractHistory(np.minimum(lasts, seen), lasts <= seen)
    plan = np.where(gold, "gold", "basic").tolist()
    return DescribedContracts(history, Covariates({"plan": plan, "age": age}))


@pytest.mark.shared_data
def test_cox_on_rossi(rossi: tuple[DescribedContracts, dict[str, Any]]) -> None:
    """Allison's estimates, Efron ties, as in lifelines 0.30.3 (expected.json): LL -658.747659."""
    described, expected = rossi
    wanted = expected["cox_efron"]
    fit = CoxRegression(FORMULA).fit(described)
    assert [row.estimate for row in fit.summary] == pytest.approx([wanted[term] for term in TERMS], abs=2e-6)
    assert [row.standard_error for row in fit.summary] == pytest.approx(wanted["se"], abs=2e-6)
    assert fit.log_likelihood == pytest.approx(wanted["ll"], abs=1e-5)
    assert fit.concordance == pytest.approx(wanted["concordance"], abs=1e-4)
    assert fit.not_proportional == ("age", "wexp")
    assert "age" in fit.cautions[-1].en


@pytest.mark.shared_data
def test_weibull_on_rossi(rossi: tuple[DescribedContracts, dict[str, Any]]) -> None:
    """Weibull AFT of lifelines 0.30.3 (expected.json): LL -679.91656."""
    described, expected = rossi
    wanted = expected["weibull_aft"]
    fit = WeibullRegression(FORMULA).fit(described)
    found = {row.symbol: row.estimate for row in fit.summary}
    assert found == pytest.approx({each: wanted[each] for each in (*TERMS, "intercept", "log_rho")}, abs=2e-5)
    assert fit.log_likelihood == pytest.approx(wanted["ll"], abs=1e-4)


@pytest.mark.shared_data
def test_predictions_are_those_of_lifelines(rossi: tuple[DescribedContracts, dict[str, Any]]) -> None:
    described, _ = rossi
    pandas = pytest.importorskip("pandas")
    columns = {**described.covariates.columns, "week": described.history.tenure, "arrest": described.history.ended}
    table = pandas.DataFrame(columns)
    cox = lifelines.CoxPHFitter().fit(table, "week", "arrest")
    ours = CoxRegression(FORMULA).fit(described)
    theirs = cox.predict_survival_function(table, times=[20, 52])
    assert ours.survival(described, 20) == pytest.approx(theirs.loc[20].to_numpy(), abs=1e-9)
    assert ours.survival(described, 52) == pytest.approx(theirs.loc[52].to_numpy(), abs=1e-9)
    aft = lifelines.WeibullAFTFitter().fit(table, "week", "arrest")
    weibull = WeibullRegression(FORMULA).fit(described)
    theirs = aft.predict_survival_function(table, times=[20, 70])
    assert weibull.survival(described, 70) == pytest.approx(theirs.loc[70].to_numpy(), abs=1e-6)
    assert weibull.median(described) == pytest.approx(aft.predict_median(table).to_numpy(), rel=1e-5)


@pytest.mark.shared_data
def test_a_telephone_company(shared: Path) -> None:
    """IBM's telco: a two-year contract keeps customers; what they are worth in the next year is between 0 and 12."""
    with gzip.open(shared / "data" / "telco_churn" / "telco_churn.csv.gz", "rt", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if float(row["tenure"]) > 0]
    history = ContractHistory([float(row["tenure"]) for row in rows], [row["Churn"] == "Yes" for row in rows])
    contract = {"contract": [row["Contract"] for row in rows], "paperless": [row["PaperlessBilling"] for row in rows]}
    described = DescribedContracts(history, Covariates(contract))
    cox, weibull = (each("contract + paperless").fit(described) for each in (CoxRegression, WeibullRegression))
    assert {row.symbol for row in cox.summary} == {
        "contract[One year]",
        "contract[Two year]",
        "paperless[Yes]",
    }
    effect = {row.symbol: row.estimate for row in cox.summary}
    assert effect["contract[Two year]"] < effect["contract[One year]"] < 0 < effect["paperless[Yes]"]
    running = np.flatnonzero((history.ended == 0) & (history.tenure <= 60))
    few = DescribedContracts(history.take(running), described.covariates.take(running))
    terms = ContractTerms(10.0, 0.1, horizon=12)
    one, other = cox.lifetime_value(few, terms), weibull.lifetime_value(few, terms)
    assert ((one > 0) & (one <= 120)).all()
    assert one.sum() == pytest.approx(other.sum(), rel=0.05)


def test_effects_are_recovered(simulated: DescribedContracts) -> None:
    """Twice the lifetime is log 2 in Weibull, and -1.4 log 2 in the hazard; each within 4 standard errors."""
    weibull, cox = WeibullRegression("plan + age").fit(simulated), CoxRegression("plan + age").fit(simulated)
    truth = (math.log(2), 0.2, math.log(20), math.log(1.4))
    for row, true in zip(weibull.summary, truth, strict=True):
        assert abs(row.estimate - true) < 4 * (row.standard_error or 0) + 0.03  # tenures are rounded up
    for row, true in zip(cox.summary, (-1.4 * math.log(2), -1.4 * 0.2), strict=True):
        assert abs(row.estimate - true) < 4 * (row.standard_error or 0)


def test_values_and_their_ends(simulated: DescribedContracts) -> None:
    fit = WeibullRegression("plan + age").fit(simulated)
    running = np.flatnonzero(simulated.history.ended == 0)[:50]
    few = DescribedContracts(simulated.history.take(running), simulated.covariates.take(running))
    terms = ContractTerms(10.0, 0.1)
    value = fit.lifetime_value(few, terms)
    low, high = fit.value_ends(few, terms, seed=1)
    assert ((low < value) & (value < high)).all()
    by_hand = sum(fit.survival_ahead(few, k) * 10 * 1.1 ** (-(k - 1) / 12) for k in range(1, 2000))
    assert value == pytest.approx(by_hand)
    cox = CoxRegression("plan + age").fit(simulated)
    young = few.history.tenure < 20
    short = ContractTerms(10.0, 0.1, horizon=12)
    young_few = DescribedContracts(few.history.take(np.flatnonzero(young)), few.covariates.take(np.flatnonzero(young)))
    assert cox.lifetime_value(young_few, short) == pytest.approx(fit.lifetime_value(young_few, short), rel=0.15)
    assert set(cox.predict(young_few, short)) == set(fit.predict(young_few, short)) == {"p_renewal", "lifetime_value"}


def test_the_variance_of_renewals_is_that_of_the_renewal_model() -> None:
    """A regression whose survival is that of a beta-discrete-Weibull process has its variance, with and without end."""
    process = BetaWeibullProcess(2.0, 9.0, 1.4)

    class Renewing:
        def survival_ahead(self, data: DescribedContracts, periods: float) -> FloatArray:
            return process.survival_ahead(data.history.tenure, np.array([periods]))[:, 0]

        def lifetime_value(self, data: DescribedContracts, terms: ContractTerms) -> FloatArray:
            raise NotImplementedError

    data = DescribedContracts(ContractHistory([0, 3, 9], [0, 0, 0]), Covariates({"age": [1.0, 2.0, 3.0]}))
    for horizon in (12.0, math.inf):
        expected = process.renewal_variance(data.history.tenure, 1.01, horizon)
        assert renewal_variance(Renewing(), data, 1.01, horizon) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("specification", [CoxRegression, WeibullRegression])
def test_totals_are_covered(specification: type[CoxRegression | WeibullRegression]) -> None:
    """Renewals within a year of 16 simulated bases of 300: at least 12 totals lie in their 95 % intervals."""
    inside, held = 0, []
    for run in range(16):
        rng = np.random.default_rng([run, 5])
        gold = rng.integers(0, 2, 300).astype(np.float64)
        lasts, seen = 20 * np.exp(0.6 * gold) * rng.weibull(1.3, 300), rng.uniform(2, 40, 300)
        seen[:8] = 60.0  # so that Cox sees far enough
        history = ContractHistory(np.maximum(np.minimum(lasts, seen), 0.01), lasts <= seen)
        described = DescribedContracts(history, Covariates({"gold": gold}))
        rows = np.flatnonzero((history.ended == 0) & (history.tenure < 25))
        few = DescribedContracts(history.take(rows), described.covariates.take(rows))
        fit, terms = specification("gold").fit(described), ContractTerms(1.0, 0.0, horizon=12)
        total = fit.total_value(few, terms, seed=run)
        inside += total.low <= np.floor(np.minimum(lasts[rows] - history.tenure[rows], 12)).sum() <= total.high
        low, high = fit.value_ends(few, terms, seed=run)
        held.append((low < fit.lifetime_value(few, terms)) & (fit.lifetime_value(few, terms) < high))
    assert inside >= 12
    assert np.concatenate(held).all()


def test_survival_by_cox_has_ends(simulated: DescribedContracts) -> None:
    """The interval holds the estimate, is wider with fewer customers, and gone at the start."""
    few = DescribedContracts(simulated.history.take(np.arange(200)), simulated.covariates.take(np.arange(200)))
    widths = []
    for data in (simulated, few):
        fit = CoxRegression("plan + age").fit(data)
        low, high = fit.survival_ends(few, 12.0, seed=1)
        assert ((low < fit.survival(few, 12.0)) & (fit.survival(few, 12.0) < high)).all()
        widths.append((high - low).mean())
        assert (fit.survival_ends(few, 0.0, seed=1)[0] == 1.0).all()
    assert widths[0] < widths[1]


@pytest.mark.parametrize(("specification", "fit_class"), [(CoxRegression, CoxFit), (WeibullRegression, WeibullFit)])
def test_a_fit_is_read_again_without_the_library(
    simulated: DescribedContracts,
    monkeypatch: pytest.MonkeyPatch,
    specification: type[CoxRegression | WeibullRegression],
    fit_class: type[CoxFit | WeibullFit],
) -> None:
    fit = specification("plan + age").fit(simulated)
    text = fit.to_json()
    before = fit.survival_ahead(simulated, 0.0)
    monkeypatch.setitem(sys.modules, "lifelines", None)
    monkeypatch.setitem(sys.modules, "pandas", None)
    again = fit_class.from_json(text)
    assert again == fit
    assert again.to_json() == text
    assert (again.survival_ahead(simulated, 0.0) == before).all()
    with pytest.raises(WorthbookError, match=r"worthbook\[survival\]") as caught:
        specification("plan").fit(simulated)
    assert caught.value.slugs == ("extra-survival-absent",)


def test_weights_are_customers() -> None:
    history = ContractHistory([3, 5, 6, 8, 9], [1, 0, 1, 1, 0], [3, 2, 4, 2, 5])
    age = np.array([1.0, 2.0, 1.5, 3.0, 2.5])
    repeat = np.repeat(np.arange(5), history.weights.astype(int))
    repeated = ContractHistory(history.tenure[repeat], history.ended[repeat])
    for specification in (CoxRegression("age"), WeibullRegression("age")):
        one = specification.fit(DescribedContracts(history, Covariates({"age": age})))
        other = specification.fit(DescribedContracts(repeated, Covariates({"age": age[repeat]})))
        assert [row.estimate for row in one.summary] == pytest.approx([row.estimate for row in other.summary], rel=1e-3)


@pytest.mark.parametrize(
    ("call", "slug"),
    [
        (lambda one: CoxRegression("plann").fit(one), "covariate-unknown"),
        (lambda one: CoxRegression("plan").fit(one).survival(one, 99), "contract-beyond-observation"),
        (lambda one: CoxRegression("plan").fit(one).renewals(one), "contract-beyond-observation"),
        (
            lambda _: WeibullRegression("age").fit(
                DescribedContracts(ContractHistory([0, 2], [0, 1]), Covariates({"age": [1.0, 2.0]}))
            ),
            "contract-tenure-zero",
        ),
        (
            lambda _: CoxRegression("age").fit(
                DescribedContracts(ContractHistory([1, 2], [0, 1], [1.5, 1]), Covariates({"age": [1.0, 2.0]}))
            ),
            "contract-weights-not-whole",
        ),
        (
            lambda _: CoxRegression("age").fit(
                DescribedContracts(ContractHistory([1, 2], [0, 0]), Covariates({"age": [1.0, 2.0]}))
            ),
            "contract-none-ended",
        ),
        (lambda one: DescribedContracts(one.history, Covariates({"age": [1.0]})), "covariate-rows-differ"),
    ],
)
def test_what_has_no_answer_is_refused(
    simulated: DescribedContracts, call: Callable[[DescribedContracts], object], slug: str
) -> None:
    with pytest.raises(WorthbookError) as caught:
        call(simulated)
    assert caught.value.slugs == (slug,)


def test_a_covariate_that_tells_all_is_refused() -> None:
    """All who left were of one kind: their hazard is infinite times that of the others."""
    ended = np.repeat([1, 0], 30)
    history = ContractHistory(np.arange(1, 61) % 20 + 1, ended)
    with pytest.raises(WorthbookError) as caught:
        CoxRegression("kind").fit(DescribedContracts(history, Covariates({"kind": ended.astype(float)})))
    assert caught.value.slugs == ("survival-not-converged",)

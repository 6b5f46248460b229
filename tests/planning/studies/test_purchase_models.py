from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from tests.planning.studies.world import World
from worthbook.kernel.result import Study
from worthbook.models.lifetime import BGNBD, PurchaseHistory
from worthbook.models.lifetime.bg_nbd_process import BGNBDProcess
from worthbook.models.lifetime.choose import Candidate, compare
from worthbook.models.lifetime.holdout import Trial
from worthbook.models.lifetime.simulate import simulate_purchases
from worthbook.models.lifetime.tracking import track
from worthbook.planning.lifetimes import Lifetimes
from worthbook.planning.study import make_study
from worthbook.planning.trials import Split

PROCESS = BGNBDProcess(0.5, 6.0, 0.8, 2.5)
CUT, AS_OF = dt.date(2024, 6, 30), dt.date(2024, 12, 29)


@pytest.fixture(scope="module")
def lifetimes() -> Lifetimes:
    """A base that behaves as BG/NBD says."""
    rng = np.random.default_rng(8)
    history, later = simulate_purchases(PROCESS, rng.uniform(20, 50, 2000), 26.0, rng)
    trial = Trial(history, later, 26.0)
    comparison = compare([Candidate("bg_nbd", "BG/NBD", BGNBD())], history, trial)
    births = np.zeros(7 * 76)
    births[: 7 * 30] = 10
    tracking = {"bg_nbd": track(PROCESS.expected_purchases_new, births, np.full(7 * 76, 3.0), 7 * 50)}
    first = CUT - dt.timedelta(weeks=50)
    return Lifetimes(first, AS_OF, CUT, history, Split(CUT, AS_OF), trial, comparison, tracking, ())


def study_of(world: World, lifetimes: Lifetimes | None) -> Study:
    context = replace(world.context([("a", "2024-01-01", 5.0, False)]), lifetimes=lifetimes)
    return make_study(world.definition("purchase_models"), context)


@pytest.fixture
def study(world: World, lifetimes: Lifetimes) -> Study:
    return study_of(world, lifetimes)


def test_everything_is_drawn(study: Study) -> None:
    assert [chart.name for chart in study.charts] == [
        "so_far", "weekly", "calibration", "frequencies", "p_alive", "expected",
    ]  # fmt: skip


def test_the_upright_line_stands_where_the_model_had_to_foretell(study: Study) -> None:
    assert study.charts[0].reference == {"x": 50}


def test_the_recommendation_is_told(study: Study) -> None:
    assert study.findings[-1].text.en.startswith("BG/NBD is recommended: over 26 weeks that it had not seen")
    assert study.findings[-1].tone == "good"


def test_the_sums_are_those_of_the_weeks(study: Study) -> None:
    table = study.table("tracking")
    assert table.column("actual_so_far")[-1] == pytest.approx(sum(map(float, table.column("actual"))))  # type: ignore[arg-type]
    assert table.column("actual")[0] == 21


def test_the_matrix_begins_with_customers_who_bought_once(study: Study) -> None:
    table = study.table("matrix")
    places = list(dict.fromkeys(table.column("purchases")))
    assert places == [str(count) for count in range(1, 13)]
    once = [p for x, p in zip(table.column("purchases"), table.column("p_alive"), strict=True) if x == "1"]
    assert set(once) == {1.0}  # by construction of BG/NBD


def test_without_a_test_there_is_a_warning_and_no_table(world: World, lifetimes: Lifetimes) -> None:
    for given in (None, replace(lifetimes, trial=None)):
        study = study_of(world, given)
        assert (study.tables, study.charts) == ((), ())
        assert [finding.tone for finding in study.findings] == ["warning"]


def test_a_history_that_no_model_fits_says_why(world: World, lifetimes: Lifetimes) -> None:
    history = PurchaseHistory([0, 0, 0], [0, 0, 0], [30, 40, 41])
    trial = Trial(history, [1, 0, 0], 10)
    comparison = compare([Candidate("bg_nbd", "BG/NBD", BGNBD())], history, trial)
    study = study_of(world, replace(lifetimes, trial=trial, comparison=comparison, tracking={}))
    assert "none could be fitted" in study.findings[-1].text.en


def test_all_customers_of_the_test_are_counted(study: Study) -> None:
    table = study.table("frequencies")
    assert sum(map(int, table.column("actual"))) == 2000  # type: ignore[arg-type]
    assert sum(map(int, table.column("expected"))) == pytest.approx(2000, abs=4)  # type: ignore[arg-type]
    assert study.facts["silent_expected"] == pytest.approx(study.facts["silent_actual"], rel=0.03)

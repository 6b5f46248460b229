"""A model that learns from an earlier day, from a definition in a book to columns and to the comparison."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from worthbook.kernel.errors import WorthbookError
from worthbook.models.learning.ziln import ZeroInflatedLognormalFit
from worthbook.planning.estimate import fit_of
from worthbook.services.ingest_files import ingest_files
from worthbook.services.lifetime import Answer, Question, lifetime
from worthbook.services.lifetime_facts import facts_of
from worthbook.services.open_book import OpenBook, open_book

pytest.importorskip("sklearn")

DEFINITION = """
model: learnt
title: {en: Learnt, zh: 学习}
description: {en: For this test., zh: 测试用。}
estimator: zero_inflated_lognormal
inputs: {spend: revenue_12m}
window: 12 months
covariates: [first_kind, quantity_12m, orders_12m, margin_rate_12m]
gives:
  learnt_12m:
    title: {en: Revenue learnt, zh: 学习的收入}
    description: {en: For this test., zh: 测试用。}
    unit: money
    quantity: expected_spend
  p_learnt_12m:
    title: {en: Chance learnt, zh: 学习的概率}
    description: {en: For this test., zh: 测试用。}
    unit: probability
    quantity: p_spend
source: test
---
model: learnt_from_all
title: {en: Learnt from all, zh: 全指标学习}
description: {en: For this test., zh: 测试用。}
estimator: zero_inflated_lognormal
inputs: {spend: revenue_12m}
window: 12 months
covariates: [every]
gives:
  learnt_from_all_12m:
    title: {en: Revenue learnt from all, zh: 全指标学习的收入}
    description: {en: For this test., zh: 测试用。}
    unit: money
    quantity: expected_spend
source: test
---
measure: first_kind
title: {en: Kind of the first purchase, zh: 首购类型}
description: {en: For this test., zh: 测试用。}
unit: text
table: occasions
formula: case when first_by(amount, ordered_on) > 30 then 'gift' when first_by(amount, ordered_on) > 10 then 'own' end
source: test
"""
CUSTOMERS, YEARS = 500, 4
LAST = "2025-12-30"
FIRST_ORDERS = {"gift": 40, "own": 20, None: 5}


def orders(rng: np.random.Generator) -> list[str]:
    """Who begins with a gift comes back in a year with a chance of 1/10, others with 8/10, and then for about 100."""
    lines = ["customer_id,ordered_on,amount,quantity"]
    day = np.datetime64("2022-01-01")
    for customer in range(CUSTOMERS):
        kind = (None, "gift", "own")[min(customer % 10, 2)] if customer % 10 < 6 else "own"
        begins = int(rng.integers(0, 360))
        lines.append(f"C{customer},{day + begins},{FIRST_ORDERS[kind]},1")
        chance = 0.1 if kind == "gift" else 0.8
        for year in range(1, YEARS):
            if rng.random() < chance:
                when = day + year * 365 + int(rng.integers(0, 360))
                lines.append(f"C{customer},{when},{100 * np.exp(0.4 * rng.standard_normal()):.2f},2")
    return lines


def book(lines: list[str], folder: Path) -> Path:
    (folder / "orders.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    ingest_files([folder / "orders.csv"], folder / "shop.book")
    (folder / "shop.book" / "definitions").mkdir()
    (folder / "shop.book" / "definitions" / "learnt.yaml").write_text(DEFINITION, encoding="utf-8")
    return folder / "shop.book"


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return orders(np.random.default_rng(5))


@pytest.fixture(scope="module")
def opened(lines: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBook]:
    with open_book(book(lines, tmp_path_factory.mktemp("learnt"))) as shop:
        yield shop


@pytest.fixture(scope="module")
def fit(opened: OpenBook) -> ZeroInflatedLognormalFit:
    bench = opened.make(["learnt_12m"], as_of=opened.day(LAST))
    found = fit_of(bench, opened.catalogue.models["learnt"]).fit
    assert isinstance(found, ZeroInflatedLognormalFit)
    return found


def column(opened: OpenBook, name: str, day: str = LAST) -> dict[str, float]:
    found = opened.column(name, as_of=day).to_polars()
    return dict(zip(found["customer_id"], found[name], strict=True))


def test_what_tells_is_found(fit: ZeroInflatedLognormalFit) -> None:
    """Only the kind of the first purchase says who comes back; amounts are the same for all who do."""
    assert fit.summary[0].symbol == "first_kind"
    assert 0.6 < fit.judgement.auc < 0.85  # an outcome that leaked into the covariates would be told nearly always
    assert fit.judgement.gain > 2 * fit.judgement.gain_error


def test_a_measure_that_nobody_has_is_not_learnt_from(fit: ZeroInflatedLognormalFit) -> None:
    """The file names no costs, so that no margin is known."""
    assert "margin_rate_12m" not in [row.symbol for row in fit.summary]


def test_chances_are_recovered(opened: OpenBook) -> None:
    found = column(opened, "p_learnt_12m")
    gifts = [p for name, p in found.items() if int(name[1:]) % 10 == 1]
    others = [p for name, p in found.items() if int(name[1:]) % 10 > 5]
    assert np.mean(gifts) == pytest.approx(0.1, abs=0.08)
    assert np.mean(others) == pytest.approx(0.8, abs=0.08)


def test_every_measure_can_be_learnt_from(opened: OpenBook) -> None:
    """All numbers counted from rows, also those that only some customers have; of what nobody has nothing is learnt."""
    assert len(column(opened, "learnt_from_all_12m")) == CUSTOMERS
    bench = opened.make(["learnt_from_all_12m"], as_of=opened.day(LAST))
    found = fit_of(bench, opened.catalogue.models["learnt_from_all"]).fit
    assert isinstance(found, ZeroInflatedLognormalFit)
    learnt = {row.symbol for row in found.summary}
    assert {"recency_weeks", "revenue_12m", "quantity_12m", "repeat_purchases"} <= learnt
    assert learnt < set(opened.catalogue.models["learnt_from_all"].covariates)
    assert found.judgement.auc > 0.6


def test_nobody_is_left_out_for_what_is_unknown(opened: OpenBook) -> None:
    """Of every tenth customer the kind of the first purchase is unknown."""
    assert len(column(opened, "learnt_12m")) == CUSTOMERS
    assert all(np.isfinite(value) for value in column(opened, "learnt_12m").values())


def test_the_fit_is_the_same_from_json(fit: ZeroInflatedLognormalFit) -> None:
    assert ZeroInflatedLognormalFit.from_json(fit.to_json()).to_json() == fit.to_json()


def test_provenance_holds_the_day_that_was_learnt_from(opened: OpenBook) -> None:
    made_from = opened.column("learnt_12m", as_of=LAST).provenance.made_from
    days = {(str(each.as_of), each.name) for each in made_from}
    assert {("2024-12-30", "first_kind"), (LAST, "first_kind"), (LAST, "revenue_12m")} <= days
    assert ("2024-12-30", "revenue_12m") not in days


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.integers(min_value=1, max_value=300))
def test_later_rows_change_nothing(
    opened: OpenBook, lines: list[str], days: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As at an earlier day the columns are those of a book that ends on it."""
    day = str(np.datetime64(LAST) - days)
    known = [line for line in lines[1:] if line.split(",")[1] <= day]
    with open_book(book([lines[0], *known], tmp_path_factory.mktemp("earlier"))) as earlier:
        assert column(earlier, "learnt_12m", day) == column(opened, "learnt_12m", day)


@pytest.fixture(scope="module")
def beside(opened: OpenBook) -> Answer:
    return lifetime(opened, Question(as_of=LAST, models=("nbd", "learnt"), calibrate_until="2024-12-30"))


def test_it_stands_in_the_table_of_models(beside: Answer) -> None:
    facts = facts_of(beside)
    assert isinstance(facts["models"], list)
    assert isinstance(facts["beside"], list)
    (model,), (learnt,) = facts["models"], facts["beside"]
    assert learnt["holdout"]["actual"] == model["holdout"]["actual"]
    assert learnt["customers"] == CUSTOMERS
    assert learnt["grade"] in {"A", "B", "C"}
    assert (learnt["log_likelihood"], learnt["bic"]) == (None, None)
    assert [row[0] for row in beside.tables[0].rows[:2]] == ["NBD", beside.lifetimes.beside[0].label]


def test_what_is_kept_of_other_days_changes_nothing(opened: OpenBook, beside: Answer) -> None:
    """A test that ends where the first began; its outcome is what the first learnt from, and lies in kept sheets."""
    earlier = lifetime(opened, Question(as_of="2024-12-30", models=("nbd", "learnt"), calibrate_until="2023-12-31"))
    again = lifetime(opened, Question(as_of=LAST, models=("nbd", "learnt"), calibrate_until="2024-12-30"))
    for answer in (earlier, again):
        (learnt,) = answer.lifetimes.beside
        assert learnt.trial is not None
        assert answer.lifetimes.trial is not None
        assert learnt.trial.bought == answer.lifetimes.trial.bought
    assert again.lifetimes.beside[0].row == beside.lifetimes.beside[0].row


def test_what_the_history_does_not_tell_it_knows(beside: Answer) -> None:
    """NBD takes who bought but once for equals; the kind of the purchase parts them."""
    (learnt,), (model,) = beside.lifetimes.beside, beside.lifetimes.comparison.entries
    assert learnt.row is not None
    assert model.tested is not None
    assert learnt.row.score.rmse < model.tested.row.score.rmse
    assert any("erred less in the same test" in each.text.en for each in beside.findings)


def test_a_history_without_a_year_before_the_last_is_said(opened: OpenBook) -> None:
    bench = opened.make(["learnt_12m"], as_of=opened.day("2022-11-30"))
    problem = fit_of(bench, opened.catalogue.models["learnt"]).problem
    assert problem is not None
    assert problem.slug == "learning-history-short"
    assert column(opened, "learnt_12m", "2022-11-30")["C0"] is None


def test_a_test_without_time_before_it_is_said(opened: OpenBook) -> None:
    answer = lifetime(opened, Question(as_of=LAST, models=("nbd", "learnt"), calibrate_until="2023-01-31"))
    (learnt,) = answer.lifetimes.beside
    assert learnt.problem is not None
    assert learnt.problem.slug == "learning-history-short"


def test_the_library_that_is_missing_is_named(opened: OpenBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is not kept as what the book says: with the library the same question is answered."""
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)
    with pytest.raises(WorthbookError) as caught:
        column(opened, "learnt_12m", "2025-09-30")
    assert caught.value.slugs == ("extra-learning-absent",)
    with pytest.raises(WorthbookError):
        lifetime(opened, Question(as_of="2025-09-30", models=("nbd", "learnt")))
    monkeypatch.undo()
    assert column(opened, "learnt_12m", "2025-09-30")["C0"] > 0

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from worthbook.data import columns
from worthbook.kernel.errors import WorthbookError
from worthbook.services.bridge_value import bridge, bridge_value, list_step
from worthbook.services.evaluate import evaluate
from worthbook.services.open_book import OpenBook, open_book
from worthbook.services.value_change import Question

FIRST, LAST = "2025-06-30", "2026-06-30"
HALF = """\
measure: revenue_lifetime
replaces: revenue_lifetime
title: {en: Half the revenue, zh: 一半收入}
description: {en: Half counts., zh: 只计一半。}
unit: money
table: transactions
formula: sum(amount) / 2
empty: 0
source: Test
"""
MEASURES = ["revenue_12m", "revenue_3m", "gross_margin_12m", "clv_36m", "revenue_lifetime"]


def total(opened: OpenBook, measure: str, day: str) -> Decimal:
    bench = opened.make([measure], as_of=opened.day(day))
    return Decimal(str(columns.totals(opened.engine, bench.sheets_of([measure]), [measure])[measure].sum))


@pytest.mark.parametrize("measure", MEASURES)
def test_a_bridge_leads_from_the_sum_of_the_measure_to_its_later_sum(opened: OpenBook, measure: str) -> None:
    whole = bridge(opened, Question(FIRST, LAST, measure)).bridge.whole
    assert (whole.opening, whole.closing) == (total(opened, measure, FIRST), total(opened, measure, LAST))
    assert whole.opening + sum(whole.parts.values()) == whole.closing


@pytest.mark.parametrize("measure", ["revenue_12m", "clv_36m"])
def test_groups_add_up_to_the_whole(opened: OpenBook, measure: str) -> None:
    divided = bridge(opened, Question(FIRST, LAST, measure, "customer_pyramid")).bridge
    assert divided.whole == bridge(opened, Question(FIRST, LAST, measure)).bridge.whole


def test_the_steps_shown_add_up(opened: OpenBook) -> None:
    rows = bridge(opened, Question(FIRST, LAST, "gross_margin_12m")).study.table("bridge").column("amount")
    assert sum(Decimal(str(each)) for each in rows[:-1]) == rows[-1]


def test_a_year_without_a_change_has_no_steps(book_of: Callable[[str], Path]) -> None:
    lines = [f"A,{day},P1,2,10" for day in ("2024-03-01", "2025-03-01")]
    folder = book_of("\n".join(["customer,date,product_id,quantity,amount", *lines]) + "\n")
    found = bridge_value(folder, Question("2024-03-01", "2025-03-01")).bridge
    assert (found.whole.opening, found.whole.closing, found.steps) == (Decimal(10), Decimal(10), ())


def test_a_window_that_begins_before_the_history_says_so(opened: OpenBook) -> None:
    study = bridge(opened, Question("2024-01-31", LAST)).study
    assert any("begins before the history" in finding.text.en for finding in study.findings)


def test_the_model_fitted_again_is_a_step_of_lifetime_value(opened: OpenBook) -> None:
    assert "model" in bridge(opened, Question(FIRST, LAST, "clv_36m")).bridge.steps


def test_the_customers_of_a_step_are_listed(book_folder: Path, opened: OpenBook, tmp_path: Path) -> None:
    question = Question(FIRST, LAST)
    lost = bridge(opened, question).bridge.whole.customers["lost"]
    assert list_step(book_folder, question, "lost", tmp_path / "lost.csv") == lost


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        (Question(LAST, FIRST), "dates-not-in-order"),
        (Question(FIRST, LAST, "orders_12m"), "bridge-not-money"),
        (Question(FIRST, LAST, "contribution_12m"), "bridge-nothing-known"),
        (Question(FIRST, LAST, "revenu_12m"), "name-unknown"),
        (Question("1999-01-01", LAST), "as-of-before-history"),
        (Question(FIRST, LAST, by="pyramid"), "name-unknown"),
    ],
)
def test_what_cannot_be_explained_is_named(opened: OpenBook, question: Question, slug: str) -> None:
    with pytest.raises(WorthbookError) as caught:
        bridge(opened, question)
    assert caught.value.slugs == (slug,)


def test_a_step_that_there_is_not_is_named(book_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(WorthbookError) as caught:
        list_step(book_folder, Question(FIRST, LAST), "gone", tmp_path / "gone.csv")
    assert caught.value.slugs == ("bridge-step-unknown",)


def test_a_bridge_from_a_kept_run_begins_with_what_was_kept(book_of: Callable[[str], Path]) -> None:
    """The rule of the book changes after the evaluation: only half of revenue counts."""
    folder = book_of("customer,date,amount\nA,2024-03-01,100\nA,2025-03-01,100\nB,2024-03-01,40\n")
    with open_book(folder) as opened:
        run = evaluate(opened, as_of="2024-03-01").run_id
    (folder / "definitions").mkdir(exist_ok=True)
    (folder / "definitions" / "half.yaml").write_text(HALF, encoding="utf-8")
    whole = bridge_value(folder, Question(run, "2025-03-01", "revenue_lifetime")).bridge.whole
    assert (whole.opening, whole.parts["rules"], whole.closing) == (Decimal(140), Decimal(-70), Decimal(120))
    assert whole.opening + sum(whole.parts.values()) == whole.closing


def test_a_kept_run_of_today_s_rules_needs_no_step_for_them(opened: OpenBook) -> None:
    run = evaluate(opened, as_of=FIRST).run_id
    found = bridge(opened, Question(run, LAST, "revenue_12m", "customer_pyramid")).bridge
    assert ("rules" in found.steps, found.whole.opening) == (False, total(opened, "revenue_12m", FIRST))


def test_a_run_that_did_not_keep_the_value_is_named(opened: OpenBook) -> None:
    run = evaluate(opened, as_of=FIRST, frameworks=["rfm"]).run_id
    with pytest.raises(WorthbookError) as caught:
        bridge(opened, Question(run, LAST, "returns_lifetime"))
    assert caught.value.slugs == ("run-without-column",)

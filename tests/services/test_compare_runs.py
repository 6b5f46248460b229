from __future__ import annotations

from pathlib import Path

import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.services.compare_runs import Question, compare, compare_runs, list_movers
from worthbook.services.evaluate import evaluate
from worthbook.services.list_runs import list_runs
from worthbook.services.open_book import OpenBook

EARLY, LATE = "2026-03-31", "2026-06-30"


def test_a_run_does_not_differ_from_itself(opened: OpenBook, book_folder: Path) -> None:
    run = evaluate(opened).run_id
    comparison = compare_runs(book_folder, Question(run, run))
    assert [note.text.en for note in comparison.notes] == [
        "Nothing differs: every column was made from the same things."
    ]


def test_everybody_is_somewhere_before_and_after(opened: OpenBook, book_folder: Path) -> None:
    before, after = evaluate(opened, as_of=EARLY).run_id, evaluate(opened).run_id
    comparison = compare_runs(book_folder, Question(before, after))
    assert sum(flow.customers for flow in comparison.migration.flows.values()) == 400


def test_dates_need_no_kept_evaluation(opened: OpenBook) -> None:
    comparison = compare(opened, Question("2025-01-31", "2025-02-28", "rfm"))
    assert (comparison.before.run, comparison.before.as_of.isoformat()) == (None, "2025-01-31")


def test_dates_and_runs_agree(opened: OpenBook) -> None:
    before, after = evaluate(opened, as_of=EARLY).run_id, evaluate(opened).run_id
    by_run = compare(opened, Question(before, after, "rfm")).migration.flows
    assert compare(opened, Question(EARLY, LATE, "rfm")).migration.flows == by_run


def test_each_side_adds_up_to_its_population(opened: OpenBook) -> None:
    comparison = compare(opened, Question("2024-12-31", LATE, "customer_pyramid"))
    flows = comparison.migration.flows
    sides = [sum(flow.customers for key, flow in flows.items() if key[side] != "no-customer") for side in (0, 1)]
    assert tuple(sides) == comparison.customers


def test_two_frameworks_of_one_date_have_no_ups_and_downs(opened: OpenBook) -> None:
    comparison = compare(opened, Question(LATE, LATE, "rfm", "customer_pyramid"))
    assert (comparison.study.facts["alike"], comparison.study.facts["up"]) == (0, 0)


def test_groups_add_up_to_everybody(opened: OpenBook) -> None:
    comparison = compare(opened, Question(EARLY, LATE, "customer_pyramid", by="activity"))
    rows = comparison.study.table("groups")
    assert sum(int(str(count)) for count in rows.column("customers")) == comparison.customers[1]


def test_the_list_of_a_cell_has_as_many_customers_as_the_cell(
    opened: OpenBook, book_folder: Path, tmp_path: Path
) -> None:
    question = Question(EARLY, LATE, "customer_pyramid")
    flow = compare(opened, question).migration.flows["ordinary", "small"]
    assert list_movers(book_folder, question, "ordinary", "small", tmp_path / "list.csv") == flow.customers


def test_kept_runs_are_listed(opened: OpenBook, book_folder: Path) -> None:
    run = evaluate(opened).run_id
    assert run in [line.evaluation.run_id for line in list_runs(book_folder)]


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        (Question("1999", "1999"), "run-unknown"),
        (Question("1999-01-01", LATE), "as-of-before-history"),
        (Question(EARLY, LATE, "pyramid"), "framework-unknown"),
        (Question(EARLY, LATE, by="regoin"), "name-unknown"),
    ],
)
def test_what_is_not_there_is_named(book_folder: Path, question: Question, slug: str) -> None:
    with pytest.raises(WorthbookError) as caught:
        compare_runs(book_folder, question)
    assert caught.value.slugs == (slug,)


def test_a_cell_that_is_not_there_is_named(book_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(WorthbookError) as caught:
        list_movers(book_folder, Question(EARLY, LATE, "customer_pyramid"), "vipp", "small", tmp_path / "list.csv")
    assert caught.value.slugs == ("cell-unknown",)

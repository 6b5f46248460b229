from __future__ import annotations

from pathlib import Path

import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.services.compare_runs import compare_runs
from worthbook.services.evaluate import evaluate
from worthbook.services.list_runs import list_runs
from worthbook.services.open_book import OpenBook


def test_a_run_does_not_differ_from_itself(opened: OpenBook, book_folder: Path) -> None:
    run = evaluate(opened).run_id
    assert compare_runs(book_folder, run, run).different == ()


def test_everybody_is_somewhere_before_and_after(opened: OpenBook, book_folder: Path) -> None:
    before, after = evaluate(opened, as_of="2026-03-31").run_id, evaluate(opened).run_id
    comparison = compare_runs(book_folder, before, after)
    assert sum(move.customers for move in comparison.moves) == 400


def test_runs_are_found_by_the_beginning_of_their_name(opened: OpenBook, book_folder: Path) -> None:
    evaluate(opened, as_of="2026-03-31")
    assert compare_runs(book_folder, "2026-03-31", "2026-03-31").before.as_of.isoformat() == "2026-03-31"


def test_kept_runs_are_listed(opened: OpenBook, book_folder: Path) -> None:
    run = evaluate(opened).run_id
    assert run in [line.evaluation.run_id for line in list_runs(book_folder)]


def test_an_unknown_run_is_named(book_folder: Path) -> None:
    with pytest.raises(WorthbookError) as caught:
        compare_runs(book_folder, "1999", "1999")
    assert caught.value.slugs == ("run-unknown",)

from __future__ import annotations

from pathlib import Path

import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.services.evaluate import evaluate
from worthbook.services.evaluate_dates import dates_of, evaluate_dates
from worthbook.services.list_runs import list_runs
from worthbook.services.open_book import open_book

DAYS = ("2026-03-31", "2025-12-31", "2026-03-31")


def test_each_date_is_evaluated_once_the_earliest_first(book_folder: Path) -> None:
    found = evaluate_dates(book_folder, DAYS, frameworks=["rfm"])
    assert [each.as_of.isoformat() for each in found.evaluations] == ["2025-12-31", "2026-03-31"]


def test_each_sees_what_an_evaluation_of_its_own_sees(book_folder: Path) -> None:
    found = evaluate_dates(book_folder, DAYS, frameworks=["rfm"])
    with open_book(book_folder) as opened:
        alone = evaluate(opened, as_of="2025-12-31", frameworks=["rfm"])
    assert found.evaluations[0].headline == alone.evaluation.headline


def test_they_are_kept_runs(book_folder: Path) -> None:
    found = evaluate_dates(book_folder, DAYS, frameworks=["rfm"])
    kept = {line.evaluation.run_id for line in list_runs(book_folder)}
    assert {each.run_id for each in found.evaluations} <= kept


def test_groups_of_each_date_add_up_to_its_customers(book_folder: Path) -> None:
    table = evaluate_dates(book_folder, DAYS, frameworks=["customer_pyramid"]).table()
    for row in table.rows:
        assert sum(int(str(count)) for count in row[2:-1]) == row[1]


def test_ends_of_quarters_lie_within_the_history(book_folder: Path) -> None:
    assert dates_of(book_folder, "quarter", "2025-10-01", None) == ("2025-12-31", "2026-03-31", "2026-06-30")


def test_a_time_without_an_end_is_refused(book_folder: Path) -> None:
    with pytest.raises(WorthbookError) as caught:
        dates_of(book_folder, "year", "2026-01-01", "2026-06-30")
    assert caught.value.slugs == ("no-dates-between",)

from __future__ import annotations

from pathlib import Path

import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.services.segment_compare import compare


def test_the_clearest_difference_is_first(book_folder: Path) -> None:
    found = compare(book_folder, "activity.slipping", "activity.active").facts["compared"]
    assert isinstance(found, list)
    effects = [abs(each["effect"]) for each in found if each["effect"] is not None]
    assert effects == sorted(effects, reverse=True)


def test_what_the_condition_is_made_of_is_kept_apart(book_folder: Path) -> None:
    answer = compare(book_folder, "orders_12m > 2", columns=["orders_12m", "recency_days"])
    assert [(table.name, len(table.rows)) for table in answer.tables] == [("differences", 1), ("follows", 1)]


def test_a_group_and_all_others_are_everybody(book_folder: Path) -> None:
    answer = compare(book_folder, "orders_12m > 2", columns=["recency_days"])
    assert answer.facts["left_out"] == 0


def test_an_interval_holds_its_difference(book_folder: Path) -> None:
    found = compare(book_folder, "activity.slipping").facts["compared"]
    assert isinstance(found, list)
    assert all(each["low"] <= each["difference"] <= each["high"] for each in found if each["low"] is not None)


@pytest.mark.parametrize(
    ("one", "other"), [("orders_12m < 0", None), ("orders_12m >= 0", None), ("activity.active",) * 2]
)
def test_a_group_without_customers_is_told(book_folder: Path, one: str, other: str | None) -> None:
    with pytest.raises(WorthbookError, match="segment-compare-nobody"):
        compare(book_folder, one, other)


def test_a_column_that_there_is_not_is_told(book_folder: Path) -> None:
    with pytest.raises(WorthbookError, match="Did you mean 'recency_days'"):
        compare(book_folder, "activity.active", columns=["recency_day"])

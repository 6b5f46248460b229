from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")

from worthbook.kernel.errors import WorthbookError
from worthbook.services.describe_definition import describe_definition
from worthbook.services.explain_column import explain_in_book
from worthbook.services.segment_count import count_segment
from worthbook.services.suggest_clusters import suggest_clusters
from worthbook.services.suggest_tree import suggest_tree

CUSTOMERS = 300


@pytest.fixture
def two_kinds(book_of: Callable[[str], Path]) -> Path:
    """Customers who either order often and little, or seldom and much."""
    random = np.random.default_rng(1)
    lines = ["customer_id,order_id,ordered_on,amount"]
    for number in range(CUSTOMERS):
        often = number % 2 == 0
        for order in range(12 if often else 2):
            amount = np.exp(random.normal(3 if often else 6, 0.2))
            lines.append(f"c{number},{number}-{order},2026-{1 + order % 6:02d}-{1 + number % 28:02d},{amount:.2f}")
    return book_of("\n".join(lines) + "\n")


COLUMNS = ("orders_lifetime", "average_order_value_lifetime")


def test_groups_that_are_there_are_saved_as_a_framework(two_kinds: Path) -> None:
    answer = suggest_clusters(two_kinds, COLUMNS, (2, 4), save="kinds")
    assert (answer.facts["found"], answer.facts["fidelity"], answer.facts["count"]) == (True, 1.0, 2)
    counted = [count_segment(two_kinds, f"kinds.group_{number}").facts["customers"] for number in (1, 2)]
    assert counted == [CUSTOMERS / 2, CUSTOMERS / 2]


def test_groups_are_named_by_their_differences(two_kinds: Path) -> None:
    (groups,) = (table for table in suggest_clusters(two_kinds, COLUMNS, (2, 4)).tables if table.name == "groups")
    assert {str(title) for title in groups.column("title")} == {"Buy often, small orders", "Buy seldom, large orders"}


def test_a_saved_suggestion_is_explained_as_any_framework(two_kinds: Path) -> None:
    suggest_clusters(two_kinds, COLUMNS, (2, 4), save="kinds")
    explained = explain_in_book(two_kinds, "kinds", "c0")
    assert explained.placing is not None
    assert [str(each.text) for each in explained.placing.changes] != []
    assert describe_definition("kinds", two_kinds).noun == "framework"


def test_conditions_are_suggested_for_a_number(two_kinds: Path) -> None:
    answer = suggest_tree(two_kinds, "orders_lifetime", ["average_order_value_lifetime"])
    (conditions,) = (table for table in answer.tables if table.name == "conditions")
    assert len(conditions.rows) == 2
    assert float(str(answer.facts["quality"])) > 0.95


def test_conditions_are_suggested_for_cells(book_folder: Path) -> None:
    answer = suggest_tree(book_folder, "activity", ["recency_days", "overdue_ratio"])
    assert float(str(answer.facts["quality"])) > float(str(answer.facts["plain"])) + 0.2


def test_by_default_a_target_is_not_told_by_itself(book_folder: Path) -> None:
    (note,) = suggest_tree(book_folder, "revenue_12m").notes
    assert "Orders, lifetime" in note.en
    assert "Revenue, last 12 months" not in note.en
    assert "Growth" not in note.en


def test_the_same_book_gives_the_same_suggestion(book_folder: Path) -> None:
    first, second = (suggest_clusters(book_folder, groups=(3, 3)) for _ in range(2))
    assert first.tables == second.tables


@pytest.mark.parametrize(
    ("columns", "slug"),
    [
        (("activity",), "suggest-not-numbers"),
        (("first_purchase_on",), "suggest-column-unfit"),
        (("wallet_share",), "suggest-too-few"),
        (("orders",), "name-unknown"),
    ],
)
def test_what_customers_cannot_be_grouped_by_is_told(book_folder: Path, columns: tuple[str, ...], slug: str) -> None:
    with pytest.raises(WorthbookError, match=slug):
        suggest_clusters(book_folder, columns)


def test_a_target_that_is_no_number_and_no_group_is_told(book_folder: Path) -> None:
    with pytest.raises(WorthbookError, match="suggest-column-unfit"):
        suggest_tree(book_folder, "first_purchase_on")


def test_a_name_that_is_taken_is_told_before_the_work(book_folder: Path) -> None:
    with pytest.raises(WorthbookError, match="definition-name-in-use"):
        suggest_clusters(book_folder, save="activity")

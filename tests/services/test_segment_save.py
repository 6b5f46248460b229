from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.services.segment_count import count_segment
from worthbook.services.segment_list_file import add_list
from worthbook.services.segment_save import save_segment
from worthbook.services.undo_import import undo_import

ORDERS = """\
customer_id,order_id,ordered_on,amount
a,1,2026-01-05,100
b,2,2026-06-01,400
c,3,2026-06-01,40
"""


def a_list(folder: Path, text: str, name: str = "guests.csv") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_what_is_saved_is_a_segment(book_of: Callable[[str], Path]) -> None:
    book = book_of(ORDERS)
    save_segment(book, "good", "revenue_12m >= 100", "Good", "优质")
    assert count_segment(book, "good").facts["customers"] == 2


def test_a_saved_segment_can_be_read_by_another(book_of: Callable[[str], Path]) -> None:
    book = book_of(ORDERS)
    save_segment(book, "good", "revenue_12m >= 100")
    save_segment(book, "best", "good and revenue_12m >= 400")
    assert count_segment(book, "best").facts["customers"] == 1


@pytest.mark.parametrize(
    ("name", "when", "slug"),
    [
        ("Good", "revenue_12m > 1", "definition-name-unreadable"),
        ("activity", "revenue_12m > 1", "definition-name-in-use"),
        ("good", "revenue > 1", "column-unknown"),
    ],
)
def test_nothing_is_saved_that_could_not_be_read(
    book_of: Callable[[str], Path], name: str, when: str, slug: str
) -> None:
    book = book_of(ORDERS)
    with pytest.raises(WorthbookError, match=slug):
        save_segment(book, name, when)
    assert not (book / "definitions").exists()


def test_a_list_is_a_segment(book_of: Callable[[str], Path], tmp_path: Path) -> None:
    book = book_of(ORDERS)
    answer = add_list(book, a_list(tmp_path, "会员号\na\nc\nc\nstranger\n"))
    assert (answer.facts["segment"], answer.facts["listed"], answer.facts["strangers"]) == ("guests", 3, 1)
    assert count_segment(book, "guests").facts["customers"] == 2


def test_a_list_without_a_day_counts_at_every_date(book_of: Callable[[str], Path], tmp_path: Path) -> None:
    book = book_of(ORDERS)
    add_list(book, a_list(tmp_path, "customer_id\na\nb\n"))
    assert count_segment(book, "guests", "2026-02-01").facts["customers"] == 1


def test_a_second_list_leaves_the_first_alone(book_of: Callable[[str], Path], tmp_path: Path) -> None:
    book = book_of(ORDERS)
    add_list(book, a_list(tmp_path, "customer_id\na\n"))
    add_list(book, a_list(tmp_path, "customer_id\nb\nc\n", "it's 2.csv"), name="second")
    assert [count_segment(book, name).facts["customers"] for name in ("guests", "second")] == [1, 2]


def test_the_same_list_twice_adds_nothing(book_of: Callable[[str], Path], tmp_path: Path) -> None:
    book, file = book_of(ORDERS), a_list(tmp_path, "customer_id\na\n")
    first, second = add_list(book, file), add_list(book, file)
    assert first.facts == second.facts


def test_a_list_can_be_taken_back(book_of: Callable[[str], Path], tmp_path: Path) -> None:
    book = book_of(ORDERS)
    add_list(book, a_list(tmp_path, "customer_id\na\n"))
    undo_import(book, "last")
    assert count_segment(book, "guests").facts["customers"] == 0


def test_a_list_without_a_known_column_is_told(book_of: Callable[[str], Path], tmp_path: Path) -> None:
    book = book_of(ORDERS)
    with pytest.raises(WorthbookError, match="list-ids-not-found"):
        add_list(book, a_list(tmp_path, "who,what\na,b\n"))
    assert add_list(book, a_list(tmp_path, "who,what\na,b\n"), column="who").facts["listed"] == 1


def test_a_list_without_a_header_is_told_and_loses_nobody(book_of: Callable[[str], Path], tmp_path: Path) -> None:
    book = book_of(ORDERS)
    with pytest.raises(WorthbookError, match="list-header-missing"):
        add_list(book, a_list(tmp_path, "a\nb\nc\n"))
    assert not (book / "definitions").exists()

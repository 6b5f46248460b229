from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.services.customer_history import Question, customer_history
from worthbook.services.ingest_files import ingest_files

LINES = """\
customer,date,amount
A,2024-01-10,60
A,2024-05-10,40
B,2024-05-10,900
A,2025-02-10,500
B,2025-03-01,10
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book that is only asked."""
    file = tmp_path_factory.mktemp("shop") / "orders.csv"
    file.write_text(LINES, encoding="utf-8")
    return ingest_files([file])[0].folder


def test_each_date_sees_nothing_later(shop: Path) -> None:
    found = customer_history(shop, Question("A")).history
    assert {day.isoformat(): float(str(values["revenue_12m"])) for day, values in found.dates.items()} == {
        "2024-03-31": 60.0, "2024-06-30": 100.0, "2024-09-30": 100.0, "2024-12-31": 100.0, "2025-03-01": 540.0,
    }  # fmt: skip


def test_dates_before_the_first_purchase_are_left_out(shop: Path) -> None:
    found = customer_history(shop, Question("B", "year")).history
    assert [day.isoformat() for day in found.dates] == ["2024-12-31", "2025-03-01"]


def test_orders_are_events(shop: Path) -> None:
    found = customer_history(shop, Question("A")).history
    assert [(each.day.isoformat(), each.details.en) for each in found.events] == [
        ("2024-01-10", "1 lines, 60"), ("2024-05-10", "1 lines, 40"), ("2025-02-10", "1 lines, 500"),
    ]  # fmt: skip


def test_further_columns_stand_beside(shop: Path) -> None:
    study = customer_history(shop, Question("A", columns=("recency_days",))).study
    assert study.table("dates").column("extra_1")[-1] == 19


def test_a_change_of_group_is_told(book_of: Callable[[str], Path]) -> None:
    many = "".join(f"C{number},2024-02-01,{number}\n" for number in range(1, 200))
    folder = book_of("customer,date,amount\n" + many + "A,2024-02-01,1\nA,2024-06-01,5000\n")
    study = customer_history(folder, Question("A")).study
    assert any("Customer pyramid: Small → VIP by 2024-06-01." in finding.text.en for finding in study.findings)


def test_a_personal_id_is_masked(book_of: Callable[[str], Path]) -> None:
    folder = book_of(LINES.replace("A,", "13800138123,"))
    hidden = customer_history(folder, Question("13800138123"))
    open_ = customer_history(folder, Question("13800138123"), show_personal=True)
    assert (hidden.history.customer[:7], open_.history.customer) == ("138***2", "13800138123")


def test_an_unknown_customer_is_named(shop: Path) -> None:
    with pytest.raises(WorthbookError) as caught:
        customer_history(shop, Question("Z"))
    assert caught.value.slugs == ("customer-unknown",)

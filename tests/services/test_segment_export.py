from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from worthbook.kernel.errors import WorthbookError
from worthbook.services.segment_count import count_segment
from worthbook.services.segment_export import Wish, export_customers, list_customers

ORDERS = """\
customer_id,order_id,ordered_on,amount
13800001111,1,2026-01-05,100
=1+1,2,2026-06-01,400
b,3,2026-06-01,40
"""


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_list_holds_everyone_who_is_counted(book_folder: Path, tmp_path: Path) -> None:
    export_customers(book_folder, "activity.slipping", tmp_path / "list.csv")
    counted = count_segment(book_folder, "activity.slipping").facts["customers"]
    assert len(rows(tmp_path / "list.csv")) == counted


def test_the_largest_value_is_first(book_folder: Path, tmp_path: Path) -> None:
    export_customers(book_folder, "activity.active", tmp_path / "list.csv")
    values = [float(row["revenue_12m"]) for row in rows(tmp_path / "list.csv")]
    assert values == sorted(values, reverse=True)


def test_what_to_do_stands_beside_each_customer(book_folder: Path, tmp_path: Path) -> None:
    wish = Wish(framework="customer_pyramid", language="zh")
    export_customers(book_folder, "steady_core", tmp_path / "list.csv", wish=wish)
    first = rows(tmp_path / "list.csv")[0]
    assert first["next_action"] == "不带推销地表达感谢，并请其中10位谈谈最看重什么。"
    assert {"strategy", "service_level", "customer_pyramid__strategy", "customer_pyramid__next_action"} <= set(first)


def test_a_workbook_has_the_customers_and_what_to_do(book_folder: Path, tmp_path: Path) -> None:
    export_customers(book_folder, "customer_pyramid.vip", tmp_path / "list.xlsx", wish=Wish(framework="grades"))
    book = CalamineWorkbook.from_path(tmp_path / "list.xlsx")
    customers, to_do = (book.get_sheet_by_name(name).to_python() for name in ("Customers", "What to do"))
    counted = count_segment(book_folder, "customer_pyramid.vip").facts["customers"]
    assert len(customers) - 1 == counted
    assert "Strategy" in [row[0] for row in to_do]


def test_personal_ids_are_masked_and_formulas_are_text(book_of: Callable[[str], Path], tmp_path: Path) -> None:
    export_customers(book_of(ORDERS), "revenue_12m >= 100", tmp_path / "list.csv")
    first, second = (row["customer_id"] for row in rows(tmp_path / "list.csv"))
    assert (first, second.split("~")[0]) == ("'=1+1", "138***11")


def test_personal_ids_are_shown_when_asked_for(book_of: Callable[[str], Path], tmp_path: Path) -> None:
    export_customers(book_of(ORDERS), "revenue_12m = 100", tmp_path / "list.csv", wish=Wish(show_personal=True))
    assert [row["customer_id"] for row in rows(tmp_path / "list.csv")] == ["13800001111"]


def test_an_empty_segment_is_an_empty_list(book_folder: Path, tmp_path: Path) -> None:
    answer = export_customers(book_folder, "orders_12m < 0", tmp_path / "list.csv")
    assert (rows(tmp_path / "list.csv"), answer.facts["customers"]) == ([], 0)


@pytest.mark.parametrize(("name", "slug"), [("list.txt", "segment-export-format"), ("list", "segment-export-format")])
def test_a_file_of_another_kind_is_told(book_folder: Path, tmp_path: Path, name: str, slug: str) -> None:
    with pytest.raises(WorthbookError, match=slug):
        export_customers(book_folder, "steady_core", tmp_path / name)


def test_the_first_customers_are_shown_with_masked_ids(book_of: Callable[[str], Path]) -> None:
    (table,) = list_customers(book_of(ORDERS), "revenue_12m = 100").tables
    assert [str(each).split("~")[0] for each in table.column("customer_id")] == ["138***11"]

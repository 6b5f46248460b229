"""The shipped layouts, each on a small file written from its published list of columns."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.data.importing import FILES, bring, new_book, notes, rows
from worthbook.data.attempt import ImportReport
from worthbook.data.book import Book


def brought(folder: Path, name: str) -> tuple[Book, ImportReport]:
    book = new_book(folder)
    return book, bring(book, FILES / name)


def test_shopify_divides_the_subtotal_among_the_lines_and_books_refunds(tmp_path: Path) -> None:
    book, _ = brought(tmp_path, "shopify_orders.csv")
    columns = (
        "import_line, customer_id, order_id, ordered_on::VARCHAR, product_id, quantity, amount, discount, is_return"
    )
    found = sorted(rows(book, columns), key=lambda row: (row[0], row[-1]))  # a refund shares the line of its order
    assert found == [
        (2, "ann@example.com", "#1001", "2026-01-05", "TEA-1", 2.0, Decimal(36), Decimal(4), False),
        (4, "ann@example.com", "#1001", "2026-01-05", "CUP-2", 1.0, Decimal(18), Decimal(2), False),
        (5, "bo@example.com", "#1002", "2026-01-06", "TEA-1", 1.0, Decimal(20), Decimal(0), False),
        (5, "bo@example.com", "#1002", "2026-01-06", None, 0.0, Decimal(-5), None, True),
        (9, "ann@example.com", "#1006", "2026-02-01", "CUP-2", 1.0, Decimal(20), Decimal(0), False),
    ]


def test_shopify_skips_cancelled_unpaid_and_test_orders(tmp_path: Path) -> None:
    _, report = brought(tmp_path, "shopify_orders.csv")
    assert (report.read, report.accepted, report.rejected, report.skipped) == (8, 5, 0, 3)
    assert notes(report) == [
        "Lines skipped: 1, the first is line 6: a cancelled order.",
        "Lines skipped: 1, the first is line 7: an order that was not paid.",
        "Lines skipped: 1, the first is line 8: a test order.",
        "Lines without a customer in particular (blank, guest, walk-in): 1, kept apart; they make no customer.",
    ]


def test_shopify_gives_customers_and_products_once_each(tmp_path: Path) -> None:
    book, _ = brought(tmp_path, "shopify_orders.csv")
    assert rows(book, "customer_id, name", "customers") == [("bo@example.com", "Bo"), ("ann@example.com", "Ann Lee")]
    assert rows(book, "product_id, name", "products") == [("TEA-1", "Green tea"), ("CUP-2", "Cup, blue")]


def test_taobao_is_read_from_gbk_without_guards_and_postage(tmp_path: Path) -> None:
    book, _ = brought(tmp_path, "taobao_orders.csv")
    columns = "customer_id, order_id, ordered_at::VARCHAR, product_name, quantity, amount, discount, store"
    assert rows(book, columns) == [
        (
            "春**雨",
            "3100000000000000001",
            "2026-06-01 09:01:30",
            "明前龙井 50g",
            2.0,
            Decimal(118),
            Decimal(10),
            "山里茶",
        ),
        ("秋水", "3100000000000000002", "2026-06-02 10:05:00", "茉莉花茶", 1.0, Decimal(60), Decimal(0), "山里茶"),
    ]
    assert rows(book, "name, phone", "customers") == [("李春", "0571-87654321"), ("王秋", "13800000002")]


def test_taobao_skips_closed_orders_and_rejects_repeated_ones(tmp_path: Path) -> None:
    book, report = brought(tmp_path, "taobao_orders.csv")
    assert (report.read, report.accepted, report.rejected, report.skipped) == (5, 2, 1, 2)
    assert [note.zh for note in report.notes] == [
        "文件按 GB18030 (GBK) 编码读取。",
        "跳过 1 行，首行为第 4 行：已关闭的订单。",
        "跳过 1 行，首行为第 5 行：未付款的订单。",
        "拒绝 1 行，首行为第 6 行：文件前面已有相同的一行。",
    ]
    assert [(each.line, each.reason) for each in book.rejects(report.import_id)] == [(6, "duplicate-line")]


def test_uci_first_edition(tmp_path: Path) -> None:
    book, report = brought(tmp_path, "uci_online_retail.csv")
    assert rows(book, "customer_id, order_id, ordered_at::VARCHAR, quantity, amount, is_return") == [
        ("17850", "536365", "2010-12-01 08:26:00", 6.0, Decimal("15.3"), False),
        ("17850", "536365", "2010-12-01 08:26:00", 6.0, Decimal("20.34"), False),
        ("13047", "536366", "2010-12-13 08:28:00", 2.0, Decimal("3.7"), False),
        ("12583", "536370", "2010-12-01 08:45:00", 24.0, Decimal(90), False),
        ("17850", "C536379", "2010-12-14 09:41:00", -1.0, Decimal("-3.39"), True),
    ]
    assert (report.accepted, report.skipped) == (5, 2)


def test_uci_second_edition(tmp_path: Path) -> None:
    book, _ = brought(tmp_path, "uci_online_retail_ii.csv")
    assert rows(book, "customer_id, amount, is_return") == [
        ("13085", Decimal("83.4"), False),
        ("13085", Decimal(81), False),
        ("16321", Decimal("-35.4"), True),
    ]
    assert rows(book, "customer_id, region", "customers") == [("13085", "United Kingdom"), ("16321", "Australia")]


def test_a_contact_of_several_companies_belongs_to_the_first(tmp_path: Path) -> None:
    """Newer exports of HubSpot name the primary company in a column of its own, older ones divide all by semicolons."""
    header = "Record ID,First Name,Last Name,Email,Associated Company IDs"
    newer = header + ",Associated Company IDs (Primary)\n1,Kim,Lo,kim@acme.example,9001;9002,9002\n"
    older = header + "\n2,Lee,Oz,lee@acme.example,9001;9002\n"
    book = new_book(tmp_path)
    for name, text in (("newer.csv", newer), ("older.csv", older)):
        file = tmp_path / name
        file.write_text(text)
        assert bring(book, file).mapping == "hubspot_contacts"
    assert rows(book, "contact_id, customer_id", "contacts") == [("1", "9002"), ("2", "9001")]


def test_a_day_with_its_weekday_is_read(tmp_path: Path) -> None:
    """As `Date.toDateString` of JavaScript writes it, and with it older exports of Formbricks."""
    file = tmp_path / "answers.csv"
    file.write_text("No.,Response ID,Timestamp,Finished,Survey ID,1. How?\n1,r1,Mon Jun 15 2026,Yes,s1,9\n")
    book = new_book(tmp_path)
    bring(book, file)
    assert rows(book, "answered_at::DATE::VARCHAR", "answers") == [("2026-06-15",)]

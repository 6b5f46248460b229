from __future__ import annotations

import gzip
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.importing import bring, bring_text, count, mappings, new_book, notes, rows, tables
from worthbook.data.attempt import ImportReport
from worthbook.data.delta import cursor
from worthbook.data.ingest import Manner, ingest
from worthbook.kernel.errors import WorthbookError


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.read, report.accepted, report.rejected, report.skipped


def test_the_same_file_twice_adds_nothing(tmp_path: Path) -> None:
    book, first = bring_text(tmp_path, "customer,date,amount\nA,2026-01-02,10\n")
    again = bring(book, tmp_path / "orders.csv")
    assert (first.new, again.new, again.import_id, count(book)) == (True, False, first.import_id, 1)


def test_the_same_content_under_another_name_adds_nothing(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, "customer,date,amount\nA,2026-01-02,10\n")
    (tmp_path / "copy.csv").write_bytes((tmp_path / "orders.csv").read_bytes())
    assert not bring(book, tmp_path / "copy.csv").new


def test_ids_keep_their_zeros(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, "customer,date,amount\n00012,2026-01-02,10\n")
    assert rows(book, "customer_id") == [("00012",)]


def test_lines_without_order_numbers_are_one_order_a_day(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, "customer,date,amount\nA,2026-01-02,10\nA,2026-01-02,11\nA,2026-01-03,12\n")
    assert [order for (order,) in rows(book, "order_id")] == ["A 2026-01-02", "A 2026-01-02", "A 2026-01-03"]


def test_a_day_is_no_time(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, "customer,date,amount\nA,2026-01-02,10\n")
    assert rows(book, "ordered_at") == [(None,)]


def test_a_file_without_amounts_has_none(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, "customer,date\nA,2026-01-02\n")
    assert rows(book, "amount, quantity, is_return") == [(None, 1.0, False)]


def test_a_price_and_a_quantity_make_an_amount(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, "customer,date,unit price,qty\nA,2026-01-02,2.50,3\n")
    assert rows(book, "amount") == [(Decimal("7.5000"),)]


def test_negative_and_zero_amounts_are_kept_and_negative_ones_are_returns(tmp_path: Path) -> None:
    book, report = bring_text(tmp_path, "customer,date,amount\nA,2026-01-02,-10\nA,2026-01-03,0\n")
    assert (counts(report), rows(book, "is_return")) == ((2, 2, 0, 0), [(True,), (False,)])


AMOUNTS = {
    "12": "12.0000",
    "12.34565": "12.3457",
    "¥1,234.50": "1234.5000",
    "$(12.00)": "-12.0000",
    "(12.00)": "-12.0000",
    "12.00-": "-12.0000",
    "−5": "-5.0000",
    "€ 1.234,56": "1234.5600",
    "1234,5": "1234.5000",
    "１２．５０元": "12.5000",
    "CNY 88": "88.0000",
    "1,23,456.78": "123456.7800",
    '="12.50"': "12.5000",
    "1e3": "1000.0000",
}
"""As people write them, and as they are read."""


def test_amounts_are_read_as_people_write_them(tmp_path: Path) -> None:
    lines = "".join(f"A;2026-01-02;{written}\n" for written in AMOUNTS)
    book, _ = bring_text(tmp_path, f"customer;date;amount\n{lines}")
    found = [read for (read,) in rows(book, "amount::VARCHAR")]
    assert dict(zip(AMOUNTS, found, strict=True)) == AMOUNTS


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-06-03", "2026-06-03 00:00:00"),
        ("2026/6/3", "2026-06-03 00:00:00"),
        ("2026.6.3", "2026-06-03 00:00:00"),
        ("20260603", "2026-06-03 00:00:00"),
        ("20260603143000", "2026-06-03 14:30:00"),
        ("2026年6月3日", "2026-06-03 00:00:00"),
        ("2026年6月3日 14:30", "2026-06-03 14:30:00"),
        ("2026/6/3 9:05", "2026-06-03 09:05:00"),
        ("2026-06-03T09:05:06Z", "2026-06-03 09:05:06"),
        ("2026-06-03 23:30:12 -0500", "2026-06-03 23:30:12"),
        ("13/6/2026", "2026-06-13 00:00:00"),
        ("6/13/2026 5:06 PM", "2026-06-13 17:06:00"),
        ("13.06.26", "2026-06-13 00:00:00"),
        ("3 Jun 2026", "2026-06-03 00:00:00"),
        ("Jun 3, 2026 14:30", "2026-06-03 14:30:00"),
    ],
)
def test_dates_are_read_as_people_write_them(tmp_path: Path, written: str, read: str) -> None:
    file = f'customer;date;amount\nA;"{written}";1\nB;1999-01-02 03:04:05;1\n'  # so that the column has times
    book, _ = bring_text(tmp_path, file)
    assert rows(book, "ordered_at::VARCHAR")[0] == (read,)


def test_guards_around_ids_are_taken_off(tmp_path: Path) -> None:
    guarded = ['="00123"', "'00123", "\t00123", "00123 ", "\u300000123\u00a0"]
    book, _ = bring_text(tmp_path, "customer;date;amount\n" + "".join(f"{each};2026-01-02;1\n" for each in guarded))
    assert rows(book, "customer_id") == [("00123",)] * len(guarded)


def test_a_column_of_days_first_is_told_from_one_line(tmp_path: Path) -> None:
    book, report = bring_text(tmp_path, "customer,date,amount\nA,3/4/2026,1\nA,25/4/2026,1\n")
    assert rows(book, "ordered_on::VARCHAR") == [("2026-04-03",), ("2026-04-25",)]
    assert notes(report) == ["Dates in 'date' were read as day/month/year, as '25/4/2026' in line 3 shows."]


def test_an_ambiguous_column_is_read_so_that_it_covers_fewer_days_and_says_so(tmp_path: Path) -> None:
    book, report = bring_text(tmp_path, "customer,date,amount\nA,6/1/2026,1\nA,6/2/2026,1\nA,6/12/2026,1\n")
    assert rows(book, "ordered_on::VARCHAR") == [("2026-06-01",), ("2026-06-02",), ("2026-06-12",)]
    assert notes(report) == [
        "Assumption: dates in 'date' were read as month/day/year; '6/1/2026' in line 2 and all others allow both."
    ]


def test_quoted_line_breaks_blank_lines_and_crlf_leave_every_line_number_right(tmp_path: Path) -> None:
    text = (
        'customer,date,amount,note\r\nA,2026-01-02,1,"two\r\nlines"\r\n\r\nB,2026-01-03,x,\r\n,,,\r\n'
        'C,2026-01-04,3,"a\r\n\r\nb"\r\nD,2026-01-05,4,\r\n'
    )
    book, report = bring_text(tmp_path, text)
    assert (counts(report), rows(book, "customer_id, import_line")) == ((5, 3, 1, 1), [("A", 2), ("C", 7), ("D", 10)])
    assert [(each.line, each.reason) for each in book.rejects(report.import_id)] == [(5, "number-unreadable")]


def test_a_rejected_line_says_which_value_and_why(tmp_path: Path) -> None:
    book, report = bring_text(tmp_path, "customer,date,amount\nA,2026-01-02,ten\nB,2026-01-02,1\n")
    (reject,) = book.rejects(report.import_id)
    assert (reject.file, reject.line, reject.column, reject.value, reject.raw) == (
        "orders.csv", 2, "amount", "ten", "A,2026-01-02,ten",
    )  # fmt: skip
    assert (reject.sentence.en, reject.sentence.zh) == ("'ten' cannot be read as a number.", "“ten”无法识别为数字。")


def test_every_reason_to_reject_a_line(tmp_path: Path) -> None:
    lines = [
        "A,2026-01-02,1,x",
        ",2026-01-02,1,x",
        "A,,1,x",
        "A,2026-02-30,1,x",
        "A,2026-01-02,one,x",
        "A,2026-01-02,1e15,x",
        "A,2199-01-02,1,x",
        "A,2026-01-02",
        "A,2026-01-02,1,x,y",
        'A,2026-01-02,1,"x"y',
    ]
    book, report = bring_text(tmp_path, "customer,date,amount,note\n" + "\n".join(lines) + "\n")
    assert [(each.line, each.reason, each.column, each.value) for each in book.rejects(report.import_id)] == [
        (4, "value-missing", "date", None),
        (5, "date-unreadable", "date", "2026-02-30"),
        (6, "number-unreadable", "amount", "one"),
        (7, "amount-too-large", "amount", "1e15"),
        (8, "date-in-future", "date", "2199-01-02"),
        (9, "too-few-columns", None, None),
        (10, "too-many-columns", None, None),
        (11, "quote-misplaced", None, None),
    ]


def test_an_amount_out_of_all_proportion_is_kept_and_said(tmp_path: Path) -> None:
    lines = "".join(f"C{number},2026-01-02,10\n" for number in range(9))
    _, report = bring_text(tmp_path, f"customer,date,amount\n{lines}C9,2026-01-02,10000000000\n")
    assert (report.accepted, notes(report)) == (
        10,
        ["The amount 10,000,000,000.00 in line 11 is 1,000,000,000 times the median amount; check it."],
    )


def test_identical_lines_of_a_log_are_kept_and_said(tmp_path: Path) -> None:
    _, report = bring_text(tmp_path, "customer,date,amount\nA,2026-01-02,1\nA,2026-01-02,1\nA,2026-01-02,1\n")
    assert (counts(report), notes(report)) == (
        (3, 3, 0, 0),
        ["Lines that repeat an earlier line in every column: 2; each was kept as a purchase of its own."],
    )


@pytest.mark.parametrize("text", ["customer,date,amount\nA,2026-01-02,1\n", "customer,date,amount\nA,2026-01-02,1"])
def test_one_customer_with_one_order_is_enough(tmp_path: Path, text: str) -> None:
    _, report = bring_text(tmp_path, text)
    assert counts(report) == (1, 1, 0, 0)


def test_all_orders_on_one_day_are_accepted(tmp_path: Path) -> None:
    _, report = bring_text(tmp_path, "customer,date,amount\nA,2026-01-02,1\nB,2026-01-02,2\n")
    assert counts(report) == (2, 2, 0, 0)


def test_a_repeated_header_is_told_apart(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, "customer,date,amount,分销员,分销员,\nA,2026-01-02,1,x,y,\n")
    assert rows(book, "amount") == [(Decimal(1),)]


def test_a_compressed_file_is_read(tmp_path: Path) -> None:
    packed = gzip.compress(b"customer,date,amount\nA,2026-01-02,1\n")
    _, report = bring_text(tmp_path, packed, "orders.csv.gz")
    assert counts(report) == (1, 1, 0, 0)


def test_parquet_with_awkward_types_is_read(tmp_path: Path) -> None:
    file = tmp_path / "orders.parquet"
    cursor().execute(
        f"COPY (SELECT 17850.0::DOUBLE AS customer_id, 20260603::BIGINT AS date, 0.1::DOUBLE + 0.2 AS amount "
        f"UNION ALL SELECT 1, 20260604, 'NaN'::DOUBLE) TO '{file}' (FORMAT parquet)",
    )
    book = new_book(tmp_path)
    report = bring(book, file)
    assert rows(book, "customer_id, ordered_on::VARCHAR, amount::VARCHAR, import_line") == [
        ("17850", "2026-06-03", "0.3000", 1)
    ]
    assert [each.reason for each in book.rejects(report.import_id)] == ["number-unreadable"]


def test_a_mapping_can_be_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text("customer_id,date,n_cds,amount\nA,2026-01-02,2,9\n")
    assert bring(new_book(tmp_path), file, "generic_orders").mapping == "generic_orders"


def test_an_error_leaves_the_book_as_it_was(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, "customer,date,amount\nA,2026-01-02,1\n")
    before = book.snapshot()
    bad = tmp_path / "bad.csv"
    bad.write_text("customer,date,amount\nA,25/1/2026,1\nA,1/25/2026,1\n")
    with pytest.raises(WorthbookError):
        bring(book, bad)
    assert book.snapshot() == before


CELL = st.text(alphabet='a1,;"\n\r\t 元-é/', max_size=6)


def written(cells: list[list[str]]) -> str:
    """CSV as a careful program writes it."""
    return "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in cells)


@settings(max_examples=25)
@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=8))
def test_whatever_the_cells_hold_every_line_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str, str]]
) -> None:
    text = "customer,date,amount,note\nA,2026-01-02,1,\n" + written([[*row, "x"] for row in cells])
    _, report = bring_text(tmp_path_factory.mktemp("any"), text)
    assert report.accepted + report.rejected + report.skipped == report.read == 1 + len(cells)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("cdnow/cdnow_master.csv.gz", ("cdnow", 69659, 23570, "2500315.6300")),
        ("cdnow/cdnow_sample.csv.gz", ("cdnow", 6919, 2357, "244091.9400")),
        ("apparel/apparel_transactions.csv.gz", ("generic_orders", 3187, 600, "124356.9000")),
        ("lifetimes_example/example_transactions.csv.gz", ("generic_orders", 15273, 5000, None)),
        ("completejourney/transactions.parquet", ("complete_journey", 1469307, 2469, "4596039.5800")),
    ],
)
def test_published_files_come_in_whole(
    shared: Path, tmp_path: Path, file: str, expected: tuple[str, int, int, str | None]
) -> None:
    """Lines, customers and totals as counted by other means (README of each data set, awk)."""
    book = new_book(tmp_path)
    report = bring(book, shared / "data" / file)
    files = list(book.snapshot().tables["transactions"].files)
    query = "SELECT count(DISTINCT customer_id), sum(amount)::VARCHAR FROM read_parquet(?)"
    ((customers, total),) = cursor().execute(query, [files]).fetchall()
    assert (report.mapping, report.accepted, customers, total) == expected
    assert counts(report) == (report.read, report.read, 0, 0)


TOTALS = (
    "order_id,customer_id,date,order total\n1,A,2026-01-02,100\n1,A,2026-01-02,100\n"
    "2,B,2026-01-03,50\n2,B,2026-01-03,50\n3,C,2026-01-03,70\n3,C,2026-01-03,70\n4,D,2026-01-04,5\n"
)


def test_an_amount_that_each_line_of_an_order_repeats_is_asked_about(tmp_path: Path) -> None:
    _, report = bring_text(tmp_path, TOTALS)
    assert "In all 3 orders of several lines that were looked at, each line has the same amount." in " ".join(
        notes(report)
    )


def test_amounts_of_lines_that_differ_ask_nothing(tmp_path: Path) -> None:
    _, report = bring_text(tmp_path, TOTALS + "5,E,2026-01-05,1\n5,E,2026-01-05,2\n")
    assert not [note for note in notes(report) if "orders of several lines" in note]


def test_lines_that_leave_out_what_the_first_line_of_the_order_says_are_told(tmp_path: Path) -> None:
    text = "order_id,customer_id,date,amount\n1,A,2026-01-02,10\n1,,,20\n2,B,2026-01-03,30\n3,C,,5\n"
    _, report = bring_text(tmp_path, text)
    assert report.rejected == 2
    assert "Of the rejected lines, 1 have the number of an order that other lines tell more of." in " ".join(
        notes(report)
    )


def test_the_same_file_adds_nothing_though_its_mapping_was_changed(tmp_path: Path) -> None:
    """As by a newer version of the program, or by hand in the book's definitions."""
    book, report = bring_text(tmp_path, "customer_id,date,amount\nA,2026-01-02,10\n")
    known = mappings()[report.mapping]
    changed = known.model_copy(update={"identical_lines": "reject"})
    assert changed.fingerprint != known.fingerprint
    again = ingest(book, tmp_path / "orders.csv", {**mappings(), known.name: changed}, tables())
    assert (again.new, again.import_id, count(book)) == (False, report.import_id, 1)


def test_the_same_file_read_otherwise_by_hand_is_imported(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, "customer_id,date,amount,paid\nA,2026-01-02,10,9\n")
    pairs = ("customer_id=customer_id", "ordered_on=date", "amount=paid")
    reports = [ingest(book, tmp_path / "orders.csv", mappings(), tables(), Manner(pairs=pairs)) for _ in range(2)]
    assert [report.new for report in reports] == [True, False]


def test_that_the_same_file_was_read_otherwise_before_is_said(tmp_path: Path) -> None:
    book, first = bring_text(tmp_path, "customer_id,date,amount,paid\nA,2026-01-02,10,9\n")
    file = tmp_path / "orders.csv"
    by_hand = [
        Manner(pairs=("customer_id=customer_id", "ordered_on=date", each)) for each in ("amount=paid", "amount=amount")
    ]
    second, third = (ingest(book, file, mappings(), tables(), each) for each in by_hand)
    before = (
        "The same file was imported before, read as {}; what both read counts twice where lines have no number of "
        "their own. If this is to replace it, take it back: worthbook undo {}"
    )
    assert before.format("generic_orders", first.import_id) in notes(second)
    assert before.format("by_hand", second.import_id) in notes(third)


def test_of_a_file_that_was_taken_back_or_fills_other_tables_nothing_is_said(tmp_path: Path) -> None:
    book, first = bring_text(tmp_path, "customer_id,date,amount,name\nA,2026-01-02,10,Ann\n")
    file = tmp_path / "orders.csv"
    people = Manner(pairs=("customers.customer_id=customer_id", "customers.name=name"))
    assert notes(ingest(book, file, mappings(), tables(), people)) == []
    book.undo(first.import_id)
    again = Manner(pairs=("customer_id=customer_id", "ordered_on=date", "amount=amount"))
    assert notes(ingest(book, file, mappings(), tables(), again)) == []

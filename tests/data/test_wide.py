"""What a mapping can say of files that are not one line a purchase, in a book's own YAML."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.data.importing import new_book, notes, rows, tables
from worthbook.data.attempt import ImportReport
from worthbook.data.book import Book
from worthbook.data.header import header_line
from worthbook.data.ingest import ingest
from worthbook.definitions.mapping import MappingDefinition
from worthbook.definitions.reader import read_text
from worthbook.kernel.errors import WorthbookError

HEAD = """
mapping: own
title: {en: Own, zh: 自有}
description: {en: Own., zh: 自有。}
source: nobody
"""
HOLDINGS = """
fields:
  customer: {names: [client], unit: id, needed: true}
  month: {names: [month], unit: date, needed: true}
wide:
  balance: {headers: ["bal_*"], but: [bal_total], unit: money, labels: {bal_fund: Funds}}
feeds:
  - table: holdings
    each: balance
    when: balance <> 0
    columns: {customer_id: customer, product_id: "after(balance_header, '_')", month: month, balance: balance}
  - table: products
    each: balance
    columns: {product_id: "after(balance_header, '_')", name: balance_label}
"""
ANSWERS = """
header_lines: 3
fields:
  response: {names: [ResponseId], unit: id, needed: true}
  recorded: {names: [RecordedDate], unit: time, needed: true}
wide:
  answer: {headers: ["*"]}
feeds:
  - table: answers
    each: answer
    columns:
      survey_id: file_name
      respondent_id: response
      question_id: answer_header
      value: number(answer)
      text: answer
      answered_at: recorded
  - table: questions
    each: answer
    columns: {survey_id: file_name, question_id: answer_header, text: answer_label}
"""


def mapping(text: str) -> MappingDefinition:
    (found,) = read_text(HEAD + text, "own.yaml").definitions
    assert isinstance(found, MappingDefinition)
    return found


def brought(folder: Path, declared: str, text: str) -> tuple[Book, ImportReport]:
    file = folder / "wave1.csv"
    file.write_text(text)
    book = new_book(folder)
    return book, ingest(book, file, {"own": mapping(declared)}, tables())


def test_each_column_that_is_alike_gives_a_row(tmp_path: Path) -> None:
    text = "client,month,bal_save,bal_fund,bal_total\nA,2026-05-31,100,0,100\nB,2026-05-31,,2.5,2.5\n"
    book, report = brought(tmp_path, HOLDINGS, text)
    assert (report.read, report.accepted, report.rejected, report.skipped) == (2, 2, 0, 0)
    assert sorted(rows(book, "customer_id, product_id, month::VARCHAR, balance, is_held", "holdings")) == [
        ("A", "save", "2026-05-31", Decimal(100), True),
        ("B", "fund", "2026-05-31", Decimal("2.5"), True),
    ]
    assert sorted(rows(book, "product_id, name", "products")) == [("fund", "Funds"), ("save", "bal_save")]


def test_what_cannot_be_read_in_one_of_them_is_told_with_its_column(tmp_path: Path) -> None:
    text = "client,month,bal_save,bal_fund\nA,2026-05-31,100,0\nB,2026-05-31,1,much\n"
    book, report = brought(tmp_path, HOLDINGS, text)
    assert (report.accepted, report.rejected) == (1, 1)
    assert [(each.line, each.reason, each.column, each.value) for each in book.rejects(report.import_id)] == [
        (3, "number-unreadable", "bal_fund", "much")
    ]


def test_a_file_without_such_columns_is_of_another_kind(tmp_path: Path) -> None:
    with pytest.raises(WorthbookError) as error:
        brought(tmp_path, HOLDINGS, "client,month,total\nA,2026-05-31,100\n")
    assert error.value.slugs == ("file-layout-unknown",)


def test_lines_of_headers_are_skipped_and_give_the_wording(tmp_path: Path) -> None:
    text = (
        "ResponseId,RecordedDate,Q1,Q2\n"
        'Response ID,Recorded Date,"How satisfied, all in all?",Why?\n'
        '"{""ImportId"":""_recordId""}","{""ImportId"":""recordedDate""}",QID1,QID2\n'
        "R_1,2026-05-02 10:00:00,9,Kind people\nR_2,2026-05-03 11:30:00,4,\n"
    )
    book, report = brought(tmp_path, ANSWERS, text)
    assert (report.read, report.accepted, report.rejected, report.skipped) == (4, 2, 0, 2)
    assert notes(report) == ["Lines skipped: 2, the first is line 2: a further line of headers."]
    assert sorted(rows(book, "survey_id, respondent_id, question_id, brand, value, text", "answers")) == [
        ("wave1", "R_1", "Q1", "own", 9.0, "9"),
        ("wave1", "R_1", "Q2", "own", None, "Kind people"),
        ("wave1", "R_2", "Q1", "own", 4.0, "4"),
    ]
    assert sorted(rows(book, "question_id, text", "questions")) == [
        ("Q1", "How satisfied, all in all?"),
        ("Q2", "Why?"),
    ]


def test_a_time_of_day_may_stand_in_a_column_of_its_own(tmp_path: Path) -> None:
    declared = """
fields:
  who: {names: [who], unit: id, needed: true}
  at: {names: [Date], with_time: [Time], unit: time, needed: true}
feeds:
  - table: transactions
    columns: {customer_id: who, ordered_on: at, ordered_at: at}
"""
    text = "who,Date,Time\nA,2026-05-31,14:05:09\nB,2026-06-01,\nC,,10:00\nD,31st,10:00\n"
    book, report = brought(tmp_path, declared, text)
    assert rows(book, "customer_id, ordered_at::VARCHAR") == [
        ("A", "2026-05-31 14:05:09"),
        ("B", "2026-06-01 00:00:00"),
    ]
    assert [(each.line, each.column, each.value) for each in book.rejects(report.import_id)] == [
        (4, "Date Time", None),
        (5, "Date Time", "31st 10:00"),
    ]


def test_a_day_without_a_time_is_enough_for_a_table_that_lies_in_time_of_day(tmp_path: Path) -> None:
    declared = """
fields:
  who: {names: [who], unit: id, needed: true}
  day: {names: [day], unit: time, needed: true}
feeds:
  - table: complaints
    columns: {complaint_id: "concat(file_name, ' ', who)", customer_id: who, opened_at: day}
"""
    book, _ = brought(tmp_path, declared, "who,day\nA,2026-05-31\n")
    assert rows(book, "complaint_id, opened_at::VARCHAR", "complaints") == [("wave1 A", "2026-05-31 00:00:00")]


def test_a_line_for_which_the_first_feed_does_not_hold_lacks_nothing(tmp_path: Path) -> None:
    declared = """
fields:
  who: {names: [who], unit: id, needed: true}
  day: {names: [day], unit: date, needed: true}
  phone: {names: [phone], needed: true}
feeds:
  - table: transactions
    when: day is not null
    columns: {customer_id: who, ordered_on: day}
  - table: customers
    columns: {customer_id: who, phone: phone}
"""
    book, report = brought(tmp_path, declared, "who,day,phone\nA,2026-05-31,1\nB,,2\n")
    assert (report.accepted, report.rejected) == (2, 0)
    assert sorted(rows(book, "customer_id, phone", "customers")) == [("A", "1"), ("B", "2")]


def test_lines_before_the_headers_are_told(tmp_path: Path) -> None:
    text = "Statement of May,,\nCards ending in 1234,,\n\nclient,month,bal_save\nA,2026-05-31,100\n"
    book, report = brought(tmp_path, HOLDINGS, text)
    assert notes(report) == ["Lines that stand before the headers: 2. The headers are in line 4."]
    assert rows(book, "import_line, customer_id", "holdings") == [(5, "A")]


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (["name,time,payee,amount", "time,payee,amount,name"], 0),
        (["Account,Owner", "time,payee,amount", "1,2,3"], 1),
        (["a,b", "1,2"], 0),
        (["only", "1", "2"], 0),
        (["Title", "a;b", "1;2"], 1),
        (["", "time,payee"], 1),
        ([], 0),
    ],
)
def test_which_line_holds_the_headers(lines: list[str], line: int) -> None:
    assert header_line(lines, {"time", "payee", "amount"}) == line

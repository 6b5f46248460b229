from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.importing import FILES, bring, mappings, new_book, notes
from worthbook.data.opening import open_source
from worthbook.data.recognise import recognise
from worthbook.data.recognition import Recognition
from worthbook.definitions.mapping import header_key


def recognised(folder: Path, text: str) -> Recognition:
    file = folder / "file.csv"
    file.write_text(text)
    return recognise(open_source(file, folder), mappings())


def headers(found: Recognition) -> dict[str, str]:
    return {name: column.header for name, column in found.fields.items()}


@pytest.mark.parametrize(
    ("file", "mapping"),
    [
        ("shopify_orders.csv", "shopify_orders"),
        ("taobao_orders.csv", "taobao_orders"),
        ("uci_online_retail.csv", "uci_online_retail"),
        ("uci_online_retail_ii.csv", "uci_online_retail"),
    ],
)
def test_known_layouts_are_recognised_with_confidence(tmp_path: Path, file: str, mapping: str) -> None:
    found = recognise(open_source(FILES / file, tmp_path), mappings())
    assert found.mapping.name == mapping
    assert found.confidence > 0.8


@pytest.mark.parametrize(
    ("header", "customer", "date", "amount"),
    [
        ("Customer ID,Order Date,Net Amount", "Customer ID", "Order Date", "Net Amount"),
        ("客户编号,下单时间,实付金额", "客户编号", "下单时间", "实付金额"),
        ("会员卡号,消费日期,消费金额（元）,金额", "会员卡号", "消费日期", "金额"),
        ("date,order total,e-mail,EMAIL,user_id", "user_id", "date", "order total"),
    ],
)
def test_columns_are_found_by_name(tmp_path: Path, header: str, customer: str, date: str, amount: str) -> None:
    found = recognised(tmp_path, f"{header}\n" + ",".join("1" for _ in header.split(",")) + "\n")
    assert (found.mapping.name, found.confidence) == ("generic_orders", 0.5)
    assert [headers(found)[name] for name in ("customer", "date", "amount")] == [customer, date, amount]


def test_columns_are_found_by_value_where_no_name_fits(tmp_path: Path) -> None:
    lines = "".join(f"{number},K{number % 7},0{number % 9 + 1}.02.2026,{number}.95\n" for number in range(1, 40))
    found = recognised(tmp_path, f"nr,who,tag,euro\n{lines}")
    assert [headers(found)[name] for name in ("customer", "date", "amount")] == ["who", "tag", "euro"]
    assert found.confidence == 0.3
    assert [note.en for note in found.notes] == [
        "The column 'tag' was taken for the date because of its values.",
        "The column 'euro' was taken for the amount because of its values.",
        "The column 'who' was taken for the customer because of its values.",
    ]


def test_a_name_beats_values(tmp_path: Path) -> None:
    lines = "".join(f"K{number % 7},N{number % 5},2026-02-0{number % 9 + 1}\n" for number in range(1, 40))
    assert headers(recognised(tmp_path, f"what,customer,when\n{lines}"))["customer"] == "customer"


def test_every_column_of_every_table_says_what_it_is_read_from(tmp_path: Path) -> None:
    found = recognised(tmp_path, "customer_id,date,n_cds,amount\nA,2026-01-02,2,9\n")
    assert [(each.table, each.column, each.formula, each.headers) for each in found.readings] == [
        ("transactions", "customer_id", "customer", ("customer_id",)),
        ("transactions", "ordered_on", "date", ("date",)),
        ("transactions", "quantity", "discs", ("n_cds",)),
        ("transactions", "amount", "amount", ("amount",)),
    ]


def test_what_was_guessed_is_noted_with_the_import(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text("who,when\nA,2026-01-02\nA,2026-01-03\nB,2026-01-03\nC,2026-01-04\n")
    assert notes(bring(new_book(tmp_path), file)) == [
        "The column 'when' was taken for the date because of its values.",
        "The column 'who' was taken for the customer because of its values.",
    ]


def test_headers_are_compared_without_case_spaces_width_and_signs() -> None:
    assert {header_key(each) for each in ("Customer ID", "customer_id", "CUSTOMER-ID", "Ｃｕｓｔｏｍｅｒ ＩＤ")} == {
        "customerid"
    }

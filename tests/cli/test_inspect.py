"""`worthbook inspect` on every layout; the expected text stands beside the files.

`WORTHBOOK_RENEW_GOLDEN=1 python -m pytest tests/cli/test_inspect.py` writes it again; look at the difference.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from typer.testing import CliRunner

from tests.data.importing import FILES
from tests.data.test_layouts import LAYOUTS
from worthbook.cli.main import app
from worthbook.data.book import Book

MISSING = {"en": "Missing, and what it would add", "zh": "缺少的数据及其作用"}
"""What follows is last and grows with every measure of the catalogue."""
IN_CHINESE = {"wechat_bill.csv", "bank_balances.csv", "limesurvey_chinese.csv", "youzan_orders.csv"}


def inspected(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, ["inspect", *map(str, arguments)], env={"COLUMNS": "100"})
    assert result.exit_code == 0, result.stderr
    return "\n".join(line.rstrip() for line in result.stdout.splitlines()) + "\n"


def answer(*arguments: str | Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(inspected(*arguments, "--json"))
    return found


def refused(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, ["inspect", *map(str, arguments)])
    assert result.exit_code == 1
    return result.stderr


@pytest.mark.parametrize("name", LAYOUTS)
def test_what_is_said_of_each_layout(name: str) -> None:
    language = "zh" if name in IN_CHINESE else "en"
    made = inspected(FILES / name, "--language", language).partition(f"\n{MISSING[language]}\n")[0] + "\n"
    path = FILES / "inspect" / name.replace(".csv", f".{language}.txt")
    if os.environ.get("WORTHBOOK_RENEW_GOLDEN"):
        path.write_text(made, encoding="utf-8")

    assert path.read_text(encoding="utf-8") == made


def test_what_a_layout_itself_knows_is_not_missing() -> None:
    missing = {(each["table"], each["column"]) for each in answer(FILES / "hubspot_companies.csv")["missing"]}
    assert ("customers", "income") in missing
    assert ("customers", "kind") not in missing


UNKNOWN = "买家,下单时间点,实付\nA,2026-05-01 10:00:00,12.50\nB,2026-05-02 11:00:00,8\nA,2026-05-09 11:00:00,3.25\n"


@pytest.fixture
def unknown(tmp_path: Path) -> Path:
    file = tmp_path / "till.csv"
    file.write_text(UNKNOWN, encoding="gb18030")
    return file


def test_the_answer_as_json(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("customer_id,date,amount\nA,3/4/2026,(12.00)\nB,25/4/2026,1 x\n")
    found = answer(file)
    assert {key: found[key] for key in ("file", "encoding", "delimiter", "mapping", "confidence", "read")} == {
        "file": "orders.csv", "encoding": "UTF-8", "delimiter": "comma", "mapping": "generic_orders",
        "confidence": 0.5, "read": 2,
    }  # fmt: skip
    assert (found["accepted"], found["rejected"]) == (1, 1)
    assert found["columns"][1] == {
        "header": "date",
        "goes_to": ["transactions.ordered_on", "transactions.ordered_at"],
        "decides": True,
        "samples": [
            {"text": "3/4/2026", "value": "2026-04-03 00:00:00"},
            {"text": "25/4/2026", "value": "2026-04-25 00:00:00"},
        ],
        "date_order": "day/month",
    }
    assert found["columns"][2]["samples"] == [{"text": "(12.00)", "value": "-12"}, {"text": "1 x", "value": None}]
    assert "Dates in 'date' were read as day/month/year, as '25/4/2026' in line 3 shows." in [
        note["en"] for note in found["notes"]
    ]
    assert "gross_margin_12m" in next(each for each in found["missing"] if each["column"] == "cost")["unlocks"]


def test_columns_named_by_hand(unknown: Path) -> None:
    found = answer(unknown, "--map", "customer_id=买家", "ordered_at=下单时间点", "amount=实付", "channel='till'")
    assert (found["mapping"], found["accepted"]) == ("by_hand", 3)
    assert {each["header"]: each["goes_to"] for each in found["columns"]} == {
        "买家": ["transactions.customer_id"],
        "下单时间点": ["transactions.ordered_at", "transactions.ordered_on"],
        "实付": ["transactions.amount"],
    }


def test_a_table_is_named_before_its_column(unknown: Path) -> None:
    found = answer(unknown, "--map", "customers.customer_id=买家", "interactions.interaction_id=买家",
                   "interactions.happened_at=下单时间点")  # fmt: skip
    assert found["columns"][0]["goes_to"] == ["customers.customer_id", "interactions.interaction_id"]


def test_a_sheet_is_said_and_can_be_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "shop.xlsx"
    with xlsxwriter.Workbook(str(file)) as made:
        for sheet, amounts in (("May", [1]), ("June", [2, 3])):
            rows = [("customer_id", "date", "amount"), *(("A", "2026-05-01", amount) for amount in amounts)]
            page = made.add_worksheet(sheet)
            for line, row in enumerate(rows):
                page.write_row(line, 0, row)
    assert "shop.xlsx  sheet 'May', 3 columns, 1 lines of data" in inspected(file)
    found = answer(file, "--sheet", "June")
    assert (found["sheet"], found["read"]) == ("June", 2)
    assert "The sheet 'June' was read; the others were not: May." in [note["en"] for note in found["notes"]]
    assert "[sheet-unknown]" in refused(file, "--sheet", "July")


def test_a_recipe_is_recognised_in_the_next_file(unknown: Path, tmp_path: Path) -> None:
    book = Book.create(tmp_path / "shop.book", "Shop")
    words = ("customer_id=买家", "ordered_at=下单时间点", "amount=实付")
    found = answer(unknown, "--map", *words, "--save", "till_export", "--book", book.folder)
    assert Path(found["saved"]) == book.definitions_folder / "till_export.yaml"

    file = tmp_path / "june.csv"
    file.write_text("下单时间点,实付,买家,备注\n2026-06-01 09:00:00,5,C,x\n")
    again = answer(file, "--book", book.folder)
    assert (again["mapping"], again["confidence"]) == ("till_export", 0.95)


def test_a_recipe_without_a_book_is_the_users_own(
    unknown: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "config"))
    answer(unknown, "--map", "customer_id=买家", "ordered_at=下单时间点", "--save", "till_export")
    assert answer(unknown)["mapping"] == "till_export"


def test_what_was_guessed_can_be_saved(unknown: Path, tmp_path: Path) -> None:
    book = Book.create(tmp_path / "shop.book", "Shop")
    assert answer(unknown)["confidence"] == 0.3
    answer(unknown, "--save", "till_export", "--book", book.folder)
    assert answer(unknown, "--book", book.folder)["mapping"] == "till_export"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["customer_id"], "[map-unreadable] 'customer_id' does not say which column is which."),
        (["customer_id=买主", "ordered_on=下单时间点"], "[map-header-unknown] till.csv has no column '买主'."),
        (["customer=买家"], "[map-target-unknown] No table has the columns customer together."),
        (["customers.fone=买家"], "[map-target-unknown] No table has the columns customers.fone together."),
        (["amount=实付"], "[map-incomplete] A row of 'transactions' needs customer_id (Customer), ordered_on (Date)"),
    ],
)
def test_what_is_wrong_with_the_words(unknown: Path, words: list[str], said: str) -> None:
    assert said in refused(unknown, "--map", *words)


def test_an_unknown_file_gets_the_nearest_layouts_and_a_line_to_start_from(tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text("主订单编号,子订单编号,选购商品,商品数量,订单应付金额,备注 一\n1,1,茶,1,5.50,a\n2,2,茶,1,6.50,b\n")
    said = refused(file)
    assert "worthbook inspect export.csv --map customer_id=COLUMN ordered_on=COLUMN amount=订单应付金额." in said
    assert "Nearest layouts: douyin_orders (lacks 订单提交时间, 订单状态)." in said


def test_a_name_that_is_taken_or_unreadable(unknown: Path) -> None:
    assert "[recipe-name-taken]" in refused(unknown, "--save", "cdnow")
    assert "[recipe-name-unreadable]" in refused(unknown, "--save", "Till Export")

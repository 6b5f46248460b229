from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from worthbook.cli.check import check
from worthbook.data.book import Book
from worthbook.services.evaluate import evaluate
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import open_book

app = typer.Typer()
app.command()(check)

WRONG = """\
measure: half_revenue
title: {en: Half, zh: 一半}
description: {en: Half., zh: 一半。}
unit: mony
formula: revenue_12m / 2
source: Arithmetic
---
measure: double_revenue
title: {en: Double, zh: 两倍}
description: {en: Double., zh: 两倍。}
unit: money
formula: revenu_12m * 2
source: Arithmetic
"""


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    made = Book.create(Path("shop.book"), title="Shop")
    made.definitions_folder.mkdir(exist_ok=True)
    (made.definitions_folder / "mine.yaml").write_text(WRONG, encoding="utf-8")
    return "shop.book"


def without_hint_on_line_12(text: str) -> str:
    """Which names are near changes with the catalogue."""
    return re.sub(r"(mine\.yaml:12: .*\n).*revenue_12m.*\n", r"\1", text)


def test_the_shipped_definitions_have_no_problems() -> None:
    result = CliRunner().invoke(app, [])

    assert (result.exit_code, result.stdout.endswith("definitions, no problems\n")) == (0, True)


def test_every_problem_of_a_book_is_printed_with_its_place(book: str) -> None:
    result = CliRunner().invoke(app, [book])

    assert (result.exit_code, without_hint_on_line_12(result.stdout)) == (
        1,
        (
            "shop.book/definitions/mine.yaml:4: [definition-choice-unknown] 'mony' cannot stand for 'unit'.\n"
            "  hint: Did you mean 'money' or 'months'?\n"
            "shop.book/definitions/mine.yaml:12: [column-unknown] The catalogue has no column 'revenu_12m'.\n"
            "Problems: 2\n"
        ),
    )


def test_problems_are_printed_in_chinese(book: str) -> None:
    result = CliRunner().invoke(app, [book, "--language", "zh"])

    assert without_hint_on_line_12(result.stdout) == (
        "shop.book/definitions/mine.yaml:4: [definition-choice-unknown] “unit”不能取值“mony”。\n"
        "  提示: 是否想写“money”或“months”？\n"
        "shop.book/definitions/mine.yaml:12: [column-unknown] 目录中没有名为“revenu_12m”的列。\n"
        "共 2 个问题\n"
    )


def test_problems_are_printed_as_json(book: str) -> None:
    answer = json.loads(CliRunner().invoke(app, [book, "--json"]).stdout)

    assert ([each["slug"] for each in answer["problems"]], answer["own"]) == (
        ["definition-choice-unknown", "column-unknown"],
        1,
    )


def test_a_book_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [str(tmp_path / "none.book")])

    assert (result.exit_code, result.stderr.startswith("[book-")) == (1, True)


def test_the_schema_is_written_for_editors(tmp_path: Path) -> None:
    CliRunner().invoke(app, ["--write-schema", str(tmp_path / "schema.json")])

    assert json.loads((tmp_path / "schema.json").read_text(encoding="utf-8"))["title"] == "Worthbook definitions"


def test_lines_in_the_future_are_told_with_the_data_and_in_a_report(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("customer_id,date,amount\nA,2026-01-05,5\nB,2026-01-12,6\nA,2126-01-05,7\nB,2126-01-06,7\n")
    book, _ = ingest_files([file])
    said = "2 lines are dated after the day of their import and were rejected; `worthbook rejects list` shows them."
    assert said in CliRunner().invoke(app, [str(book.folder)]).output
    with open_book(book.folder) as opened:
        (study,) = (each for each in evaluate(opened).evaluation.studies if each.name == "data_health")
    assert said in [finding.text.en for finding in study.findings]


def test_the_data_of_a_book_are_looked_at_too(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("customer_id,date,amount,order_id\nA1,2026-01-05,5,1\na 1,2026-01-12,6,2\nA1,someday,7,3\n")
    book, _ = ingest_files([file])
    shown = CliRunner().invoke(app, [str(book.folder)])
    assert shown.exit_code == 0
    assert "definitions, no problems" in shown.output
    assert "Data: grade A. Nothing in the 2 lines looks wrong." in shown.output
    assert "Lines read: 3; accepted 2, rejected 1, skipped by rule 0." in shown.output
    assert "rejected as date-unreadable: 1" in shown.output
    assert "1 pairs of customers may be one" in shown.output
    assert "Transactions: Cost of goods (0 %): Profit instead of revenue" in shown.output
    chinese = CliRunner().invoke(app, [str(book.folder), "--language", "zh"]).output
    assert "数据质量：A级。" in chinese
    data = json.loads(CliRunner().invoke(app, [str(book.folder), "--json"]).output)["data"]
    assert (data["facts"]["grade"], data["rejected_because"], data["facts"]["possible_duplicates"]) == (
        "A",
        {"date-unreadable": 1},
        1,
    )

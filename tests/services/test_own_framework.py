"""A framework of somebody else's: one YAML in the book's folder, and every command knows it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from polars import read_parquet
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from worthbook.cli.main import app
from worthbook.services.ingest_files import ingest_files

OWN = """\
framework: tea_habits
title: {en: Tea habits, zh: 喝茶习惯}
description: {en: How wide and how often a customer buys., zh: 客户购买的品类宽度与频率。}
source: The firm's own rule
method: grid
axes:
  width:
    title: {en: Products tried, zh: 尝试过的商品}
    column: products_lifetime
    cuts: ["4"]
    bands:
      - {key: few, title: {en: few, zh: 少}}
      - {key: many, title: {en: many, zh: 多}}
  pace:
    title: {en: Orders in the year, zh: 年订单数}
    column: orders_12m
    cuts: ["above 0"]
    bands:
      - {key: none, title: {en: none, zh: 无}}
      - {key: some, title: {en: some, zh: 有}}
cells:
  - key: explorer
    title: {en: Explorers, zh: 探索者}
    bands: {width: many, pace: some}
    meaning: {en: Tried much and still here., zh: 尝试很多且仍在购买。}
    strategy: {en: Show the new harvest first., zh: 新茶上市优先告知。}
  - key: faithful
    title: {en: Faithful, zh: 专一者}
    bands: {width: few, pace: some}
    meaning: {en: Knows what to buy., zh: 只买认定的品种。}
    strategy: {en: Remind before the tin is empty., zh: 在喝完之前提醒补货。}
  - key: away
    title: {en: Away, zh: 已离开}
    bands: {pace: none}
    meaning: {en: Bought nothing in the year., zh: 一年未购买。}
    strategy: {en: Send one sample., zh: 寄送一份试饮装。}
"""


@pytest.fixture(scope="module")
def book(orders: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book whose owner wrote one file."""
    home = tmp_path_factory.mktemp("own") / "tea.book"
    ingest_files([orders], home, currency="CNY")
    (home / "definitions").mkdir()
    (home / "definitions" / "habits.yaml").write_text(OWN, encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def answer(book: Path) -> dict[str, Any]:
    """The answer for programs, when the report is made that everybody gets."""
    found: dict[str, Any] = json.loads(run("evaluate", book, "--to", book, "--json"))
    return found


@pytest.fixture(scope="module")
def report(book: Path, answer: dict[str, Any]) -> Path:
    """The folder of that report."""
    assert answer["written"]
    return book


@pytest.fixture(scope="module")
def alone(book: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What is said on the terminal, and the folder of the report, where nothing else is asked for."""
    folder = tmp_path_factory.mktemp("alone")
    return run("evaluate", book, "--framework", "tea_habits", "--to", folder), folder


def run(*words: object) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_it_is_checked(book: Path) -> None:
    assert "tea_habits" not in run("check", book)


def test_it_is_listed(book: Path) -> None:
    listed = json.loads(run("list", "frameworks", "--book", book, "--json"))
    assert [each["title"]["zh"] for each in listed if each["name"] == "tea_habits"] == ["喝茶习惯"]


def test_it_is_described_with_its_strategies(book: Path) -> None:
    assert "寄送一份试饮装" in run("describe", "tea_habits", "--book", book, "--language", "zh")


def test_it_is_asked_for_by_name_on_the_terminal(alone: tuple[str, Path]) -> None:
    said, _ = alone
    assert [line.split()[0] for line in said.splitlines()[2:6]] == ["Tea", "Explorers", "Faithful", "Away"]


def test_it_is_in_the_answer_for_programs_and_places_everybody(answer: dict[str, Any]) -> None:
    habits = answer["frameworks"]["tea_habits"]
    assert sum(cell["customers"] for cell in habits["cells"]) + habits["unplaced"] == 400


def test_it_is_a_part_of_the_page(report: Path) -> None:
    page = (report / "report.html").read_text(encoding="utf-8")
    assert 'id="framework-tea_habits"' in page
    assert "Show the new harvest first." in page


def test_it_is_a_column_of_every_list(report: Path) -> None:
    with (report / "customers.csv").open(encoding="utf-8-sig") as file:
        in_text = {row["tea_habits"] for row in csv.DictReader(file)}
    sheet = CalamineWorkbook.from_path(str(report / "customers.xlsx")).get_sheet_by_index(0).to_python()
    in_workbook = {row[sheet[0].index("Tea habits")] for row in sheet[1:]}
    in_parquet = set(read_parquet(report / "customers.parquet")["tea_habits"])
    assert (in_text, in_workbook, in_parquet) == (
        {"explorer", "faithful", "away"},
        {"Explorers", "Faithful", "Away"},
        {"explorer", "faithful", "away"},
    )


def test_the_columns_that_it_cuts_stand_beside_it(alone: tuple[str, Path]) -> None:
    _, folder = alone
    with (folder / "customers.csv").open(encoding="utf-8-sig") as file:
        assert next(csv.reader(file)) == ["customer_id", "tea_habits", "products_lifetime", "orders_12m"]


def test_its_strategies_are_in_the_workbook(report: Path) -> None:
    book = CalamineWorkbook.from_path(str(report / "customers.xlsx"))
    said = {str(cell) for row in book.get_sheet_by_name("Tiers").to_python() for cell in row}
    assert "Remind before the tin is empty." in said


def test_it_is_explained(book: Path) -> None:
    said = run("explain", "tea_habits", "--customer", "C000001", "--book", book)
    assert said.startswith("C000001, 2026-06-30: Tea habits = Explorers\n")


def test_it_is_compared(book: Path) -> None:
    said = run("compare", book, "2026-03-31", "2026-06-30", "--framework", "tea_habits", "--json")
    assert {move["after"] for move in json.loads(said)["moves"]} == {"explorer", "faithful", "away"}

"""A changed rule beside the one that counts: who would move, and that the book stays as it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.result import Table
from worthbook.services.ingest_files import ingest_files
from worthbook.services.place_by_hand import place_by_hand
from worthbook.services.preview_rule import Change, Preview, list_previewed, preview_rule

ORDERS = "customer_id,date,amount\n" + "".join(f"C{number},2026-06-10,{number * 100}\n" for number in range(1, 6))
CLUB = """\
framework: club
title: {{en: Club, zh: 俱乐部}}
description: {{en: For tests., zh: 仅供测试。}}
source: test
method: tiers
axes:
  value: {{title: {{en: Revenue, zh: 收入}}, column: {column}, cuts: [{cut}]}}
cells:
  - {{key: basic, title: {{en: Basic, zh: 基础}}, meaning: {{en: Low., zh: 低。}}, strategy: {{en: None., zh: 无。}}}}
  - {{key: gold, title: {{en: Gold, zh: 金卡}}, meaning: {{en: High., zh: 高。}}, strategy: {{en: Care., zh: 维护。}}}}
"""


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("shop") / "orders.csv"
    file.write_text(ORDERS, encoding="utf-8")
    book, _ = ingest_files([file], currency="CNY")
    book.definitions_folder.mkdir()
    (book.definitions_folder / "club.yaml").write_text(CLUB.format(column="revenue_12m", cut=300), encoding="utf-8")
    return book.folder


@pytest.fixture
def shop(example: Path, tmp_path: Path) -> Path:
    """A copy of the book."""
    return Path(shutil.copytree(example, tmp_path / "orders.book"))


def changed(folder: Path, cut: str = "200", column: str = "revenue_12m", more: str = "") -> Change:
    file = folder / "changed.yaml"
    file.write_text(CLUB.format(column=column, cut=cut) + more, encoding="utf-8")
    return Change(file)


def rows(preview: Preview, name: str, language: str = "en") -> list[list[object]]:
    table: Table = preview.study.table(name)
    return [[getattr(each, language, each) for each in row] for row in table.rows]


def test_each_cell_says_who_comes_and_who_goes(shop: Path, tmp_path: Path) -> None:
    balance = rows(preview_rule(shop, changed(tmp_path)), "balance")
    assert [[float(str(each)) if each is not None else None for each in row[1:]] for row in balance] == [
        [3, 1200, 1, 200, 0, None, 4, 1400],
        [2, 300, 0, None, 1, 200, 1, 100],
    ]


def test_it_says_what_differs(shop: Path, tmp_path: Path) -> None:
    assert rows(preview_rule(shop, changed(tmp_path)), "rules") == [
        ["axes.value.cuts", "300", "200"],
        ["Revenue: limit 1 in these customers", "300", "200"],
    ]


def test_it_names_those_who_would_move(shop: Path, tmp_path: Path) -> None:
    movers = rows(preview_rule(shop, changed(tmp_path)), "movers")
    assert [row[:3] for row in movers] == [["C2", "Basic", "Gold"]]


def test_it_says_how_many_and_of_what_value(shop: Path, tmp_path: Path) -> None:
    said = [finding.text.en for finding in preview_rule(shop, changed(tmp_path)).study.findings]
    assert said == [
        "1 of 5 customers would move (20 %); they are worth ¥200 (Revenue, last 12 months).",
        "1 would rise, worth ¥200; 0 would fall, worth ¥0.",
    ]


def test_the_same_rule_moves_nobody(shop: Path, tmp_path: Path) -> None:
    preview = preview_rule(shop, changed(tmp_path, cut="300"))
    assert [finding.text.en for finding in preview.study.findings] == ["Nobody would move."]
    assert rows(preview, "rules") == [["The rule computes what it computed before.", "–", "–"]]


def test_nothing_is_kept_in_the_book(shop: Path, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in shop.rglob("*")}
    preview_rule(shop, changed(tmp_path))
    assert {path: path.stat().st_mtime_ns for path in shop.rglob("*")} == before


def test_the_file_may_bring_a_measure(shop: Path, tmp_path: Path) -> None:
    measure = """---
measure: double_revenue
title: {en: Twice the revenue, zh: 两倍收入}
description: {en: For tests., zh: 仅供测试。}
unit: money
formula: revenue_12m * 2
source: test
"""
    preview = preview_rule(shop, changed(tmp_path, cut="300", column="double_revenue", more=measure))
    assert [row[:3] for row in rows(preview, "movers")] == [["C2", "Basic", "Gold"]]


def test_who_was_placed_by_hand_stays(shop: Path, tmp_path: Path) -> None:
    place_by_hand(shop, "C2", "club", "basic", reason="x", until="2026-12-31")
    preview = preview_rule(shop, changed(tmp_path))
    assert [finding.text.en for finding in preview.study.findings] == ["Nobody would move."]


def test_another_framework_can_be_what_counts(shop: Path, tmp_path: Path) -> None:
    change = Change(changed(tmp_path).file, against="customer_pyramid_two")
    assert preview_rule(shop, change).migration.before.framework.name == "customer_pyramid_two"


def test_the_list_of_a_cell(shop: Path, tmp_path: Path) -> None:
    count = list_previewed(shop, changed(tmp_path), "basic", "gold", tmp_path / "list.csv")
    assert (count, "C2,basic,gold" in (tmp_path / "list.csv").read_text(encoding="utf-8")) == (1, True)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("population: nobody\n", "definition-key-missing"),
        ("", "preview-without-framework"),
        (CLUB.format(column="revenue_12", cut=5), "definition-reference-unknown"),
        (CLUB.format(column="revenue_12m", cut=5).replace("club", "clob"), "framework-unknown"),
        (CLUB.format(column="revenue_12m", cut=5) + "---\n" + CLUB.format(column="revenue_12m", cut=5).replace(
            "framework: club", "framework: other"), "preview-of-several"),
    ],
)  # fmt: skip
def test_what_cannot_be_previewed(shop: Path, tmp_path: Path, text: str, slug: str) -> None:
    (tmp_path / "wrong.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(WorthbookError) as caught:
        preview_rule(shop, Change(tmp_path / "wrong.yaml"))
    assert slug in {problem.slug for problem in caught.value.problems}


def test_a_file_that_is_not_there(shop: Path, tmp_path: Path) -> None:
    with pytest.raises(WorthbookError, match="file-missing"):
        preview_rule(shop, Change(tmp_path / "nowhere.yaml"))

"""Who would move next: what is missing, by when, and what leaves the window until then."""

from __future__ import annotations

import csv
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from worthbook.data.book import Book
from worthbook.kernel.errors import WorthbookError
from worthbook.services.evaluate import evaluate
from worthbook.services.ingest_files import ingest_files
from worthbook.services.near import near, near_in_book
from worthbook.services.open_book import OpenBook
from worthbook.services.place_by_hand import place_by_hand

CLUB = """\
framework: club
title: {{en: Club, zh: 俱乐部}}
description: {{en: For tests., zh: 仅供测试。}}
source: test
method: tiers
axes:
  value: {{title: {{en: Revenue, zh: 收入}}, column: revenue_12m, cuts: [100]}}
{stability}
cells:
  - {{key: basic, title: {{en: Basic, zh: 基础}}, meaning: {{en: Low., zh: 低。}}, strategy: {{en: None., zh: 无。}}}}
  - {{key: gold, title: {{en: Gold, zh: 金卡}}, meaning: {{en: High., zh: 高。}}, strategy: {{en: Care., zh: 维护。}}}}
"""
ORDERS = """\
customer_id,date,amount
leaves,2025-02-10,80
leaves,2025-11-10,60
safe,2025-11-10,130
short,2025-10-01,60
far,2025-10-01,5
far,2025-12-31,0
"""


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("shop") / "orders.csv"
    file.write_text(ORDERS, encoding="utf-8")
    book, _ = ingest_files([file], currency="CNY")
    book.definitions_folder.mkdir()
    define(book.folder, "")
    return book.folder


@pytest.fixture
def shop(example: Path, tmp_path: Path) -> Path:
    """A copy of the book, in which the club may have other rules."""
    return Path(shutil.copytree(example, tmp_path / "orders.book"))


def define(shop: Path, stability: str) -> None:
    text = CLUB.format(stability=f"stability: {{{stability}}}" if stability else "")
    (Book.open(shop).definitions_folder / "club.yaml").write_text(text, encoding="utf-8")


class TestTiers:
    def test_who_falls_when_rows_leave_the_window(self, shop: Path) -> None:
        found = near_in_book(shop, "club")
        assert [(each.customer_id, each.value, each.then, each.amount) for each in found.falling] == [
            ("leaves", Decimal(140), Decimal(60), Decimal(40))
        ]
        assert found.falling[0].text.en == (
            "¥40.00 more by 2026-03-31 keeps Gold; without it, Basic. "
            "Of ¥140.00 today, ¥80.00 leaves the window by then (of 2025-02-10)."
        )

    def test_who_rises_first_is_who_misses_least(self, shop: Path) -> None:
        found = near_in_book(shop, "club")
        assert [(each.customer_id, each.amount) for each in found.rising] == [
            ("short", Decimal(40)),
            ("far", Decimal(95)),
        ]

    def test_who_has_enough_is_closest_by_what_is_to_spare(self, shop: Path) -> None:
        assert [(each.customer_id, each.amount) for each in near_in_book(shop, "club").safe] == [("safe", Decimal(30))]

    def test_before_the_row_leaves_nobody_falls(self, shop: Path) -> None:
        found = near_in_book(shop, "club", by="2026-02-09")
        assert (found.falling, found.would_fall) == ((), 0)

    def test_a_margin_lowers_what_is_needed_to_stay(self, shop: Path) -> None:
        define(shop, "reviews: quarter, margin: 20%")
        assert [each.amount for each in near_in_book(shop, "club").falling] == [Decimal(20)]

    def test_whom_a_minimum_stay_still_holds_is_not_warned(self, shop: Path) -> None:
        define(shop, "reviews: quarter, minimum_stay: 6 months")
        held, late = near_in_book(shop, "club"), near_in_book(shop, "club", by="2026-06-30")
        assert (held.would_fall, late.would_fall) == (0, 1)

    def test_later_rows_of_the_book_are_not_looked_at(self, shop: Path) -> None:
        found = near_in_book(shop, "club", as_of="2025-11-30")
        assert [(each.customer_id, each.value, each.then) for each in found.falling] == []

    def test_who_was_placed_by_hand_is_near_by_the_numbers(self, shop: Path) -> None:
        place_by_hand(shop, "short", "club", "gold", reason="x", until="2026-12-31")
        assert "short" in [each.customer_id for each in near_in_book(shop, "club").rising]

    def test_no_more_than_asked_for(self, shop: Path) -> None:
        assert [each.customer_id for each in near_in_book(shop, "club", customers=1).rising] == ["short"]

    def test_a_day_that_is_over_is_refused(self, shop: Path) -> None:
        with pytest.raises(WorthbookError, match="near-by-too-early"):
            near_in_book(shop, "club", by="2025-12-31")

    def test_an_unknown_framework_is_refused(self, shop: Path) -> None:
        with pytest.raises(WorthbookError, match="framework-unknown"):
            near_in_book(shop, "clubs")

    def test_it_is_said_in_chinese(self, shop: Path) -> None:
        said = near_in_book(shop, "club").say("zh")
        assert "如无新增，截至 2026-03-31 将降级的客户：1 位。其中最容易保住的：" in said
        assert "再增加¥40.00，可保住“金卡”，否则降为“基础”。" in said

    def test_the_list_opens_in_a_spreadsheet(self, shop: Path, tmp_path: Path) -> None:
        near_in_book(shop, "club").write(tmp_path / "near.csv", "en")
        with (tmp_path / "near.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [(row["customer_id"], row["cell"], row["near"], row["amount"]) for row in rows][:1] == [
            ("leaves", "Gold", "Basic", "40.0000")
        ]


@pytest.mark.parametrize("name", ["grades", "rfm", "loyalty_behaviour"])
def test_in_every_framework_the_change_moves_the_customer(opened: OpenBook, name: str) -> None:
    evaluate(opened)
    found = near(opened, name, customers=5)
    assert found.all
    assert all(each.cell != each.other for each in found.all)


LADDER = """\
framework: ladder
title: {en: Ladder, zh: 阶梯}
description: {en: For tests., zh: 仅供测试。}
source: test
method: ladder
cells:
  - {key: few, title: {en: Few, zh: 少}, meaning: {en: F., zh: 少。}, strategy: {en: N., zh: 无。}}
  - key: many
    title: {en: Many, zh: 多}
    when: revenue_12m > 60
    meaning: {en: M., zh: 多。}
    strategy: {en: C., zh: 护。}
"""


def test_a_ladder_without_axes_has_the_limits_of_its_conditions(shop: Path) -> None:
    (Book.open(shop).definitions_folder / "ladder.yaml").write_text(LADDER, encoding="utf-8")
    found = near_in_book(shop, "ladder", customers=1)
    assert [each.text.en for each in (*found.rising, *found.safe)] == [
        "Revenue, last 12 months: any more (above ¥60.00) leads to Many.",
        "Revenue, last 12 months: ¥70.00 less (down to ¥60.00) leads to Few.",
    ]


CARD = """\
framework: card
title: {en: Card, zh: 评分卡}
description: {en: For tests., zh: 仅供测试。}
source: test
method: scorecard
weights: {method: equal}
score_cuts: [50]
axes:
  value:
    title: {en: Revenue, zh: 收入}
    column: revenue_12m
    cuts: [100]
    bands: [{key: a, title: {en: a, zh: 甲}, points: 0}, {key: b, title: {en: b, zh: 乙}, points: 100}]
cells:
  - {key: low, title: {en: Low, zh: 低}, meaning: {en: L., zh: 低。}, strategy: {en: N., zh: 无。}}
  - {key: high, title: {en: High, zh: 高}, meaning: {en: H., zh: 高。}, strategy: {en: C., zh: 护。}}
"""


def test_weights_that_are_not_stated_count_as_well(shop: Path) -> None:
    (Book.open(shop).definitions_folder / "card.yaml").write_text(CARD, encoding="utf-8")
    found = near_in_book(shop, "card", customers=1)
    assert [(each.customer_id, each.cell) for each in (*found.rising, *found.safe)] == [
        ("short", "low"),
        ("safe", "high"),
    ]

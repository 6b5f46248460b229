"""Memory is a pure function of book and date: not of what was kept, not of what came later."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from worthbook.planning.lay import laid
from worthbook.services.explain_column import explain_column
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import open_book
from worthbook.services.place_by_hand import place_by_hand

TIERS = """\
framework: club
title: {en: Club, zh: 俱乐部}
description: {en: For tests., zh: 仅供测试。}
source: test
method: tiers
axes:
  value: {title: {en: Revenue, zh: 收入}, column: revenue_3m, cuts: [100]}
stability: {reviews: quarter, looks_back: 4, margin: 10%, minimum_stay: 6 months}
cells:
  - {key: basic, title: {en: Basic, zh: 基础}, meaning: {en: Low., zh: 低。}, strategy: {en: None., zh: 无。}}
  - {key: gold, title: {en: Gold, zh: 金卡}, meaning: {en: High., zh: 高。}, strategy: {en: Care., zh: 维护。}}
"""
AMOUNTS = {  # by quarter of 2025, on its second month's tenth
    "steady": (120, 95, 91, 92),
    "falls": (120, 10, 10, 10),
    "once": (10, 120, 10, 120),
    "late": (10, 10, 10, 300),
    "slows": (120, 120, 120, 10),
}
DAYS = ("2025-02-10", "2025-05-10", "2025-08-10", "2025-11-10")
END = "2025-12-31"


LADDER = """\
framework: steps
title: {en: Steps, zh: 阶梯}
description: {en: For tests., zh: 仅供测试。}
source: test
method: ladder
axes: {}
stability: {reviews: quarter, looks_back: 4, minimum_stay: 6 months}
cells:
  - {key: low, title: {en: Low, zh: 低}, meaning: {en: Low., zh: 低。}, strategy: {en: None., zh: 无。}}
  - key: high
    when: revenue_3m >= 100
    title: {en: High, zh: 高}
    meaning: {en: High., zh: 高。}
    strategy: {en: Care., zh: 维护。}
"""
SCORECARD = """\
framework: card
title: {en: Card, zh: 评分卡}
description: {en: For tests., zh: 仅供测试。}
source: test
method: scorecard
axes:
  value:
    title: {en: Revenue, zh: 收入}
    column: revenue_3m
    cuts: [50, 94, 100]
    weight: 1
    bands:
      - {key: none, title: {en: none, zh: 无}, points: 0}
      - {key: some, title: {en: some, zh: 有}, points: 50}
      - {key: near, title: {en: near, zh: 接近}, points: 90}
      - {key: full, title: {en: full, zh: 满}, points: 100}
score_cuts: [95]
stability: {reviews: quarter, looks_back: 4, margin: 10}
cells:
  - {key: low, title: {en: Low, zh: 低}, meaning: {en: Low., zh: 低。}, strategy: {en: None., zh: 无。}}
  - {key: high, title: {en: High, zh: 高}, meaning: {en: High., zh: 高。}, strategy: {en: Care., zh: 维护。}}
"""


@pytest.fixture(scope="module")
def unasked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book in which nothing was ever kept."""
    lines = [f"{who},{day},{amount}" for who, each in AMOUNTS.items() for day, amount in zip(DAYS, each, strict=True)]
    return book(tmp_path_factory.mktemp("shop"), [*lines, "steady,2025-12-31,0"])


@pytest.fixture(scope="module")
def read(unasked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, for tests that only ask."""
    return Path(shutil.copytree(unasked, tmp_path_factory.mktemp("read") / "orders.book"))


@pytest.fixture
def shop(unasked: Path, tmp_path: Path) -> Path:
    """The same, for a test that changes it."""
    return Path(shutil.copytree(unasked, tmp_path / "orders.book"))


def book(folder: Path, lines: list[str]) -> Path:
    file = folder / "orders.csv"
    file.write_text("\n".join(["customer_id,date,amount", *lines]) + "\n", encoding="utf-8")
    made, _ = ingest_files([file], currency="CNY")
    made.definitions_folder.mkdir()
    (made.definitions_folder / "club.yaml").write_text(TIERS, encoding="utf-8")
    return made.folder


def column(shop: Path, name: str = "club", as_of: str = END) -> dict[str, object]:
    with open_book(shop) as opened:
        return dict(opened.column(name, as_of=as_of).to_polars().iter_rows())


def test_within_the_margin_one_stays_and_below_it_one_falls_after_the_stay(read: Path) -> None:
    assert column(read) == {"falls": "basic", "late": "gold", "once": "gold", "slows": "basic", "steady": "gold"}


def test_what_is_computed_stays_beside_it(read: Path) -> None:
    assert column(read, "club__computed") == {
        "falls": "basic",
        "late": "gold",
        "once": "gold",
        "slows": "basic",
        "steady": "basic",
    }


def test_it_says_since_when(read: Path) -> None:
    quarters = {name: str(day) for name, day in column(read, "club__since").items()}
    ends = {
        "falls": "2025-09-30",
        "late": "2025-12-31",
        "once": "2025-06-30",
        "slows": "2025-12-31",
        "steady": "2025-03-31",
    }
    assert quarters == ends


def test_the_stay_is_over_when_it_is_over(read: Path) -> None:
    tiers = [column(read, as_of=day)["falls"] for day in ("2025-06-30", "2025-09-29", "2025-09-30")]
    assert tiers == ["gold", "gold", "basic"]


def test_it_does_not_depend_on_what_was_kept(shop: Path) -> None:
    fresh = column(shop)
    for month in range(3, 12):
        column(shop, as_of=f"2025-{month:02}-28")
    again = column(shop)
    shutil.rmtree(shop / "runs")
    assert fresh == again == column(shop)


def test_later_rows_change_nothing(shop: Path, tmp_path: Path) -> None:
    before = column(shop, as_of="2025-09-30")
    later = tmp_path / "later.csv"
    later.write_text("customer_id,date,amount\nfalls,2025-10-01,9999\nnew,2025-10-02,500\n", encoding="utf-8")
    ingest_files([later], shop)
    assert column(shop, as_of="2025-09-30") == before


def test_a_late_line_of_an_earlier_quarter_is_remembered(shop: Path, tmp_path: Path) -> None:
    late = tmp_path / "late.csv"
    late.write_text("customer_id,date,amount,order_id\nfalls,2025-08-20,9999,X1\n", encoding="utf-8")
    ingest_files([late], shop)
    assert column(shop, as_of="2025-12-15")["falls"] == "gold"


def test_a_person_goes_before_memory(shop: Path) -> None:
    place_by_hand(shop, "steady", "club", "basic", reason="Asked to leave the club", until="2026-06-30")
    assert (column(shop)["steady"], column(shop, "club__held")["steady"]) == ("basic", "gold")


def define(shop: Path, text: str) -> None:
    (shop / "definitions" / "more.yaml").write_text(text, encoding="utf-8")


def test_a_rung_is_kept_for_its_stay(shop: Path) -> None:
    define(shop, LADDER)
    assert [column(shop, "steps", day)["falls"] for day in ("2025-06-30", "2025-09-30")] == ["high", "low"]


def test_a_grade_is_kept_while_the_score_is_within_the_margin(shop: Path) -> None:
    define(shop, SCORECARD)
    assert [column(shop, "card", day)["steady"] for day in ("2025-03-31", "2025-06-30", "2025-09-30")] == [
        "high", "high", "low"]  # fmt: skip


def test_the_result_counts_whom_it_holds(read: Path) -> None:
    with open_book(read) as opened:
        bench = opened.make(["club", "revenue_12m"], as_of=dt.date(2025, 12, 31))
        result = laid(bench, opened.catalogue.frameworks["club"])
    assert [note.en for note in result.notes] == [
        "1 customer keeps a tier that the numbers of this day alone would not give."
    ]


@pytest.mark.parametrize(
    ("customer", "as_of", "said"),
    [
        ("steady", END, "would be Basic, but they lie within the margin of 10%."),
        ("falls", "2025-06-30", "would be Basic, but a tier is kept for 6 months at least."),
        ("slows", "2025-11-15", "Between reviews nobody falls; the next review is on 2025-12-31."),
    ],
)
def test_explain_says_why_the_numbers_move_nobody(read: Path, customer: str, as_of: str, said: str) -> None:
    with open_book(read) as opened:
        text = explain_column(opened, "club", customer, as_of=as_of).say("en")
    assert "Kept as Gold since 2025-03-31." in text
    assert said in text

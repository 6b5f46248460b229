from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.services.segment_count import count_segment, list_segments, show_segment

ORDERS = """\
customer_id,order_id,ordered_on,amount,product_name
a,1,2026-01-05,100,tea
a,2,2026-06-20,150,coffee
b,3,2026-06-01,40,tea
c,4,2026-06-30,10,coffee
"""


def test_a_condition_is_counted(book_of: Callable[[str], Path]) -> None:
    facts = count_segment(book_of(ORDERS), "revenue_12m > 30").facts
    assert [facts[key] for key in ("customers", "of", "undecided", "value_share")] == [2, 3, 0, 290 / 300]


def test_a_cell_is_counted(book_folder: Path) -> None:
    cell, same = (count_segment(book_folder, text).facts for text in ("activity.slipping", "activity = 'slipping'"))
    assert cell == same


def test_a_segment_has_the_customers_of_its_condition(book_folder: Path) -> None:
    condition = "customer_pyramid_two = 'core' and activity = 'slipping'"
    named, typed = (count_segment(book_folder, text).facts for text in ("valuable_slipping", condition))
    assert [named[key] for key in ("customers", "value")] == [typed[key] for key in ("customers", "value")]


def test_what_nobody_has_is_unknown_and_not_zero(book_folder: Path) -> None:
    answer = count_segment(book_folder, "wallet_share > 0.5")
    assert (answer.facts["customers"], answer.facts["value"], answer.facts["undecided"]) == (None, None, 400)
    assert "Share of wallet (400)" in answer.findings[-1].text.en


def test_nobody_and_everybody_are_said(book_folder: Path) -> None:
    said = [count_segment(book_folder, text).findings[-1].text.en for text in ("orders_12m < 0", "orders_12m >= 0")]
    assert said == ["Nobody is in it.", "Everybody is in it: the condition divides nothing."]


def test_what_to_do_is_shown(book_folder: Path) -> None:
    (about,) = show_segment(book_folder, "valuable_slipping").tables
    assert [str(label) for label in about.column("what")] == [
        "Meaning", "Condition", "Strategy", "Service level", "Next action",
    ]  # fmt: skip


def test_all_segments_are_listed_by_value(book_folder: Path) -> None:
    (table,) = list_segments(book_folder).tables
    known = [float(str(value)) for value in table.column("value") if value is not None]
    assert known == sorted(known, reverse=True)


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("revenue12m > 500 and activity = 'sliping'", ("column-unknown", "segment-cell-unknown")),
        ("valuable_sliping", ("segment-unknown",)),
        ("customer_piramid.vip", ("segment-framework-unknown",)),
        ("customer_pyramid.vipp", ("segment-framework-cell-unknown",)),
        ("revenue_12m > 'much'", ("formula-misfit",)),
        ("revenue_12m", ("formula-misfit",)),
        ("activity = slipping", ("segment-word-unquoted",)),
        (" ", ("segment-nothing-asked",)),
        ("revenue_12m >", ("formula-unreadable",)),
        ("sum(revenue_12m) > 3", ("formula-aggregate",)),
    ],
)
def test_what_is_wrong_is_told_at_once(book_folder: Path, text: str, slugs: tuple[str, ...]) -> None:
    with pytest.raises(WorthbookError) as told:
        count_segment(book_folder, text)
    assert told.value.slugs == slugs
    assert {problem.where for problem in told.value.problems} == {None}


EVENT = """\
segment: coffee_lately
title: {en: Coffee lately, zh: 近期买过咖啡}
description: {en: Bought coffee in the last month., zh: 近一个月买过咖啡。}
source: An example
events:
  coffee:
    title: {en: Coffee, zh: 咖啡}
    table: transactions
    window: 1 month
    formula: count(distinct order_id) filter (where product_name = 'coffee')
when: coffee >= 1
"""


def with_segment(book: Path, text: str) -> Path:
    folder = book / "definitions"
    folder.mkdir(exist_ok=True)
    (folder / "mine.yaml").write_text(text, encoding="utf-8")
    return book


def test_an_event_is_counted_in_its_window(book_of: Callable[[str], Path]) -> None:
    book = with_segment(book_of(ORDERS), EVENT)
    assert count_segment(book, "coffee_lately").facts["customers"] == 2


def test_an_event_cannot_see_past_the_date(book_of: Callable[[str], Path]) -> None:
    book = with_segment(book_of(ORDERS), EVENT)
    assert count_segment(book, "coffee_lately", "2026-06-25").facts["customers"] == 1


def test_a_segment_in_a_circle_is_told_with_file_and_line(book_of: Callable[[str], Path]) -> None:
    circle = EVENT + "---\n" + EVENT.replace("coffee_lately", "twice").replace("coffee >= 1", "twice and coffee >= 1")
    book = with_segment(book_of(ORDERS), circle)
    with pytest.raises(WorthbookError) as told:
        count_segment(book, "coffee_lately")
    (problem,) = told.value.problems
    assert (problem.slug, problem.where.line if problem.where else 0) == ("definition-cycle", 23)

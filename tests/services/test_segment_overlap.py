from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from worthbook.data.chosen import Pattern
from worthbook.kernel.errors import WorthbookError
from worthbook.services.segment_overlap import Pair, overlap, pairs_of
from worthbook.services.segment_usage import usage

PATTERNS = [
    Pattern((True, True), 3, Decimal(30)),
    Pattern((True, False), 5, Decimal(50)),
    Pattern((False, True), 2, Decimal(1)),
    Pattern((True, None), 1, None),
    Pattern((False, False), 9, Decimal(9)),
]


def test_the_jaccard_index_is_those_in_both_of_those_in_either() -> None:
    (pair,) = pairs_of(PATTERNS, 2)
    assert (pair, pair.jaccard) == (Pair(0, 1, first=9, second=5, both=3), 3 / 11)


def test_the_combinations_hold_everybody_once(book_folder: Path) -> None:
    answer = overlap(book_folder, ["valuable_slipping", "customer_pyramid.vip", "orders_12m > 2"])
    (parts,) = (table for table in answer.tables if table.name == "parts")
    assert sum(int(str(each)) for each in parts.column("customers")) == 400


def test_a_segment_overlaps_wholly_with_its_own_condition(book_folder: Path) -> None:
    answer = overlap(book_folder, ["activity.slipping", "activity = 'slipping'"])
    (pairs,) = (table for table in answer.tables if table.name == "pairs")
    assert pairs.column("jaccard") == (1.0,)


def test_one_segment_overlaps_with_nothing(book_folder: Path) -> None:
    with pytest.raises(WorthbookError, match="segment-overlap-of-one"):
        overlap(book_folder, ["valuable_slipping", "valuable_slipping"])


def test_where_a_segment_is_used_is_told_through_others(book_folder: Path, tmp_path: Path) -> None:
    book = tmp_path / "other.book"
    (book / "definitions").mkdir(parents=True)
    (book / "book.toml").write_bytes((book_folder / "book.toml").read_bytes())
    words = "title: {en: T, zh: 标题}\ndescription: {en: D., zh: 说明。}\nsource: Own\n"
    text = f"segment: first\n{words}when: valuable_slipping\n---\nsegment: second\n{words}when: not first\n"
    (book / "definitions" / "own.yaml").write_text(text, encoding="utf-8")
    (table,) = usage(book, "valuable_slipping").tables
    used = {name: str(how) for name, how in zip(table.column("name"), table.column("how"), strict=True)}
    assert (used["first"], used["second"]) == ("directly", "by way of first")

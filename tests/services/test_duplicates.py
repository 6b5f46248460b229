"""Customers who appear twice, from the file to the merge and back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.services.people import people_book
from worthbook.kernel.errors import WorthbookError
from worthbook.services.duplicates import Duplicates, accept, list_duplicates, list_merges, reject, undo_merge
from worthbook.services.explain_column import MERGED, explain_column
from worthbook.services.open_book import open_book

PEOPLE = """\
A1,王小明,+86 186 0000 0505,,,1990-05-01,
A2,王小明,１８６０００００５０５,wang@example.com,,1990-05-01,
A3,王小明,186******05,,,,
A4,李雷,186******05,,,,
B1,北京好茶（中国）有限责任公司,,,91350100M000100Y43,,business
B2,北京好茶(中国)有限公司,,,9135 0100 M000100y43,,business
B3,北京好茶（中国）有限公司,,,,,
B4,上海好茶有限公司,,,,,
D1,张伟,,,,1980-01-01,
D2,张伟,,,,1981-01-01,
E1,Li Hua,13900139000,,,,
E2,Han Mei,13900139000,,,,
"""
ORDERS = "".join(f"{each},2026-01-0{day},10,{each}\n" for day, each in enumerate(("A1", "A2", "B1", "B2"), start=1))


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return people_book(tmp_path_factory.mktemp("people"), PEOPLE, ORDERS)


@pytest.fixture(scope="module")
def listed(example: Path) -> Duplicates:
    """Those of the book as it was imported."""
    return list_duplicates(example)


@pytest.fixture
def shop(example: Path, tmp_path: Path) -> Path:
    """A copy of the book, for decisions."""
    return Path(shutil.copytree(example, tmp_path / "shop.book"))


def scores(listed: Duplicates) -> dict[frozenset[str], float]:
    return {frozenset((each.one, each.other)): each.score for each in listed.found.pairs}


def pairs(shop: Path) -> dict[frozenset[str], float]:
    return scores(list_duplicates(shop))


class TestTheList:
    def test_what_speaks_for_and_against(self, listed: Duplicates) -> None:
        found = {frozenset((each.one, each.other)): each for each in listed.found.pairs}
        same = found[frozenset(("A1", "A2"))]
        assert (same.same, same.different) == (("phone", "name_and_birthday"), ())
        firm = found[frozenset(("B1", "B2"))]
        assert (firm.same, firm.different) == (("credit_code", "company"), ())
        family = found[frozenset(("E1", "E2"))]
        assert (family.same, family.different) == (("phone",), ("name",))

    def test_a_masked_number_counts_with_the_name_alone(self, listed: Duplicates) -> None:
        found = scores(listed)
        assert frozenset(("A1", "A3")) in found
        assert frozenset(("A2", "A3")) in found
        assert not [each for each in found if "A4" in each]

    def test_a_name_or_another_birthday_proposes_nobody(self, listed: Duplicates) -> None:
        assert not [each for each in scores(listed) if each & {"D1", "D2", "B4"}]

    def test_scores_order_it(self, listed: Duplicates) -> None:
        found = scores(listed)
        assert found[frozenset(("B1", "B2"))] > found[frozenset(("A1", "A2"))] > found[frozenset(("E1", "E2"))]
        assert found[frozenset(("E1", "E2"))] == pytest.approx(0.8 * (1 - 0.5))
        assert found[frozenset(("A1", "A2"))] == pytest.approx(1 - (1 - 0.8) * (1 - 0.85))

    def test_the_id_of_whom_less_is_known_is_merged(self, listed: Duplicates) -> None:
        assert ("A1", "A2") in {(each.one, each.other) for each in listed.found.pairs}

    def test_it_is_said_in_both_languages(self, listed: Duplicates) -> None:
        assert "0.99  B2 → B1: the same credit code" in listed.say("en")
        assert "B2 → B1：统一社会信用代码相同" in listed.say("zh")
        assert "; but different names" in listed.say("en")

    def test_what_many_share_proposes_nobody_and_is_said(self, tmp_path: Path) -> None:
        people = "".join(f"C{number},N{number},13700000001,,,,\n" for number in range(21))
        found = list_duplicates(people_book(tmp_path, people))
        assert found.found.pairs == ()
        assert "Not compared: 1 values that more than 20 customers share (phone; 21 customers)." in found.say("en")

    def test_numbers_that_are_typed_in_for_want_of_any_say_nothing(self, tmp_path: Path) -> None:
        people = "C1,Ann,13800138000,none@none.com,,,\nC2,Bob,13800138000,none@none.com,,,\n"
        assert list_duplicates(people_book(tmp_path, people)).found.count == 0

    def test_ids_that_are_addresses_count(self, tmp_path: Path) -> None:
        people = "ann@example.com,,,,,,\nC2,,,Ann@Example.com,,,\n"
        (pair,) = list_duplicates(people_book(tmp_path, people)).found.pairs
        assert pair.same == ("email",)


class TestDecisions:
    def test_a_merged_pair_is_one_customer_and_not_listed_again(self, shop: Path) -> None:
        accept(shop, ["A1", "A2"], why="same phone")
        assert not [each for each in pairs(shop) if {"A1"} <= each]
        with open_book(shop) as opened:
            assert sorted(opened.column("orders_lifetime").to_polars().rows()) == [("A2", 2), ("B1", 1), ("B2", 1)]
        assert "A1 → A2" in list_merges(shop).say("en")
        assert ": same phone" in list_merges(shop).say("en")

    def test_who_asks_for_the_merged_one_is_told(self, shop: Path) -> None:
        accept(shop, ["A1", "A2"])
        with open_book(shop) as opened:
            told = {
                each: explain_column(opened, "orders_lifetime", each).say("zh").splitlines()[1] for each in ("A1", "A2")
            }
        assert told == {"A1": MERGED.zh, "A2": ""}

    def test_undoing_brings_it_back(self, shop: Path, listed: Duplicates) -> None:
        before = scores(listed)
        (made,) = accept(shop, ["A1", "A2"]).decisions
        parted = undo_merge(shop, made.decision_id, why="father and son")
        assert pairs(shop) == before
        assert parted.say("en").startswith("A1 and A2 are two customers again, ")
        assert parted.say("zh").endswith(" UTC：father and son")
        assert list_merges(shop).say("en") == "No customers have been merged."

    def test_a_rejected_pair_is_not_listed_again(self, shop: Path, listed: Duplicates) -> None:
        apart = reject(shop, ["E2", "E1"], why="father and daughter")
        assert apart.say("en").startswith("E2 and E1 are two customers and not listed again, ")
        left = list_duplicates(shop)
        assert frozenset(("E1", "E2")) not in scores(left)
        assert left.found.count == listed.found.count - 1

    def test_all_above_a_score_are_merged_at_once(self, shop: Path) -> None:
        merged = accept(shop, above=0.95).decisions
        assert {each.pair.merged_id for each in merged} >= {"A1", "B2"}
        assert all(score < 0.95 for score in pairs(shop).values())

    def test_an_unknown_customer_is_refused(self, shop: Path) -> None:
        with pytest.raises(WorthbookError) as error:
            accept(shop, ["A1", "nobody"])
        assert error.value.slugs == ("customer-not-in-book",)

    def test_one_id_is_not_enough(self, shop: Path) -> None:
        with pytest.raises(WorthbookError) as error:
            accept(shop, ["A1"])
        assert error.value.slugs == ("duplicates-not-named",)

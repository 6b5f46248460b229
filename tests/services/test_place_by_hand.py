"""Customers whom a person puts into a cell: what counts when, what is said of it, and what is refused."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.planning.lay import laid
from worthbook.services.duplicates import accept
from worthbook.services.erase_customer import erase_customer
from worthbook.services.evaluate import evaluate
from worthbook.services.explain_column import explain_column
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import open_book
from worthbook.services.place_by_hand import end_placement, list_placements, place_by_hand
from worthbook.services.subject_export import export_subject
from worthbook.services.undo_import import undo_import

FRAMEWORK = "customer_pyramid"
ORDERS = "customer_id,date,amount,order_id\n" + "".join(
    f"C{number},2026-0{month}-10,{number * 10}.00,O{number}-{month}\n" for number in range(1, 6) for month in (3, 6)
)
END = "2026-06-10"
"""The day of the last purchases."""


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("shop") / "orders.csv"
    file.write_text(ORDERS, encoding="utf-8")
    book, _ = ingest_files([file], currency="CNY")
    return book.folder


@pytest.fixture
def shop(example: Path, tmp_path: Path) -> Path:
    """A copy of the book, in which customers may be placed."""
    return Path(shutil.copytree(example, tmp_path / "orders.book"))


def place(shop: Path, customer: str = "C1", cell: str = "vip", until: str = "2026-12-31") -> None:
    place_by_hand(shop, customer, FRAMEWORK, cell, reason="Their owner sits on our board", until=until)


def cells(shop: Path, as_of: str = END, name: str = FRAMEWORK) -> dict[str, str]:
    with open_book(shop) as opened:
        frame = opened.column(name, as_of=as_of).to_polars()
    return dict(frame.iter_rows())


def refused(shop: Path, customer: str, framework: str, cell: str, **said: str) -> list[str]:
    with pytest.raises(WorthbookError) as caught:
        place_by_hand(shop, customer, framework, cell, reason=said.get("reason", "x"), until=said["until"])
    return [problem.slug for problem in caught.value.problems]


class TestTheColumn:
    def test_only_the_customer_who_was_placed_moves(self, shop: Path) -> None:
        before = cells(shop)
        place(shop)
        assert cells(shop) == {**before, "C1": "vip"}

    def test_what_was_computed_stays_beside_it(self, shop: Path) -> None:
        before = cells(shop)
        place(shop)
        assert cells(shop, name=f"{FRAMEWORK}__computed") == before

    def test_it_counts_from_its_first_day_to_its_last(self, shop: Path) -> None:
        place(shop, until="2026-07-31")
        days = ("2026-06-09", "2026-06-10", "2026-07-31", "2026-08-01")
        assert [cells(shop, day)["C1"] for day in days] == ["small", "vip", "vip", "small"]

    def test_ended_it_counts_as_long_as_it_did(self, shop: Path) -> None:
        place(shop)
        end_placement(shop, "C1", FRAMEWORK, reason="The owner sold", on="2026-08-01")
        assert [cells(shop, day)["C1"] for day in ("2026-07-31", "2026-08-01")] == ["vip", "small"]

    def test_it_is_taken_back_as_any_import_is(self, shop: Path) -> None:
        before = cells(shop)
        place(shop)
        with open_book(shop) as opened:
            last = opened.imports[-1].import_id
        undo_import(shop, last)
        assert cells(shop) == before

    def test_other_frameworks_stay_as_they_are(self, shop: Path) -> None:
        with open_book(shop) as opened:
            before = opened.column("rfm").provenance.id
        place(shop)
        with open_book(shop) as opened:
            assert opened.column("rfm").provenance.id == before

    def test_a_scorecard_can_be_overruled_too(self, shop: Path) -> None:
        place_by_hand(shop, "C2", "grades", "gold", reason="Strategic", until="2026-12-31")
        assert cells(shop, name="grades")["C2"] == "gold"

    def test_a_merged_customer_keeps_it(self, shop: Path) -> None:
        place(shop)
        accept(shop, ["C1", "C2"])
        assert cells(shop)["C2"] == "vip"


class TestWhatIsSaid:
    def test_the_result_counts_them(self, shop: Path) -> None:
        place(shop)
        with open_book(shop) as opened:
            bench = opened.make([FRAMEWORK, "revenue_12m"], as_of=opened.day(END))
            result = laid(bench, opened.catalogue.frameworks[FRAMEWORK])
        assert "1 customer was placed by hand." in [note.en for note in result.notes]

    def test_explain_names_who_why_and_until_when(self, shop: Path) -> None:
        with open_book(shop) as opened:
            evaluate(opened, frameworks=[FRAMEWORK])
        place(shop)
        with open_book(shop) as opened:
            said = explain_column(opened, FRAMEWORK, "C1").say("en")
        assert "Placed by hand as VIP, 2026-06-10 to 2026-12-31" in said
        assert "Their owner sits on our board" in said
        assert "Without that it would be Small:" in said
        assert "Customer pyramid: placed by hand: VIP " in said

    def test_a_cell_may_be_named_by_its_chinese_title(self, shop: Path) -> None:
        place(shop, cell="VIP客户")
        assert [each.cell for each in list_placements(shop).placements] == ["vip"]

    def test_the_list_holds_what_counts_on_the_day(self, shop: Path) -> None:
        place(shop, until="2026-07-31")
        place(shop, customer="C2")
        named = [each.customer_id for each in list_placements(shop, on="2026-08-01").placements]
        every = [each.customer_id for each in list_placements(shop, on="2026-08-01", every=True).placements]
        assert (named, every) == (["C2"], ["C1", "C2"])


class TestRefused:
    def test_everything_that_is_wrong_comes_together(self, shop: Path) -> None:
        slugs = refused(shop, "nobody", FRAMEWORK, "vipp", reason=" ", until="2026-01-01")
        assert slugs == [
            "customer-not-in-book",
            "placement-until-too-early",
            "placement-reason-missing",
            "cell-unknown",
        ]

    def test_an_unknown_framework(self, shop: Path) -> None:
        assert refused(shop, "C1", "pyramid", "vip", until="2026-12-31") == ["framework-unknown"]

    def test_two_at_once_for_one_customer(self, shop: Path) -> None:
        place(shop)
        assert refused(shop, "C1", FRAMEWORK, "major", until="2026-07-01") == ["placement-overlaps"]

    def test_ending_what_is_not_there(self, shop: Path) -> None:
        with pytest.raises(WorthbookError, match="placement-not-there"):
            end_placement(shop, "C1", FRAMEWORK, reason="x")


class TestPersonalData:
    def test_the_export_of_a_person_holds_it(self, shop: Path, tmp_path: Path) -> None:
        place(shop)
        export_subject(shop, "C1", tmp_path / "one.zip")
        with zipfile.ZipFile(io.BytesIO((tmp_path / "one.zip").read_bytes())) as archive:
            name = next(each for each in archive.namelist() if each.endswith(".json"))
            assert "Their owner sits on our board" in json.dumps(json.loads(archive.read(name)))

    def test_erasing_the_customer_erases_it(self, shop: Path) -> None:
        place(shop)
        place(shop, customer="C2")
        erase_customer(shop, "C1")
        assert [each.customer_id for each in list_placements(shop, every=True).placements] == ["C2"]

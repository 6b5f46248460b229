"""Merged customers are read as one, everywhere, and undoing a merge restores every number exactly."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.importing import bring, bring_text, mappings, new_book, tables
from tests.engines.conftest import values_of
from tests.engines.shop import shipped
from worthbook.data.activity import read_activity
from worthbook.data.book import Book
from worthbook.data.compaction import rebucket
from worthbook.data.engine import Engine
from worthbook.data.history import LINKS
from worthbook.data.ingest import Manner, ingest
from worthbook.data.links import resolve, standing_for
from worthbook.data.measures import make_measures
from worthbook.data.merges import Pair, keep_apart, merge, part, read_decisions
from worthbook.data.passes import one_pass
from worthbook.data.rows import customer_rows
from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.units import Value

AS_OF = dt.date(2026, 6, 30)
IDS = [f"C{number}" for number in range(12)]
LINKED = {"C1": "C7", "C2": "C7", "C3": "C0", "C11": "C7"}
"""Merged id → who stands for it."""
FEW = {"revenue_lifetime", "orders_lifetime", "products_lifetime", "last_purchase_on"}


def orders(ids: Mapping[str, str]) -> str:
    """A file of orders in which some ids are written as others."""
    chance = random.Random(5)  # noqa: S311 - a repeatable example
    lines = [
        f"{ids.get(each, each)},2026-0{chance.randint(1, 6)}-{chance.randint(10, 28)},{chance.randint(1, 900)}.5,"
        f"{number},P{chance.randint(1, 4)}"
        for number, each in enumerate(IDS * 3)
    ]
    return "\n".join(["customer_id,date,amount,order_id,product_id", *lines, ""])


def measured(engine: Engine, book: Book, folder: Path, *, few: bool = False) -> dict[str, dict[str, Value]]:
    """Every measure of every customer; where that takes long, some over each kind of table."""
    catalogue, snapshot = shipped(), book.snapshot()
    every = engine.dialect == "duckdb" and not few
    wanted = [each for each in catalogue.over_rows if every or each.name in FEW]
    sheet = make_measures(engine, snapshot, catalogue.tables, catalogue.population, wanted, AS_OF, folder)
    return values_of(engine, sheet)


@pytest.fixture(params=[1, 3], ids=["one bucket", "three buckets"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Book:
    """A book whose customers appear under several ids."""
    book, _ = bring_text(tmp_path, orders({}))
    if request.param > 1:
        rebucket(book, request.param)
    return book


def merge_chain(book: Book) -> None:
    """Merges that lead to `LINKED`, some of them in a chain."""
    merge(book, [Pair("C1", "C2"), Pair("C3", "C0")], "same phone")
    merge(book, [Pair("C2", "C11")])
    merge(book, [Pair("C1", "C7")])  # C1 is C11 by now


@pytest.fixture(scope="module")
def as_if(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    """The measures and the activity of customers who had one id from the beginning."""
    folder = tmp_path_factory.mktemp("as-if")
    book, _ = bring_text(folder, orders(LINKED))
    return measured(engine, book, folder / "measures"), read_activity(engine, book.snapshot(), AS_OF)


def test_measures_are_those_of_a_file_with_one_id(
    engine: Engine, shop: Book, as_if: tuple[object, ...], tmp_path: Path
) -> None:
    merge_chain(shop)
    merged = measured(engine, shop, tmp_path / "merged")
    assert sorted(merged) == sorted(set(IDS) - set(LINKED))
    assert (merged, read_activity(engine, shop.snapshot(), AS_OF)) == as_if


def test_whoever_a_row_speaks_of_is_merged_too(engine: Engine, shop: Book, tmp_path: Path) -> None:
    file = tmp_path / "recommended.csv"
    file.write_text("by,to,day\nC5,C1,2026-01-05\nC1,C3,2026-01-06\nC7,C0,2026-01-07\nC6,C4,2026-01-08\n")
    by_hand = ("referrals.customer_id=by", "referrals.referred_id=to", "referrals.referred_on=day")
    ingest(shop, file, mappings(), tables(), Manner(pairs=by_hand))

    def referrals() -> list[tuple[Value, ...]]:
        names = ("customer_id", "referred_id")
        passes = one_pass(shop.snapshot(), tables(), AS_OF, lambda relations: relations.relation("referrals", names))
        return sorted((row for query, files in passes for row in engine.rows(query, files)), key=str)

    before = referrals()
    merge_chain(shop)
    assert referrals() == [("C5", "C7"), ("C6", "C4"), ("C7", "C0")]
    for each in sorted(read_decisions(shop).merges, key=lambda found: found.decision_id):
        part(shop, each.decision_id)
    assert referrals() == before == [("C1", "C3"), ("C5", "C1"), ("C6", "C4"), ("C7", "C0")]


def test_undoing_every_merge_in_any_order_restores_everything(engine: Engine, shop: Book, tmp_path: Path) -> None:
    before, was = measured(engine, shop, tmp_path / "before"), shop.snapshot()
    merge_chain(shop)
    for each in sorted(read_decisions(shop).merges, key=lambda found: found.decision_id, reverse=True):
        part(shop, each.decision_id)
    assert shop.snapshot() == was
    assert measured(engine, shop, tmp_path / "after") == before


def test_the_rows_of_a_merged_customer_come_from_all_of_its_ids(embedded: Engine, shop: Book) -> None:
    def lines(customer_id: str) -> list[int]:
        found = customer_rows(embedded, shop.snapshot(), shipped().tables, "transactions", customer_id, AS_OF)
        return sorted(row.import_line for row in found)

    apart = sorted(itertools.chain(*(lines(each) for each in ("C1", "C2", "C7", "C11"))))
    merge_chain(shop)
    assert (lines("C7"), lines("C1")) == (apart, [])


def test_a_book_splits_its_merged_customers_anew(embedded: Engine, shop: Book, tmp_path: Path) -> None:
    merge_chain(shop)
    before = measured(embedded, shop, tmp_path / "before", few=True)
    rebucket(shop, 5)
    assert measured(embedded, shop, tmp_path / "after", few=True) == before


def test_customers_of_a_later_import_are_merged_too(embedded: Engine, shop: Book, tmp_path: Path) -> None:
    merge(shop, [Pair("C1", "C2")])
    later = tmp_path / "later.csv"
    later.write_text("customer_id,date,amount\nC1,2026-06-29,7\n")
    bring(shop, later)
    last = {
        each: values["last_purchase_on"] for each, values in measured(embedded, shop, tmp_path / "m", few=True).items()
    }
    assert (last["C2"], "C1" in last) == (dt.date(2026, 6, 29), False)


class TestProvenance:
    def test_merging_changes_it_and_undoing_restores_it(self, tmp_path: Path) -> None:
        book, _ = bring_text(tmp_path, orders({}))
        before = book.snapshot().content
        (made,) = merge(book, [Pair("C1", "C2")])
        assert book.snapshot().content == {**before, LINKS: book.snapshot().content[LINKS]}
        part(book, made.decision_id)
        assert book.snapshot().content == before

    def test_it_does_not_hang_on_the_order_of_merges(self, tmp_path: Path) -> None:
        contents = []
        for number, pairs in enumerate(([Pair("A", "C"), Pair("B", "C")], [Pair("B", "C"), Pair("A", "C")])):
            (tmp_path / str(number)).mkdir()
            book = new_book(tmp_path / str(number))
            merge(book, pairs)
            contents.append(book.snapshot().content)
        assert contents[0] == contents[1]


class TestDecisions:
    def test_all_are_kept_with_who_and_why(self, tmp_path: Path) -> None:
        book = new_book(tmp_path)
        (made,) = merge(book, [Pair("A", "B")], "same phone")
        keep_apart(book, [Pair("C", "D")], "father and son")
        part(book, made.decision_id, "was wrong")
        found = read_decisions(book)
        assert [(each.action, each.pair, each.why) for each in found.all] == [
            ("merge", Pair("A", "B"), "same phone"),
            ("keep_apart", Pair("C", "D"), "father and son"),
            ("part", Pair("A", "B"), "was wrong"),
        ]
        assert found.merges == ()
        assert set(found.kept_apart) == {frozenset("CD")}
        assert book.imports() == ()

    def test_a_merged_id_stands_with_all_others(self, tmp_path: Path) -> None:
        book = new_book(tmp_path)
        merge(book, [Pair("A", "B"), Pair("B", "C"), Pair("D", "A")])
        found = read_decisions(book)
        assert found.members("B") == ("C", "A", "B", "D")
        assert found.members("Z") == ("Z",)

    def test_the_same_customer_twice_is_refused_and_nothing_is_merged(self, tmp_path: Path) -> None:
        book = new_book(tmp_path)
        with pytest.raises(WorthbookError) as error:
            merge(book, [Pair("A", "B"), Pair("B", "A")])
        assert error.value.slugs == ("customers-merged-already",)
        assert read_decisions(book).all == ()

    def test_a_merge_is_undone_once(self, tmp_path: Path) -> None:
        book = new_book(tmp_path)
        (made,) = merge(book, [Pair("A", "B")])
        part(book, made.decision_id)
        with pytest.raises(WorthbookError) as error:
            part(book, made.decision_id)
        assert error.value.slugs == ("merge-unknown",)

    def test_the_log_stays_small_over_many_decisions(self, tmp_path: Path) -> None:
        book, _ = bring_text(tmp_path, orders({}))
        for number in range(10):
            merge(book, [Pair(f"X{number}", f"Y{number}")])
        later = tmp_path / "later.csv"
        later.write_text("customer_id,date,amount\nC1,2026-06-29,7\n")
        bring(book, later)
        assert len(book.table("identity_decisions").files()) == 1
        assert len(read_decisions(book).merges) == 10


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    """Merges and undoings of some customers, some of them impossible."""
    step = st.tuples(st.sampled_from(["merge", "merge", "part"]), st.integers(0, 7), st.integers(0, 7))
    return draw(st.lists(step, max_size=25))


@given(histories())
@settings(max_examples=150)
def test_links_are_the_connected_customers_of_the_merges_that_count(steps: Sequence[tuple[str, int, int]]) -> None:
    """Against plain connectedness: customers are one exactly where merges that count connect them."""
    edges: dict[str, str] = {}
    for action, one, other in steps:
        merged, into = standing_for(edges, str(one)), standing_for(edges, str(other))
        if action == "part":
            edges.pop(str(one), None)
        elif merged != into:
            edges[merged] = into
    groups = [{str(each)} for each in range(8)]
    for pair in edges.items():
        joined = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in joined] + [set().union(*joined)]
    links = resolve(edges)
    for group in groups:
        assert len({links.get(each, each) for each in group}) == 1
    assert len({links.get(str(each), str(each)) for each in range(8)}) == len(groups)
    assert not set(links) & set(links.values())


@pytest.mark.parametrize("shop", [1], indirect=True)
def test_nobody_recommends_us_to_himself(engine: Engine, shop: Book, tmp_path: Path) -> None:
    """Where who recommended and to whom turn out to be one, nothing was recommended."""
    file = tmp_path / "recommended.csv"
    file.write_text("by,to,day\nC5,C1,2026-01-05\nC5,C6,2026-01-06\n")
    by_hand = ("referrals.customer_id=by", "referrals.referred_id=to", "referrals.referred_on=day")
    ingest(shop, file, mappings(), tables(), Manner(pairs=by_hand))
    merge(shop, [Pair("C1", "C5")])
    wanted = [each for each in shipped().over_rows if each.name == "referrals_lifetime"]
    catalogue = shipped()
    sheet = make_measures(engine, shop.snapshot(), catalogue.tables, catalogue.population, wanted, AS_OF, tmp_path)
    assert values_of(engine, sheet)["C5"]["referrals_lifetime"] == 1

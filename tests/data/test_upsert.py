"""A later export of the same orders: what is new, changed and the same, and the way back."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.importing import bring, bring_text, count, data_files, new_book, notes, rows, tables
from worthbook.data.attempt import ImportReport
from worthbook.data.book import Book
from worthbook.data.commit import Commit, Compared, Staged
from worthbook.data.compaction import compact, rebucket
from worthbook.data.engine import Engine
from worthbook.data.extent import extent
from worthbook.data.history import History
from worthbook.data.relations import Relations, bucket_files

HEADER = "order_id,customer_id,date,product_id,amount\n"
JANUARY = HEADER + "1,A,2026-01-02,tea,10\n1,A,2026-01-02,pot,30\n2,B,2026-01-03,tea,10\n"
CORRECTED = HEADER + "1,A,2026-01-02,tea,12\n1,A,2026-01-02,pot,30\n3,C,2026-02-01,tea,10\n"


def bring_next(book: Book, folder: Path, text: str, name: str = "next.csv") -> ImportReport:
    file = folder / name
    file.write_text(text)
    return bring(book, file)


def amounts(book: Book) -> list[tuple[object, ...]]:
    return sorted(rows(book, "order_id, product_id, amount::INT"), key=str)


BEFORE = [("1", "pot", 30), ("1", "tea", 10), ("2", "tea", 10)]
AFTER = [("1", "pot", 30), ("1", "tea", 12), ("2", "tea", 10), ("3", "tea", 10)]


@pytest.mark.parametrize("most", [0, 1_000_000])
def test_a_corrected_export_says_what_is_new_changed_and_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("worthbook.data.upsert.MOST_AHEAD", most)
    book, _ = bring_text(tmp_path, JANUARY)
    report = bring_next(book, tmp_path, CORRECTED)
    change = report.tables["transactions"]
    assert (change.new, change.changed, change.same, amounts(book)) == (1, 1, 1, AFTER)
    assert "Lines of earlier imports that this file brings again: 1 changed, 1 the same; 1 lines are new." in notes(
        report
    )


def test_rows_that_another_import_brings_meanwhile_are_found_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book, _ = bring_text(tmp_path, JANUARY)
    others = [HEADER + "3,C,2026-02-01,tea,9\n"]
    compare = Commit.compare

    def interrupted(commit: Commit, import_id: str, history: History, staged: Staged) -> Compared:
        found = compare(commit, import_id, history, staged)
        if others:
            bring_next(book, tmp_path, others.pop(), "meanwhile.csv")
        return found

    monkeypatch.setattr(Commit, "compare", interrupted)
    change = bring_next(book, tmp_path, CORRECTED).tables["transactions"]
    assert (change.new, change.changed, change.same, amounts(book)) == (0, 2, 1, AFTER)


def test_undoing_the_correction_restores_what_it_had_updated(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, JANUARY)
    before = book.snapshot().content
    report = bring_next(book, tmp_path, CORRECTED)
    book.undo(report.import_id)
    assert (amounts(book), book.snapshot().content) == (BEFORE, before)


def test_undoing_the_first_import_leaves_what_the_correction_brought(tmp_path: Path) -> None:
    book, first = bring_text(tmp_path, JANUARY)
    bring_next(book, tmp_path, CORRECTED)
    book.undo(first.import_id)
    assert amounts(book) == [("1", "pot", 30), ("1", "tea", 12), ("3", "tea", 10)]


@pytest.mark.parametrize("squeezed", [False, True])
def test_an_import_in_the_middle_can_be_undone(tmp_path: Path, squeezed: bool) -> None:  # noqa: FBT001
    book, _ = bring_text(tmp_path, JANUARY)
    middle = bring_next(book, tmp_path, CORRECTED)
    last = bring_next(book, tmp_path, HEADER + "1,A,2026-01-02,tea,15\n", "last.csv")
    if squeezed:
        compact(book, "transactions")
    book.undo(middle.import_id)
    assert amounts(book) == [("1", "pot", 30), ("1", "tea", 15), ("2", "tea", 10)]
    book.undo(last.import_id)
    assert amounts(book) == BEFORE


def test_compaction_puts_superseded_lines_aside_and_undo_brings_them_back(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, JANUARY)
    report = bring_next(book, tmp_path, CORRECTED)
    compact(book, "transactions")
    table = book.snapshot().tables["transactions"]
    assert (len(data_files(book.snapshot())), table.superseded_by, table.superseded) == (1, (), ())
    assert amounts(book) == AFTER
    assert len(book.table("transactions").files()) == 2
    book.undo(report.import_id)
    assert amounts(book) == BEFORE
    compact(book, "transactions")
    assert (amounts(book), len(book.table("transactions").files())) == (BEFORE, 1)


def test_splitting_customers_anew_keeps_superseded_lines_apart(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, JANUARY)
    report = bring_next(book, tmp_path, CORRECTED)
    rebucket(book, 3)
    assert amounts(book) == AFTER
    book.undo(report.import_id)
    assert amounts(book) == BEFORE


def test_lines_alike_in_an_order_are_told_apart_by_their_order(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, HEADER + "1,A,2026-01-02,tea,10\n1,A,2026-01-02,tea,20\n")
    report = bring_next(book, tmp_path, HEADER + "1,A,2026-01-02,tea,10\n1,A,2026-01-02,tea,25\n")
    change = report.tables["transactions"]
    assert (change.changed, change.same, amounts(book)) == (1, 1, [("1", "tea", 10), ("1", "tea", 25)])


def test_a_corrected_customer_moves_the_order(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, JANUARY)
    bring_next(book, tmp_path, HEADER + "2,Bea,2026-01-03,tea,10\n")
    assert sorted(rows(book, "order_id, customer_id")) == [("1", "A"), ("1", "A"), ("2", "Bea")]


def test_another_shop_with_the_same_order_numbers_is_kept_apart(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, JANUARY)
    report = bring_next(book, tmp_path, HEADER + "1,Z,2026-03-09,tea,10\n")
    assert (report.tables["transactions"].new, count(book)) == (1, 4)


def test_sales_that_another_file_tells_in_other_words_are_said(tmp_path: Path) -> None:
    book, first = bring_text(tmp_path, JANUARY)
    report = bring_next(book, tmp_path, "order_id,customer_id,date,amount\n1,A,2026-01-02,40\n2,B,2026-01-03,10\n")
    assert notes(report)[-1] == (
        "Lines of an earlier import with the order numbers, customers and days of this file but other products or "
        "stores: 3; all count. If both files tell of the same sales, such as items and totals of a till, take one "
        f"back: worthbook undo {first.import_id}"
    )


def test_of_other_customers_under_the_same_numbers_nothing_is_said(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, JANUARY)
    report = bring_next(book, tmp_path, "order_id,customer_id,date,amount\n1,X,2026-01-02,40\n2,B,2026-01-09,10\n")
    assert notes(report) == []


def test_lines_without_an_order_number_are_purchases_of_their_own(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, "customer_id,date,amount\nA,2026-01-02,10\n")
    report = bring_next(book, tmp_path, "customer_id,date,amount\nA,2026-01-02,10\nA,2026-01-03,10\n")
    assert (report.tables["transactions"].new, count(book)) == (2, 3)


def test_lines_of_an_order_that_did_not_come_again_are_kept_and_said(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, JANUARY)
    report = bring_next(book, tmp_path, HEADER + "1,A,2026-01-02,tea,12\n")
    assert (
        "Lines of the same orders that earlier imports brought and this file does not: 1; they still count."
        in notes(report)
    )
    assert count(book) == 3


def test_content_is_in_the_order_of_imports_where_one_changed_another(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, JANUARY)
    bring_next(book, tmp_path, CORRECTED)
    (tmp_path / "other").mkdir()
    other = new_book(tmp_path / "other")
    bring(other, tmp_path / "next.csv")
    bring(other, tmp_path / "orders.csv")
    assert book.snapshot().content["transactions"] != other.snapshot().content["transactions"]


def test_the_span_of_a_book_counts_a_superseded_line_once(tmp_path: Path, engine: Engine) -> None:
    book, _ = bring_text(tmp_path, JANUARY)
    bring_next(book, tmp_path, CORRECTED)
    found = extent(engine, book.snapshot(), tables()["transactions"])
    assert found is not None
    assert (str(found.first), str(found.last), found.rows) == ("2026-01-02", "2026-02-01", 4)


def products(engine: Engine, book: Book) -> list[tuple[object, ...]]:
    snapshot = book.snapshot()
    query = Relations(tables(), snapshot, dt.date(2026, 6, 30)).relation(
        "products", ["product_id", "name", "unit_cost"]
    )
    return sorted(engine.rows(query, bucket_files(snapshot, 0)), key=str)


def test_a_row_with_a_key_has_its_last_known_values(tmp_path: Path, engine: Engine) -> None:
    """A later file that does not know the cost leaves it; one that does replaces it, until it is undone."""
    header = "customer_id,ordered_on,product_id,product_name,unit_cost\n"
    book, _ = bring_text(tmp_path, header + "A,2026-01-02,tea,Tea,4\nA,2026-01-02,pot,Pot,9\n")
    report = bring_next(book, tmp_path, header + "A,2026-01-03,tea,Green tea,3\n")
    bring_next(book, tmp_path, header + "A,2026-01-04,tea,Fine tea,\n", "last.csv")
    change = report.tables["products"]
    assert (change.new, change.changed, change.same) == (0, 1, 0)
    assert products(engine, book) == [("Fine tea", "tea", Decimal(3)), ("Pot", "pot", Decimal(9))]
    book.undo(report.import_id)
    assert products(engine, book) == [("Fine tea", "tea", Decimal(4)), ("Pot", "pot", Decimal(9))]


@settings(max_examples=6)
@given(st.randoms(use_true_random=False))
def test_the_last_visible_export_of_each_order_line_counts(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random
) -> None:
    """Imports, undos and compactions in any order, against a model that keeps a dictionary per import."""
    folder = tmp_path_factory.mktemp("any")
    book = new_book(folder)
    brought: dict[str, dict[tuple[str, str], int]] = {}
    for step in range(6):
        action = chance.choice(["import", "import", "import", "undo", "compact"])
        if action == "undo" and brought:
            gone = chance.choice(sorted(brought))
            book.undo(gone)
            del brought[gone]
        elif action == "compact" and "transactions" in book.snapshot().tables:
            compact(book, "transactions")
        else:
            keys = [(str(order), product) for order in range(3) for product in ("pot", "tea")]
            lines = {key: chance.randrange(5) for key in chance.sample(keys, chance.randrange(1, 6))}
            text = HEADER + "".join(
                f"{order},A,2026-01-02,{product},{amount}\n" for (order, product), amount in lines.items()
            )
            text += f"x{step},Z,2026-01-02,tea,1\n"
            report = bring_next(book, folder, text, f"{step}.csv")
            brought[report.import_id] = {**lines, (f"x{step}", "tea"): 1}
        expected: dict[tuple[str, str], int] = {}
        for import_id in sorted(brought):
            expected |= brought[import_id]
        found = amounts(book) if "transactions" in book.snapshot().tables else []
        assert found == sorted(((*key, amount) for key, amount in expected.items()), key=str)


def test_lines_without_an_order_number_that_come_again_count_and_that_is_said(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    log = "customer_id,ordered_on,amount\nA,2026-01-02,10\nB,2026-01-03,20\n"
    (tmp_path / "january.csv").write_text(log)
    first = bring(book, tmp_path / "january.csv")
    (tmp_path / "february.csv").write_text(log + "A,2026-02-02,10\n")
    report = bring(book, tmp_path / "february.csv")
    assert count(book) == 5
    (said,) = notes(report)
    assert said.startswith("Lines without an order number that an earlier import brought too, alike in every value: 2;")
    assert said.endswith(f"take the earlier import back: worthbook undo {first.import_id}")


def test_of_other_days_nothing_is_said(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    for month in ("01", "02"):
        (tmp_path / f"{month}.csv").write_text(f"customer_id,ordered_on,amount\nA,2026-{month}-02,10\n")
        report = bring(book, tmp_path / f"{month}.csv")
        assert notes(report) == []

"""How many buckets customers are split into never changes an answer, whatever is imported, undone or merged."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlglot import exp

from tests.data.importing import bring_text, mappings, tables
from worthbook.data.book import Book
from worthbook.data.compaction import compact, rebucket
from worthbook.data.duckdb import DuckDB
from worthbook.data.engine import Engine
from worthbook.data.erase import erase
from worthbook.data.ingest import Manner, ingest
from worthbook.data.merges import Pair, merge, part, read_decisions
from worthbook.data.passes import one_pass
from worthbook.data.relations import Relations
from worthbook.data.typed import column
from worthbook.kernel.units import Value

AS_OF = dt.date(2026, 12, 31)
ORDERS = "order_id,customer_id,date,product_id,amount\n"
FIRST = ORDERS + "".join(f"first{each},{each},2026-01-02,tea,10\n" for each in "ABCDEF")
BY_HAND: Mapping[str, tuple[str, ...]] = {
    "complaints": ("complaint_id=no", "customer_id=who", "opened_at=day", "channel=word", "order_id=other"),
    "invoices": ("invoice_id=no", "customer_id=who", "issued_on=day", "status=word", "amount=amount", "order_id=other"),
    "payments": ("payment_id=no", "customer_id=who", "paid_on=day", "method=word", "amount=amount", "invoice_id=other"),
    "customers": ("customer_id=who", "region=word"),
}
"""Table → how a file of `HEADER` is read."""
HEADER = "no,who,day,word,amount,other\n"


def everything(engine: Engine, book: Book) -> dict[str, list[tuple[Value, ...]]]:
    """All rows of all tables, read bucket by bucket as measures and studies read them."""
    found: dict[str, list[tuple[Value, ...]]] = {}
    for name in ("transactions", "orders", *BY_HAND):
        names = sorted(tables()[name].columns)

        def query(relations: Relations, name: str = name, names: list[str] = names) -> exp.Query:
            rows = relations.relation(name, names).subquery(alias=name)
            return exp.select(*(column(each) for each in names)).from_(rows)

        passes = one_pass(book.snapshot(), tables(), AS_OF, query)
        rows = [row for asked, files in passes for row in engine.rows(asked, files)]
        found[name] = sorted(rows, key=str)
    return found


def bring_rows(book: Book, folder: Path, table: str, text: str) -> str:
    """Import rows of a table; the id of the import."""
    file = folder / f"{table}.csv"
    file.write_text(HEADER + text)
    pairs = tuple(f"{table}.{each}" for each in BY_HAND[table])
    return ingest(book, file, mappings(), tables(), Manner(pairs=pairs)).import_id


@pytest.fixture(params=[1, 3])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Book:
    book, _ = bring_text(tmp_path, FIRST)
    rebucket(book, request.param)
    return book


def complaints(engine: Engine, book: Book) -> list[tuple[Value, ...]]:
    names = ("complaint_id", "customer_id", "channel")
    passes = one_pass(book.snapshot(), tables(), AS_OF, lambda relations: relations.relation("complaints", names))
    return sorted(
        tuple(dict(zip(sorted(names), row, strict=True))[each] for each in names)
        for asked, files in passes
        for row in engine.rows(asked, files)
    )


def test_a_complaint_that_gets_another_customer_counts_once_with_all_that_is_known(
    engine: Engine, shop: Book, tmp_path: Path
) -> None:
    bring_rows(shop, tmp_path, "complaints", "1,A,2026-02-01,phone,,\n2,B,2026-02-01,mail,,\n")
    corrected = bring_rows(shop, tmp_path, "complaints", "1,C,2026-02-01,,,\n")
    assert complaints(engine, shop) == [("1", "C", "phone"), ("2", "B", "mail")]
    shop.undo(corrected)
    assert complaints(engine, shop) == [("1", "A", "phone"), ("2", "B", "mail")]


def test_a_complaint_of_which_the_customer_is_known_later_counts_once(
    engine: Engine, shop: Book, tmp_path: Path
) -> None:
    bring_rows(shop, tmp_path, "complaints", "1,,2026-02-01,phone,,\n2,B,2026-02-01,mail,,\n")
    bring_rows(shop, tmp_path, "complaints", "1,C,2026-02-01,,,\n2,,2026-02-01,chat,,\n")
    assert complaints(engine, shop) == [("1", "C", "phone"), ("2", "B", "chat")]


@pytest.mark.parametrize(
    ("lines", "last"), [("1,B,,mail,,\n2,A,,phone,,\n", "phone"), ("1,A,,phone,,\n2,B,,mail,,\n", "mail")]
)
def test_of_two_lines_of_one_file_about_customers_who_were_merged_the_later_counts(
    engine: Engine, shop: Book, tmp_path: Path, lines: str, last: str
) -> None:
    bring_rows(shop, tmp_path, "customers", lines)
    merge(shop, [Pair("B", "A")])
    passes = one_pass(shop.snapshot(), tables(), AS_OF, lambda relations: relations.relation("customers", ["region"]))
    assert [row for asked, files in passes for row in engine.rows(asked, files)] == [(last,)]


def test_erasing_takes_what_later_imports_said_without_a_name(engine: Engine, shop: Book, tmp_path: Path) -> None:
    bring_rows(shop, tmp_path, "complaints", "1,A,2026-02-01,phone,,\n2,B,2026-02-01,mail,,\n")
    bring_rows(shop, tmp_path, "complaints", "1,,2026-02-01,chat,,\n2,,2026-02-01,,,\n")
    erase(shop, tables(), ["A"])
    assert complaints(engine, shop) == [("2", "B", "mail")]


_WHO = st.sampled_from(["A", "B", "C", "D", "E", "F", ""])
_SOMEBODY = st.sampled_from("ABCDEF")
_WORD = st.sampled_from(["phone", "mail", ""])
_NUMBER = st.integers(1, 4)


class Shops(RuleBasedStateMachine):
    """The same is done to two books: one whose customers are together, and one whose customers are split."""

    @initialize()
    def begin(self) -> None:
        self.engine = DuckDB(threads=1)
        self.folder = Path(tempfile.mkdtemp())
        self.books: list[Book] = []
        self.imports: list[list[str]] = []
        for buckets in (1, 3):
            folder = self.folder / str(buckets)
            folder.mkdir()
            book, report = bring_text(folder, FIRST)
            rebucket(book, buckets)
            self.books.append(book)
            self.imports.append([report.import_id])

    def _bring(self, table: str, lines: list[str]) -> None:
        for book, imports in zip(self.books, self.imports, strict=True):
            imports.append(bring_rows(book, self.folder, table, "".join(lines)))

    @rule(
        table=st.sampled_from(sorted(BY_HAND)),
        rows=st.lists(st.tuples(_NUMBER, _WHO, _NUMBER, _WORD, _NUMBER, _NUMBER), min_size=1, max_size=4),
    )
    def bring(self, table: str, rows: list[tuple[int, str, int, str, int, int]]) -> None:
        last = len(self.imports[0])
        lines = [f"{no},{who},2026-02-0{day},{word},{amount},{other}\n" for no, who, day, word, amount, other in rows]
        self._bring(
            table, [*lines, f"x{last},A,2026-03-01,,1,\n"]
        )  # never the same file twice, never a file of nothing

    @rule(rows=st.lists(st.tuples(_NUMBER, _SOMEBODY, _NUMBER), min_size=1, max_size=4))
    def sell(self, rows: list[tuple[int, str, int]]) -> None:
        last = len(self.imports[0])
        lines = [f"{order},{who},2026-04-01,tea,{amount}\n" for order, who, amount in rows]
        for book, imports in zip(self.books, self.imports, strict=True):
            file = self.folder / "orders.csv"
            file.write_text(ORDERS + "".join(lines) + f"y{last},A,2026-04-02,pot,1\n")
            imports.append(ingest(book, file, mappings(), tables()).import_id)

    @precondition(lambda self: self.imports[0])
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        at = data.draw(st.integers(0, len(self.imports[0]) - 1))
        for book, imports in zip(self.books, self.imports, strict=True):
            book.undo(imports.pop(at))

    @rule(merged=_SOMEBODY, into=_SOMEBODY)
    def merge(self, merged: str, into: str) -> None:
        if merged == into or read_decisions(self.books[0]).standing_for(merged) == read_decisions(
            self.books[0]
        ).standing_for(into):
            return
        for book in self.books:
            merge(book, [Pair(merged, into)])

    @precondition(lambda self: bool(read_decisions(self.books[0]).merges))
    @rule(data=st.data())
    def part(self, data: st.DataObject) -> None:
        at = data.draw(st.integers(0, len(read_decisions(self.books[0]).merges) - 1))
        for book in self.books:
            part(book, read_decisions(book).merges[at].decision_id)

    @rule(name=st.sampled_from(["transactions", *BY_HAND]), buckets=st.integers(2, 4))
    def compact(self, name: str, buckets: int) -> None:
        for book in self.books:
            if name in book.snapshot().tables:
                compact(book, name)
        rebucket(self.books[1], buckets)

    @invariant()
    def agree(self) -> None:
        if hasattr(self, "books"):
            one, three = (everything(self.engine, book) for book in self.books)
            assert three == one

    def teardown(self) -> None:
        if hasattr(self, "books"):
            self.engine.close()
            shutil.rmtree(self.folder)


TestShops = Shops.TestCase
TestShops.settings = settings(max_examples=3, stateful_step_count=6)


@pytest.mark.soak
class TestManyShops(Shops.TestCase):  # type: ignore[misc,valid-type] # made by hypothesis
    settings = settings(max_examples=60, stateful_step_count=12)

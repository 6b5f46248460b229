"""Amounts of several currencies are brought into one by the book's rates, and are never added without one."""

from __future__ import annotations

from pathlib import Path

from tests.data.importing import bring, mappings, new_book, notes, rows, tables
from worthbook.data.book import Book
from worthbook.data.ingest import Manner, ingest
from worthbook.definitions.mapping import Feed, MappingDefinition, SourceField
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit

ORDERS = (
    "order_id,customer_id,ordered_on,amount,currency\n"
    "1,A,2026-01-02,100,CNY\n2,B,2026-01-02,10,usd\n3,C,2026-02-02,10,USD\n4,D,2026-02-02,10,EUR\n5,E,2026-02-03,7,\n"
)
RATES = "currency,valid_from,rate\nUSD,2026-01-01,7.1\nUSD,2026-02-01,7.25\n"


def bring_rates(book: Book, folder: Path) -> None:
    (folder / "rates.csv").write_text(RATES)
    text = Text(en="Rates", zh="汇率")
    names = {"currency": Unit.TEXT, "valid_from": Unit.DATE, "rate": Unit.RATIO}
    mapping = MappingDefinition(
        name="rates",
        title=text,
        description=text,
        source="a test",
        fields={name: SourceField(names=(name,), unit=unit, needed=True) for name, unit in names.items()},
        feeds=(Feed(table="exchange_rates", columns={name: name for name in names}),),
    )
    ingest(book, folder / "rates.csv", {**mappings(), "rates": mapping}, tables(), Manner("rates"))


def brought(folder: Path, currency: str, *, rates: bool) -> tuple[Book, list[str], list[tuple[int, str]]]:
    book = Book.create(folder / "shop.book", "Shop", currency)
    if rates:
        bring_rates(book, folder)
    (folder / "orders.csv").write_text(ORDERS)
    report = bring(book, folder / "orders.csv")
    assert report.accepted + report.rejected == report.read
    return book, notes(report), [(each.line, each.reason) for each in book.rejects(report.import_id)]


def test_each_amount_is_multiplied_by_the_rate_of_its_day(tmp_path: Path) -> None:
    book, said, rejected = brought(tmp_path, "CNY", rates=True)
    assert rows(book, "customer_id, amount::DOUBLE, currency") == [
        ("A", 100, "CNY"), ("B", 71, "usd"), ("C", 72.5, "USD"), ("E", 7, None),
    ]  # fmt: skip
    assert rejected == [(5, "exchange-rate-missing")]
    assert "Amounts in USD were brought into CNY by the exchange rates of the book; lines: 2." in said


def test_without_a_rate_the_line_is_rejected_and_says_why(tmp_path: Path) -> None:
    book, _, rejected = brought(tmp_path, "CNY", rates=False)
    assert rejected == [(line, "exchange-rate-missing") for line in (3, 4, 5)]
    (first, *_) = book.rejects(book.imports()[-1].import_id)
    assert (first.column, first.value) == ("currency", "usd")
    assert first.sentence.en == "There is no exchange rate from 'usd' to CNY for that day."


def test_a_book_of_no_currency_has_that_of_most_lines_and_then_of_its_rows(tmp_path: Path) -> None:
    book, _, rejected = brought(tmp_path, "", rates=False)
    assert (len(rows(book, "1")), [line for line, _ in rejected]) == (3, [2, 5])
    (tmp_path / "more.csv").write_text(
        "customer_id,ordered_on,amount,currency\nF,2026-03-01,5,EUR\nG,2026-03-01,5,USD\n"
    )
    report = bring(book, tmp_path / "more.csv")
    assert [each.value for each in book.rejects(report.import_id)] == ["EUR"]


def test_one_currency_needs_no_rate(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    (tmp_path / "orders.csv").write_text("customer_id,ordered_on,amount,currency\nF,2026-03-01,5,EUR\n")
    assert bring(book, tmp_path / "orders.csv").rejected == 0


def test_what_to_do_about_lines_without_a_rate_is_said(tmp_path: Path) -> None:
    _, said, _ = brought(tmp_path, "CNY", rates=False)
    assert any(
        note.startswith("To use the lines without an exchange rate: import a file with the columns currency")
        for note in said
    )


def test_a_currency_that_nobody_named_is_supposed_aloud(tmp_path: Path) -> None:
    _, said, _ = brought(tmp_path, "", rates=False)
    assert (
        "Assumption: the book is kept in USD, as most of its lines are; another goes into `currency` in book.toml."
        in said
    )

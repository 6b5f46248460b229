"""Potential from files to columns: 40 firms buy tea for 100, ten of them cups for 50, too; 35 persons buy tea for 9."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from worthbook.kernel.units import Value
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import OpenBook, open_book

DAY = "2024-05-01"


def write(folder: Path, name: str, header: str, rows: Sequence[str]) -> Path:
    file = folder / f"{name}.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBook]:
    folder = tmp_path_factory.mktemp("potential")
    firms, persons = [f"f{each:02}" for each in range(40)], [f"p{each:02}" for each in range(35)]
    lines = [f"{who},t{who},{DAY},t,1,100" for who in firms] + [f"{who},c{who},{DAY},c,1,50" for who in firms[:10]]
    lines += [f"{who},t{who},{DAY},t,1,9" for who in persons] + [f"odd,odd,{DAY},,1,5"]
    files = [
        write(folder, "products", "product_id,name,category", ["t,Tea,tea", "c,Cups,cups"]),
        write(folder, "customers", "customer_id,kind", [f"{who},business" for who in firms]),
        write(folder, "transactions", "customer_id,order_id,ordered_on,product_id,quantity,amount", lines),
        write(folder, "wallets", "customer_id,category,known_on,amount", [f"f00,tea,{DAY},700", f"f00,cups,{DAY},80"]),
    ]
    made, _ = ingest_files(files, folder / "shop.book", currency="CNY")
    with open_book(made.folder) as opened:
        yield opened


def value(book: OpenBook, name: str, customer: str) -> Value:
    found = book.column(name, as_of=DAY).to_polars()
    known = dict(zip(found["customer_id"], found[name], strict=True))
    answer: Value = known[customer]
    return answer


@pytest.mark.parametrize(
    ("column", "customer", "expected"),
    [
        ("wallet_12m", "f20", 150),  # four in five firms spend up to 150: 30 spend 100, ten 150
        ("potential_12m", "f20", 50),
        ("potential_12m", "f05", 0),
        ("share_of_wallet_estimated", "f20", 2 / 3),
        ("wallet_12m", "f00", 780),  # as stated
        ("wallet_12m_low", "f00", 780),
        ("potential_12m_high", "f00", 630),
        ("wallet_12m", "p01", 9),
        ("look_alikes", "f20", 40),
        ("look_alikes", "p01", 36),  # those whose kind is unknown, the odd one among them
        ("category_gap_12m", "f20", 12.5),
        ("category_gap_12m", "f05", 0),
        ("next_category", "f20", "cups"),
        ("next_category", "f05", None),
        ("next_category_spend", "f20", 50),
        ("next_category", "odd", None),
        ("category_gap_12m", "odd", None),
    ],
)
def test_potential(book: OpenBook, column: str, customer: str, expected: float | str | None) -> None:
    found = value(book, column, customer)
    if isinstance(expected, str) or expected is None:
        assert found == expected
    else:
        assert float(str(found)) == pytest.approx(expected)


def test_the_matrix_places_by_value_and_potential(book: OpenBook) -> None:
    """The top fifth by value are the ten firms with cups; the mean potential lies between nothing and 50."""
    cells = [value(book, "current_potential", customer) for customer in ("f00", "f05", "f20", "p01")]
    assert cells == ["invest", "keep", "develop", "minimise"]

"""Years with a purchase, counted back from the date, as BG/BB reads them."""

from __future__ import annotations

from pathlib import Path

from worthbook.data import columns
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import open_book

ORDERS = """customer_id,ordered_on,amount
once,2020-03-01,10
often,2020-01-15,10
often,2020-05-01,10
often,2021-07-01,10
often,2023-08-01,10
late,2023-02-01,10
late,2023-12-31,10
"""
NAMES = ["years_after_first", "years_bought_again", "last_year_bought"]
COUNTED = {"once": (3, 0, 0), "often": (3, 2, 3), "late": (0, 0, 0)}
"""n, x and t_x at the end of 2023: years end on 31 December. In its first year `often` bought twice, in 2022 not."""


def test_years_are_counted_as_the_model_reads_them(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    ingest_files([tmp_path / "orders.csv"], tmp_path / "shop.book")
    with open_book(tmp_path / "shop.book") as opened:
        bench = opened.make(NAMES, as_of=opened.day("2023-12-31"))
        found = columns.of_customers(bench.engine, bench.sheets_of(NAMES), list(COUNTED), NAMES)
    assert {name: tuple(int(str(value)) for value in values) for name, values in found.items()} == COUNTED

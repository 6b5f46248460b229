from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.conftest import CUSTOMERS
from worthbook.data import columns
from worthbook.data.tabular import write_csv
from worthbook.models.company.company import simulate_company
from worthbook.planning.held import by_models_of
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import OpenBook, open_book

CLV = "clv_36m"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBook]:
    file = tmp_path_factory.mktemp("shop") / "orders.csv"
    write_csv(simulate_company(customers=CUSTOMERS, seed=3).lines, file)
    book, _ = ingest_files([file], currency="CNY")
    with open_book(book.folder) as opened:
        yield opened


def test_by_the_models_of_its_own_date_a_column_is_what_it_is(shop: OpenBook, tmp_path: Path) -> None:
    bench = shop.make([CLV], as_of=shop.day("2026-06-30"))
    held = by_models_of(bench, bench, CLV, tmp_path)
    assert held is not None
    assert columns.totals(shop.engine, [held], [CLV]) == columns.totals(shop.engine, bench.sheets_of([CLV]), [CLV])


def test_by_earlier_models_it_is_another(shop: OpenBook, tmp_path: Path) -> None:
    earlier, later = (shop.make([CLV], as_of=shop.day(day)) for day in ("2025-06-30", "2026-06-30"))
    held = by_models_of(earlier, later, CLV, tmp_path)
    assert held is not None
    now = columns.totals(shop.engine, later.sheets_of([CLV]), [CLV])[CLV]
    then = columns.totals(shop.engine, [held], [CLV])[CLV]
    assert (then.known, then.sum != now.sum) == (now.known, True)


def test_a_column_without_a_model_has_none(shop: OpenBook, tmp_path: Path) -> None:
    bench = shop.make(["revenue_12m"], as_of=shop.day("2026-06-30"))
    assert by_models_of(bench, bench, "revenue_12m", tmp_path) is None

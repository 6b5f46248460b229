"""Tenures of contracts, on both engines."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import duckdb
import pytest

from tests.engines.conftest import Shop
from worthbook.data.engine import Snapshot, TableFiles
from worthbook.data.tenures import DAYS_PER_MONTH, contract_tenures
from worthbook.planning.index import read_catalogue

AS_OF = dt.date(2024, 12, 31)
CONTRACTS = (
    # started, agreed end, cancelled, renewed, renews itself → days, ended
    (("2024-01-01", None, None, None, None), (365, 0)),
    (("2024-01-01", "2024-06-29", None, None, False), (180, 1)),
    (("2024-01-01", "2024-06-29", None, "2024-06-29", False), (365, 0)),
    (("2024-01-01", "2024-06-29", None, None, True), (365, 0)),
    (("2024-12-01", "2025-06-30", "2024-12-11", None, None), (10, 1)),
    (("2024-12-01", "2025-06-30", "2025-01-11", None, None), (30, 0)),
    (("2024-12-05", None, "2024-12-05", None, None), (1, 1)),
)


@pytest.fixture
def snapshot(shop: Shop, tmp_path: Path) -> Snapshot:
    """The shop's book with contracts, all in the first bucket."""
    place = tmp_path / "contracts.parquet"
    rows = [(f"k{index}", "once", *terms, "first", index) for index, (terms, _) in enumerate(CONTRACTS)]
    names = "contract_id customer_id started_on ends_on cancelled_on renewed_on renews_itself import_id import_line"
    types = ["VARCHAR", "VARCHAR", "DATE", "DATE", "DATE", "DATE", "BOOLEAN", "VARCHAR", "BIGINT"]
    with duckdb.connect() as database:
        columns = ", ".join(f"{name} {kind}" for name, kind in zip(names.split(), types, strict=True))
        database.execute(f"CREATE TABLE agreed ({columns})")
        database.executemany(f"INSERT INTO agreed VALUES ({', '.join('?' * len(types))})", rows)
        database.execute(f"COPY agreed TO '{place}'")
    buckets = ((str(place),), *((),) * (shop.snapshot.buckets - 1))
    files = TableFiles("contracts", buckets, columns=frozenset(names.split()))
    return dataclasses.replace(shop.snapshot, tables={**shop.snapshot.tables, "contracts": files})


def test_contracts_run_until_they_are_cancelled_or_not_renewed(shop: Shop, snapshot: Snapshot) -> None:
    months, ended, contracts = contract_tenures(shop.engine, snapshot, read_catalogue().tables, AS_OF)
    found = sorted(zip((months * DAYS_PER_MONTH).round().tolist(), ended.tolist(), contracts.tolist(), strict=True))
    assert found == [(1, 1, 1), (10, 1, 1), (30, 0, 1), (180, 1, 1), (365, 0, 3)]


def test_a_book_without_contracts_has_none(shop: Shop) -> None:
    months, ended, contracts = contract_tenures(shop.engine, shop.snapshot, read_catalogue().tables, AS_OF)
    assert (len(months), len(ended), len(contracts)) == (0, 0, 0)

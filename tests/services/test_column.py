from __future__ import annotations

import datetime as dt

import polars as pl
import pyarrow as pa
import pytest

from worthbook.services.open_book import OpenBook

AS_OF = "2026-06-30"


def test_values_come_as_polars(opened: OpenBook) -> None:
    frame = opened.column("revenue_12m", as_of=AS_OF).to_polars()
    assert (frame.columns, frame.height) == (["customer_id", "revenue_12m"], 400)


def test_values_come_as_arrow_and_pandas_alike(opened: OpenBook) -> None:
    column = opened.column("customer_pyramid", as_of=AS_OF)
    assert column.to_pandas()["customer_pyramid"].tolist() == column.to_arrow()["customer_pyramid"].to_pylist()


def test_any_arrow_library_reads_a_column(opened: OpenBook) -> None:
    column = opened.column("recency_days", as_of=AS_OF)
    assert pa.table(column).num_rows == pl.DataFrame(column).height


def test_money_stays_decimal(opened: OpenBook) -> None:
    assert opened.column("revenue_12m", as_of=AS_OF).to_arrow().schema.field("revenue_12m").type == pa.decimal128(28, 4)


def test_nothing_later_than_the_date_is_seen(opened: OpenBook) -> None:
    latest = opened.column("last_purchase_on", as_of="2025-01-31").to_polars()["last_purchase_on"].max()
    assert isinstance(latest, dt.date)
    assert latest <= dt.date(2025, 1, 31)


def test_provenance_reaches_the_import(opened: OpenBook) -> None:
    tree = opened.column("customer_pyramid", as_of=AS_OF).provenance
    assert [node.name for node in tree.walk() if node.maker == "import"] == ["transactions"]


def test_meaning_and_caveats_come_along(opened: OpenBook) -> None:
    meta = opened.column("p_alive", as_of=AS_OF).meta
    assert "bought on one day only" in meta.caveats[0].en


@pytest.mark.parametrize(("name", "word"), [("customer_pyramid", "VIP客户"), ("revenue_12m", "客户占比")])
def test_a_column_is_drawn_in_chinese(opened: OpenBook, name: str, word: str) -> None:
    assert word in opened.column(name, as_of=AS_OF).chart(language="zh")

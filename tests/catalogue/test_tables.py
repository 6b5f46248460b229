"""The shipped tables: what a row is, what is personal, and that a table without files costs nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.data.importing import bring_text, tables
from worthbook.data.duckdb import DuckDB
from worthbook.data.relations import Relations, bucket_files
from worthbook.services.describe_definition import describe_definition

KEYS = {
    "account_years": ("customer_id", "year_ends_on"),
    "accounts": ("customer_id",),
    "activities": ("activity_id",),
    "activity_costs": ("pool_id", "activity_id", "month"),
    "activity_drivers": (),
    "answers": ("survey_id", "respondent_id", "question_id", "brand"),
    "appraisals": ("customer_id", "criterion", "judge", "appraised_on"),
    "campaign_contacts": ("campaign_id", "customer_id"),
    "campaigns": ("campaign_id",),
    "competitors": ("competitor_id",),
    "complaints": ("complaint_id",),
    "contacts": ("contact_id",),
    "contracts": ("contract_id",),
    "cost_pools": ("pool_id", "month"),
    "customer_costs": (),
    "customer_lists": ("list_name", "customer_id"),
    "customers": ("customer_id",),
    "exchange_rates": ("currency", "valid_from"),
    "hand_placements": ("placement_id",),
    "holdings": ("customer_id", "product_id", "month"),
    "information_uses": ("customer_id", "field", "used_on"),
    "interactions": ("interaction_id",),
    "invoices": ("invoice_id",),
    "loyalty_entries": ("entry_id",),
    "opportunities": ("opportunity_id",),
    "payments": ("payment_id",),
    "products": ("product_id",),
    "questions": ("survey_id", "question_id"),
    "referrals": ("customer_id", "referred_id"),
    "seasons": ("season", "starts_on"),
    "surveys": ("survey_id",),
    "transactions": (),
    "anonymous_sales": (),
    "wallets": ("customer_id", "category", "known_on"),
}
STORED = sorted(name for name, table in tables().items() if table.derived_from is None)
IDENTIFYING = {"name", "email", "phone", "address", "born_on", "credit_code", "note"}


def test_what_identifies_a_row() -> None:
    assert {name: tables()[name].key for name in STORED} == KEYS


@pytest.mark.parametrize("name", STORED)
def test_what_identifies_a_row_is_required(name: str) -> None:
    table = tables()[name]
    assert all(table.columns[key].required for key in table.key)
    assert table.time is None or table.columns[table.time].required


@pytest.mark.parametrize("name", sorted(tables()))
def test_the_customer_is_personal_wherever_it_stands(name: str) -> None:
    columns = tables()[name].columns
    assert all(columns[each].personal for each in {"customer_id", "contact_id", "referred_id"} & columns.keys())


@pytest.mark.parametrize("name", ["customers", "contacts"])
def test_what_tells_who_somebody_is_is_personal(name: str) -> None:
    columns = tables()[name].columns
    assert all(columns[each].personal for each in IDENTIFYING & columns.keys())


def test_a_table_without_files_reads_nothing(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, "customer_id,ordered_on,amount\nA,2026-01-02,10\n")
    snapshot = book.snapshot()
    files = bucket_files(snapshot, 0)
    relations = Relations(tables(), snapshot, dt.date(2026, 6, 30), frozenset(files))
    engine = DuckDB(threads=1)
    for name in KEYS.keys() - {"transactions"}:
        query = relations.relation(name, tables()[name].columns)
        assert "READ_PARQUET" not in query.sql("duckdb").upper()
        assert engine.rows(query, {}) == []
    engine.close()


def test_codes_and_personal_data_are_described() -> None:
    (columns,) = describe_definition("customers").tables
    said = {row[0]: row[-1] for row in columns.rows}
    assert str(said["email"]) == "Personal data."
    assert str(said["kind"]).startswith("consumer: Consumer: buys for own use; business: ")

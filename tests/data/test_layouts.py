"""Every shipped layout on a small file written from its published list of columns: what becomes of each line.

`WORTHBOOK_RENEW_GOLDEN=1 python -m pytest tests/data/test_layouts.py` writes the expected results again; look at the
difference before keeping it. The files are in `tests/data/files`, the results beside them in `expected`.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.data.importing import FILES, bring, mappings, new_book, notes, tables
from worthbook.data.attempt import ImportReport
from worthbook.data.book import Book
from worthbook.data.delta import cursor
from worthbook.data.feeds import IMPORT_COLUMNS, stored_columns

LAYOUTS = {
    "alipay_bill.csv": "alipay_bill",
    "bank_balances.csv": "bank_balances",
    "bank_flags.csv": "bank_flags",
    "bank_holdings.csv": "bank_holdings",
    "card_customers.csv": "card_customers",
    "card_statement.csv": "card_statement",
    "contract_list.csv": "contract_list",
    "douyin_orders.csv": "douyin_orders",
    "ecb_rates.csv": "ecb_rates",
    "formbricks_answers.csv": "formbricks_answers",
    "hubspot_companies.csv": "hubspot_companies",
    "hubspot_contacts.csv": "hubspot_contacts",
    "hubspot_deals.csv": "hubspot_deals",
    "jd_orders.csv": "jd_orders",
    "limesurvey_answers.csv": "limesurvey_answers",
    "limesurvey_anonymous.csv": "limesurvey_answers",
    "limesurvey_chinese.csv": "limesurvey_answers",
    "limesurvey_codes.csv": "limesurvey_answers",
    "pinduoduo_orders.csv": "pinduoduo_orders",
    "qualtrics_answers.csv": "qualtrics_answers",
    "safe_rates.csv": "safe_rates",
    "salesforce_account_report.csv": "salesforce_account_report",
    "salesforce_accounts.csv": "salesforce_accounts",
    "salesforce_accounts_api.csv": "salesforce_accounts",
    "salesforce_contact_report.csv": "salesforce_contacts",
    "salesforce_contacts.csv": "salesforce_contacts",
    "salesforce_contacts_api.csv": "salesforce_contacts",
    "salesforce_opportunities.csv": "salesforce_opportunities",
    "salesforce_opportunities_api.csv": "salesforce_opportunities",
    "shopify_customers.csv": "shopify_customers",
    "shopify_customers_older.csv": "shopify_customers",
    "shopify_orders.csv": "shopify_orders",
    "square_items.csv": "square_items",
    "square_transactions.csv": "square_transactions",
    "stripe_payments.csv": "stripe_payments",
    "taobao_orders.csv": "taobao_orders",
    "uci_online_retail.csv": "uci_online_retail",
    "uci_online_retail_ii.csv": "uci_online_retail",
    "wechat_bill.csv": "wechat_bill",
    "woocommerce_analytics.csv": "woocommerce_analytics",
    "woocommerce_export.csv": "woocommerce_export",
    "youzan_customers.csv": "youzan_customers",
    "youzan_orders.csv": "youzan_orders",
}
"""File → the mapping that it must be recognised by."""
TODAY = "the day of the import"


@pytest.mark.parametrize("name", LAYOUTS)
def test_what_becomes_of_each_line(tmp_path: Path, name: str) -> None:
    book = new_book(tmp_path)
    report = bring(book, FILES / name)
    assert report.mapping == LAYOUTS[name]
    assert report.accepted + report.rejected + report.skipped == report.read
    made = "\n".join(account(book, report)) + "\n"
    path = FILES / "expected" / name.replace(".csv", ".txt")
    if os.environ.get("WORTHBOOK_RENEW_GOLDEN"):
        path.write_text(made, encoding="utf-8")

    assert path.read_text(encoding="utf-8") == made


def test_every_special_mapping_has_a_file() -> None:
    without = {"cdnow", "complete_journey", "complete_journey_products", "worthbook_orders"}  # shared data, own layout
    assert {name for name, each in mappings().items() if not each.generic} - without == set(LAYOUTS.values())


def account(book: Book, report: ImportReport) -> Iterator[str]:
    """The counts, what was said, the lines rejected, and every row of every table, without what is unknown."""
    yield f"{report.mapping}: read {report.read}, accepted {report.accepted}, rejected {report.rejected}"
    yield f"skipped {report.skipped}"
    yield from (f"- {note}" for note in notes(report))
    for each in book.rejects(report.import_id):
        yield f"! line {each.line}, {each.column}: {each.value} ({each.reason})"
    snapshot = book.snapshot()
    for table in sorted(snapshot.tables.keys() & tables().keys()):
        names = [name for name in stored_columns(tables()[table]) if name not in IMPORT_COLUMNS]
        files = snapshot.tables[table].files
        if not files:
            continue
        wanted = ", ".join(f'"{name}"' for name in ("import_line", *names))
        found = (
            cursor().execute(f"SELECT {wanted} FROM read_parquet(?, union_by_name = true)", [list(files)]).fetchall()
        )
        yield f"\n{table}"
        yield from sorted(row(names, values) for values in found)


def row(names: list[str], values: tuple[object, ...]) -> str:
    line, *cells = values
    known = ", ".join(f"{name}={shown(cell)}" for name, cell in zip(names, cells, strict=True) if cell is not None)
    return f"{line:>3}: {known}"


def shown(cell: object) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:f}".rstrip("0").rstrip(".")
    today = dt.datetime.now(tz=dt.UTC).astimezone().date()
    if cell in {today, dt.datetime.combine(today, dt.time())}:
        return TODAY
    return f"{cell:g}" if isinstance(cell, float) else str(cell)

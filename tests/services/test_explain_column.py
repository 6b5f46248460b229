from __future__ import annotations

from decimal import Decimal

import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.company.company import Company
from worthbook.services.evaluate import evaluate
from worthbook.services.explain_column import explain_column
from worthbook.services.open_book import OpenBook


def test_the_rows_add_up_to_the_measure(opened: OpenBook, company: Company) -> None:
    explained = explain_column(opened, "revenue_lifetime", company.truth.big_account)
    amounts = [row.values["amount"] for row in explained.rows]
    total = sum((amount for amount in amounts if isinstance(amount, Decimal)), Decimal(0))
    assert total == explained.node.value


def test_a_window_shows_the_rows_in_it_and_no_others(opened: OpenBook, company: Company) -> None:
    explained = explain_column(opened, "revenue_12m", company.truth.big_account)
    amounts = [row.values["amount"] for row in explained.rows]
    assert sum((amount for amount in amounts if isinstance(amount, Decimal)), Decimal(0)) == explained.node.value


def test_the_rows_are_of_the_tables_that_are_read(opened: OpenBook) -> None:
    both = explain_column(opened, "clv_36m", "C000020").behind
    none = explain_column(opened, "complaints_12m", "C000020").behind
    assert [[each.table.name for each in found] for found in (both, none)] == [["transactions"], ["complaints"]]


def test_all_rows_are_shown_where_that_is_asked(opened: OpenBook, company: Company) -> None:
    explained = explain_column(opened, "revenue_lifetime", company.truth.big_account)
    few, every = (explained.say("en", rows).count("orders.csv, line") for rows in (3, 0))
    assert (few, every) == (3, len(explained.rows))


def test_every_row_names_its_file_and_line(opened: OpenBook, company: Company) -> None:
    explained = explain_column(opened, "revenue_12m", company.truth.big_account)
    files = {explained.files[row.import_id] for row in explained.rows}
    lines = [row.import_line for row in explained.rows]
    assert (files, min(lines) >= 2, len(set(lines)) == len(lines)) == ({"orders.csv"}, True, True)


def test_a_tier_is_explained_with_the_smallest_change(opened: OpenBook, company: Company) -> None:
    evaluate(opened)
    explained = explain_column(opened, "customer_pyramid", company.truth.big_account)
    assert explained.placing is not None
    assert (explained.node.value, explained.placing.cell) == ("vip", "vip")
    assert [change.direction for change in explained.placing.changes] == ["less"]


def test_a_kept_run_and_a_fresh_column_are_explained_alike(opened: OpenBook) -> None:
    fresh = explain_column(opened, "rfm", "C000020", as_of="2026-03-31")
    evaluate(opened, as_of="2026-03-31")
    kept = explain_column(opened, "rfm", "C000020", as_of="2026-03-31")
    assert (kept.node, kept.placing) == (fresh.node, fresh.placing)


def test_lifetime_value_is_traced_to_the_models_inputs(opened: OpenBook) -> None:
    node = explain_column(opened, "clv_36m", "C000020").node
    names = {node.meta.name} | {each.meta.name for each in node.made_from}
    assert names == {"clv_36m", "discounted_purchases_36m", "expected_spend", "margin_rate_used"}


def test_an_unknown_customer_is_named(opened: OpenBook) -> None:
    with pytest.raises(WorthbookError) as caught:
        explain_column(opened, "revenue_12m", "nobody", as_of="2026-06-30")
    assert str(caught.value) == (
        "[customer-unknown] No customer 'nobody' is known on 2026-06-30.\n"
        "  hint: Ids are compared letter by letter, leading zeros included; customers.csv lists them all."
    )


def test_an_unknown_column_is_met_with_near_names(opened: OpenBook) -> None:
    with pytest.raises(WorthbookError) as caught:
        explain_column(opened, "revenue_12", "C000020")
    assert caught.value.slugs == ("name-unknown",)

"""Measures over tables beside the orders: hand-made rows with their answers worked out by hand, on both engines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.engines.conftest import values_of
from tests.engines.shop import shipped
from worthbook.data.engine import Engine, Snapshot, TableFiles
from worthbook.data.measures import make_measures
from worthbook.definitions.measure import MeasureDefinition
from worthbook.kernel.units import Value

AS_OF = dt.date(2024, 6, 30)

ROWS: Mapping[str, str] = {
    "transactions": """SELECT * FROM (VALUES
        ('ann', DATE '2024-01-10', 100.0, 25.0, 60.0, 'o1', false),
        ('ann', DATE '2024-05-01', 300.0, 0.0, 150.0, 'o2', false),
        ('bob', DATE '2024-02-01', 50.0, 0.0, 20.0, 'o3', false))
        AS t(customer_id, ordered_on, amount, discount, cost, order_id, is_return)""",
    "customers": """SELECT * FROM (VALUES
        ('ann', DATE '1980-07-01', 50, 90000.0, 40.0, 'business', 'partner', 'north', 2e6, 3, 'Sales manager'),
        ('bob', NULL, 33, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '学生'))
        AS t(customer_id, born_on, age, income, acquisition_cost, kind, role, region, assets, dependants,
        occupation)""",
    "appraisals": """SELECT * FROM (VALUES
        ('ann', 'need_fit', 'li', DATE '2024-01-01', 2.0), ('ann', 'need_fit', 'li', DATE '2024-06-01', 4.0),
        ('ann', 'need_fit', 'wu', DATE '2024-03-01', 5.0), ('ann', 'need_fit', 'li', DATE '2024-07-01', 1.0),
        ('ann', 'rivalry', 'li', DATE '2024-01-01', 9.0))
        AS t(customer_id, criterion, judge, appraised_on, score)""",
    "account_years": """SELECT * FROM (VALUES
        ('ann', DATE '2022-12-31', DATE '2023-04-30', 90.0, 10.0, 90.0, 100.0, 50.0, 80.0, 60.0, 8.0, 9.0),
        ('ann', DATE '2023-12-31', DATE '2024-04-30', 120.0, 20.0, 80.0, 200.0, 120.0, 100.0, 80.0, 12.0, 20.0),
        ('ann', DATE '2024-06-30', DATE '2024-09-30', 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
        ('bob', DATE '2023-12-31', DATE '2024-04-30', 5.0, 0.0, 0.0, 10.0, 12.0, 0.0, 0.0, -1.0, 1.0))
        AS t(customer_id, year_ends_on, known_on, current_assets, inventories, current_liabilities, total_assets,
        total_liabilities, revenue, previous_revenue, net_profit, operating_cash_flow)""",
    "information_uses": """SELECT * FROM (VALUES
        ('ann', 'phone', DATE '2024-05-31', 1, 12, 1, 2.0), ('ann', 'budget', DATE '2024-05-31', 3, 2, 2, 4.5),
        ('ann', 'phone', DATE '2023-05-31', 1, 99, 1, 2.0), ('bob', 'hobbies', DATE '2024-05-31', 4, 0, 1, 6.0))
        AS t(customer_id, field, used_on, points, uses, collections, collection_cost)""",
    "contracts": """SELECT * FROM (VALUES
        ('k1', 'ann', 'silver', DATE '2021-01-01', NULL, DATE '2022-01-01', false, CAST(NULL AS DATE), 9.0, 1),
        ('k2', 'ann', 'gold', DATE '2023-06-30', DATE '2024-06-01', NULL, true, NULL, 120.0, 3),
        ('k3', 'bob', 'silver', DATE '2024-01-01', DATE '2024-03-31', NULL, false, NULL, 10.0, 1),
        ('k4', 'bob', 'gold', DATE '2024-07-01', NULL, NULL, true, NULL, 40.0, 1))
        AS t(contract_id, customer_id, plan, started_on, ends_on, cancelled_on, renews_itself, renewed_on, price,
        period_months)""",
    "complaints": """SELECT * FROM (VALUES
        ('c1', 'ann', TIMESTAMP '2024-04-01 09:00', TIMESTAMP '2024-04-03 08:00', TIMESTAMP '2024-04-05 08:00'),
        ('c2', 'ann', TIMESTAMP '2022-04-01 09:00', TIMESTAMP '2022-04-01 10:00', NULL),
        ('c3', 'ann', TIMESTAMP '2024-07-01 09:00', NULL, NULL))
        AS t(complaint_id, customer_id, opened_at, answered_at, resolved_at)""",
    "referrals": """SELECT * FROM (VALUES
        ('bob', 'x', DATE '2024-01-01', DATE '2024-03-01'), ('bob', 'y', DATE '2024-01-01', DATE '2024-08-01'),
        ('bob', 'z', DATE '2024-05-01', NULL)) AS t(customer_id, referred_id, referred_on, became_customer_on)""",
    "customer_costs": """SELECT * FROM (VALUES
        ('ann', DATE '2024-03-01', 30.0), ('ann', DATE '2023-03-01', 5.0)) AS t(customer_id, spent_on, amount)""",
    "activities": "SELECT * FROM (VALUES ('visit', 12.5), ('call', NULL)) AS t(activity_id, rate)",
    "activity_drivers": """SELECT * FROM (VALUES
        ('visit', 'ann', DATE '2024-02-01', 2.0), ('call', 'bob', DATE '2024-02-01', 1.0))
        AS t(activity_id, customer_id, driven_on, quantity)""",
    "invoices": """SELECT * FROM (VALUES
        ('i1', 'ann', DATE '2024-01-10', DATE '2024-02-10', 100.0),
        ('i2', 'ann', DATE '2024-05-01', DATE '2024-05-31', 300.0))
        AS t(invoice_id, customer_id, issued_on, due_on, amount)""",
    "payments": """SELECT * FROM (VALUES
        ('p1', 'ann', 'i1', DATE '2024-02-05', 100.0), ('p2', 'ann', 'i2', DATE '2024-06-10', 60.0),
        ('p3', 'bob', 'lost', DATE '2024-06-10', 5.0))
        AS t(payment_id, customer_id, invoice_id, paid_on, amount)""",
    "accounts": """SELECT * FROM (VALUES ('ann', 30, 500.0, 2e6))
        AS t(customer_id, payment_days, credit_limit, annual_revenue)""",
    "wallets": """SELECT * FROM (VALUES
        ('ann', 'tea', DATE '2023-01-01', 900.0), ('ann', 'tea', DATE '2024-01-01', 700.0),
        ('ann', 'cups', DATE '2023-06-01', 100.0),
        ('bob', 'tea', DATE '2024-01-01', 40.0)) AS t(customer_id, category, known_on, amount)""",
    "holdings": """SELECT * FROM (VALUES
        ('ann', 'fund', DATE '2024-05-31', true, 10.0, 1.0), ('ann', 'fund', DATE '2024-06-30', true, 20.0, 2.0),
        ('ann', 'card', DATE '2023-01-31', true, 5.0, 9.0), ('ann', 'loan', DATE '2024-06-30', false, 0.0, 0.5))
        AS t(customer_id, product_id, month, is_held, balance, margin)""",
    "loyalty_entries": """SELECT * FROM (VALUES
        ('e1', 'ann', TIMESTAMP '2024-01-01 00:00', 500.0), ('e2', 'ann', TIMESTAMP '2024-02-01 00:00', -120.0))
        AS t(entry_id, customer_id, entered_at, points)""",
    "opportunities": """SELECT * FROM (VALUES
        ('d1', 'ann', DATE '2024-01-01', DATE '2024-01-11', true, NULL),
        ('d2', 'ann', DATE '2024-02-01', DATE '2024-02-21', true, NULL),
        ('d3', 'ann', DATE '2024-03-01', DATE '2024-06-01', false, 'Rival'),
        ('d4', 'ann', DATE '2024-03-01', DATE '2024-06-02', false, NULL),
        ('d5', 'ann', DATE '2024-03-01', DATE '2024-07-02', false, 'Rival'))
        AS t(opportunity_id, customer_id, opened_on, closed_on, is_won, competitor)""",
    "interactions": """SELECT * FROM (VALUES
        ('v1', 'ann', TIMESTAMP '2024-03-01 10:00', 45.0, 'service', NULL),
        ('v2', 'ann', TIMESTAMP '2024-03-02 10:00', NULL, 'call', '建议'))
        AS t(interaction_id, customer_id, happened_at, minutes, kind, purpose)""",
}

UNJUDGED = (
    *("importance", "growth_potential", "bargaining_power", "price_pressure", "serving_effort", "cooperation"),
    *("promotion_support", "technical_support", "industry_outlook", "rivalry", "prospects", "buying_risk"),
    "need_for_help",
)
"""Criteria of which nobody said anything that counts."""

EXPECTED: Mapping[str, tuple[Value, Value]] = {  # of ann and of bob
    "contract_months": (366 / 30.4375, 90 / 30.4375),
    "contract_whole_months": (12, 3),
    "contract_ended": (0, 1),
    "contract_price_month": (Decimal(40), Decimal(10)),
    "contract_plan": ("gold", "silver"),
    "complaints_12m": (1, 0),
    "complaints_lifetime": (2, 0),
    "last_complaint_on": (dt.date(2024, 4, 1), None),
    "complaint_answer_days_12m": (2.0, None),
    "complaints_open": (1, 0),
    "stayed_after_complaint": (True, None),
    "contacts_12m": (2, 0),
    "contact_minutes_12m": (45.0, None),
    "discounted_share_12m": (0.5, 0.0),
    "referrals_lifetime": (0, 3),
    "referred_customers_lifetime": (0, 1),
    "deliberation_days_lifetime": (15.0, None),
    "points_balance": (380.0, 0.0),
    "wallet_stated": (Decimal(800), Decimal(40)),
    "wallet_share": (0.5, 1.0),
    "wallet_left": (Decimal(400), Decimal(0)),
    "direct_costs_12m": (Decimal(30), Decimal(0)),
    "direct_costs_lifetime": (Decimal(35), Decimal(0)),
    "activity_costs_12m": (Decimal(25), None),
    "activity_costs_lifetime": (Decimal(25), None),
    "cost_to_serve_12m": (Decimal(55), Decimal(0)),
    "cost_to_serve_lifetime": (Decimal(60), Decimal(0)),
    "contribution_12m": (Decimal(135), Decimal(30)),
    "contribution_lifetime": (Decimal(130), Decimal(30)),
    "cost_to_serve_rate_12m": (0.1375, 0.0),
    "price_realised_12m": (1 - 25 / 425, 1.0),
    "days_late_12m": (5.0, None),
    "on_time_share_12m": (0.625, None),
    "invoiced_12m": (Decimal(400), Decimal(0)),
    "invoiced_lifetime": (Decimal(400), Decimal(0)),
    "paid_lifetime": (Decimal(160), Decimal(5)),
    "exposure": (Decimal(240), Decimal(-5)),
    "payment_days_agreed": (30.0, None),
    "credit_limit_agreed": (Decimal(500), None),
    "credit_limit_used": (0.48, None),
    "products_held": (1, 0),
    "balance_held": (Decimal(20), Decimal(0)),
    "holdings_margin_12m": (Decimal("3.5"), None),
    "balance_months_12m": (2, 0),
    "age_years": (43, 33),
    "income_stated": (Decimal(90000), None),
    "acquisition_cost": (Decimal(40), None),
    "current_value_12m": (Decimal(135), Decimal(30)),
    "annual_revenue_stated": (Decimal(2_000_000), None),
    "peer_kind": ("business", ""),
    "peer_region": ("north", ""),
    "peer_means": (9.0, -1.0),  # an income of 90 000: 9 half powers of ten
    "wallet_read": (Decimal(800), Decimal(40)),
    "due_lifetime": (Decimal(400), Decimal(0)),
    "overdue_amount": (Decimal(240), Decimal(0)),
    "overdue_share": (1.0, None),
    "rival_share_lifetime": (0.25, None),
    "complaint_rate_12m": (0.5, 0.0),
    "complaints_resolved_share_12m": (1.0, None),
    "services_used_12m": (1, 0),
    "suggestions_12m": (1, 0),
    "customer_kind": ("business", None),
    "customer_role": ("partner", None),
    "customer_region": ("north", None),
    "assets_stated": (Decimal(2_000_000), None),
    "dependants_stated": (3, None),
    "occupation_points": (3, 1),
    "account_current_ratio": (1.5, None),
    "account_quick_ratio": (1.25, None),
    "account_debt_ratio": (0.6, 1.2),
    "account_return_on_equity": (0.15, None),
    "account_net_margin": (0.12, None),
    "account_cash_ratio": (0.25, None),
    "account_sales_growth": (0.25, None),
    "information_value_12m": (Decimal(2 * (1 * 12 + 3 * 2) - 2 - 9), Decimal(-6)),
    **dict.fromkeys([f"{name}_judged" for name in UNJUDGED], (None, None)),
    "need_fit_judged": (4.5, None),
}


def stored(folder: Path, names: Sequence[str]) -> Snapshot:
    """The rows as Parquet files, in the types of the book."""
    tables = {}
    for name in names:
        definition = shipped().tables[name]
        path = folder / f"{name}.parquet"
        with duckdb.connect() as connection:
            columns = [row[0] for row in connection.execute(f"DESCRIBE {ROWS[name]}").fetchall()]
            kinds = {"money": "DECIMAL(18, 4)", "number": "DOUBLE", "integer": "BIGINT"}
            cast = ", ".join(
                f"CAST({each} AS {kinds[definition.columns[each].unit.storage]}) AS {each}"
                if definition.columns[each].unit.storage in kinds
                else each
                for each in columns
            )
            rows = f"SELECT {cast}, 'first' AS import_id, CAST(2 AS BIGINT) AS import_line FROM ({ROWS[name]})"
            connection.execute(f"COPY ({rows}) TO '{path}' (FORMAT parquet)")
        tables[name] = TableFiles(name, ((str(path),),), columns=frozenset({*columns, "import_id", "import_line"}))
    return Snapshot(tables, {}, 1, {"value_per_use": 2.0})


def needed() -> list[MeasureDefinition]:
    return shipped().over_rows


def made(engine: Engine, folder: Path, names: Sequence[str]) -> dict[str, dict[str, Value]]:
    catalogue = shipped()
    sheet = make_measures(
        engine, stored(folder, names), catalogue.tables, catalogue.population, needed(), AS_OF, folder / "measures"
    )
    return values_of(engine, sheet)


@pytest.fixture(scope="module")
def found(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Value]]:
    return made(engine, tmp_path_factory.mktemp("tables"), list(ROWS))


@pytest.mark.parametrize("name", EXPECTED)
def test_measure(name: str, found: dict[str, dict[str, Value]]) -> None:
    assert EXPECTED[name] == pytest.approx((found["ann"][name], found["bob"][name]), rel=1e-12)


def test_every_measure_over_these_tables_has_an_answer() -> None:
    catalogue = shipped()
    beside = {each.name for each in catalogue.over_rows} - {each.name for each in catalogue.over_purchases}
    about_surveys = {name for name in beside if catalogue._roots(catalogue.measures[name]) & {"answers", "surveys"}}
    assert beside - about_surveys - set(EXPECTED) == set()


def test_what_nobody_told_is_unknown_not_zero(engine: Engine, tmp_path: Path) -> None:
    values = made(engine, tmp_path, ["transactions", "customers"])
    told = {
        *("discounted_share_12m", "price_realised_12m", "age_years", "income_stated", "acquisition_cost"),
        *("customer_kind", "customer_role", "customer_region", "assets_stated", "dependants_stated"),
        *("occupation_points", "current_value_12m", "peer_kind", "peer_region", "peer_means", "wallet_read"),
    }
    assert {name: (values["ann"][name], values["bob"][name]) for name in EXPECTED if name not in told} == dict.fromkeys(
        [name for name in EXPECTED if name not in told], (None, None)
    )

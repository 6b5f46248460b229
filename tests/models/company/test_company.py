"""The simulated firm as its shop would export it."""

from __future__ import annotations

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.company.buying import DAYS, LEAVERS_STOP
from worthbook.models.company.company import END, Company, simulate_company
from worthbook.models.company.selling import RETURN_RATE


@pytest.fixture(scope="module")
def company() -> Company:
    return simulate_company(customers=1_000)


def lines_of(company: Company, column: str, customers: set[str]) -> np.ndarray:
    return company.lines[column][np.isin(company.lines["customer_id"], list(customers))]


def test_columns_have_the_names_of_the_book(company: Company) -> None:
    assert list(company.lines) == [
        "order_id",
        "ordered_on",
        "customer_id",
        "product_id",
        "product_name",
        "category",
        "quantity",
        "amount",
        "discount",
        "cost",
    ]


def test_columns_have_one_length(company: Company) -> None:
    assert len({len(column) for column in company.lines.values()}) == 1


def test_the_same_seed_gives_the_same_firm(company: Company) -> None:
    again = simulate_company(customers=1_000)
    assert all(np.array_equal(again.lines[name], company.lines[name]) for name in company.lines)
    assert again.truth == company.truth


def test_another_seed_gives_another_firm(company: Company) -> None:
    other = simulate_company(customers=1_000, seed=8)
    assert other.truth.future_revenue != company.truth.future_revenue


def test_the_language_changes_names_and_no_number(company: Company) -> None:
    chinese = simulate_company(customers=1_000, language="zh")
    different = {name for name in company.lines if not np.array_equal(chinese.lines[name], company.lines[name])}
    assert different == {"product_name", "category"}
    assert "绿茶" in chinese.lines["category"]


def test_every_customer_has_bought(company: Company) -> None:
    truth = company.truth
    assert set(company.lines["customer_id"]) == truth.base | truth.leavers | {truth.big_account}
    assert len(truth.base) + len(truth.leavers) + 1 == 1_000


def test_three_years_end_on_the_last_day(company: Company) -> None:
    days = company.lines["ordered_on"]
    assert (days.max(), days.min()) == (np.datetime64(END), np.datetime64(END) - (DAYS - 1))


@pytest.mark.parametrize("column", ["amount", "discount", "cost"])
def test_money_is_in_cents(company: Company, column: str) -> None:
    money = company.lines[column].astype(np.float64)
    assert np.array_equal(money, np.round(money, 2))


def test_amount_and_discount_make_a_whole_number_of_prices(company: Company) -> None:
    sold = company.lines["quantity"].astype(np.int64) > 0
    amount, discount = (company.lines[name].astype(np.float64)[sold] for name in ("amount", "discount"))
    price = (amount + discount) / company.lines["quantity"].astype(np.int64)[sold]
    assert np.allclose(price, np.round(price, 2), atol=1e-9)


def test_a_return_takes_back_a_line_sold_before(company: Company) -> None:
    columns = [company.lines[name] for name in ("customer_id", "product_id", "quantity", "amount", "cost")]
    sold: dict[tuple[object, ...], np.datetime64] = {}
    returned: dict[tuple[object, ...], np.datetime64] = {}
    for customer, product, quantity, amount, cost, day in zip(*columns, company.lines["ordered_on"], strict=True):
        side, sign = (sold, 1) if quantity > 0 else (returned, -1)
        key = (customer, product, sign * quantity, sign * amount, sign * cost)
        side[key] = min(day, side[key]) if key in side and side is sold else day
    assert returned
    assert all(sold[key] < day for key, day in returned.items())


def test_returns_come_at_the_planted_rate() -> None:
    quantity = simulate_company(customers=5_000).lines["quantity"].astype(np.int64)
    returns, sold = np.count_nonzero(quantity < 0), np.count_nonzero(quantity > 0)
    spread = np.sqrt(RETURN_RATE * (1 - RETURN_RATE) / sold)
    assert returns / sold == pytest.approx(RETURN_RATE, abs=4 * spread)


def test_a_return_has_no_discount(company: Company) -> None:
    back = company.lines["quantity"].astype(np.int64) < 0
    assert np.array_equal(np.unique(company.lines["discount"][back]), [0.0])


def test_the_big_account_buys_every_week_below_cost(company: Company) -> None:
    big = {company.truth.big_account}
    quantity = lines_of(company, "quantity", big)
    bought = np.unique(lines_of(company, "ordered_on", big)[quantity > 0])
    margin = lines_of(company, "amount", big).sum() - lines_of(company, "cost", big).sum()
    assert np.array_equal(np.unique(np.diff(bought).astype(np.int64)), [7])
    assert margin < 0


def test_the_leavers_have_stopped(company: Company) -> None:
    leavers = set(company.truth.leavers)
    days = lines_of(company, "ordered_on", leavers)[lines_of(company, "quantity", leavers) > 0]
    assert (np.datetime64(END) - days.max()).astype(np.int64) >= LEAVERS_STOP


def test_an_order_belongs_to_one_customer_and_day(company: Company) -> None:
    orders = len(np.unique(company.lines["order_id"]))
    columns = [company.lines[name].astype(str) for name in ("order_id", "customer_id", "ordered_on")]
    assert len(np.unique(np.stack(columns), axis=1).T) == orders


def test_too_few_customers_are_refused() -> None:
    with pytest.raises(WorthbookError) as caught:
        simulate_company(customers=99)
    assert caught.value.say("en") == (
        "[demo-too-small] A simulated firm needs at least 100 customers, not 99.\n"
        "  hint: Ask for more customers, for example 10000."
    )
    assert caught.value.say("zh") == (
        "[demo-too-small] 模拟企业至少需要 100 位客户，当前为 99 位。\n  提示: 请增加客户数量，例如 10000。"
    )

from __future__ import annotations

import pytest

from worthbook.data.formula import parse
from worthbook.definitions import checks
from worthbook.definitions.reader import read_text

TABLES = """\
table: sales
title: {en: Sales, zh: 销售}
description: {en: Lines., zh: 明细。}
source: Worthbook
key: [sale_id]
time: sold_on
columns:
  sale_id: {title: {en: Sale, zh: 单号}, unit: id}
  customer_id: {title: {en: Customer, zh: 客户}, unit: id}
  sold_on: {title: {en: Day, zh: 日期}, unit: date}
  product_id: {title: {en: Product, zh: 产品}, unit: id}
  price: {title: {en: Price, zh: 单价}, unit: money}
  pieces: {title: {en: Pieces, zh: 件数}, unit: quantity, default: "1"}
  amount: {title: {en: Amount, zh: 金额}, unit: money, formula: price * pieces}
  brand: {title: {en: Brand, zh: 品牌}, unit: text, lookup: products.brand}
---
table: products
title: {en: Products, zh: 产品}
description: {en: Products., zh: 产品。}
source: Worthbook
key: [product_id]
customer: null
columns:
  product_id: {title: {en: Product, zh: 产品}, unit: id}
  brand: {title: {en: Brand, zh: 品牌}, unit: text}
---
table: days
title: {en: Days, zh: 天}
description: {en: Days., zh: 天。}
source: Worthbook
derived_from: sales
key: [customer_id, sold_on]
time: sold_on
where: amount > 0
columns:
  amount: {title: {en: Amount, zh: 金额}, unit: money, formula: sum(amount)}
  gap: {title: {en: Gap, zh: 间隔}, unit: days, formula: "days_between(previous(sold_on), sold_on)"}
"""


def told(before: str, after: str) -> list[str]:
    assert before in TABLES
    reading = read_text(TABLES.replace(before, after), "t.yaml")
    assert reading.problems == ()
    return [problem.say("en").replace("\n  hint:", "") for problem in checks.problems(reading, parse)]


def test_tables_that_fit_have_no_problems() -> None:
    assert told("", "") == []


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        (
            "key: [sale_id]",
            "key: [sales_id]",
            "t.yaml:5: [column-unknown] The table 'sales' has no column 'sales_id'. Did you mean 'sale_id'?",
        ),
        (
            "time: sold_on\ncolumns",
            "time: sold_at\ncolumns",
            "t.yaml:6: [column-unknown] The table 'sales' has no column 'sold_at'. Did you mean 'sold_on'?",
        ),
        (
            "price * pieces",
            "price * piece",
            "t.yaml:14: [column-unknown] The table 'sales' has no column 'piece'. Did you mean 'pieces' or 'price'?",
        ),
        (
            "price * pieces",
            "sum(price)",
            (
                "t.yaml:14: [formula-aggregate] An aggregate such as sum(…) cannot stand here. There is one value per "
                "row or customer here. A measure over rows names its `table:`."
            ),
        ),
        (
            'default: "1"',
            'default: "coalesce(amount / price, 1)"',
            (
                "t.yaml:14: [definition-cycle] 'amount' is made from itself: amount → pieces → amount. "
                "Take one of these out of the formula of another."
            ),
        ),
        (
            "products.brand",
            "products.brands",
            "t.yaml:15: [column-unknown] The table 'products' has no column 'brands'. Did you mean 'brand'?",
        ),
        (
            "products.brand",
            "brand",
            (
                "t.yaml:15: [lookup-unreadable] 'brand' is not a lookup. "
                "Write table and column, as in `products.category`."
            ),
        ),
        (
            "products.brand",
            "product.brand",
            "t.yaml:15: [table-unknown] There is no table 'product'. Did you mean 'products'?",
        ),
        (
            "derived_from: sales",
            "derived_from: sale",
            "t.yaml:31: [table-unknown] There is no table 'sale'. Did you mean 'sales'?",
        ),
        (
            "where: amount > 0",
            "where: amuont > 0",
            "t.yaml:34: [column-unknown] The table 'sales' has no column 'amuont'. Did you mean 'amount'?",
        ),
        (
            "sum(amount)",
            "sum(gap)",
            (
                "t.yaml:36: [column-unknown] The table 'sales' has no column 'gap'. "
                "Known: amount, brand, customer_id, pieces, price, product_id, sale_id, sold_on"
            ),
        ),
        (
            "previous(sold_on)",
            "previous(price)",
            (
                "t.yaml:37: [column-unknown] The table 'days' has no column 'price'. "
                "Known: amount, customer_id, gap, sold_on"
            ),
        ),
        (
            "unit: days, formula",
            "unit: days, required: true, formula",
            "t.yaml:37: [table-key-not-here] 'required' means nothing in a derived table. Remove it.",
        ),
        (
            "unit: days, formula",
            "unit: days, refers_to: customers, formula",
            "t.yaml:37: [table-key-not-here] 'refers_to' means nothing in a derived table. Remove it.",
        ),
        (
            ', formula: "days_between(previous(sold_on), sold_on)"',
            "",
            (
                "t.yaml:37: [table-formula-missing] The column 'gap' of a derived table has no formula. "
                "Say how it is made from the rows of a group."
            ),
        ),
        (
            "formula: price * pieces",
            "window: 12 months",
            "t.yaml:14: [table-key-not-here] 'window' means nothing in a stored table. Remove it.",
        ),
    ],
)
def test_a_mistake_is_told(before: str, after: str, problem: str) -> None:
    assert problem in told(before, after)


def test_a_lookup_goes_by_the_key_of_the_other_table() -> None:
    without = "  product_id: {title: {en: Product, zh: 产品}, unit: id}\n  price"

    assert told(without, "  price") == [
        (
            "t.yaml:14: [lookup-without-key] The row of 'products' cannot be found: there is no column 'product_id' "
            "here. A lookup goes by the key of the other table; add that column."
        )
    ]


def test_tables_are_not_derived_in_a_circle() -> None:
    assert [each.split(": ")[1] for each in told("derived_from: sales", "derived_from: days")][-1].startswith(
        "[definition-cycle] 'days' is made from itself"
    )

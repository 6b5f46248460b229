from __future__ import annotations

import pytest

from worthbook.data.formula import parse
from worthbook.definitions import checks
from worthbook.definitions.reader import read_text

SHOP = """\
table: sales
title: {en: Sales, zh: 销售}
description: {en: Lines., zh: 明细。}
source: Worthbook
key: [sale_id]
columns:
  sale_id: {title: {en: Sale, zh: 单号}, unit: id}
  customer_id: {title: {en: Customer, zh: 客户}, unit: id, required: true}
  amount: {title: {en: Amount, zh: 金额}, unit: money}
---
table: baskets
title: {en: Baskets, zh: 购物篮}
description: {en: Baskets., zh: 购物篮。}
source: Worthbook
derived_from: sales
key: [customer_id]
columns:
  amount: {title: {en: Amount, zh: 金额}, unit: money, formula: sum(amount)}
---
mapping: till
title: {en: Till, zh: 收银}
description: {en: A till., zh: 收银明细。}
source: Worthbook
fields:
  who: {names: [customer]}
  receipt: {names: [receipt]}
  paid: {names: [paid], unit: money}
carry_down: {by: receipt, fields: [who], totals: {whole: paid}}
skip:
  - {when: paid is null, reason: unpaid, because: {en: not paid, zh: 未付款}}
feeds:
  - table: sales
    when: paid > 0
    columns:
      sale_id: receipt
      customer_id: who
      amount: ratio(paid, whole)
"""


def told(before: str, after: str) -> list[str]:
    assert before in SHOP
    reading = read_text(SHOP.replace(before, after), "m.yaml")
    assert reading.problems == ()
    return [problem.say("en").replace("\n  hint:", "") for problem in checks.problems(reading, parse)]


def test_a_mapping_that_fits_has_no_problems() -> None:
    assert told("", "") == []


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("table: sales\n    when", "table: sale\n    when", "m.yaml:32: [table-unknown] There is no table 'sale'."),
        (
            "table: sales\n    when",
            "table: baskets\n    when",
            "m.yaml:32: [mapping-table-derived] The table 'baskets' is",
        ),
        (
            "amount: ratio",
            "amout: ratio",
            "m.yaml:37: [column-unknown] The table 'sales' has no column 'amout'.",
        ),
        ("      customer_id: who\n", "", "m.yaml:32: [mapping-column-required] The table 'sales' needs 'customer_id'"),
        (
            "sale_id: receipt",
            "sale_id: reciept",
            "m.yaml:35: [column-unknown] The mapping 'till' has no column 'reciept'",
        ),
        ("when: paid is", "when: payed is", "m.yaml:30: [column-unknown] The mapping 'till' has no column 'payed'."),
        ("whole: paid", "whole: whole", "m.yaml:28: [column-unknown] The mapping 'till' has no column 'whole'."),
        (
            "paid: {names: [paid], unit: money}\n",
            "paid: {names: [paid], unit: money}\n  at: {names: [at], unit: time, zone: Mars}\n",
            "m.yaml:28: [mapping-zone-unknown] There is no time zone 'Mars'.",
        ),
        (
            "carry_down: {by",
            "zones: {Here: UTC, There: Asia}\ncarry_down: {by",
            "m.yaml:28: [mapping-zone-unknown] There is no time zone 'Asia'.",
        ),
        (
            "paid: {names: [paid], unit: money}\n",
            "paid: {names: [paid], unit: money}\n  line: {names: [line]}\n",
            "m.yaml:28: [mapping-field-reserved] A field cannot be called 'line'",
        ),
        ("by: receipt", "by: recept", "m.yaml:28: [mapping-field-unknown] The mapping has no field 'recept'."),
        ("fields: [who]", "fields: [whom]", "m.yaml:28: [mapping-field-unknown] The mapping has no field 'whom'."),
        (
            "amount: ratio(paid, whole)",
            "amount: sum(paid)",
            "m.yaml:37: [formula-aggregate] An aggregate such as sum(…)",
        ),
    ],
)
def test_a_mistake_is_told(before: str, after: str, problem: str) -> None:
    assert [each[: len(problem)] for each in told(before, after)] == [problem]


WIDE = """  paid: {names: [paid], unit: money}
wide: {line: {headers: ["item_*"], unit: money}}
"""


def test_a_feed_over_columns_that_are_alike_reads_value_header_and_words() -> None:
    text = SHOP.replace("  paid: {names: [paid], unit: money}\n", WIDE)
    text = text.replace("    when: paid > 0\n", "    when: line > 0\n    each: line\n")
    text = text.replace("sale_id: receipt", "sale_id: concat(receipt, line_header, line_label)")
    assert checks.problems(read_text(text, "m.yaml"), parse) == ()


def test_such_columns_are_unknown_to_other_feeds_and_by_another_name() -> None:
    text = SHOP.replace("  paid: {names: [paid], unit: money}\n", WIDE).replace("when: paid > 0", "when: line > 0")
    assert [problem.slug for problem in checks.problems(read_text(text, "m.yaml"), parse)] == ["column-unknown"]
    text = SHOP.replace("  paid: {names: [paid], unit: money}\n", WIDE).replace("when: paid > 0", "each: lines")
    (problem,) = checks.problems(read_text(text, "m.yaml"), parse)
    assert (
        problem.say("en")
        .replace("\n  hint:", "")
        .endswith("[mapping-wide-unknown] The mapping has no columns 'lines' under `wide`. Did you mean 'line'?")
    )


def test_every_mapping_may_read_the_name_of_the_file_and_the_day_of_the_import() -> None:
    assert told("sale_id: receipt", "sale_id: concat(file_name, ' ', receipt)") == []
    assert told("when: paid > 0", "when: imported_on > '2026-01-01'") == []

from __future__ import annotations

import re
import textwrap

from worthbook.data.formula import parse
from worthbook.definitions import checks
from worthbook.definitions.reader import read_text

WORDS = "title: {en: Title, zh: 标题}\ndescription: {en: What it is., zh: 说明。}\nsource: Literature\n"

TABLES = """\
table: transactions
WORDS
key: [order_id, product_id]
time: ordered_on
columns:
  customer_id: {title: {en: Customer, zh: 客户}, unit: id, required: true}
  order_id: {title: {en: Order, zh: 订单}, unit: id}
  product_id: {title: {en: Product, zh: 产品}, unit: id}
  ordered_on: {title: {en: Day, zh: 日期}, unit: date, required: true}
  amount: {title: {en: Amount, zh: 金额}, unit: money}
  category: {title: {en: Category, zh: 类别}, unit: text, lookup: products.category}
---
table: products
WORDS
key: [product_id]
customer: null
columns:
  product_id: {title: {en: Product, zh: 产品}, unit: id}
  category: {title: {en: Category, zh: 类别}, unit: text}
---
table: orders
WORDS
derived_from: transactions
key: [customer_id, order_id]
time: ordered_on
columns:
  ordered_on: {title: {en: Day, zh: 日期}, unit: date, formula: min(ordered_on)}
  gap_days: {title: {en: Gap, zh: 间隔}, unit: days, formula: "days_between(previous(ordered_on), ordered_on)"}
---
"""


def told(text: str) -> list[str]:
    """What is wrong with some definitions beside the tables; lines count from the first of them."""
    whole = f"{TABLES}{textwrap.dedent(text)}".replace("WORDS\n", WORDS)
    before = TABLES.replace("WORDS\n", WORDS).count("\n")
    reading = read_text(whole, "mine.yaml")
    assert reading.problems == ()
    said = [problem.say("en").replace("\n  hint:", "") for problem in checks.problems(reading, parse)]
    return [re.sub(r"mine\.yaml:(\d+)", lambda match: f"mine.yaml:{int(match[1]) - before}", each) for each in said]


def measure(name: str, more: str) -> str:
    return f"measure: {name}\nWORDS\nunit: money\n{more}\n---\n"


def test_definitions_that_fit_have_no_problems() -> None:
    assert told(measure("revenue", "table: transactions\nformula: sum(amount)")) == []


def test_the_table_of_a_measure_is_there() -> None:
    assert told(measure("revenue", "table: transaction\nformula: sum(amount)")) == [
        "mine.yaml:6: [definition-reference-unknown] There is no table 'transaction'. Did you mean 'transactions'?"
    ]


def test_the_columns_of_a_formula_are_there() -> None:
    assert told(measure("revenue", "table: transactions\nformula: sum(amout)")) == [
        "mine.yaml:7: [column-unknown] The table 'transactions' has no column 'amout'. Did you mean 'amount'?"
    ]


def test_a_formula_that_cannot_be_read_is_told_where_it_stands() -> None:
    assert told(measure("revenue", "table: transactions\nformula: summ(amount)")) == [
        (
            "mine.yaml:7: [formula-function-unknown] The formula `summ(amount)` calls 'summ', which is not a function "
            "of the formula language. Did you mean 'sum'?"
        )
    ]


def test_a_formula_over_rows_is_an_aggregate() -> None:
    assert told(measure("revenue", "table: transactions\nformula: amount")) == [
        (
            "mine.yaml:7: [formula-not-aggregate] A formula over rows must make one value of many. "
            "Put the column into sum(…), count(…), max(…) or the like."
        )
    ]


def test_arithmetic_over_columns_is_no_aggregate() -> None:
    assert told(measure("a", "table: transactions\nformula: sum(amount)") + measure("b", "formula: sum(a)")) == [
        (
            "mine.yaml:14: [formula-aggregate] An aggregate such as sum(…) cannot stand here. "
            "There is one value per row or customer here. A measure over rows names its `table:`."
        )
    ]


def test_arithmetic_has_no_window() -> None:
    assert told(measure("a", "window: 12 months\nformula: '1'")) == [
        (
            "mine.yaml:6: [window-without-table] 'a' has a window but no table. "
            "Remove the window: arithmetic takes that of its columns. Or say which table it is over."
        )
    ]


def test_a_circle_names_its_path_once() -> None:
    circle = measure("b", "formula: c + 1") + measure("c", "formula: a + 1") + measure("a", "formula: b + 1")

    assert told(circle) == [
        (
            "mine.yaml:20: [definition-cycle] 'a' is made from itself: a → b → c → a. "
            "Take one of these out of the formula of another."
        )
    ]


def test_what_is_made_from_itself_is_told() -> None:
    assert told(measure("a", "formula: a + 1")) == [
        (
            "mine.yaml:6: [definition-cycle] 'a' is made from itself: a → a. "
            "Take one of these out of the formula of another."
        )
    ]


MODEL = """\
model: m
WORDS
estimator: bg_nbd
inputs: {x: a}
gives:
  p_alive:
    title: {en: Alive, zh: 活跃}
    description: {en: Alive., zh: 活跃。}
    unit: probability
    quantity: p_alive
---
"""


def test_a_circle_may_lead_through_a_model() -> None:
    assert told(MODEL + measure("a", "formula: p_alive + 1")) == [
        (
            "mine.yaml:19: [definition-cycle] 'a' is made from itself: a → p_alive → a. "
            "Take one of these out of the formula of another."
        )
    ]


def test_the_inputs_of_a_model_are_there() -> None:
    assert told(MODEL) == [
        "mine.yaml:6: [definition-reference-unknown] There is no column 'a'. Known: p_alive",
    ]


def test_an_outcome_is_counted_over_the_window_of_its_model() -> None:
    """Arithmetic has the windows of its columns, which nobody can check."""
    model = (
        "model: learnt\nWORDS\nestimator: zero_inflated_lognormal\ninputs: {spend: NAME}\nwindow: 12 months\n"
        "covariates: [half]\ngives:\n  ahead: {title: {en: A, zh: 甲}, description: {en: A, zh: 甲}, unit: money, "
        "quantity: expected_spend}\n"
    )
    half = measure("half", "table: transactions\nwindow: 6 months\nformula: sum(amount)")
    year = measure("year", "table: transactions\nwindow: 12 months\nformula: sum(amount)")
    twice = measure("twice", "formula: 2 * half")
    assert told(half + year + twice + model.replace("NAME", "year")) == []
    assert told(half + year + twice + model.replace("NAME", "twice")) == []
    (problem,) = told(half + year + twice + model.replace("NAME", "half"))
    assert problem.startswith("mine.yaml:")
    assert "[model-outcome-window] 'half' is not counted over 12 months" in problem


def test_a_column_is_given_once() -> None:
    twice = MODEL + measure("p_alive", "formula: '1'") + measure("a", "formula: '1'")

    assert told(twice) == [
        (
            "mine.yaml:8: [name-given-twice] 'p_alive' is given twice: here and in mine.yaml:14. "
            "One name has one meaning; rename one of the two."
        )
    ]


FRAMEWORK = """\
framework: tiers
WORDS
method: tiers
axes:
  value: {title: {en: Value, zh: 价值}, column: COLUMN, cuts: [10]}
cells:
  - {key: low, title: {en: L, zh: 低}, meaning: {en: M., zh: 义。}, strategy: {en: S., zh: 策。}}
  - {key: high, title: {en: H, zh: 高}, meaning: {en: M., zh: 义。}, strategy: {en: S., zh: 策。}}
---
"""


def test_the_column_of_an_axis_is_there() -> None:
    assert told(FRAMEWORK.replace("COLUMN", "revenue") + measure("revenues", "formula: '1'")) == [
        "mine.yaml:7: [definition-reference-unknown] There is no column 'revenue'. Did you mean 'revenues'?"
    ]


def test_the_column_of_an_axis_is_a_number() -> None:
    day = "measure: first_on\nWORDS\nunit: date\ntable: transactions\nformula: min(ordered_on)\n---\n"

    assert told(FRAMEWORK.replace("COLUMN", "first_on") + day) == [
        (
            "mine.yaml:7: [column-not-numeric] 'first_on' is counted in 'date', where a number is needed. "
            "Choose a column that is a number."
        )
    ]


def test_the_inside_of_a_framework_is_checked() -> None:
    too_few = FRAMEWORK.replace("COLUMN", "a").replace("[10]", "[10, 20]") + measure("a", "formula: '1'")

    assert told(too_few) == [
        (
            "mine.yaml:8: [framework-cells-miscounted] There are 2 cuts and 2 cells: there must be 3 cells, "
            "one more than cuts. List the cells lowest first."
        )
    ]


def test_the_inputs_of_a_study_are_there() -> None:
    study = "study: s\nWORDS\nmethod: concentration\ninputs: {value: revenu}\noptional: {margin: margi}\n---\n"

    assert told(study + measure("revenue", "formula: '1'") + measure("margin", "formula: '1'")) == [
        (
            "mine.yaml:6: [definition-reference-unknown] There is no column, model or framework 'revenu'. "
            "Did you mean 'revenue'?"
        ),
        (
            "mine.yaml:7: [definition-reference-unknown] There is no column, model or framework 'margi'. "
            "Did you mean 'margin'?"
        ),
    ]


def test_the_names_in_a_report_are_there() -> None:
    report = """\
    report: r
    title: {en: R, zh: 报告}
    description: {en: R., zh: 报告。}
    source: S
    headline: [h]
    frameworks: [f]
    studies: [s]
    columns:
      - c
    """

    assert [each.split(". ")[0] for each in told(report)] == [
        "mine.yaml:5: [definition-reference-unknown] There is no framework 'h'",
        "mine.yaml:6: [definition-reference-unknown] There is no framework 'f'",
        "mine.yaml:7: [definition-reference-unknown] There is no study 's'",
        "mine.yaml:9: [definition-reference-unknown] There is no column 'c'",
    ]


def test_the_unit_of_a_placeholder_is_known() -> None:
    study = """\
    study: s
    title: {en: S, zh: 研究}
    description: {en: S., zh: 研究。}
    source: S
    method: concentration
    findings:
      - text: {en: "Top {share:shar}.", zh: "前列 {share:share}。"}
    """

    assert told(study) == [
        (
            "mine.yaml:7: [placeholder-unit-unknown] The placeholder {share:shar} names no known unit. "
            "Write it as {fact:unit}. Did you mean 'share'?"
        )
    ]


def test_the_table_and_condition_of_a_population_are_there() -> None:
    population = "population: p\nWORDS\ntable: transactions\nwhere: amout > 0\n"

    assert told(population) == [
        "mine.yaml:6: [column-unknown] The table 'transactions' has no column 'amout'. Did you mean 'amount'?"
    ]


def test_the_further_tables_of_a_population_are_there_with_their_conditions() -> None:
    population = (
        "population: p\nWORDS\ntable: transactions\nalso:\n  - {table: order}\n"
        "  - {table: orders, where: gap_dayz > 9}\n"
    )

    assert told(population) == [
        "mine.yaml:7: [definition-reference-unknown] There is no table 'order'. Did you mean 'orders'?",
        "mine.yaml:8: [column-unknown] The table 'orders' has no column 'gap_dayz'. Did you mean 'gap_days'?",
    ]


def test_what_only_fails_to_be_read_is_not_told_twice() -> None:
    text = measure("a", "table: transactions\nformula: sum(amount)\nwindow: 3 moons") + measure("b", "formula: a + 1")
    reading = read_text((TABLES + text).replace("WORDS\n", WORDS), "mine.yaml")

    assert ([each.slug for each in reading.problems], checks.problems(reading, parse)) == (["window-unreadable"], ())

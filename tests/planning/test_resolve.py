from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from worthbook.data.engine import Snapshot
from worthbook.planning.index import Catalogue, read_catalogue
from worthbook.planning.resolve import FormulaStep, FrameworkStep, MeasureStep, ModelStep, missing, resolve

AS_OF = dt.date(2026, 6, 30)
CONTENT = {"transactions": "imports-1", "products": "imports-1", "customers": "imports-1"}
SNAPSHOT = Snapshot({}, CONTENT, 1, {"discount_rate": 0.1})


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue()


def provenance_id(catalogue: Catalogue, name: str, snapshot: Snapshot = SNAPSHOT, as_of: dt.date = AS_OF) -> str:
    return resolve(catalogue, snapshot, [name], as_of).provenance[name].id


def test_only_what_is_asked_for_is_planned(catalogue: Catalogue) -> None:
    plan = resolve(catalogue, SNAPSHOT, ["revenue_12m"], AS_OF)
    assert [step.columns for step in plan.steps] == [("revenue_12m",)]


def test_a_framework_is_laid_after_its_column(catalogue: Catalogue) -> None:
    plan = resolve(catalogue, SNAPSHOT, ["customer_pyramid"], AS_OF)
    assert [type(step) for step in plan.steps] == [MeasureStep, FrameworkStep]


def test_lifetime_value_comes_after_both_models(catalogue: Catalogue) -> None:
    plan = resolve(catalogue, SNAPSHOT, ["clv_36m"], AS_OF)
    kinds = [type(step) for step in plan.steps]
    assert kinds[-1] is FormulaStep
    assert kinds.count(ModelStep) == 2


def test_each_column_is_made_once(catalogue: Catalogue) -> None:
    plan = resolve(catalogue, SNAPSHOT, ["clv_36m", "expected_revenue_12m", "p_alive", "rfm", "rfm__r"], AS_OF)
    made = [column for step in plan.steps for column in step.columns]
    assert len(made) == len(set(made))


def test_everything_needed_is_made_before(catalogue: Catalogue) -> None:
    plan = resolve(catalogue, SNAPSHOT, catalogue.makers, AS_OF)
    made: set[str] = set()
    for step in plan.steps:
        own = set(step.columns)
        for name in {catalogue.maker(column).name for column in step.columns}:
            assert plan.needs[name] <= made | own
        made |= own


def test_the_id_changes_with_what_was_imported(catalogue: Catalogue) -> None:
    other = Snapshot({}, {**CONTENT, "transactions": "imports-2"}, 1, SNAPSHOT.settings)
    assert provenance_id(catalogue, "customer_pyramid", other) != provenance_id(catalogue, "customer_pyramid")


def test_the_id_changes_with_the_date(catalogue: Catalogue) -> None:
    later = provenance_id(catalogue, "revenue_12m", as_of=dt.date(2026, 7, 1))
    assert later != provenance_id(catalogue, "revenue_12m")


def test_the_id_changes_with_a_setting_that_is_read(catalogue: Catalogue) -> None:
    other = Snapshot({}, CONTENT, 1, {"discount_rate": 0.2})
    assert provenance_id(catalogue, "clv_36m", other) != provenance_id(catalogue, "clv_36m")


@pytest.mark.parametrize("name", ["revenue_12m", "customer_pyramid", "p_alive"])
def test_the_id_changes_with_the_population(catalogue: Catalogue, name: str) -> None:
    other = replace(SNAPSHOT, population="people_on_record")
    assert provenance_id(catalogue, name, other) != provenance_id(catalogue, name)


def test_the_id_changes_with_every_table_that_makes_the_population(catalogue: Catalogue) -> None:
    before = replace(SNAPSHOT, population="people_on_record")
    after = replace(before, content={**CONTENT, "interactions": "imports-2"})
    assert provenance_id(catalogue, "revenue_12m", after) != provenance_id(catalogue, "revenue_12m", before)


def test_the_id_ignores_a_setting_that_is_not_read(catalogue: Catalogue) -> None:
    other = Snapshot({}, CONTENT, 1, {"discount_rate": 0.2})
    assert provenance_id(catalogue, "revenue_12m", other) == provenance_id(catalogue, "revenue_12m")


def test_buckets_do_not_change_the_id(catalogue: Catalogue) -> None:
    other = Snapshot({}, CONTENT, 16, SNAPSHOT.settings)
    assert provenance_id(catalogue, "rfm", other) == provenance_id(catalogue, "rfm")


def test_what_a_kept_sheet_holds_is_not_made_again(catalogue: Catalogue) -> None:
    plan = resolve(catalogue, SNAPSHOT, ["revenue_12m", "orders_12m"], AS_OF)
    left = missing(plan.steps, ["revenue_12m"], plan.needs)
    assert [step.columns for step in left] == [("orders_12m",)]


def test_arithmetic_over_kept_measures_needs_no_pass_over_the_tables(catalogue: Catalogue) -> None:
    plan = resolve(catalogue, SNAPSHOT, ["revenue_growth_12m"], AS_OF)
    kept = [name for step in plan.steps for name in step.columns if name != "revenue_growth_12m"]
    left = missing(plan.steps, kept, plan.needs)
    assert [type(step) for step in left] == [FormulaStep]


def test_a_product_list_changes_only_what_reads_products(catalogue: Catalogue) -> None:
    other = Snapshot({}, {**CONTENT, "products": "imports-2"}, 1, SNAPSHOT.settings)
    names = ["revenue_12m", "rfm", "gross_margin_12m", "categories_12m", "abc_classes_margin"]
    changed = [name for name in names if provenance_id(catalogue, name, other) != provenance_id(catalogue, name)]
    assert changed == ["gross_margin_12m", "categories_12m", "abc_classes_margin"]

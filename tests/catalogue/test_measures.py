"""The shipped measures: enough of them, under the names that others rely on, fit to be shown, each computable."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.engines.shop import AS_OF, shipped
from worthbook.data.dialect import SPELLINGS, render
from worthbook.data.engine import Snapshot
from worthbook.data.formula import parse
from worthbook.data.layers import layers
from worthbook.data.measures import measures_query
from worthbook.data.relations import Relations
from worthbook.definitions.measure import MeasureDefinition

RELIED_ON = {
    "first_purchase_on", "last_purchase_on", "recency_days", "tenure_days", "orders_3m", "orders_12m",
    "orders_previous_12m", "orders_lifetime", "purchase_days_lifetime", "quantity_12m", "quantity_lifetime",
    "revenue_3m", "revenue_12m", "revenue_previous_12m", "revenue_lifetime", "discount_12m", "discount_lifetime",
    "discount_rate_12m", "returns_12m", "returns_lifetime", "return_rate_12m", "gross_margin_12m",
    "gross_margin_lifetime", "margin_rate_lifetime", "average_order_value_12m", "average_order_value_lifetime",
    "basket_size_12m", "basket_size_lifetime", "products_12m", "products_lifetime", "categories_12m",
    "categories_lifetime", "mean_days_between", "sd_days_between", "regularity", "overdue_ratio",
    "revenue_change_12m", "revenue_growth_12m", "volume_effect_12m", "price_effect_12m", "mix_effect_12m",
    "repeat_purchases", "recency_weeks", "age_weeks", "mean_repeat_value",
}  # fmt: skip

MEASURES = shipped().over_rows


def test_there_are_enough() -> None:
    assert len(MEASURES) >= 45


def test_names_that_others_rely_on() -> None:
    assert RELIED_ON - {measure.name for measure in MEASURES} == set()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_titles_differ(language: str) -> None:
    titles = Counter(getattr(measure.title, language) for measure in MEASURES)

    assert [title for title, count in titles.items() if count > 1] == []


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_words_are_whole(measure: MeasureDefinition) -> None:
    words = [measure.title, measure.description, *measure.caveats]
    loose = [text for each in words for text in (each.en, each.zh) if re.search(r"[{}]|\s$|\s{2}", text)]

    assert loose == []


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_chinese_is_written_with_chinese_signs(measure: MeasureDefinition) -> None:
    """Latin commas, brackets and full stops do not stand between Chinese characters."""
    chinese = [measure.title.zh, measure.description.zh, *(each.zh for each in measure.caveats)]

    assert [text for text in chinese if re.search(r"[\u4e00-\u9fff][,;:()?!.]|[,;:()?!.][\u4e00-\u9fff]", text)] == []


@pytest.mark.parametrize("dialect", list(SPELLINGS))
@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_a_measure_can_be_made_alone_with_what_it_needs(measure: MeasureDefinition, dialect: str) -> None:
    catalogue = shipped()
    formulas = {name: parse(each.formula) for name, each in catalogue.measures.items() if each.table is None}
    order, given = layers([measure.name], formulas)
    needed = [catalogue.measures[name] for name in [*sorted(given), *(name for layer in order for name in layer)]]
    relations = Relations(catalogue.tables, Snapshot({}, {}, 1), AS_OF, present=frozenset())
    query = measures_query(relations, catalogue.population, needed)

    assert f"{measure.name}" in render(query, dialect)

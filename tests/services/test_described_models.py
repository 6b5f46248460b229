"""Models with covariates, the whole way from a definition in a book to columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import numpy as np
import pytest

from worthbook.data import columns
from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.language import Text
from worthbook.models.lifetime.covariate_model import StaticCovariatesFit
from worthbook.models.lifetime.covariate_rows import SYMBOLS
from worthbook.planning.assess import assess
from worthbook.planning.estimate import data_of, fit_of
from worthbook.services.ingest_files import ingest_files
from worthbook.services.lifetime import Answer, Question, lifetime
from worthbook.services.lifetime_facts import facts_of
from worthbook.services.open_book import OpenBook, open_book

DEFINITIONS = """
model: described
title: {en: With covariates, zh: 含协变量}
description: {en: For this test., zh: 测试用。}
estimator: mbg_nbd
inputs: {x: repeat_purchases, t_x: recency_weeks, T: age_weeks}
covariates: [first_kind, first_basket]
options: {life: first_kind, trans: first_kind + first_basket}
gives:
  p_alive_described:
    title: {en: Active, zh: 活跃}
    description: {en: For this test., zh: 测试用。}
    unit: probability
    quantity: p_alive
  purchases_described:
    title: {en: Purchases, zh: 购买}
    description: {en: For this test., zh: 测试用。}
    unit: quantity
    quantity: expected_purchases
    horizon: 12 months
source: test
---
measure: first_kind
title: {en: Kind of the first purchase, zh: 首购类型}
description: {en: For this test., zh: 测试用。}
unit: text
table: occasions
formula: >-
  case when first_by(amount, ordered_on) > 40 then 'it''s big' when first_by(amount, ordered_on) > 0 then 'small' end
source: test
---
measure: first_basket
title: {en: First basket, zh: 首单金额}
description: {en: For this test., zh: 测试用。}
unit: money
table: occasions
formula: first_by(amount, ordered_on)
source: test
"""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBook]:
    """400 customers; one of them is known to have bought for nothing at first, so its kind is unknown."""
    folder = tmp_path_factory.mktemp("described")
    rng = np.random.default_rng(4)
    with (folder / "orders.csv").open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["customer_id", "ordered_on", "amount"])
        for customer in range(400):
            basket = 0.0 if customer == 0 else round(float(rng.uniform(5, 80)), 2)
            days = np.sort(rng.choice(np.arange(700), rng.poisson(2 + basket / 20) + 1, replace=False))
            lines.writerows([f"C{customer}", str(np.datetime64("2022-01-01") + day), basket] for day in days)
    ingest_files([folder / "orders.csv"], folder / "shop.book")
    (folder / "shop.book" / "definitions").mkdir()
    (folder / "shop.book" / "definitions" / "described.yaml").write_text(DEFINITIONS, encoding="utf-8")
    with open_book(folder / "shop.book") as book:
        yield book


def test_words_and_numbers_act_where_the_definition_says(opened: OpenBook) -> None:
    bench = opened.make(["p_alive_described"], as_of=opened.day(None))
    fit = fit_of(bench, opened.catalogue.models["described"]).fit
    assert isinstance(fit, StaticCovariatesFit)
    symbols = [row.symbol for row in fit.summary]
    assert symbols[4:] == ["life:first_kind[small]", "trans:first_kind[small]", "trans:first_basket"]


def test_columns_are_the_predictions_of_the_fit(opened: OpenBook) -> None:
    """Customers whose covariates are known get what the fit gives for them; the other stays unknown."""
    names = ["p_alive_described", "purchases_described"]
    bench = opened.make(names, as_of=opened.day(None))
    model = opened.catalogue.models["described"]
    fit, data = fit_of(bench, model).fit, data_of(bench, model)
    assert isinstance(fit, StaticCovariatesFit)
    found = columns.totals(bench.engine, bench.sheets_of(names), names)
    assert found["p_alive_described"].known == 399
    assert found["p_alive_described"].sum == pytest.approx(fit.p_alive(data) @ data.history.weights)


def test_the_command_tells_what_goes_with_covariates(opened: OpenBook) -> None:
    """Customers were made to buy in proportion to 2 + basket / 20; 10 more are about 12 % more."""
    answer = lifetime(opened, Question(covariates=("first_basket",), models=("nbd",)))
    facts = facts_of(answer)["covariates"]
    assert isinstance(facts, dict)
    (term,) = facts["terms"]
    assert (term["column"], term["value"], term["step"]) == ("first_basket", None, 10.0)
    low, high = term["buys"][1:]
    assert low < 1.12 < high
    assert {each["name"] for each in facts["models"]} == {"pareto_nbd", "bg_nbd", "mbg_nbd"}
    assert answer.tables[0].rows[0][0] == Text(en="First basket: 10 more", zh="首单金额：每增加10")


@pytest.fixture(scope="module")
def by_kind(opened: OpenBook) -> Answer:
    """Of a covariate that one customer does not have."""
    return lifetime(opened, Question(covariates=("first_kind",), models=("nbd",)))


def test_customers_whose_covariates_are_unknown_are_left_out_and_counted(by_kind: Answer) -> None:
    facts = facts_of(by_kind)["covariates"]
    assert isinstance(facts, dict)
    assert facts["customers"] == 399
    assert any(each.text.en.startswith("1 customers for whom") for each in by_kind.findings)


def test_models_with_covariates_stand_beside_those_without(opened: OpenBook) -> None:
    """Everybody's first basket is known: the same customers, the same test, and numbers that can be compared."""
    answer = lifetime(opened, Question(covariates=("first_basket",), models=("pareto_nbd", "bg_nbd", "mbg_nbd")))
    facts = facts_of(answer)
    assert isinstance(facts["beside"], list)
    assert isinstance(facts["covariates"], dict)
    assert [each["name"] for each in facts["beside"]] == [f"{name}_described" for name in SYMBOLS]
    compared = {each["name"]: each for each in facts["covariates"]["models"]}
    for each, entry in zip(facts["beside"], answer.lifetimes.comparison.entries, strict=True):
        assert each["holdout"]["actual"] == facts["baselines"][0]["actual"]  # type: ignore[index]
        assert each["grade"] in {"A", "B", "C"}
        model = compared[each["name"].removesuffix("_described")]
        assert (each["log_likelihood"], each["bic"]) == (model["log_likelihood"], model["bic"])
        assert entry.tested is not None
        assert each["holdout"]["rmse"] < entry.tested.row.score.rmse  # rates were made from baskets
    assert answer.tables[-1].name == "models"
    assert "Pareto/NBD with First basket erred less" in " ".join(each.text.en for each in answer.findings)


def test_fits_of_fewer_customers_have_no_likelihood_beside_those_of_all(by_kind: Answer) -> None:
    assert [(each.log_likelihood, each.bic) for each in by_kind.lifetimes.beside] == [(None, None)] * 3
    assert any("could not be tested on 1 customers" in each.text.en for each in by_kind.findings)


def test_a_model_with_covariates_is_graded_where_it_is_used(opened: OpenBook) -> None:
    bench = opened.make(["p_alive_described"], as_of=opened.day(None))
    result = assess(bench, opened.catalogue.models["described"], opened.extent.first)
    assert result.grade in {"A", "B", "C"}
    assert result.holdout is not None
    assert "Tested on" in result.verdict.en


def test_a_covariate_that_nobody_has_is_refused(opened: OpenBook) -> None:
    with pytest.raises(WorthbookError) as caught:
        lifetime(opened, Question(covariates=("customer_region",), models=("nbd",)))
    assert caught.value.slugs == ("segments-unknown",)

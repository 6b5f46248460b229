"""Seasons, the whole way from a file of orders and perhaps of seasons to effects, forecasts and columns."""

from __future__ import annotations

import csv
import gzip
import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from worthbook.data import columns
from worthbook.kernel.errors import WorthbookError
from worthbook.models.lifetime.pareto_nbd import ParetoNBD
from worthbook.models.lifetime.seasonal_model import SeasonalParetoNBDFit
from worthbook.planning.estimate import data_of, fit_of
from worthbook.services.ingest_files import ingest_files
from worthbook.services.lifetime import Answer, Question, lifetime
from worthbook.services.lifetime_facts import facts_of
from worthbook.services.open_book import OpenBook, open_book

DEFINITION = """
model: in_sale
title: {en: In the sale, zh: 促销期}
description: {en: For this test., zh: 测试用。}
estimator: seasonal_pareto_nbd
inputs: {x: repeat_purchases, t_x: recency_weeks, T: age_weeks}
seasons: [11-01..12-31, sale]
gives:
  p_alive_in_sale:
    title: {en: Active, zh: 活跃}
    description: {en: For this test., zh: 测试用。}
    unit: probability
    quantity: p_alive
  purchases_in_sale_12m:
    title: {en: Purchases, zh: 购买}
    description: {en: For this test., zh: 测试用。}
    unit: quantity
    quantity: expected_purchases
    horizon: 12 months
source: test
"""
SALES = """season,starts_on,ends_on,value
sale,2022-01-01,2022-01-31,0
sale,2022-06-01,2022-06-30,1
sale,2023-03-01,2023-03-31,1
sale,2024-02-01,2024-02-29,1
sale,2024-10-01,,0
price_index,2022-01-01,,1.0
price_index,2023-01-01,,1.2
promised,2022-01-01,2024-12-31,0
promised,2023-05-01,2025-06-30,1
short,2022-06-01,2022-06-30,1
ending,2022-01-01,2023-06-30,0
ending,2023-07-01,2024-12-31,1
"""
FIRST, LAST = np.datetime64("2022-01-01"), "2024-12-31"
WINTER, SALE = 0.7, 0.5
CUSTOMERS = 700


def write(folder: Path, customers: int = CUSTOMERS) -> Path:
    """Customers buy e^0.7 as often in November and December, e^0.5 as often in a sale; rates differ, and they leave."""
    rng = np.random.default_rng(8)
    days = FIRST + np.arange((np.datetime64(LAST) - FIRST).astype(int) + 1)
    month = (days.astype("datetime64[M]").astype(int)) % 12 + 1
    speed = np.exp(WINTER * (month >= 11))
    for first, last in (("2022-06-01", "2022-06-30"), ("2023-03-01", "2023-03-31"), ("2024-02-01", "2024-02-29")):
        speed = np.where((days >= np.datetime64(first)) & (days <= np.datetime64(last)), speed * np.exp(SALE), speed)
    with (folder / "orders.csv").open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["customer_id", "ordered_on", "amount"])
        for customer in range(customers):
            rate, ends = rng.gamma(1.2, 1 / 120), rng.exponential(1 / rng.gamma(2.0, 1 / 1500))
            begins = int(rng.integers(0, 300))
            bought = (rng.random(len(days)) < rate * speed) & (np.arange(len(days)) < begins + ends)
            bought[: begins + 1] = False
            bought[begins] = True
            lines.writerows([f"C{customer}", str(day), 10] for day in days[bought])
    (folder / "seasons.csv").write_text(SALES, encoding="utf-8")
    ingest_files([folder / "orders.csv"], folder / "shop.book")
    ingest_files([folder / "seasons.csv"], folder / "shop.book")
    (folder / "shop.book" / "definitions").mkdir()
    (folder / "shop.book" / "definitions" / "seasons.yaml").write_text(DEFINITION, encoding="utf-8")
    return folder / "shop.book"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBook]:
    with open_book(write(tmp_path_factory.mktemp("seasons"))) as book:
        yield book


@pytest.fixture(scope="module")
def ask(opened: OpenBook) -> Callable[..., Answer]:
    def asked(*seasons: str) -> Answer:
        return lifetime(opened, Question(as_of=LAST, models=("nbd",), seasons=seasons))

    return asked


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBook]:
    """Enough customers to fit, too few to tell how strong a season is."""
    with open_book(write(tmp_path_factory.mktemp("few"), customers=150)) as book:
        yield book


@pytest.fixture(scope="module")
def answer(ask: Callable[..., Answer]) -> Answer:
    return ask("11-01..12-31", "sale")


@pytest.fixture(scope="module")
def fit(opened: OpenBook) -> SeasonalParetoNBDFit:
    bench = opened.make(["purchases_in_sale_12m"], as_of=opened.day(LAST))
    found = fit_of(bench, opened.catalogue.models["in_sale"]).fit
    assert isinstance(found, SeasonalParetoNBDFit)
    return found


def test_effects_are_recovered(answer: Answer) -> None:
    facts: Any = facts_of(answer)["seasons"]
    winter, sale = facts["terms"]
    assert (winter["name"], sale["name"]) == ("from_1101_to_1231", "sale")
    assert winter["buys"][1] < np.exp(WINTER) < winter["buys"][2]
    assert sale["buys"][1] < np.exp(SALE) < sale["buys"][2]
    assert facts["p_value"] < 1e-6


def test_without_seasons_it_is_pareto_nbd(opened: OpenBook, answer: Answer) -> None:
    """Histories in groups, and purchases of all by period, are enough: the likelihood is that of the plain model."""
    bench = opened.make(["p_alive_in_sale"], as_of=opened.day(LAST))
    history = data_of(bench, opened.catalogue.models["in_sale"]).history
    facts: Any = facts_of(answer)["seasons"]
    assert facts["log_likelihood_without"] == pytest.approx(ParetoNBD().fit(history).log_likelihood, abs=1e-4)


def test_the_forecast_knows_what_is_planned(answer: Answer) -> None:
    """No sale is planned for 2025, so that fewer purchases are expected than where sales went on as they were."""
    facts: Any = facts_of(answer)["seasons"]
    assert facts["purchases"]["low"] < facts["purchases"]["estimate"] < facts["purchases"]["high"]
    assert facts["purchases"]["estimate"] < facts["purchases_without"]["estimate"]


def test_it_stands_beside_the_other_models(answer: Answer) -> None:
    (beside,) = answer.lifetimes.beside
    assert beside.trial is not None
    assert answer.lifetimes.trial is not None
    assert beside.trial.bought == answer.lifetimes.trial.bought
    assert beside.bic == facts_of(answer)["seasons"]["bic"]  # type: ignore[index]
    assert [table.name for table in answer.tables] == ["seasons", "models"]
    assert beside.label in [row[0] for row in answer.tables[1].rows]


def test_columns_are_the_predictions_of_the_fit(opened: OpenBook, fit: SeasonalParetoNBDFit) -> None:
    names = ["p_alive_in_sale", "purchases_in_sale_12m"]
    bench = opened.make(names, as_of=opened.day(LAST))
    data = data_of(bench, opened.catalogue.models["in_sale"])
    found = columns.totals(bench.engine, bench.sheets_of(names), names)
    assert found["p_alive_in_sale"].known == CUSTOMERS
    assert found["p_alive_in_sale"].sum == pytest.approx(fit.p_alive(data) @ data.history.weights)
    assert float(str(found["purchases_in_sale_12m"].sum)) > 0


def test_a_plan_is_part_of_where_a_column_comes_from(opened: OpenBook) -> None:
    made_from = opened.column("purchases_in_sale_12m", as_of=LAST).provenance.made_from
    assert "seasons" in [each.name for each in made_from]


@pytest.mark.parametrize(
    ("season", "terms"), [("months", 11), ("quarters", 3), ("price_index", 1), ("12-15..01-15", 1)]
)
def test_every_kind_of_season_can_be_asked_for(few: OpenBook, season: str, terms: int) -> None:
    question = Question(as_of=LAST, models=("nbd",), seasons=(season,), horizon="3m")
    facts: Any = facts_of(lifetime(few, question))["seasons"]
    assert len(facts["terms"]) == terms
    assert all(0 < each["buys"][0] < 10 for each in facts["terms"])


@pytest.mark.parametrize(
    ("seasons", "slug", "said"),
    [
        (("11-31..12-31",), "season-unreadable", "'11-31..12-31' is not a season."),
        (("black friday",), "season-unreadable", "'black friday' is not a season."),
        (("sail",), "season-untold", "The table of seasons has no 'sail'."),
        (("promised",), "season-overlaps", "Two rows of the season 'promised' hold on 2023-05-01."),
        (
            ("short",),
            "season-ends-before-horizon",
            "The season 'short' is told from 2022-06-01 to 2022-06-30, but is needed from 2022-01-01 to 2025-12-31.",
        ),
        (("01-01..12-31",), "season-constant", None),
        (("quarters", "01-01..03-31"), "covariates-collinear", None),
    ],
)
def test_what_is_no_season_is_refused(
    ask: Callable[..., Answer], seasons: tuple[str, ...], slug: str, said: str | None
) -> None:
    with pytest.raises(WorthbookError) as caught:
        ask(*seasons)
    assert caught.value.slugs == (slug,)
    assert said is None or caught.value.problems[0].what.en == said


@pytest.mark.parametrize("season", ["short", "ending"])
def test_a_column_whose_season_is_not_told_far_enough_says_so(season: str, tmp_path: Path) -> None:
    """Neither of the past nor of the horizon is anything supposed."""
    book = write(tmp_path, customers=20)
    text = DEFINITION.replace("11-01..12-31, sale", season)
    (book / "definitions" / "seasons.yaml").write_text(text, encoding="utf-8")
    with open_book(book) as opened:
        column = opened.column("purchases_in_sale_12m", as_of=LAST)
        assert column.to_polars()["purchases_in_sale_12m"].null_count() == 20
        bench = opened.make(["purchases_in_sale_12m"], as_of=opened.day(LAST))
        problem = fit_of(bench, opened.catalogue.models["in_sale"]).problem
        assert problem is not None
        assert problem.slug == "season-ends-before-horizon"


def high_seasons(file: Path, to: Path) -> Path:
    """The weeks of the apparel data as rows of the table of seasons, one where the season begins or ends."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        weeks = sorted({(row["period_start"], row["high_season"]) for row in csv.DictReader(lines)})
    changes = [next(rows) for _, rows in itertools.groupby(weeks, key=lambda week: week[1])]
    rows = "".join(f"high_season,{day},,{value}\n" for day, value in changes)
    to.write_text(f"season,starts_on,ends_on,value\n{rows}", encoding="utf-8")
    return to


@pytest.mark.shared_data
def test_the_high_season_of_the_apparel_data(shared: Path, tmp_path: Path) -> None:
    """CLVTools 0.12.1 on 104 weeks: LL -5848.09783 without covariates; trans:high_season 0.718 beside two others."""
    data = shared / "data" / "apparel"
    expected = json.loads((data / "expected.json").read_text(encoding="utf-8"))
    ingest_files([data / "apparel_transactions.csv.gz"], tmp_path / "apparel.book")
    seasons = high_seasons(data / "apparel_dynamic_covariates.csv.gz", tmp_path / "seasons.csv")
    ingest_files([seasons], tmp_path / "apparel.book")
    with open_book(tmp_path / "apparel.book") as opened:
        answer = lifetime(opened, Question(as_of="2006-12-31", models=("nbd",), seasons=("high_season",)))
    facts: Any = facts_of(answer)["seasons"]
    plain = expected["no covariates"]["Pareto/NBD"]["ll"]
    dynamic = expected["dynamic covariates high_season, gender, channel on both"]["Pareto/NBD at CLVTools' estimate"]
    assert facts["log_likelihood_without"] == pytest.approx(plain, abs=1e-4)
    assert np.log(facts["terms"][0]["buys"][0]) == pytest.approx(dynamic["trans"]["high_season"], abs=0.01)
    assert facts["p_value"] < 1e-6

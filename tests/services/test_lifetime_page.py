"""The answer about lifetimes as a page: the charts of the models and of the customers, from the answer's own models."""

from __future__ import annotations

from pathlib import Path

import pytest

from worthbook.kernel.language import Language
from worthbook.services.lifetime import Answer, Question, lifetime
from worthbook.services.lifetime_page import studies_of, write_page
from worthbook.services.open_book import OpenBook, open_book

CHARTS = {
    "so_far", "weekly",  # tracking, added up and week by week
    "calibration",
    "p_alive", "expected",  # by frequency and recency
    "frequencies",  # probability mass
    "retention", "cumulative",  # curves of cohorts
    "spread",  # lifetime value and tiers
    "timing",  # patterns of single customers
}  # fmt: skip


@pytest.fixture(scope="module")
def answer(book_folder: Path) -> Answer:
    with open_book(book_folder) as opened:
        return lifetime(opened, Question(models=("nbd", "bg_nbd")))


def test_every_chart_of_lifetimes_is_there(opened: OpenBook, answer: Answer) -> None:
    studies = studies_of(opened, answer)
    assert {chart.name for study in studies for chart in study.charts} >= CHARTS


def test_charts_show_the_models_that_were_asked_for(opened: OpenBook, answer: Answer) -> None:
    models = next(study for study in studies_of(opened, answer) if study.name == "purchase_models")
    assert models.facts["models"] == 2
    assert models.facts["recommended"] == answer.lifetimes.comparison.recommended
    assert models.table("models") == answer.tables[0]


def test_the_page_is_one_file_in_either_language(opened: OpenBook, answer: Answer, tmp_path: Path) -> None:
    languages: tuple[Language, ...] = ("en", "zh")
    for language in languages:
        file = tmp_path / f"{language}.html"
        write_page(opened, answer, file, language)
        page = file.read_text(encoding="utf-8")
        assert page.count("<svg") >= len(CHARTS)
        assert "<script" not in page
        assert answer.headline.say(language) in page


def test_a_customer_who_is_followed_leads_the_charts(opened: OpenBook) -> None:
    """At the end of each week and on each purchase day; what the curve says is what the answer says."""
    answer = lifetime(opened, Question(models=("bg_nbd",), customer="C000001"))
    study = studies_of(opened, answer)[0]
    assert answer.timeline is not None
    assert [chart.name for chart in study.charts] == ["alive"]
    table = study.table("alive")
    assert set(answer.timeline.purchases) <= set(table.column("day"))
    assert table.rows[-1] == (answer.lifetimes.as_of, answer.timeline.p_alive[-1], len(answer.timeline.purchases))
    assert study.facts["p_alive"] == answer.timeline.p_alive[-1]

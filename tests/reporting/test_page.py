from __future__ import annotations

import dataclasses
import datetime as dt
import importlib.resources
import re
from collections.abc import Callable
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from worthbook.kernel.evaluation import Evaluation
from worthbook.kernel.language import LANGUAGES, Language
from worthbook.kernel.units import Value
from worthbook.reporting.page import MOST_ROWS, render_page
from worthbook.reporting.words import WORDS

Make = Callable[..., Evaluation]
VOID = {"meta", "br", "link", "img", "input", "hr", "path"}


class Reader(HTMLParser):
    """Checks that every element is closed in order, and keeps what tests ask for."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.said: list[str] = []
        self.counts: dict[str, int] = {}
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.headings: list[int] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.counts[tag] = self.counts.get(tag, 0) + 1
        found = dict(attrs)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if (found.get("href") or "").startswith("#"):
            self.targets.append(str(found["href"])[1:])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if found.get("aria-label"):
            self.said.append(str(found["aria-label"]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.counts[tag] = self.counts.get(tag, 0) + 1

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.said.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.said))


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    found: Language = request.param
    return found


@pytest.fixture(scope="module")
def page(language: Language, make_evaluation: Make) -> str:
    return render_page(make_evaluation("CNY"), language)


def test_every_element_is_closed_in_order(page: str) -> None:
    reader = Reader(page)
    assert (reader.open, reader.wrong) == ([], [])


def test_it_says_its_language(page: str, language: Language) -> None:
    assert re.findall(r'<html lang="([^"]+)"', page) == [{"en": "en", "zh": "zh-CN"}[language]]


def test_it_asks_for_nothing_outside_itself(page: str) -> None:
    assert re.findall(r"https?:|//[a-z]|@import|url\(|<script|<link|<img|<iframe|\ssrc=", page) == []


def test_every_chart_has_a_picture_a_summary_and_a_table(page: str) -> None:
    figures = re.findall(r"<figure>.*?</figure>", page, re.DOTALL)
    parts = [[figure.count(part) for part in ('role="img"', "<figcaption>", "<table>")] for figure in figures]
    assert parts == [[1, 1, 1]] * 10


def test_places_are_unique_and_links_lead_to_them(page: str) -> None:
    reader = Reader(page)
    assert len(set(reader.ids)) == len(reader.ids)
    assert set(reader.targets) <= set(reader.ids)


def test_headings_never_skip_a_level(page: str) -> None:
    headings = Reader(page).headings
    steps = [after - before for before, after in pairwise(headings)]
    assert (headings[0], headings.count(1), max(steps)) == (1, 1, 1)


def test_the_other_language_does_not_show(page: str, language: Language) -> None:
    said = Reader(page).text
    other: Language = "en" if language == "zh" else "zh"
    found = [
        text.say(other)
        for text in WORDS.values()
        if len(text.say(other)) > 1 and re.search(rf"(?<![\w]){re.escape(text.say(other))}(?![\w])", said)
    ]
    assert found == []


def test_every_table_has_a_caption(page: str) -> None:
    counts = Reader(page).counts
    assert counts["caption"] == counts["table"]


def test_customers_are_counted_to_the_last_one(page: str) -> None:
    assert "23,570" in Reader(page).text


def key_figures(made: Evaluation, **facts: Value) -> str:
    page = render_page(dataclasses.replace(made, facts=facts), "en")
    return " ".join(Reader(page[page.index('id="figures"') : page.index('id="tiers"')]).text.split())


def test_a_sum_over_all_customers_says_so(make_evaluation: Make) -> None:
    found = key_figures(make_evaluation("USD"), revenue_12m__sum=Decimal(604_000), revenue_12m__known=23_570)
    assert "$604,000 all customers together" in found


def test_a_sum_over_some_customers_says_over_how_many(make_evaluation: Make) -> None:
    found = key_figures(make_evaluation("USD"), revenue_12m__sum=Decimal(604_000), revenue_12m__known=23_569)
    assert "$604,000 23,569 customers for whom it is known" in found


def test_a_zero_that_stands_for_unknowns_is_no_key_figure(make_evaluation: Make) -> None:
    found = key_figures(make_evaluation("USD"), revenue_12m__sum=Decimal("0.0000"), revenue_12m__known=15_238)
    assert "$0" not in found


def test_a_threshold_at_infinity_is_nobody(page: str, language: Language) -> None:
    assert WORDS["nobody"].say(language) in Reader(page).text
    assert "inf" not in re.findall(r"\binf\b", page)


def test_thresholds_are_written_as_people_write_them(make_evaluation: Make) -> None:
    assert "$31.50 to below $128.40" in Reader(render_page(make_evaluation("USD"), "en")).text


def test_the_grade_stands_before_the_forecast(page: str, language: Language) -> None:
    badge = WORDS["grade"].say(language).format(grade="B")
    assert page.index(badge) < page.index('id="study-expected_12m"')


def test_the_list_of_a_group_is_one_command_away(page: str) -> None:
    assert "worthbook segment export --cell customer_pyramid.vip" in page


def test_what_a_framework_waits_for_is_told(page: str, language: Language) -> None:
    needs = {"en": "Answers to surveys, Invoices", "zh": "问卷回答、发票"}[language]
    assert f"<td>{needs}</td>" in page


def test_titles_that_a_user_wrote_are_escaped(make_evaluation: Make) -> None:
    hostile = '</title><script>alert("x")</script>'
    page = render_page(make_evaluation("CNY", hostile), "zh")
    assert (page.count("<script"), page.count("&lt;script&gt;")) == (0, 2)


def test_a_long_table_is_cut_and_says_so(make_evaluation: Make) -> None:
    made = make_evaluation()
    study = made.studies[0]
    table = study.tables[0]
    long = dataclasses.replace(table, rows=table.rows * 3)
    long_study = dataclasses.replace(study, charts=(), tables=(long,))
    page = render_page(dataclasses.replace(made, studies=(long_study,)), "en")
    assert f"The first {MOST_ROWS} of 303 rows." in page


def test_an_evaluation_without_models_studies_or_findings_is_a_page(make_evaluation: Make) -> None:
    made = make_evaluation("")
    bare = dataclasses.replace(
        made,
        models=(),
        studies=(),
        columns=(),
        findings=(),
        sources=(),
        cautions=(),
        frameworks=(made.headline,),
        facts={},
    )
    assert Reader(render_page(bare, "zh")).wrong == []


def test_times_are_written_in_greenwich_time(make_evaluation: Make) -> None:
    here = dt.datetime(2018, 7, 2, 16, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    page = render_page(dataclasses.replace(make_evaluation(), made_at=here), "zh")
    assert "2018-07-02 08:30" in page


def test_the_same_evaluation_gives_the_same_page(make_evaluation: Make, page: str, language: Language) -> None:
    assert render_page(make_evaluation("CNY"), language) == page


# --- colours ----------------------------------------------------------------------------------------------------------

STYLE = (importlib.resources.files("worthbook.reporting") / "templates" / "style.css").read_text(encoding="utf-8")
TEXTS = [
    ("ink", "paper"), ("ink", "page"), ("ink-soft", "paper"), ("ink-soft", "page"), ("link", "paper"), ("link", "page"),
    ("ink", "warn-back"), ("warn", "warn-back"), ("good", "good-back"), ("bad", "bad-back"), ("ink-soft", "quiet-back"),
]  # fmt: skip
MARKS = [(f"c{number}", "paper") for number in range(1, 7)]


def test_no_media_query_stands_inside_another_rule() -> None:
    outside = re.sub(r"\{(?:[^{}]|\{[^{}]*\})*\}", "", STYLE)
    assert (outside.count("@media"), outside.count("{")) == (STYLE.count("@media"), 0)


def colours(scheme: str) -> dict[str, str]:
    block = STYLE.partition("prefers-color-scheme:dark")[2 if scheme == "dark" else 0]
    found = re.findall(r"--([\w-]+):(#[0-9a-f]+)", block.split("@media")[0])
    return {
        name: colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:]) for name, colour in found
    }


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXTS, 4.5), (MARKS, 3.0)])
def test_contrast_is_enough(scheme: str, pairs: list[tuple[str, str]], least: float) -> None:
    there = colours(scheme)
    assert [(one, other) for one, other in pairs if contrast(there[one], there[other]) < least] == []

"""Questionnaires are asked in both languages, and what they save is read back."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from worthbook.data.survey_file import read_survey
from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.language import Language
from worthbook.planning.index import read_catalogue
from worthbook.reporting.questionnaire import columns_of
from worthbook.services.survey_form import write_questionnaire

INSTRUMENTS = read_catalogue().instruments


def page(instrument: str, folder: Path, language: Language = "en", brand: str = "") -> str:
    return write_questionnaire(instrument, folder / "form.html", language, brand=brand).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_every_instrument_asks_all_its_questions_in_both_languages(name: str, tmp_path: Path) -> None:
    for language in ("en", "zh"):
        text = page(name, tmp_path, language)
        assert set(re.findall(r'data-question="(\w+)"', text)) == set(INSTRUMENTS[name].questions)
        assert "{brand}" not in text
        assert not re.search(r'(?:src|href)="?https?:', text)


def test_the_page_saves_the_columns_that_the_reader_knows(tmp_path: Path) -> None:
    text = page("points_100", tmp_path)
    (columns,) = re.findall(r"columns = (\[[^;]*\]);", text)
    assert tuple(json.loads(columns)) == columns_of(INSTRUMENTS["points_100"])

    saved = tmp_path / "points_100-1.csv"
    answers = dict.fromkeys(INSTRUMENTS["points_100"].questions, "10")
    row = {
        "respondent_id": "ab12",
        "answered_at": "2026-03-01 10:00:00",
        "seconds": "95",
        "customer_id": "C1",
        **answers,
    }
    header = json.loads(columns)
    saved.write_text(
        "\ufeff" + ",".join(header) + "\r\n" + ",".join(row.get(name, "") for name in header) + "\r\n", encoding="utf-8"
    )
    found = read_survey(saved, INSTRUMENTS)

    assert (found.instrument.name, found.respondents[0], found.customers[0]) == ("points_100", "ab12", "C1")
    assert (found.seconds[0], str(found.last_day), found.column("price_points")[0]) == (95.0, "2026-03-01", 10.0)


def test_the_brand_that_is_judged_is_named(tmp_path: Path) -> None:
    assert "您有多大可能向朋友或同事推荐明前茶庄？" in page("nps", tmp_path, "zh", "明前茶庄")


def test_scales_with_a_word_for_every_number_are_shown_in_words(tmp_path: Path) -> None:
    assert "Very dissatisfied</label>" in page("csat", tmp_path)
    assert '<div class="ends"><span>Not at all likely</span><span>Extremely likely</span></div>' in page(
        "nps", tmp_path
    )


def test_what_a_user_writes_cannot_break_out_of_the_page(tmp_path: Path) -> None:
    assert "<b>" not in page("nps", tmp_path, brand="<b>me</b>")


def test_the_workbook_has_the_columns_and_the_wording(tmp_path: Path) -> None:
    file = write_questionnaire("nps", tmp_path / "form.xlsx", "zh")
    book = CalamineWorkbook.from_path(file)

    assert tuple(book.get_sheet_by_index(0).to_python()[0]) == columns_of(INSTRUMENTS["nps"])
    assert book.get_sheet_by_index(1).to_python()[1][0] == "recommend"


@pytest.mark.parametrize(
    ("instrument", "file", "slug"),
    [("nps", "form.pdf", "survey-form-unknown"), ("npps", "a.html", "instrument-unknown")],
)
def test_what_cannot_be_written_is_told(instrument: str, file: str, slug: str, tmp_path: Path) -> None:
    with pytest.raises(WorthbookError) as error:
        write_questionnaire(instrument, tmp_path / file, "en")

    assert error.value.slugs == (slug,)

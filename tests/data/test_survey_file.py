from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from worthbook.data.answers import Answers
from worthbook.data.survey_file import read_survey
from worthbook.kernel.errors import WorthbookError
from worthbook.planning.index import read_catalogue

INSTRUMENTS = read_catalogue().instruments
Read = Callable[..., Answers]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def reading(text: str, instrument: str | None = None, *segments: str, encoding: str = "utf-8") -> Answers:
        file = tmp_path / "answers.csv"
        file.write_text(text, encoding=encoding)
        return read_survey(file, INSTRUMENTS, instrument, segments)

    return reading


def said(answers: Answers) -> list[str]:
    return [note.text.en for note in answers.notes]


def test_a_column_a_question(read: Read) -> None:
    found = read("Response ID,NPS score,Comment,region\n7,9,fine,North\n8,,,South\n", "nps", "region")

    assert found.questions == ("recommend",)
    np.testing.assert_array_equal(found.values, [[9.0], [np.nan]])
    assert found.respondents.tolist() == ["7", "8"]
    assert found.segment("region").tolist() == ["North", "South"]
    assert found.comments["reason"].tolist() == ["fine", ""]
    assert found.weights.tolist() == [1.0, 1.0]


def test_a_line_an_answer(read: Read) -> None:
    found = read(
        "respondent_id,wave,question_id,value\n1,A,recommend,9\n1,A,reason,quick\n2,A,nps,3\n1,B,recommend,10\n", "nps"
    )

    rows = zip(found.respondents.tolist(), found.waves.tolist(), found.column("recommend").tolist(), strict=True)
    assert sorted(rows) == [("1", "A", 9.0), ("1", "B", 10.0), ("2", "A", 3.0)]


@pytest.mark.shared_data
def test_the_instrument_is_told_by_the_columns(shared: Path) -> None:
    found = read_survey(shared / "data" / "mobi_ecsi" / "mobi.csv", INSTRUMENTS)

    assert (found.instrument.name, found.values.shape) == ("ecsi_survey", (250, 24))


def test_words_numbers_with_words_and_codes_for_nothing(read: Read) -> None:
    found = read("csat\n非常满意\nDissatisfied\n3 - Neither\n4分\nN/A\n-99\n", "csat", encoding="gb18030")

    np.testing.assert_array_equal(found.column("satisfied"), [5, 2, 3, 4, np.nan, np.nan])


def test_an_answer_off_the_scale_counts_as_none_and_is_named(read: Read) -> None:
    found = read("csat\n5\n4\n3\n7\n7\n", "csat")

    np.testing.assert_array_equal(found.column("satisfied"), [5, 4, 3, np.nan, np.nan])
    assert said(found) == ["2 of 5 answers to 'satisfied' are not on its scale ('7' ×2) and count as no answer."]


def test_a_file_on_another_scale_is_refused_with_every_question(read: Read) -> None:
    with pytest.raises(WorthbookError) as error:
        read("IMAG1,IMAG2,IMAG3\n80,60,5\n100,40,5\n20,20,5\n", "ecsi_survey")

    assert error.value.slugs == ("survey-scale-wrong", "survey-scale-wrong")
    assert error.value.problems[0].what.en == (
        "3 of 3 answers to 'image_1' do not fit its scale from 1 to 10, such as '100' ×1, '20' ×1, '80' ×1."
    )


def test_who_answers_twice_counts_once(read: Read) -> None:
    found = read("id,csat\n1,5\n2,4\n1,2\n", "csat")

    assert dict(zip(found.respondents.tolist(), found.column("satisfied").tolist(), strict=True)) == {
        "1": 2.0,
        "2": 4.0,
    }
    assert said(found) == ["1 respondents answered more than once (first: 1); the last answer of each counts."]


def test_respondents_without_an_id_are_their_lines(read: Read) -> None:
    assert read("csat\n5\n4\n", "csat").respondents.tolist() == ["2", "3"]


def test_qualtrics_writes_two_more_lines_of_headers(read: Read) -> None:
    found = read(
        'ResponseId,EndDate,NPS\nResponse ID,End Date,How likely?\n"{""ImportId"":""_recordId""}",'
        '"{""ImportId"":""endDate""}","{""ImportId"":""QID1""}"\nR_1,2026-03-02 10:00,9\nR_2,2026-03-05 09:30:00,4\n',
        "nps",
    )

    assert (found.column("recommend").tolist(), str(found.last_day)) == ([9.0, 4.0], "2026-03-05")


def test_reversed_items_are_turned_round_in_the_matrix_only(read: Read) -> None:
    found = read("again,recommend,attached,switch,forgive\n7,6,5,2,4\n", "loyalty_survey")

    assert found.column("switch").tolist() == [2.0]
    assert found.matrix(["again", "switch"]).tolist() == [[7.0, 6.0]]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("a,b\n1,2\n", "survey-questions-not-found"),
        ("csat,weight\n5,-1\n", "survey-weight-unfit"),
        ("csat,weight\n5,\n", "survey-weight-unfit"),
        ("csat\n", "file-without-rows"),
    ],
)
def test_what_cannot_be_read_is_told(read: Read, text: str, slug: str) -> None:
    with pytest.raises(WorthbookError) as error:
        read(text, "csat")

    assert error.value.slugs == (slug,)


def test_a_file_of_no_instrument_asks_for_one(read: Read) -> None:
    with pytest.raises(WorthbookError) as error:
        read("a,b\n1,2\n")

    assert error.value.slugs == ("survey-instrument-not-told",)


def test_an_unknown_segment_is_told_with_what_is_near(read: Read) -> None:
    with pytest.raises(WorthbookError) as error:
        read("csat,region\n5,North\n", "csat", "regions")

    assert error.value.problems[0].hint.en == "Did you mean 'region'?"

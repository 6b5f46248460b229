"""Surveys that were imported into a book say the same as the files that they came from."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worthbook.kernel.errors import WorthbookError
from worthbook.services.import_survey import ImportedSurvey, import_survey
from worthbook.services.ingest_files import ingest_files
from worthbook.services.survey_study import open_survey, survey_study
from worthbook.services.undo_import import undo_import

QUALTRICS = (
    "StartDate,EndDate,Status,Progress,Finished,RecordedDate,ResponseId,ExternalReference,DistributionChannel,"
    "UserLanguage,QID1\n"
    "Start Date,End Date,Response Type,Progress,Finished,Recorded Date,Response ID,External Data Reference,"
    'Distribution Channel,User Language,"How likely are you to recommend {brand} to a friend or colleague?"\n'
    + ",".join(f'"{{""ImportId"":""c{index}""}}"' for index in range(11))
    + "\n2026-03-01 10:00:00,2026-03-01 10:02:00,IP Address,100,True,2026-03-01 10:02:05,R_1,C1,email,EN,9\n"
    "2026-03-02 10:00:00,2026-03-02 10:02:00,IP Address,100,True,2026-03-02 10:02:05,R_2,C2,email,EN,4\n"
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    random = np.random.default_rng(8)
    lines = ["respondent_id,customer_id,NPS,why,wave,date,weight"]
    for number in range(120):
        score = ["极有可能", "8", "3", "N/A"][random.integers(0, 4)]
        wave = "A" if number < 60 else "B"
        lines.append(f"R{number},C{number % 90},{score},,{wave},2026-0{1 if wave == 'A' else 4}-05,{1 + number % 2}")
    path = tmp_path_factory.mktemp("survey") / "nps.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def book(file: Path) -> Path:
    folder = file.with_name("shop.book")
    done = import_survey(file, folder, instrument="nps")
    assert (done.report.accepted, done.report.rows["surveys"]) == (120, 2)
    return folder


def test_a_book_and_its_file_give_the_same_study(file: Path, book: Path) -> None:
    of_file, of_book = survey_study(file, instrument="nps"), survey_study(book, instrument="nps")

    assert of_book.study.facts == pytest.approx(of_file.study.facts)
    assert of_book.study.tables == of_file.study.tables


def test_the_matrix_of_a_book_knows_customers_waves_and_weights(book: Path) -> None:
    with open_survey(book, instrument="nps") as opened:
        answers = opened.answers
    by_id = {
        (who, wave): place for place, (who, wave) in enumerate(zip(answers.respondents, answers.waves, strict=True))
    }
    place = by_id["R61", "B"]

    assert (answers.customers[place], answers.weights[place], str(answers.answered_on[place])[:10]) == (
        "C61", 2.0, "2026-04-05",
    )  # fmt: skip


def test_the_same_file_twice_adds_nothing(file: Path, book: Path) -> None:
    again = import_survey(file, book, instrument="nps")

    assert not again.report.new
    assert again.say("en") == (
        "nps.csv is in the book already: nothing was added. To have it read anew, take it back first: worthbook undo "
        f"{again.report.import_id}"
    )


def test_an_unknown_division_of_respondents_is_told(book: Path) -> None:
    with pytest.raises(WorthbookError) as error:
        survey_study(book, instrument="nps", segments=["regin"], options={"by": "regin"})

    assert error.value.slugs == ("survey-segment-unknown",)


def test_an_export_of_qualtrics_is_found_by_its_wording(tmp_path: Path) -> None:
    export = tmp_path / "spring.csv"
    export.write_text(QUALTRICS, encoding="utf-8")
    done = import_survey(export, tmp_path / "shop.book", instrument="nps")

    assert done.report.mapping == "qualtrics_answers"
    assert survey_study(tmp_path / "shop.book", instrument="nps").study.facts["respondents"] == 2


def test_lines_of_a_nameless_file_are_respondents_under_ids_that_stay(tmp_path: Path) -> None:
    nameless, book = tmp_path / "nps.csv", tmp_path / "shop.book"
    nameless.write_text("nps\n9\n9\n2\n", encoding="utf-8")
    done = import_survey(nameless, book, instrument="nps", on=dt.date(2026, 3, 5))
    assert [note.en[:35] for note in done.notes] == ["No column tells respondents apart: "]
    with open_survey(book, instrument="nps") as opened:
        first = opened.answers
    assert first.last_day == dt.date(2026, 3, 5)
    assert len(set(first.respondents)) == 3

    renamed = nameless.rename(tmp_path / "again.csv")
    assert import_survey(renamed, book, instrument="nps").report.new is False
    import_survey(renamed, tmp_path / "other.book", instrument="nps")
    with open_survey(tmp_path / "other.book", instrument="nps") as opened:
        assert sorted(opened.answers.respondents) == sorted(first.respondents)


def test_two_nameless_files_do_not_overwrite_each_other(tmp_path: Path) -> None:
    book = tmp_path / "shop.book"
    for name, text in (("a", "nps\n9\n9\n"), ("b", "nps\n2\n1\n")):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        done = import_survey(tmp_path / f"{name}.csv", book, instrument="nps")
        assert any("give another day with --on" in note.en for note in done.notes)
    assert survey_study(book, instrument="nps").study.facts["respondents"] == 4


# --- the same answers exported again, without names ---

HEADER = "date,nps,why\n"
ANSWERS = [f"2026-03-0{1 + n % 9},{n % 11},reason {n}\n" for n in range(30)]


def bring(folder: Path, name: str, lines: list[str], header: str = HEADER) -> tuple[ImportedSurvey, int]:
    """Import lines as a file; what was said, and how many respondents the book has then."""
    file, book = folder / name, folder / "shop.book"
    file.write_text(header + "".join(lines), encoding="utf-8")
    done = import_survey(file, book, instrument="nps")
    with open_survey(book, instrument="nps") as opened:
        return done, len(opened.answers.respondents)


@pytest.fixture(scope="module")
def in_march(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ImportedSurvey, int]:
    """The folder of a book into which the first twenty answers were brought."""
    folder = tmp_path_factory.mktemp("march")
    return folder, *bring(folder, "march.csv", ANSWERS[:20])


@pytest.fixture
def after_march(in_march: tuple[Path, ImportedSurvey, int], tmp_path: Path) -> tuple[ImportedSurvey, int]:
    """A copy of it."""
    folder, done, respondents = in_march
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return done, respondents


def test_a_longer_export_adds_only_the_new_answers(tmp_path: Path, after_march: tuple[ImportedSurvey, int]) -> None:
    _, first = after_march
    done, then = bring(tmp_path, "april.csv", ANSWERS[::-1])  # newest first, as many programs write it
    assert (first, then) == (20, 30)
    assert (done.report.tables["answers"].new, done.report.tables["answers"].same) == (10, 20)
    assert [note.en[:60] for note in done.notes[1:]] == [
        "All 20 lines of march.csv are in this file too: they are the same"[:60]
    ]


def test_an_older_export_adds_nothing(tmp_path: Path) -> None:
    bring(tmp_path, "april.csv", ANSWERS)
    done, respondents = bring(tmp_path, "march.csv", ANSWERS[:20])
    assert (respondents, done.report.tables["answers"].new) == (30, 0)
    assert "All 20 lines are in april.csv too: they are the same answers, and nothing is new." in [
        note.en for note in done.notes
    ]


def test_either_export_can_be_undone(tmp_path: Path, after_march: tuple[ImportedSurvey, int]) -> None:
    first, _ = after_march
    bring(tmp_path, "april.csv", ANSWERS)
    undo_import(tmp_path / "shop.book", first.report.import_id)
    with open_survey(tmp_path / "shop.book", instrument="nps") as opened:
        assert len(opened.answers.respondents) == 30


def test_a_third_export_goes_with_the_first_two_and_comes_back_unchanged(tmp_path: Path) -> None:
    for name, lines in (("a.csv", ANSWERS[:10]), ("b.csv", ANSWERS[:20]), ("c.csv", ANSWERS)):
        bring(tmp_path, name, lines)
    again, respondents = bring(tmp_path, "c.csv", ANSWERS)
    assert (respondents, again.report.new) == (30, False)


@pytest.mark.usefixtures("after_march")
def test_another_file_with_an_equal_line_stays(tmp_path: Path) -> None:
    done, respondents = bring(tmp_path, "other.csv", [ANSWERS[3], *ANSWERS[20:]])
    assert (respondents, len(done.notes)) == (31, 1)


def test_a_corrected_export_counts_and_that_is_said(tmp_path: Path, after_march: tuple[ImportedSurvey, int]) -> None:
    first, _ = after_march
    done, respondents = bring(tmp_path, "mended.csv", [ANSWERS[0].replace("reason", "ground"), *ANSWERS[1:20]])
    assert respondents == 40
    (said,) = [note.en for note in done.notes[1:]]
    assert said.startswith("19 lines are in march.csv too, which has 1 that are not in this file: all count.")
    assert said.endswith(f"take the first back: worthbook undo {first.report.import_id}.")


def test_lines_that_are_too_alike_are_not_guessed_about(tmp_path: Path) -> None:
    """Ten scores on their own are in nearly every longer list of scores."""
    bring(tmp_path, "march.csv", [f"{n % 4}\n" for n in range(10)], header="nps\n")
    done, respondents = bring(tmp_path, "april.csv", [f"{n % 4}\n" for n in range(40)], header="nps\n")
    assert respondents == 50
    (said,) = [note.en for note in done.notes if "too alike" in note.en]
    assert said.startswith("All 10 lines of march.csv are in this file too, but too alike to say")


@given(cut=st.integers(5, 30), order=st.permutations(range(30)))
@settings(max_examples=5)
def test_any_part_of_the_answers_first_and_all_of_them_later_are_all_of_them(
    tmp_path_factory: pytest.TempPathFactory, cut: int, order: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("exports")
    lines = [ANSWERS[place] for place in order]
    bring(folder, "first.csv", lines[:cut])
    assert bring(folder, "second.csv", sorted(lines))[1] == 30


def test_speeders_are_found_in_a_book_as_in_its_file(tmp_path: Path) -> None:
    lines = [f"R{n},{n % 11},{'N/A' if n == 7 else 5 if n < 3 else 100 + n}" for n in range(40)]
    file, book = tmp_path / "nps.csv", tmp_path / "shop.book"
    file.write_text("\n".join(["respondent_id,nps,seconds", *lines]) + "\n", encoding="utf-8")
    import_survey(file, book, instrument="nps")
    for source in (file, book):
        assert survey_study(source, "survey_quality", instrument="nps").study.facts["speeders"] == 3


def test_a_book_asks_which_instrument_is_meant(book: Path) -> None:
    with pytest.raises(WorthbookError) as error:
        survey_study(book)

    assert error.value.slugs == ("survey-instrument-not-named",)


def test_a_book_without_answers_says_so(tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text("customer,date,amount\nA,2026-01-05,10\n", encoding="utf-8")
    shop, _ = ingest_files([orders])
    with pytest.raises(WorthbookError) as error:
        survey_study(shop.folder, instrument="nps")

    assert error.value.slugs == ("survey-unanswered",)

"""Who was invited, who answered, who is missing: from a list of people, counts of groups, or a book."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from worthbook.cli.main import app
from worthbook.kernel.errors import WorthbookError
from worthbook.services.import_survey import import_survey
from worthbook.services.ingest_files import ingest_files
from worthbook.services.survey_study import SurveyAnswer, survey_study

ANSWERED = {"North": 80, "South": 10, "East": 30, "Moon": 2}


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    lines = [f"{region}{n},{n % 11},{region}" for region, count in ANSWERED.items() for n in range(count)]
    file = tmp_path / "nps.csv"
    file.write_text("\n".join(["respondent_id,nps,region", *lines]) + "\n", encoding="utf-8")
    return file


def checked(answers: Path, invited: str, *, by: bool = True) -> SurveyAnswer:
    file = answers.with_name("invited.csv")
    file.write_text(invited, encoding="utf-8")
    segments, options = (["region"], {"by": "region"}) if by else ([], {})
    return survey_study(answers, "survey_quality", instrument="nps", segments=segments, options=options, invited=file)


def said(found: SurveyAnswer) -> str:
    return " ".join(finding.text.en for finding in found.study.findings)


COUNTS = "region,invited\nNorth,200\nSouth,100\nEast,100\nWest,40\n"


def test_rates_by_segment_with_wilson_intervals(answers: Path) -> None:
    """Wilson's interval of 10 of 100 is 5.52 % to 17.44 % (worked from the formula of 1927)."""
    found = checked(answers, COUNTS)
    rows = {row["segment"]: row for row in found.as_json()["response"]}  # type: ignore[attr-defined]
    assert (rows["North"]["rate"], rows["East"]["rate"], rows["West"]["rate"]) == (0.4, 0.3, 0.0)
    assert (rows["South"]["rate_low"], rows["South"]["rate_high"]) == pytest.approx((0.0552, 0.1744), abs=1e-4)
    assert (rows["Moon"]["invited"], rows["Moon"]["rate"]) == (0, None)
    assert found.study.facts["response_rate"] == pytest.approx(122 / 440)
    assert [chart.name for chart in found.study.charts] == ["response"]


def test_who_is_missing_is_named(answers: Path) -> None:
    told = said(checked(answers, COUNTS))
    assert "Answered clearly less often than all together: South." in told
    assert "Nobody answered of: West." in told
    assert "without having been invited: Moon." in told


def test_a_line_a_person_counts_alike(answers: Path) -> None:
    people = [f"p{n},{region}" for region, count in (("North", 200), ("South", 100)) for n in range(count)]
    facts = checked(answers, "\n".join(["id,region", *people]) + "\n").study.facts
    assert facts["invited"] == 300


def test_without_a_segment_there_is_one_rate(answers: Path) -> None:
    found = checked(answers, COUNTS, by=False)
    assert (found.study.facts["invited"], [table.name for table in found.study.tables]) == (
        440,
        ["items", "carelessness"],
    )


def test_more_answers_than_invitations_are_no_rate(answers: Path) -> None:
    found = checked(answers, "region,invited\nNorth,10\nSouth,20\n")
    assert found.study.facts["response_rate"] is None
    assert "More answered than were invited: North." in said(found)


@pytest.mark.parametrize(
    ("text", "slug"),
    [("area,invited\nNorth,10\n", "survey-column-absent"), ("region,invited\nNorth,many\n", "invited-count-unfit")],
)
def test_a_list_that_does_not_fit(answers: Path, text: str, slug: str) -> None:
    with pytest.raises(WorthbookError) as refused:
        checked(answers, text)
    assert refused.value.slugs == (slug,)


def test_a_book_that_says_how_many_were_invited(answers: Path) -> None:
    book = answers.with_name("shop.book")
    import_survey(answers, book, instrument="nps")
    assert survey_study(book, "survey_quality", instrument="nps").study.facts["response_rate"] is None
    surveys = answers.with_name("surveys.csv")
    surveys.write_text("survey_id,invited\nnps,400\n", encoding="utf-8")
    ingest_files([surveys], book)
    facts = survey_study(book, "survey_quality", instrument="nps").study.facts
    assert facts["invited"] == 400
    assert facts["response_rate"] == pytest.approx(122 / 400)


def test_as_a_command_in_chinese(answers: Path) -> None:
    file = answers.with_name("invited.csv")
    file.write_text(COUNTS, encoding="utf-8")
    command = [
        "survey",
        "check",
        str(answers),
        "-i",
        "nps",
        "--by",
        "region",
        "--invited",
        str(file),
        "--language",
        "zh",
    ]
    shown = CliRunner().invoke(app, command)
    assert (shown.exit_code, "各群体的回答率" in shown.stdout) == (0, True)

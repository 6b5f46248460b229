"""Gaps inside the firm, from the answers of its own people beside those of its customers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import ttest_ind

from worthbook.services.import_survey import import_survey
from worthbook.services.survey_study import SurveyAnswer, survey_study

SIZE = 22
DIMENSIONS = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")


def answered(file: Path, header: list[str], values: np.ndarray) -> Path:
    lines = [
        ",".join(["respondent_id", *header]),
        *(f"{file.stem}{n}," + ",".join(map(str, row)) for n, row in enumerate(values)),
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Customers expect 6; the firm's people believe 5; standards are half there (4 of 7), met, promises kept (7)."""
    folder, random = tmp_path_factory.mktemp("servqual"), np.random.default_rng(4)
    names = [f"{kind}{n:02d}" for kind in "ep" for n in range(1, SIZE + 1)]
    expected, perceived = (random.integers(low, low + 3, (60, SIZE)) for low in (5, 4))
    staff = [f"m{n:02d}" for n in range(1, SIZE + 1)]
    stated = [f"{gap}_{dimension}" for gap in ("standards", "delivery", "promises") for dimension in DIMENSIONS]
    believed, standards = random.integers(4, 7, (25, SIZE)), random.integers(3, 6, (25, 5))
    full = np.full((25, 10), 7)
    return (
        answered(folder / "customers.csv", names, np.hstack([expected, perceived])),
        answered(folder / "staff.csv", [*staff, *stated], np.hstack([believed, standards, full])),
    )


@pytest.fixture(scope="module")
def of_files(files: tuple[Path, Path]) -> SurveyAnswer:
    customers, staff = files
    return survey_study(customers, "service_gaps", instrument="servqual", beside={"servqual_staff": staff})


def sizes(found: SurveyAnswer) -> dict[str, float | None]:
    return {row["gap"]["en"]: row.get("size") for row in found.as_json()["five_gaps"]}  # type: ignore[attr-defined]


def test_planted_gaps_are_measured(files: tuple[Path, Path], of_files: SurveyAnswer) -> None:
    _, staff = files
    measured = sizes(of_files)
    assert measured["1 Knowledge"] == pytest.approx(-1.0, abs=0.1)
    standards = np.loadtxt(staff, delimiter=",", skiprows=1, usecols=range(SIZE + 1, SIZE + 6)).mean()
    assert measured["2 Standards"] == pytest.approx(standards - 7)
    assert (measured["3 Delivery"], measured["4 Promise"]) == (0.0, 0.0)
    assert measured["5 Customer"] == pytest.approx(-1.0, abs=0.1)
    said = " ".join(finding.text.en for finding in of_files.study.findings)
    assert "Clearly there inside the firm, largest first: 2 Standards, 1 Knowledge." in said


def test_the_interval_of_gap_1_is_that_of_welch(files: tuple[Path, Path], of_files: SurveyAnswer) -> None:
    rows = of_files.as_json()["inside"]
    row = next(row for row in rows if (row["gap"]["en"], row["dimension"]["en"]) == ("1 Knowledge", "All"))  # type: ignore[attr-defined]
    read = [np.loadtxt(file, delimiter=",", skiprows=1, usecols=range(1, SIZE + 1)).mean(axis=1) for file in files]
    interval = ttest_ind(read[1], read[0], equal_var=False).confidence_interval()
    assert (row["low"], row["high"]) == pytest.approx((interval.low, interval.high))


def test_without_staff_only_the_fifth_is_measured(files: tuple[Path, Path]) -> None:
    found = survey_study(files[0], "service_gaps", instrument="servqual")
    assert [gap for gap, size in sizes(found).items() if size is not None] == ["5 Customer"]
    assert found.study.facts["staff"] == 0


def test_a_book_finds_both_by_itself(files: tuple[Path, Path], of_files: SurveyAnswer, tmp_path: Path) -> None:
    customers, staff = files
    book = tmp_path / "firm.book"
    import_survey(customers, book, instrument="servqual")
    import_survey(staff, book, instrument="servqual_staff")
    of_book = survey_study(book, "service_gaps", instrument="servqual")
    assert sizes(of_book) == pytest.approx(sizes(of_files))

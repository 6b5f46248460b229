"""What drives satisfaction, from a file of answers or a book; a file needs no instrument."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from worthbook.data.survey_headers import numeric_headers
from worthbook.kernel.errors import WorthbookError
from worthbook.planning.structures import instrument_of_headers
from worthbook.services.survey_study import SurveyAnswer, open_survey

STUDY = "satisfaction_drivers"
_NOT_TOLD = "survey-instrument-not-told"


def survey_drivers(  # noqa: PLR0913 - what, of what, and how
    source: Path,
    *,
    instrument: str | None = None,
    scale: tuple[float, float] | None = None,
    book: Path | None = None,
    segments: Collection[str] = (),
    margins: Mapping[str, Mapping[str, float]] | None = None,
    options: Mapping[str, str | float | None] | None = None,
) -> SurveyAnswer:
    """Share satisfaction out among its drivers.

    Args:
        source: a file of answers, or a book.
        instrument: which was used; None to tell by the columns, or to take every column of numbers as a question.
        scale: the least and the highest answer, for a file without an instrument.
        book: whose own instruments count too.
        segments: columns that divide respondents.
        margins: column → group → share of the population, to which respondents are weighted.
        options: of the study, in the place of its definition's.

    Raises:
        WorthbookError: What is wrong with the file, the names or the answers.
    """
    wanted = tuple(dict.fromkeys((*segments, *(margins or {}))))

    def made(*, by_headers: bool) -> SurveyAnswer:
        own = instrument_of_headers(source.stem, numeric_headers(source), scale) if by_headers else None
        with open_survey(source, instrument=instrument, book=book, segments=wanted, made=own) as opened:
            chosen = opened.weighted(margins) if margins else opened
            return chosen.study(STUDY, **(options or {}))

    if scale is not None and instrument is None:
        return made(by_headers=True)
    try:
        return made(by_headers=False)
    except WorthbookError as error:
        if instrument is not None or error.slugs != (_NOT_TOLD,):
            raise
    return made(by_headers=True)

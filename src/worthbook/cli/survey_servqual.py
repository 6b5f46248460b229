"""`worthbook survey servqual`: expectation against perception, and the five gaps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption
from worthbook.cli.survey_answer import (
    SUMS,
    BookOption,
    InstrumentOption,
    SourceArgument,
    ToOption,
    one_of,
    show_study,
)


def servqual(
    source: SourceArgument,
    instrument: InstrumentOption = "",
    sums: Annotated[
        str, typer.Option(metavar="rescale|reject|accept", help="What to do with points that do not add up.")
    ] = "rescale",
    staff: Annotated[
        Path | None, typer.Option(help="Answers of the firm's own people to servqual_staff, for gaps 1 to 4.")
    ] = None,
    book: BookOption = None,
    to: ToOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Measure service quality: gaps by dimension and statement, weighted and not, and the five gaps."""

    def make() -> SurveyAnswer:
        return survey_study(
            source,
            "service_gaps",
            instrument=instrument or None,
            book=book,
            beside={} if staff is None else {"servqual_staff": staff},
            options={"sums": one_of(sums, "--sums", SUMS)},
        )

    from worthbook.services.survey_study import SurveyAnswer, survey_study  # noqa: PLC0415

    show_study(make, language, as_json=as_json, to=to)

"""`worthbook survey check`: how far answers can be relied on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption
from worthbook.cli.survey_answer import (
    BookOption,
    ByOption,
    InstrumentOption,
    MarginOption,
    SourceArgument,
    ToOption,
    margins_of,
    show_study,
)


def check_answers(
    source: SourceArgument,
    instrument: InstrumentOption = "",
    by: ByOption = "",
    invited: Annotated[
        Path | None, typer.Option(help="A file of those who were invited, with the column of --by.")
    ] = None,
    margin: MarginOption = None,
    book: BookOption = None,
    to: ToOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Check answers: gaps, straight lines, haste, copies, reversed items, and who answered."""

    def make() -> SurveyAnswer:
        return survey_study(
            source,
            "survey_quality",
            instrument=instrument or None,
            book=book,
            segments=[by] if by else (),
            margins=margins_of(margin),
            invited=invited,
            options={"by": by},
        )

    from worthbook.services.survey_study import SurveyAnswer, survey_study  # noqa: PLC0415

    show_study(make, language, as_json=as_json, to=to)

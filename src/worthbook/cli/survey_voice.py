"""`worthbook survey voice`: what customers say in their own words, and what they require."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption
from worthbook.cli.survey_answer import BookOption, InstrumentOption, SourceArgument, ToOption, show_study


def voice(
    source: SourceArgument,
    instrument: InstrumentOption = "comments",
    vocabulary: Annotated[str, typer.Option(help="The words by which themes are known.")] = "comment_words",
    sipoc: Annotated[
        Path | None, typer.Option(help="Write a SIPOC sheet (XLSX) with requirements, owners and measures to fill in.")
    ] = None,
    book: BookOption = None,
    to: ToOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Read comments: personal data out, themes, praise and complaint, requirements ranked with their quotes."""

    def make() -> SurveyAnswer:
        found = survey_study(
            source, "voice", instrument=instrument or None, book=book, options={"vocabulary": vocabulary}
        )
        if sipoc is not None:
            write_sipoc(found.study, sipoc, "zh" if language == "zh" else "en")
        return found

    from worthbook.services.survey_study import SurveyAnswer, survey_study  # noqa: PLC0415
    from worthbook.services.write_study import write_sipoc  # noqa: PLC0415

    show_study(make, language, as_json=as_json, to=to)

"""`worthbook survey score`: the scores of an instrument."""

from __future__ import annotations

from typing import Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption
from worthbook.cli.survey_answer import (
    CUTS,
    NAMINGS,
    SUMS,
    BookOption,
    ByOption,
    InstrumentOption,
    MarginOption,
    SourceArgument,
    ToOption,
    margins_of,
    one_of,
    show_study,
)


def score(
    source: SourceArgument,
    instrument: InstrumentOption = "",
    by: ByOption = "",
    margin: MarginOption = None,
    cut: Annotated[str, typer.Option(metavar="means|middle|medians", help="Where fields of a map are cut.")] = "means",
    naming: Annotated[
        str, typer.Option(metavar="improve|strengthen", help="How the fields of a map are named.")
    ] = "improve",
    sums: Annotated[
        str, typer.Option(metavar="rescale|reject|accept", help="What to do with points that do not add up.")
    ] = "rescale",
    book: BookOption = None,
    to: ToOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Score a survey by the way of its instrument: shares, means, gaps, classes or a map, with intervals."""

    def make() -> SurveyAnswer:
        options = {
            "by": by,
            "cut": one_of(cut, "--cut", CUTS),
            "naming": one_of(naming, "--naming", NAMINGS),
            "sums": one_of(sums, "--sums", SUMS),
        }
        return survey_study(
            source,
            instrument=instrument or None,
            book=book,
            segments=[by] if by else (),
            margins=margins_of(margin),
            options=options,
        )

    from worthbook.services.survey_study import SurveyAnswer, survey_study  # noqa: PLC0415

    show_study(make, language, as_json=as_json, to=to)

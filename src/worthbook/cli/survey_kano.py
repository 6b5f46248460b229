"""`worthbook survey kano`: which features must be there, which please, which delight."""

from __future__ import annotations

from typing import Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption
from worthbook.cli.survey_answer import (
    RULES,
    TABLES,
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


def kano(
    source: SourceArgument,
    instrument: InstrumentOption = "",
    by: ByOption = "",
    margin: MarginOption = None,
    table: Annotated[str, typer.Option(metavar="pouliot|classic", help="How pairs of answers are read.")] = "pouliot",
    rule: Annotated[str, typer.Option(metavar="grouped|mode", help="How the class is chosen.")] = "grouped",
    book: BookOption = None,
    to: ToOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Classify the features of a Kano survey, with better and worse, segments and drift over waves."""

    def make() -> SurveyAnswer:
        options = {"by": by, "table": one_of(table, "--table", TABLES), "rule": one_of(rule, "--rule", RULES)}
        segments = [by] if by else ()
        return survey_study(
            source,
            "kano_features",
            instrument=instrument or None,
            book=book,
            segments=segments,
            margins=margins_of(margin),
            options=options,
        )

    from worthbook.services.survey_study import SurveyAnswer, survey_study  # noqa: PLC0415

    show_study(make, language, as_json=as_json, to=to)

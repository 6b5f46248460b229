"""`worthbook survey nps`: the net promoter score with its interval."""

from __future__ import annotations

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


def nps(
    source: SourceArgument,
    instrument: InstrumentOption = "nps",
    by: ByOption = "",
    margin: MarginOption = None,
    book: BookOption = None,
    to: ToOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Score a net promoter survey: all together, wave by wave and by segment, with intervals and tests."""

    def make() -> SurveyAnswer:
        return survey_study(
            source,
            "net_promoter",
            instrument=instrument,
            book=book,
            segments=[by] if by else (),
            margins=margins_of(margin),
            options={"by": by},
        )

    from worthbook.services.survey_study import SurveyAnswer, survey_study  # noqa: PLC0415

    show_study(make, language, as_json=as_json, to=to)

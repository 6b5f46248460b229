"""`worthbook survey map` and `worthbook survey value`: what customers think we are worth beside our rivals."""

from __future__ import annotations

from typing import Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption
from worthbook.cli.survey_answer import BookOption, InstrumentOption, SourceArgument, ToOption, one_of, show_study

RATIOS = ("mean_of_ratios", "ratio_of_means")
UsOption = Annotated[str, typer.Option("--us", help="Which of the brands in the file is our own.")]


def value_map(
    source: SourceArgument,
    instrument: InstrumentOption = "value_against_rivals",
    us: UsOption = "",
    quality_share: Annotated[
        float | None, typer.Option(help="How much quality counts against price, 0 to 1; by default as answered.")
    ] = None,
    ratio: Annotated[
        str,
        typer.Option(
            metavar="mean_of_ratios|ratio_of_means", help="How attributes are put together; Gale: mean_of_ratios."
        ),
    ] = "mean_of_ratios",
    book: BookOption = None,
    to: ToOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Draw the value map: quality and price against rivals, attribute by attribute, with intervals."""

    def make() -> SurveyAnswer:
        options = {"us": us or None, "quality_share": quality_share, "ratio": one_of(ratio, "--ratio", RATIOS)}
        return survey_study(source, "value_map", instrument=instrument, book=book, options=options)

    from worthbook.services.survey_study import SurveyAnswer, survey_study  # noqa: PLC0415

    show_study(make, language, as_json=as_json, to=to)


def value(
    source: SourceArgument,
    instrument: InstrumentOption = "delivered_value",
    us: UsOption = "",
    book: BookOption = None,
    to: ToOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Weigh what customers get against what they give, brand by brand, with intervals."""

    def make() -> SurveyAnswer:
        return survey_study(source, "value_balance", instrument=instrument, book=book, options={"us": us or None})

    from worthbook.services.survey_study import SurveyAnswer, survey_study  # noqa: PLC0415

    show_study(make, language, as_json=as_json, to=to)

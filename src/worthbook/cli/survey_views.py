"""`worthbook survey views`: what the firm holds for important, and what its customers do."""

from __future__ import annotations

from typing import Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption
from worthbook.cli.survey_answer import BookOption, InstrumentOption, SourceArgument, ToOption, one_of, show_study

SUMS = ("rescale", "reject")


def views(
    source: SourceArgument,
    by: Annotated[str, typer.Option("--by", help="The column that says who answered: firm or customer.")],
    supplier: Annotated[str, typer.Option("--supplier", help="The firm's value in this column.")],
    instrument: InstrumentOption = "points_100",
    sums: Annotated[
        str, typer.Option(metavar="rescale|reject", help="What to do where points do not add up.")
    ] = "rescale",
    book: BookOption = None,
    to: ToOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Compare the firm's view of what matters with its customers', driver by driver, with intervals."""

    def make() -> SurveyAnswer:
        options = {"by": by, "supplier": supplier, "sums": one_of(sums, "--sums", SUMS)}
        return survey_study(source, "value_views", instrument=instrument, book=book, segments=[by], options=options)

    from worthbook.services.survey_study import SurveyAnswer, survey_study  # noqa: PLC0415

    show_study(make, language, as_json=as_json, to=to)

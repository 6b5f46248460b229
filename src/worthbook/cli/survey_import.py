"""`worthbook survey import`: answers into a book."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption, answering, language_of, print_json
from worthbook.cli.survey_answer import InstrumentOption


def import_answers(
    file: Annotated[Path, typer.Argument(help="A file of answers.", show_default=False)],
    book: Annotated[Path, typer.Option(help="The book; made if it is not there.", show_default=False)],
    instrument: InstrumentOption = "",
    on: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day of answers that have none; by default that of the import."),
    ] = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Import answers into a book: a column a question, or an export of Qualtrics, LimeSurvey or Formbricks."""
    chosen = language_of(language)
    with answering(chosen, as_json=as_json):
        from worthbook.services.import_survey import import_survey  # noqa: PLC0415

        done = import_survey(file, book, instrument=instrument or None, language=chosen, on=on.date() if on else None)
        if as_json:
            print_json(done.as_json())
        else:
            typer.echo(done.say(chosen))

"""`worthbook survey form`: a questionnaire to fill in or print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption, answering, language_of, print_json
from worthbook.cli.survey_answer import BookOption
from worthbook.kernel.language import Text

_WRITTEN = Text(en="Written: {file}", zh="已写入：{file}")


def form(
    instrument: Annotated[str, typer.Argument(help="The instrument, such as nps.", show_default=False)],
    to: Annotated[Path, typer.Option("--to", help="The file: .html or .xlsx.", show_default=False)],
    brand: Annotated[str, typer.Option(help="Who is judged, for questions that name it.")] = "",
    book: BookOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Write a questionnaire: a page that saves its answers as a file, or a workbook that checks them."""
    chosen = language_of(language)
    with answering(chosen, as_json=as_json):
        from worthbook.services.survey_form import write_questionnaire  # noqa: PLC0415

        file = write_questionnaire(instrument, to, chosen, brand=brand, book=book)
        if as_json:
            print_json({"written": [str(file)]})
        else:
            typer.echo(_WRITTEN.format(file=file).say(chosen))

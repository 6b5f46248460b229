"""`worthbook check`: every problem of every definition, and how sound the data are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worthbook.cli.console import FAILED, JsonOption, LanguageOption, answering, language_of, print_json


def check(
    book: Annotated[Path | None, typer.Argument(help="The book; without one, the shipped definitions.")] = None,
    write_schema: Annotated[
        Path | None, typer.Option(help="Write the JSON Schema of definitions to this file, for editors.")
    ] = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Check all definitions, with file and line of every problem, and say what is wrong in the data of a book."""
    chosen = language_of(language)
    with answering(chosen, as_json=as_json):
        from worthbook.services.check_book import check_book, write_editor_schema  # noqa: PLC0415

        if write_schema is not None:
            write_editor_schema(write_schema)
        checked = check_book(book)
    if as_json:
        print_json(checked.as_json())
    else:
        typer.echo(checked.say(chosen))
    if checked.problems:
        raise typer.Exit(FAILED)

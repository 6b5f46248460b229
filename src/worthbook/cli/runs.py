"""`worthbook runs`: the evaluations that a book has kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption, answering, language_of, print_json


def runs(
    book: Annotated[Path, typer.Argument(help="The book.", show_default=False)],
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """List the evaluations that a book has kept, oldest first."""
    chosen = language_of(language)
    with answering(chosen, as_json=as_json):
        from worthbook.services.list_runs import list_runs  # noqa: PLC0415

        kept = list_runs(book)
        if as_json:
            print_json([run.as_json() for run in kept])
            return
        for run in kept:
            typer.echo(run.say(chosen))

"""`worthbook compare`: what differs between two kept evaluations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption, answering, language_of, print_json


def compare(
    book: Annotated[Path, typer.Argument(help="The book.", show_default=False)],
    before: Annotated[str, typer.Argument(help="A run, or the beginning of its name.", show_default=False)],
    after: Annotated[str, typer.Argument(help="Another run.", show_default=False)],
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Compare two kept evaluations: what was made differently, how totals changed, and who moved between tiers."""
    chosen = language_of(language)
    with answering(chosen, as_json=as_json):
        from worthbook.services.compare_runs import compare_runs  # noqa: PLC0415

        comparison = compare_runs(book, before, after)
        if as_json:
            print_json(comparison.as_json())
        else:
            typer.echo(comparison.say(chosen))

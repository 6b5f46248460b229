"""`worthbook describe`: what a name means and how it is made."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption, answering, language_of, print_json


def describe(
    name: Annotated[str, typer.Argument(help="A column or definition, such as revenue_12m.", show_default=False)],
    book: Annotated[Path | None, typer.Option(help="A book, to find its own definitions too.")] = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Say what a name means, how it is made and from what, where it is used, and what to bear in mind."""
    chosen = language_of(language)
    with answering(chosen, as_json=as_json):
        from worthbook.services.describe_definition import describe_definition  # noqa: PLC0415

        described = describe_definition(name, book)
        if as_json:
            print_json(described.as_json())
        else:
            from worthbook.cli.definition_text import print_description  # noqa: PLC0415

            print_description(described, chosen)

"""`worthbook list`: the names that can be asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption, answering, language_of, print_json


def list_definitions(
    kind: Annotated[
        str,
        typer.Argument(
            help="measures, models, frameworks, segments, alerts, studies, reports, tables, mappings, populations, "
            "instruments, structures, identities or vocabularies; or all."
        ),
    ] = "all",
    book: Annotated[Path | None, typer.Option(help="A book, to list its own definitions too.")] = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """List what is defined: names, titles and what each is about."""
    chosen = language_of(language)
    with answering(chosen, as_json=as_json):
        from worthbook.services.list_definitions import list_definitions as listing  # noqa: PLC0415

        listed = listing(None if kind == "all" else kind, book)
        if as_json:
            print_json([each.as_json() for each in listed])
        else:
            from worthbook.cli.definition_text import print_list  # noqa: PLC0415

            print_list(listed, chosen)

"""`worthbook subject-export`: everything that a book holds about one person."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worthbook.cli.console import BookOption, JsonOption, LanguageOption, answering, language_of, print_json


def subject_export(
    customer: Annotated[str, typer.Option("--customer", "-c", help="The customer's id.", show_default=False)],
    book: BookOption = None,
    to: Annotated[Path, typer.Option(help="The ZIP file to write.")] = Path("subject.zip"),
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Write everything held about a person, with file and line, as a page to read and as JSON, in one ZIP."""
    chosen = language_of(language)
    with answering(chosen, as_json=as_json):
        from worthbook.services.subject_export import export_subject  # noqa: PLC0415

        exported = export_subject(book, customer, to, language=chosen)
        if as_json:
            print_json(exported.as_json())
        else:
            typer.echo(exported.say(chosen))

"""`worthbook near`: who would move next, up or down, and what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worthbook.cli.console import (
    BookOption,
    JsonOption,
    LanguageOption,
    ShowPersonalOption,
    answering,
    language_of,
    print_json,
)


def near(
    framework: Annotated[str, typer.Argument(help="A framework, such as membership_tiers.", show_default=False)],
    book: BookOption = None,
    customers: Annotated[int, typer.Option(min=1, help="How many to show of each kind.")] = 20,
    as_of: Annotated[str, typer.Option(help="The date; by default the last day of the purchases.")] = "",
    by: Annotated[str, typer.Option(help="The day to look ahead to; by default the next review.")] = "",
    to: Annotated[Path | None, typer.Option(help="Also write the list as a CSV file.")] = None,
    show_personal: ShowPersonalOption = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """List who is closest to a higher and to a lower cell, how much is missing, and by when."""
    chosen = language_of(language)
    with answering(chosen, as_json=as_json):
        from worthbook.services.near import near_in_book  # noqa: PLC0415

        answer = near_in_book(
            book, framework, customers=customers, as_of=as_of or None, by=by or None, show_personal=show_personal
        )
        if to is not None:
            answer.write(to, chosen)
        if as_json:
            print_json(answer.as_json())
        else:
            typer.echo(answer.say(chosen))

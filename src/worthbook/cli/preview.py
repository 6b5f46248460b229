"""`worthbook preview`: what a changed rule would do, before anything counts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worthbook.cli.compare import PageOrListOption, cells_of
from worthbook.cli.console import (
    BookOption,
    JsonOption,
    LanguageOption,
    ShowPersonalOption,
    answering,
    language_of,
)
from worthbook.cli.study_answer import show_list, show_study

_DRAWN = ("cells",)


def preview(
    file: Annotated[Path, typer.Argument(help="A YAML file with the changed framework.", show_default=False)],
    book: BookOption = None,
    framework: Annotated[str, typer.Option("--framework", "-f", help="Which one, where the file has several.")] = "",
    against: Annotated[str, typer.Option(help="The framework that counts, if it has another name.")] = "",
    as_of: Annotated[str, typer.Option(help="The date; by default the last day of the purchases.")] = "",
    cell: Annotated[
        str, typer.Option(metavar="BEFORE,AFTER", help="With --to: the customers who would move between two cells.")
    ] = "",
    to: PageOrListOption = None,
    show_personal: ShowPersonalOption = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Show who would move if a framework changed, in number and value, cell by cell; nothing is kept in the book."""
    chosen = language_of(language)
    pair = cells_of(cell, to)
    with answering(chosen, as_json=as_json):
        from worthbook.services.preview_rule import Change, list_previewed, preview_rule  # noqa: PLC0415

        change = Change(file, framework or None, against or None, as_of or None)
        if pair is not None and to is not None:
            count = list_previewed(book, change, *pair, to, show_personal=show_personal)
            show_list(count, to, as_json=as_json)
            return
        found = preview_rule(book, change, show_personal=show_personal)
        plain = found.as_json() if as_json else None
        show_study(found.study, chosen, to, plain, currency=found.currency, without=_DRAWN)

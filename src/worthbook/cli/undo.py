"""`worthbook undo`: take an import back."""

from __future__ import annotations

from typing import Annotated

import typer

from worthbook.cli.console import (
    BookOption,
    JsonOption,
    LanguageOption,
    answering,
    language_of,
    print_json,
    print_lines,
)


def undo(
    import_id: Annotated[
        str, typer.Argument(help="The import, or the beginning of its name; `last` is the last one.", metavar="IMPORT")
    ],
    book: BookOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Take an import back, also after later ones; rows that it had updated are as before."""
    chosen = language_of(language)
    with answering(chosen, as_json=as_json):
        from worthbook.services.find_book import find_book  # noqa: PLC0415
        from worthbook.services.undo_import import undo_import  # noqa: PLC0415

        said = undo_import(find_book(book), import_id)
        if as_json:
            print_json({"undone": {"en": said.en, "zh": said.zh}})
        else:
            print_lines([said.say(chosen)])

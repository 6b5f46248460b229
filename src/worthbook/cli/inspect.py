"""`worthbook inspect`: how a file would be read, before anything is imported."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption, answering, check_pairs, language_of, print_json


def inspect(
    file: Annotated[Path, typer.Argument(help="A file that you want to import.", show_default=False)],
    pairs: Annotated[
        list[str] | None,
        typer.Argument(
            help="With --map: OURS=THEIRS, such as customer_id=买家 ordered_at=下单时间.", show_default=False
        ),
    ] = None,
    by_hand: Annotated[
        bool, typer.Option("--map", help="Say which columns hold what, in the words that follow.")
    ] = False,
    sheet: Annotated[str, typer.Option(help="Name or number of the sheet of a workbook.")] = "",
    mapping: Annotated[str, typer.Option(help="Read it by this mapping instead of recognising it.")] = "",
    save: Annotated[
        str, typer.Option(help="Save the mapping under this name, for the next file with these headers.")
    ] = "",
    book: Annotated[Path | None, typer.Option(help="A book: its mappings count, and a recipe is saved there.")] = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Say what a file is, which layout it has and how sure that is, how its values are read, and what is missing."""
    chosen = language_of(language)
    check_pairs(pairs or (), by_hand=by_hand)
    with answering(chosen, as_json=as_json):
        from worthbook.services.inspect_file import inspect_file  # noqa: PLC0415

        found = inspect_file(
            file, book=book, sheet=sheet or None, mapping=mapping or None, pairs=pairs or (), save=save or None
        )
        if as_json:
            print_json(found.as_json())
        else:
            from worthbook.cli.inspect_text import print_inspection  # noqa: PLC0415

            print_inspection(found, chosen)

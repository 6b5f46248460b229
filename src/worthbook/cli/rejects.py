"""`worthbook rejects`: the lines that imports could not use."""

from __future__ import annotations

from pathlib import Path
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

app = typer.Typer(help="The lines that imports could not use: list them, or export them to be corrected.")

ImportOption = Annotated[str, typer.Option("--import", help="Of one import only.", metavar="IMPORT")]


@app.command("list")
def list_rejects(
    book: BookOption = None,
    import_id: ImportOption = "",
    every: Annotated[bool, typer.Option("--all", help="All lines, not only the first.")] = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """List the rejected lines that wait for a correction, and what is wrong with each."""
    chosen = language_of(language)
    with answering(chosen, as_json=as_json):
        from worthbook.services.find_book import find_book  # noqa: PLC0415
        from worthbook.services.rejected_lines import list_rejects as listing  # noqa: PLC0415

        listed = listing(find_book(book), import_id, every=every)
        if as_json:
            print_json(listed.as_json())
        else:
            print_lines(listed.say(chosen))


@app.command("export")
def export(
    book: BookOption = None,
    import_id: ImportOption = "",
    to: Annotated[Path, typer.Option(help="The folder for the files.")] = Path(),
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Write the rejected lines to a CSV; corrected there and imported, it completes their import."""
    chosen = language_of(language)
    with answering(chosen, as_json=as_json):
        from worthbook.services.find_book import find_book  # noqa: PLC0415
        from worthbook.services.rejected_lines import export_rejects  # noqa: PLC0415

        exported = export_rejects(find_book(book), to, import_id, chosen)
        if as_json:
            print_json(exported.as_json())
        else:
            print_lines(exported.say(chosen))

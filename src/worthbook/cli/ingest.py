"""`worthbook ingest`: bring files, a folder or a query into a book."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worthbook.cli.console import (
    FAILED,
    JsonOption,
    LanguageOption,
    MapOption,
    answering,
    files_and_pairs,
    language_of,
    print_json,
    print_lines,
)


def ingest(
    files: Annotated[
        list[str] | None,
        typer.Argument(help="CSV, TSV, JSON lines, Parquet, XLSX, XLS, ODS, also as gz or zip.", show_default=False),
    ] = None,
    book: Annotated[
        Path | None, typer.Option(help="The book; made if it is not there. By default FILE.book beside the file.")
    ] = None,
    by_hand: MapOption = False,
    mapping: Annotated[str, typer.Option(help="How to read the files, where they are not recognised.")] = "",
    sheet: Annotated[str, typer.Option(help="Name or number of the sheet of a workbook.")] = "",
    watch: Annotated[Path | None, typer.Option(help="Import everything new in this folder, then end.")] = None,
    sql: Annotated[str, typer.Option(help="Import the rows of this query.", metavar="QUERY")] = "",
    database: Annotated[str, typer.Option(help="Where the query runs, such as sqlite:///shop.db.", metavar="URL")] = "",
    currency: Annotated[str, typer.Option(help="Currency of a new book, such as CNY or USD.")] = "",
    dry_run: Annotated[bool, typer.Option(help="Show the counts; write nothing.")] = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Import files, and say what became of every line."""
    chosen = language_of(language)
    named, pairs = files_and_pairs(files or [], by_hand=by_hand)
    with answering(chosen, as_json=as_json):
        from worthbook.services.import_data import how, import_data  # noqa: PLC0415

        imported = import_data(
            named,
            book,
            manner=how(mapping, sheet, dry=dry_run, pairs=pairs),
            watch=watch,
            database=database,
            query=sql,
            currency=currency,
            language=chosen,
        )
        if as_json:
            print_json(imported.as_json())
        else:
            print_lines(imported.say(chosen))
        if imported.problems:
            raise typer.Exit(FAILED)

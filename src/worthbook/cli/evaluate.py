"""`worthbook evaluate`: from a file of orders to what every customer is worth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from worthbook.cli.console import (
    JsonOption,
    LanguageOption,
    MapOption,
    ShowPersonalOption,
    answering,
    files_and_pairs,
    language_of,
    print_json,
)
from worthbook.kernel.period import Every

if TYPE_CHECKING:
    from worthbook.kernel.language import Language
    from worthbook.services.evaluate import Evaluated

Files = Annotated[
    list[str],
    typer.Argument(
        help="Files of orders: CSV, TSV, JSON lines, Parquet, XLSX, XLS, ODS, also as gz or zip; or one book.",
        show_default=False,
    ),
]
_PARAGRAPHS = ("cells",)
"""Too wide for a terminal: they are in the report and the workbook."""


def evaluate(
    files: Files,
    as_of: Annotated[
        list[str] | None,
        typer.Option(help="The date to evaluate at; by default the last day of the orders. A book takes several."),
    ] = None,
    every: Annotated[
        str, typer.Option(metavar="month|quarter|year", help="A book: at the end of every month, quarter or year.")
    ] = "",
    first: Annotated[str, typer.Option("--from", help="With --every: not before; by default from the start.")] = "",
    until: Annotated[str, typer.Option(help="With --every: not after; by default to the last day.")] = "",
    book: Annotated[
        Path | None, typer.Option(help="The book to import into; by default ORDERS.book beside the file.")
    ] = None,
    by_hand: MapOption = False,
    mapping: Annotated[str, typer.Option(help="How to read the files, where they are not recognised.")] = "",
    currency: Annotated[str, typer.Option(help="Currency of a new book, such as CNY or USD.")] = "",
    to: Annotated[
        Path | None, typer.Option(help="Where to write the report and lists; by default into the book.")
    ] = None,
    report: Annotated[str, typer.Option(help="What to show: a report by its name (`worthbook list reports`).")] = "",
    framework: Annotated[
        list[str] | None, typer.Option(help="Show only these frameworks, by name, joined by commas.", metavar="NAME")
    ] = None,
    bom: Annotated[bool, typer.Option(help="Mark the CSV as UTF-8 for Excel.")] = True,
    show_personal: ShowPersonalOption = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Evaluate all customers: a summary here, report.html, and the customers as XLSX, CSV and Parquet."""
    chosen = language_of(language)
    only = [name.strip() for names in framework or () for name in names.split(",") if name.strip()]
    named, pairs = files_and_pairs(files, by_hand=by_hand)
    if every or len(as_of or []) > 1:
        _at_dates(named, as_of or [], (every, first, until), report, only, chosen, as_json=as_json)
        return
    with answering(chosen, as_json=as_json):
        from worthbook.services.evaluate import evaluate_files  # noqa: PLC0415

        answer = evaluate_files(
            named,
            as_of=as_of[0] if as_of else None,
            report=report or None,
            frameworks=only,
            folder=book,
            mapping=mapping or None,
            pairs=pairs,
            currency=currency,
            language=chosen,
            to=to,
            bom=bom,
            show_personal=show_personal,
        )
        if as_json:
            print_json(answer.as_json())
        else:
            _print(answer, chosen, only, report)


def _at_dates(
    files: list[Path],
    days: list[str],
    period: tuple[str, str, str],
    report: str,
    only: list[str],
    language: Language,
    *,
    as_json: bool,
) -> None:
    """Evaluate a book as at several dates: one line a date; nothing is written but the kept evaluations."""
    every, first, until = period
    if len(files) != 1 or not (files[0] / "book.toml").exists() or (every and every not in get_args(Every)):
        message = (
            "several dates need one book (import files with `worthbook ingest`), and --every month, quarter or year"
        )
        raise typer.BadParameter(message)
    with answering(language, as_json=as_json):
        from worthbook.services.evaluate_dates import dates_of, evaluate_dates  # noqa: PLC0415

        more = dates_of(files[0], cast("Every", every), first or None, until or None) if every else ()
        answer = evaluate_dates(files[0], [*days, *more], report=report or None, frameworks=only)
        if as_json:
            print_json(answer.as_json())
            return
        from worthbook.reporting.screen import print_screen  # noqa: PLC0415

        print_screen(answer.headline, (), (answer.table(),), language)


def _print(answer: Evaluated, language: Language, only: list[str], report: str) -> None:
    """The frameworks that were asked for by name, or the summary; what to do, where a report was named that says it."""
    if only:
        from worthbook.reporting.framework_terminal import print_frameworks  # noqa: PLC0415

        print_frameworks(answer.evaluation, only, language, answer.written)
    else:
        from worthbook.reporting.terminal import print_summary  # noqa: PLC0415

        print_summary(answer.evaluation, language, answer.written)
    study = answer.evaluation.study("what_to_do") if report else None
    if study is not None:
        from worthbook.reporting.study_terminal import print_study  # noqa: PLC0415

        print_study(study, language, currency=answer.evaluation.currency, without=_PARAGRAPHS)

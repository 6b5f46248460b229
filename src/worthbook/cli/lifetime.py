"""`worthbook lifetime`: which model foretells these customers, how far to trust it, and what to expect."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption, answering, language_of, print_json

if TYPE_CHECKING:
    from worthbook.kernel.language import Language
    from worthbook.services.lifetime import Answer


def lifetime(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Files of orders, or one book.", show_default=False)
    ] = None,
    book: Annotated[Path | None, typer.Option(help="A book; with files, the book to import them into.")] = None,
    as_of: Annotated[str, typer.Option(help="The date; by default the last day of the orders.")] = "",
    calibrate_until: Annotated[
        str, typer.Option(help="Fit to the history up to this day and test on the rest of it.")
    ] = "",
    horizon: Annotated[str, typer.Option(help="How far to look ahead: 12m, 52w, 90d, 3y.")] = "12m",
    models: Annotated[str, typer.Option(help="Names with commas, such as bg_nbd,pareto_nbd; by default all.")] = "",
    customer: Annotated[str, typer.Option("--customer", "-c", help="Follow one customer through time.")] = "",
    by: Annotated[
        str, typer.Option(help="By segment: a framework such as customer_pyramid, or a column such as region.")
    ] = "",
    pooled: Annotated[
        bool, typer.Option("--pooled", help="With --by: a fit for each segment, which learns from the others.")
    ] = False,
    covariates: Annotated[
        str,
        typer.Option(help="Columns with commas, of numbers or words: what goes with buying often and leaving soon."),
    ] = "",
    seasons: Annotated[
        str,
        typer.Option(
            help="With commas: months, quarters, days of every year (11-01..12-31), names in the table of seasons."
        ),
    ] = "",
    to: Annotated[Path | None, typer.Option("--to", help="Write a page with charts (HTML) as well.")] = None,
    mapping: Annotated[str, typer.Option(help="How to read the files, where they are not recognised.")] = "",
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Fit and test every model of purchases, compare them with simple rules, and say which to use."""
    chosen = language_of(language)
    with answering(chosen, as_json=as_json):
        from worthbook.services.lifetime import Question, lifetime_of_files  # noqa: PLC0415
        from worthbook.services.lifetime_facts import facts_of  # noqa: PLC0415
        from worthbook.services.lifetime_page import write_page  # noqa: PLC0415

        question = Question(
            as_of or None,
            calibrate_until or None,
            horizon,
            _names(models),
            customer or None,
            by or None,
            pooled,
            _names(covariates),
            _names(seasons),
        )
        file = to / "lifetime.html" if to is not None and to.is_dir() else to
        also = None if file is None else partial(write_page, to=file, language=chosen)
        answer = lifetime_of_files(files or [], book, question, mapping=mapping or None, also=also)
        if as_json:
            print_json({**facts_of(answer), "written": [] if file is None else [str(file)]})
        else:
            _print(answer, chosen, file)


def _print(answer: Answer, language: Language, written: Path | None) -> None:
    from worthbook.reporting.screen import print_screen  # noqa: PLC0415

    print_screen(
        answer.headline, answer.findings, answer.tables, language, currency=answer.currency, notes=answer.notes
    )
    if written is not None:
        typer.echo(written)


def _names(text: str) -> tuple[str, ...]:
    """Names with commas between them."""
    return tuple(name.strip() for name in text.split(",") if name.strip())

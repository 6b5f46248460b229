"""`worthbook history`: one customer through time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from worthbook.cli.console import (
    BookOption,
    JsonOption,
    LanguageOption,
    ShowPersonalOption,
    answering,
    language_of,
)
from worthbook.cli.study_answer import show_study
from worthbook.kernel.period import Every


def history(
    customer: Annotated[str, typer.Argument(help="The customer.", show_default=False)],
    book: BookOption = None,
    every: Annotated[str, typer.Option(metavar="month|quarter|year", help="At the end of each.")] = "quarter",
    first: Annotated[str, typer.Option("--from", help="Not before; by default from the start.")] = "",
    until: Annotated[str, typer.Option(help="Not after; by default to the last day.")] = "",
    column: Annotated[
        list[str] | None, typer.Option("--column", "-c", metavar="NAME", help="A further column; may be repeated.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="Write it as a page (HTML) with a chart.")] = None,
    show_personal: ShowPersonalOption = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Follow one customer through time: value and groups as seen at each date, and what happened."""
    chosen = language_of(language)
    if every not in get_args(Every):
        message = "--every is month, quarter or year"
        raise typer.BadParameter(message)
    with answering(chosen, as_json=as_json):
        from worthbook.services.customer_history import Question, customer_history  # noqa: PLC0415

        question = Question(customer, cast("Every", every), first or None, until or None, tuple(column or ()))
        answer = customer_history(book, question, show_personal=show_personal)
        show_study(answer.study, chosen, to, answer.as_json() if as_json else None, currency=answer.currency)

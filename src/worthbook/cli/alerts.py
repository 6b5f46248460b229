"""`worthbook alerts`: what changed that somebody should act on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption, ShowPersonalOption, answering, language_of, print_json
from worthbook.cli.study_answer import LISTS, show_list


def alerts(
    book: Annotated[Path, typer.Argument(help="The book.", show_default=False)],
    as_of: Annotated[str, typer.Option(help="The date; by default the last day of the orders.")] = "",
    since: Annotated[
        str, typer.Option(help="The date to compare with; by default each alert looks back as it says.")
    ] = "",
    alert: Annotated[
        list[str] | None, typer.Option("--alert", "-a", help="Only this alert; may be repeated.", metavar="NAME")
    ] = None,
    to: Annotated[
        Path | None, typer.Option(help="With one --alert: write all of its customers (CSV, Parquet).")
    ] = None,
    show_personal: ShowPersonalOption = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Say what changed that somebody should act on: for whom, how much is at stake, what moved most, what to do."""
    chosen = language_of(language)
    names = tuple(alert or ())
    if to is not None and (len(names) != 1 or to.suffix not in LISTS):
        message = "--to FILE.csv or FILE.parquet needs one --alert"
        raise typer.BadParameter(message)
    with answering(chosen, as_json=as_json):
        from worthbook.services.alerts import Question, list_alert  # noqa: PLC0415
        from worthbook.services.alerts import alerts as judge  # noqa: PLC0415

        question = Question(as_of or None, since or None, names)
        if to is not None:
            count = list_alert(book, question, to, show_personal=show_personal)
            show_list(count, to, as_json=as_json)
            return
        answer = judge(book, question, show_personal=show_personal)
        if as_json:
            print_json(answer.as_json())
            return
        from worthbook.reporting.screen import print_screen  # noqa: PLC0415

        print_screen(
            answer.title, answer.findings, answer.tables(), chosen, currency=answer.currency, notes=answer.notes
        )

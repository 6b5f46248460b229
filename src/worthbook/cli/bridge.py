"""`worthbook bridge`: what led from the value of one date to that of a later one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption, ShowPersonalOption, answering, language_of
from worthbook.cli.study_answer import LISTS, show_list, show_study

_EXACT = ("bridge", "mix")


def bridge(
    book: Annotated[Path, typer.Argument(help="The book.", show_default=False)],
    first: Annotated[str, typer.Argument(help="The earlier date, or a kept run of it.", show_default=False)],
    last: Annotated[str, typer.Argument(help="The later date.", show_default=False)],
    measure: Annotated[
        str,
        typer.Option(
            "--measure", "-m", help="A column of money: revenue_12m, gross_margin_12m, clv_36m, contribution_12m …"
        ),
    ] = "revenue_12m",
    by: Annotated[
        str, typer.Option(help="By group as at the earlier date: a framework, or a column such as region.")
    ] = "",
    step: Annotated[
        str,
        typer.Option(
            metavar="STEP",
            help="With --to: the customers behind a step, such as lost, acquired, contracted, price, mix.",
        ),
    ] = "",
    to: Annotated[
        Path | None, typer.Option(help="Write a page (HTML), or with --step the list of customers (CSV, Parquet).")
    ] = None,
    show_personal: ShowPersonalOption = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Explain a change of value to the cent: new, won back, more, less, prices, unit costs, mix, lost."""
    chosen = language_of(language)
    if step and (to is None or to.suffix not in LISTS):
        message = "--step needs --to FILE.csv or FILE.parquet"
        raise typer.BadParameter(message)
    with answering(chosen, as_json=as_json):
        from worthbook.services.bridge_value import bridge_value, list_step  # noqa: PLC0415
        from worthbook.services.value_change import Question  # noqa: PLC0415

        question = Question(first, last, measure, by or None)
        if step and to is not None:
            count = list_step(book, question, step, to, show_personal=show_personal)
            show_list(count, to, as_json=as_json)
            return
        answer = bridge_value(book, question)
        plain = answer.as_json() if as_json else None
        show_study(answer.study, chosen, to, plain, currency=answer.currency, exactly=_EXACT)

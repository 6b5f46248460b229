"""`worthbook contracts`: how contracts end, and what those that run are to bring."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption, answering, language_of, print_json


def contracts(
    book: Annotated[Path, typer.Argument(help="A book that holds contracts.")],
    as_of: Annotated[str, typer.Option(help="The date; by default the last day of the orders.")] = "",
    horizon: Annotated[str, typer.Option(help="How far to look ahead: 12m, 3y.")] = "12m",
    covariates: Annotated[
        str, typer.Option(help="Columns with commas, of numbers or words, such as contract_plan: who leaves sooner.")
    ] = "",
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Fit every model of contracts, and say how long those that run are to last and what they are worth."""
    chosen = language_of(language)
    with answering(chosen, as_json=as_json):
        from worthbook.services.contracts import contracts_of_book  # noqa: PLC0415

        names = tuple(name.strip() for name in covariates.split(",") if name.strip())
        answer = contracts_of_book(book, as_of=as_of or None, horizon=horizon, covariates=names)
        if as_json:
            print_json(answer.as_json())
        else:
            from worthbook.reporting.screen import print_screen  # noqa: PLC0415

            print_screen(answer.headline, answer.findings, answer.tables, chosen, currency=answer.currency)

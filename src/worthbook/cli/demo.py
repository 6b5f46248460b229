"""`worthbook demo`: a simulated firm, evaluated."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption, answering, language_of, print_json


def demo(
    folder: Annotated[Path, typer.Option("--to", help="Where the firm's files and its book are written.")] = Path(
        "demo"
    ),
    customers: Annotated[int, typer.Option(help="How many customers the firm has.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same firm.")] = 7,
    full: Annotated[
        bool, typer.Option(help="With all records (accounts, costs, complaints, payments …) and every framework.")
    ] = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Simulate a small firm with three years of orders and evaluate it; nothing is fetched from anywhere."""
    chosen = language_of(language)
    with answering(chosen, as_json=as_json):
        from worthbook.services.make_demo import make_demo  # noqa: PLC0415

        answer = make_demo(folder, customers=customers, seed=seed, language=chosen, full=full)
        if as_json:
            print_json(answer.as_json())
        else:
            from worthbook.reporting.terminal import print_summary  # noqa: PLC0415

            print_summary(answer.evaluation, chosen, answer.written)

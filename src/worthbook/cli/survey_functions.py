"""`worthbook survey functions`: what customers care about beside what it costs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption
from worthbook.cli.survey_answer import BookOption, InstrumentOption, ToOption, show_study


def costs_of(words: list[str] | None) -> dict[str, float]:
    """The costs written on the command line.

    >>> costs_of(["brew=50", "display=30"])
    {'brew': 50.0, 'display': 30.0}
    """
    parts = [word.rpartition("=") for word in words or []]
    try:
        return {name.strip(): float(cost) for name, _, cost in parts}
    except ValueError:
        message = "--cost is written as brew=50"
        raise typer.BadParameter(message) from None


def functions(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE",
            help="A file of answers, a book, or a file with the columns function, importance and cost.",
            show_default=False,
        ),
    ],
    cost: Annotated[
        list[str] | None, typer.Option("--cost", help="What a function costs, such as brew=50; may be repeated.")
    ] = None,
    costs: Annotated[Path | None, typer.Option(help="A file with the columns function and cost.")] = None,
    target_total: Annotated[
        float | None, typer.Option(help="What all together may cost; by default what they cost now.")
    ] = None,
    instrument: InstrumentOption = "",
    book: BookOption = None,
    to: ToOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Compare what functions are worth to customers with what they cost (CFV), and set target costs."""

    def make() -> SurveyAnswer:
        return function_costs(
            source, costs_of(cost), costs, instrument=instrument or None, book=book, target_total=target_total
        )

    from worthbook.services.function_costs import function_costs  # noqa: PLC0415
    from worthbook.services.survey_study import SurveyAnswer  # noqa: PLC0415

    show_study(make, language, as_json=as_json, to=to)

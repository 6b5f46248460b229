"""`worthbook survey drivers`: what makes customers satisfied and dissatisfied."""

from __future__ import annotations

from typing import Annotated

import typer

from worthbook.cli.console import JsonOption, LanguageOption
from worthbook.cli.survey_answer import (
    BookOption,
    InstrumentOption,
    MarginOption,
    ScaleOption,
    SourceArgument,
    ToOption,
    margins_of,
    one_of,
    scale_of,
    show_study,
)

LEVELS = ("constructs", "items")


def drivers(
    source: SourceArgument,
    target: Annotated[str, typer.Option(help="The question or construct to explain, such as overall.")] = "",
    drivers: Annotated[str, typer.Option(help="What may drive it, such as speed,price; by default all else.")] = "",
    level: Annotated[
        str, typer.Option(metavar="constructs|items", help="Whether constructs or single questions drive.")
    ] = "constructs",
    failed: Annotated[
        str, typer.Option(metavar="NUMBER", help="Up to here an answer is a failure; by default the lower third.")
    ] = "",
    delighted: Annotated[
        str, typer.Option(metavar="NUMBER", help="From here on it is a delight; by default the upper third.")
    ] = "",
    draws: Annotated[int, typer.Option(min=100, help="Resamples.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of the random numbers.")] = 1,
    instrument: InstrumentOption = "",
    scale: ScaleOption = "",
    margin: MarginOption = None,
    book: BookOption = None,
    to: ToOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Share satisfaction out among its drivers, with intervals: shares, key dissatisfiers, penalties and rewards."""

    def make() -> SurveyAnswer:
        options = {
            "target": target,
            "drivers": drivers,
            "level": one_of(level, "--level", LEVELS),
            "failed": _number(failed, "--failed"),
            "delighted": _number(delighted, "--delighted"),
            "draws": float(draws),
            "seed": float(seed),
        }
        return survey_drivers(
            source,
            instrument=instrument or None,
            scale=scale_of(scale),
            book=book,
            margins=margins_of(margin),
            options=options,
        )

    from worthbook.services.survey_drivers import survey_drivers  # noqa: PLC0415
    from worthbook.services.survey_study import SurveyAnswer  # noqa: PLC0415

    show_study(make, language, as_json=as_json, to=to)


def _number(text: str, name: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        message = f"{name} is a number"
        raise typer.BadParameter(message) from None

"""`worthbook framework sensitivity`: how many customers change grade when weights move."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worthbook.cli.console import BookOption, JsonOption, LanguageOption, answering, language_of
from worthbook.cli.study_answer import show_study


def sensitivity(
    name: Annotated[str, typer.Argument(help="A scorecard.", show_default=False)],
    book: BookOption = None,
    as_of: Annotated[str, typer.Option(help="The date; by default the last day of the transactions.")] = "",
    draws: Annotated[int, typer.Option(min=100, help="How often the weights are moved.")] = 1000,
    spread: Annotated[
        str,
        typer.Option(metavar="PERCENT", help="One standard deviation of each weight, as a share of it."),
    ] = "20%",
    to: Annotated[Path | None, typer.Option("--to", help="Write the study as a page (HTML) as well.")] = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """How many customers change grade when the weights of a scorecard move, and which weight matters most."""
    chosen, share = language_of(language), share_of(spread)
    with answering(chosen, as_json=as_json):
        from worthbook.services.framework_sensitivity import framework_sensitivity  # noqa: PLC0415
        from worthbook.services.study_json import study_json  # noqa: PLC0415

        study = framework_sensitivity(book, name, as_of=as_of or None, draws=draws, spread=share)
        show_study(study, chosen, to, study_json(study) if as_json else None)


def share_of(text: str) -> float:
    """A share above 0 and below 1 from `20%` or `0.2`.

    >>> share_of("20%"), share_of("0.2")
    (0.2, 0.2)
    """
    try:
        found = float(text.rstrip("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        found = 0.0
    if not 0 < found < 1:
        message = "--spread is a share above 0 % and below 100 %, such as 20%"
        raise typer.BadParameter(message)
    return found

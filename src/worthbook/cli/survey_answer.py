"""What the commands about surveys share: their options, and how a study is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from worthbook.cli import study_answer
from worthbook.cli.console import answering, language_of

if TYPE_CHECKING:
    from worthbook.services.survey_study import SurveyAnswer

SourceArgument = Annotated[
    Path, typer.Argument(metavar="SOURCE", help="A file of answers (CSV, Parquet), or a book.", show_default=False)
]
InstrumentOption = Annotated[
    str, typer.Option("--instrument", "-i", help="The instrument that was used; by default told by the columns.")
]
BookOption = Annotated[Path | None, typer.Option(help="A book, whose own instruments count too.")]
ByOption = Annotated[str, typer.Option("--by", help="A column that divides respondents, such as region.")]
ScaleOption = Annotated[
    str,
    typer.Option("--scale", metavar="LOW-HIGH", help="Least and highest answer (1-10), if none is known."),
]
ToOption = Annotated[Path | None, typer.Option("--to", help="Write the study as a page (HTML) as well.")]
MarginOption = Annotated[
    list[str] | None,
    typer.Option("--margin", help="Weight to a known margin, such as region:North=0.6,South=0.4; may be repeated."),
]

SUMS, CUTS, NAMINGS = ("rescale", "reject", "accept"), ("means", "middle", "medians"), ("improve", "strengthen")
TABLES, RULES = ("pouliot", "classic"), ("grouped", "mode")


def one_of(word: str, option: str, known: tuple[str, ...]) -> str:
    """The word, if it is one of those that an option knows."""
    if word not in known:
        message = f"{option} is one of {', '.join(known)}"
        raise typer.BadParameter(message)
    return word


def margins_of(words: list[str] | None) -> dict[str, dict[str, float]]:
    """The margins written on the command line.

    >>> margins_of(["region:North=0.6,South=0.4"])
    {'region': {'North': 0.6, 'South': 0.4}}
    """
    found: dict[str, dict[str, float]] = {}
    for each in words or []:
        column, _, shares = each.partition(":")
        parts = [part.rpartition("=") for part in shares.split(",")]
        try:
            found[column.strip()] = {name.strip(): float(share) for name, _, share in parts}
        except ValueError:
            message = "--margin is written as region:North=0.6,South=0.4"
            raise typer.BadParameter(message) from None
    return found


def scale_of(text: str) -> tuple[float, float] | None:
    """Two numbers from `1-10`; nothing from nothing."""
    if not text:
        return None
    low, _, high = text.partition("-")
    try:
        found = float(low), float(high)
    except ValueError:
        message = "--scale is the least and the highest answer, such as 1-10"
        raise typer.BadParameter(message) from None
    if found[0] >= found[1]:
        message = "--scale begins with the lower answer, such as 1-10"
        raise typer.BadParameter(message)
    return found


def show_study(
    make: Callable[[], SurveyAnswer], language: str, *, as_json: bool = False, to: Path | None = None
) -> None:
    """Make a study and show it: as JSON, or as text and perhaps a page."""
    chosen = language_of(language)
    with answering(chosen, as_json=as_json):
        answer = make()
        study_answer.show_study(answer.study, chosen, to, answer.as_json() if as_json else None, notes=answer.notes)

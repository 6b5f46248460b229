"""What all commands share: where they print, and how they end when something is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Protocol

import typer

from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.language import Language

LanguageOption = Annotated[
    str, typer.Option("--language", "-l", envvar="WORTHBOOK_LANGUAGE", help="en or zh.", metavar="en|zh")
]
BookOption = Annotated[Path | None, typer.Option(help="The book; by default the only one in this folder.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
ShowPersonalOption = Annotated[
    bool, typer.Option("--show-personal", help="Do not mask ids that are phone numbers, addresses or names.")
]
MapOption = Annotated[
    bool,
    typer.Option("--map", help="Say which columns hold what: OURS=THEIRS after the files, as in customer_id=买家."),
]

FAILED = 1


def language_of(text: str) -> Language:
    """The language asked for."""
    if text == "zh":
        return "zh"
    if text == "en":
        return "en"
    message = "--language is en or zh"
    raise typer.BadParameter(message)


def files_and_pairs(words: Sequence[str], *, by_hand: bool) -> tuple[list[Path], list[str]]:
    """The files among some words, and with `--map` what follows them: OURS=THEIRS.

    Pairs stay as they are written: a path would lose the second slash of `//` and the last of `order/`.
    """
    pairs = [each for each in words if by_hand and "=" in each and not Path(each).exists()]
    check_pairs(pairs, by_hand=by_hand)
    return [Path(each) for each in words if each not in pairs], pairs


def check_pairs(pairs: Sequence[object], *, by_hand: bool) -> None:
    """Whether `--map` and OURS=THEIRS are there together."""
    if bool(pairs) != by_hand:
        message = "--map is followed by OURS=THEIRS, such as customer_id=BUYER"
        raise typer.BadParameter(message)


class Spoken(Protocol):
    """What can be said and written as plain values."""

    def say(self, language: Language) -> str:
        """In words."""
        ...

    def as_json(self) -> object:
        """Plain values."""
        ...


def show_said(asked: Callable[[], Spoken], language: str, *, as_json: bool) -> None:
    """Ask, and print the answer in words or as JSON."""
    chosen = language_of(language)
    with answering(chosen, as_json=as_json):
        answer = asked()
        if as_json:
            print_json(answer.as_json())
        else:
            typer.echo(answer.say(chosen))


def print_json(value: object) -> None:
    """Write one JSON document to standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_lines(lines: Iterable[str]) -> None:
    """Print lines of text, those that are too long wrapped under their beginning."""
    from worthbook.reporting.terminal import WIDEST, wrapped  # noqa: PLC0415 - only where something is printed

    for line in lines:
        for part in line.splitlines():
            indent = " " * (len(part) - len(part.lstrip()))
            first, *rest = wrapped(part.strip(), WIDEST - len(indent) - 2) or [""]
            typer.echo(indent + first)
            for more in rest:
                typer.echo(f"{indent}  {more}")


@contextmanager
def answering(language: Language, *, as_json: bool = False) -> Iterator[None]:
    """End with exit code 1 and the problems in plain words when the work cannot be done."""
    try:
        yield
    except WorthbookError as error:
        if as_json:
            print_json({"problems": [problem.as_json() for problem in error.problems]})
        else:
            typer.echo(error.say(language), err=True)
        raise typer.Exit(FAILED) from None

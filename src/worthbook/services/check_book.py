"""Check every definition of a book, the shipped ones, and how sound its data are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from worthbook.definitions.model import ModelDefinition
from worthbook.definitions.reader import Reading, combine, in_reading_order
from worthbook.definitions.schema import schema
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.errors import Problem
from worthbook.kernel.language import Language, Text
from worthbook.planning.estimators import check_model
from worthbook.planning.index import find_problems, read_own, read_shipped
from worthbook.planning.study import check_study
from worthbook.services.own_definitions import definitions_folder

if TYPE_CHECKING:
    from worthbook.services.check_data import DataHealth

_FINE = Text(en="{count} definitions, no problems", zh="{count} 项定义，没有问题")
_WRONG = Text(en="Problems: {count}", zh="共 {count} 个问题")


@dataclass(frozen=True)
class Checked:
    """What a check found."""

    definitions: int
    """How many could be read, the shipped ones among them."""
    own: int
    """How many of them are the book's own."""
    problems: tuple[Problem, ...]
    health: DataHealth | None = None
    """Of the data; None where a definition has a problem, so that they cannot be read, and where there are none."""

    def say(self, language: Language) -> str:
        """Every problem on lines of its own, or that there are none; then what there is to say of the data."""
        if not self.problems:
            fine = _FINE.format(count=self.definitions).say(language)
            return fine if self.health is None else f"{fine}\n\n{self.health.say(language)}"
        lines = [problem.say(language) for problem in self.problems]
        return "\n".join([*lines, _WRONG.format(count=len(lines)).say(language)])

    def as_json(self) -> dict[str, object]:
        """Plain values, for `--json`."""
        problems = [problem.as_json() for problem in self.problems]
        data = None if self.health is None else self.health.as_json()
        return {"definitions": self.definitions, "own": self.own, "problems": problems, "data": data}


def check_book(book: Path | None = None) -> Checked:
    """Find every problem of every definition, and look at the data; without a book, at the shipped definitions.

    Raises:
        WorthbookError: If there is no book.
    """
    folder = definitions_folder(book)
    own = Reading() if folder is None else read_own(folder)
    reading = combine(read_shipped(), own)
    found = (*find_problems(reading), *_problems_of_methods(reading))
    problems = tuple(sorted(found, key=in_reading_order))
    return Checked(len(reading.definitions), len(own.definitions), problems, _health(book, problems))


def _health(book: Path | None, problems: Sequence[Problem]) -> DataHealth | None:
    if book is None or problems:
        return None
    # The engine is slow to load, and the shipped definitions need none.
    from worthbook.services.check_data import check_data  # noqa: PLC0415

    return check_data(book)


def _problems_of_methods(reading: Reading) -> Iterator[Problem]:
    """What studies ask of their methods and models of their estimators, which only those know."""
    for definition in reading.definitions:
        if isinstance(definition, StudyDefinition):
            yield from check_study(definition)
        elif isinstance(definition, ModelDefinition):
            yield from check_model(definition)


def write_editor_schema(path: Path) -> None:
    """Write the JSON Schema of definitions, with which editors complete keys and mark mistakes."""
    path.write_text(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

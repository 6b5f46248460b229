"""Check every definition of a book, and the shipped ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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

    def say(self, language: Language) -> str:
        """Every problem on lines of its own; or that there are none."""
        if not self.problems:
            return _FINE.format(count=self.definitions).say(language)
        lines = [problem.say(language) for problem in self.problems]
        return "\n".join([*lines, _WRONG.format(count=len(lines)).say(language)])

    def as_json(self) -> dict[str, object]:
        """Plain values, for `--json`."""
        problems = [problem.as_json() for problem in self.problems]
        return {"definitions": self.definitions, "own": self.own, "problems": problems}


def check_book(book: Path | None = None) -> Checked:
    """Find every problem of every definition; without a book, of the shipped ones.

    Raises:
        WorthbookError: If there is no book.
    """
    folder = definitions_folder(book)
    own = Reading() if folder is None else read_own(folder)
    reading = combine(read_shipped(), own)
    found = (*find_problems(reading), *_problems_of_methods(reading))
    return Checked(len(reading.definitions), len(own.definitions), tuple(sorted(found, key=in_reading_order)))


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

"""Errors that say what is wrong, where, and what to do next, in both languages, under a stable slug.

A module declares each thing that can go wrong once, as a `Fault` constant, and raises it by calling it:

>>> from worthbook.kernel.language import Text
>>> FILE_MISSING = Fault(
...     "doctest-file-missing",
...     what=Text(en="There is no file {path}.", zh="找不到文件 {path}。"),
...     hint=Text(en="Check the path.", zh="请检查路径。"),
... )
>>> raise FILE_MISSING(path="orders.csv")
Traceback (most recent call last):
    ...
worthbook.kernel.errors.WorthbookError: [doctest-file-missing] There is no file orders.csv.
  hint: Check the path.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from worthbook.kernel.language import Language, Text


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem is: a file and, where known, its line and column (both counted from 1)."""

    file: str
    line: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        """`file:line`, as editors and terminals understand it."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return place if self.column is None else f"{place} ({self.column})"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong."""

    slug: str
    what: Text
    hint: Text
    where: Place | None = None

    def say(self, language: Language) -> str:
        """The problem as two lines of plain text."""
        place = "" if self.where is None else f"{self.where}: "
        label = "提示" if language == "zh" else "hint"
        return f"{place}[{self.slug}] {self.what.say(language)}\n  {label}: {self.hint.say(language)}"

    def as_json(self) -> dict[str, object]:
        """The problem as plain values, for `--json`."""
        return {
            "slug": self.slug,
            "what": {"en": self.what.en, "zh": self.what.zh},
            "hint": {"en": self.hint.en, "zh": self.hint.zh},
            "where": None if self.where is None else str(self.where),
        }


class WorthbookError(Exception):
    """One or several problems that stop the work; everything else the program raises is a bug."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems in the order in which they were found."""
        self.problems = tuple(problems)
        super().__init__(self.say("en"))

    def say(self, language: Language) -> str:
        """All problems as plain text, one after another."""
        return "\n".join(problem.say(language) for problem in self.problems)

    def at(self, file: str, shown: str) -> WorthbookError:
        """The same of a file that users know by another name than the program, as a member of an archive."""
        return WorthbookError(
            replace(each, where=replace(each.where, file=shown))
            if each.where is not None and each.where.file == file
            else each
            for each in self.problems
        )

    @property
    def slugs(self) -> tuple[str, ...]:
        """The slug of every problem."""
        return tuple(problem.slug for problem in self.problems)


@dataclass(frozen=True)
class Fault:
    """A kind of problem: a slug and two sentences with `{placeholders}`."""

    slug: str
    what: Text
    hint: Text

    registry: ClassVar[dict[str, Fault]] = {}

    def __post_init__(self) -> None:
        """Enter the fault in the registry from which the error reference is generated."""
        Fault.registry[self.slug] = self

    def problem(self, where: Place | None = None, **values: object) -> Problem:
        """One problem of this kind, to be collected with others."""
        return Problem(self.slug, self.what.format(**values), self.hint.format(**values), where)

    def __call__(self, where: Place | None = None, **values: object) -> WorthbookError:
        """An exception that carries one problem of this kind."""
        return WorthbookError([self.problem(where, **values)])


def raise_all(problems: Iterable[Problem]) -> None:
    """Raise one error with all problems, if there are any.

    >>> raise_all([])
    """
    found = tuple(problems)
    if found:
        raise WorthbookError(found)


def did_you_mean(name: str, known: Iterable[str]) -> Text:
    """A sentence that proposes the nearest known names, or lists a few of them.

    >>> did_you_mean("net_amout", ["net_amount", "quantity"]).en
    "Did you mean 'net_amount'?"
    """
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    if near:
        en, zh = [f"'{each}'" for each in near], [f"“{each}”" for each in near]
        return Text(en=f"Did you mean {' or '.join(en)}?", zh=f"是否想写{'或'.join(zh)}？")
    if not names:
        return Text(en="There are none yet.", zh="目前还没有任何可用名称。")
    shown = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")  # noqa: PLR2004
    return Text(en=f"Known: {shown}", zh=f"可用名称：{shown}")

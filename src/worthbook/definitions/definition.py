"""What every definition has: a name, titles in both languages, a source, caveats, and the place it was read from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from worthbook.kernel.errors import Place, Problem
from worthbook.kernel.language import Text
from worthbook.kernel.provenance import fingerprint

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=63)]
"""Lower-case words joined by underscores."""

Formula = Annotated[str, Field(min_length=1)]
"""Text in the formula language (see `worthbook.data.formula`)."""

_IN_MEMORY = Place("<memory>")

WORDS = frozenset(
    [
        "title",
        "description",
        "source",
        "caveats",
        "replaces",
        "meaning",
        "strategy",
        "service_level",
        "next_action",
        "said_high",
        "said_low",
        "better",
        "text",
        "summary",
        "tone",
        "because",
        "unlocks",
    ],
)
"""Fields that people read and that decide no number."""


class RefusedError(ValueError):
    """Raised by a validator to say in both languages why a value does not fit; the reader adds the file and line."""

    def __init__(self, problem: Problem) -> None:
        """Keep the problem."""
        super().__init__(problem.what.en)
        self.problem = problem


class Part(BaseModel):
    """A frozen piece of a definition; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Definition(Part):
    """One noun of the catalogue."""

    noun: ClassVar[str]
    """The key that opens its document in YAML: `measure: revenue_12m`."""

    name: Name
    title: Text
    description: Text
    source: Annotated[str, Field(min_length=1)]
    """Where the method comes from: literature, standard, or the feature id it answers."""
    caveats: tuple[Text, ...] = ()
    """Shown wherever the numbers are shown."""
    replaces: Name | None = None
    """Its own name, to say that it takes the place of a shipped definition on purpose."""

    _place: Place = PrivateAttr(default_factory=lambda: _IN_MEMORY)  # a default is copied each time
    _lines: Mapping[str, int | None] = PrivateAttr(default_factory=dict)

    @property
    def place(self) -> Place:
        """The file and line where its document begins."""
        return self._place

    def place_of(self, *path: str | int) -> Place:
        """The file and line of one of its keys: `place_of("axes", "value", "column")`."""
        for end in range(len(path), 0, -1):
            key = ".".join(str(step) for step in path[:end])
            if key in self._lines:
                return Place(self._place.file, self._lines[key])
        return self._place

    def located(self, place: Place, lines: Mapping[str, int | None]) -> Self:
        """The same definition, knowing where it was read, and the line of each of its keys."""
        self._place, self._lines = place, lines
        return self

    @property
    def fingerprint(self) -> str:
        """A hash of what it computes; titles, descriptions and other words do not count."""
        return fingerprint(_without_words(self.model_dump(mode="json")))


def _without_words(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_words(each) for key, each in value.items() if key not in WORDS}
    if isinstance(value, list):
        return [_without_words(each) for each in value]
    return value

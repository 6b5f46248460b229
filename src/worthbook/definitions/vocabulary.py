"""Vocabularies: by which words a comment is known to speak of a theme, in praise or in complaint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from worthbook.definitions.definition import Definition, Name, Part
from worthbook.kernel.language import Text

Words = tuple[str, ...]
"""`deliver*` stands for every ending; Chinese words are found anywhere, others as whole words."""


class Theme(Part):
    """Something that customers speak of, and who does what about it."""

    title: Text
    words: Annotated[Words, Field(min_length=1)]
    requirement: Text
    """What customers require, as it can be measured."""
    measure: Text
    """How it is measured."""
    owner: Text
    """Who usually sees to it: a starting value."""


class VocabularyDefinition(Definition):
    """The words of comments, in as many languages as customers use."""

    noun: ClassVar[str] = "vocabulary"

    themes: Annotated[Mapping[Name, Theme], Field(min_length=1)]
    positive: Words
    negative: Words
    negations: Words = ()
    """Words that turn the next praise or complaint round."""

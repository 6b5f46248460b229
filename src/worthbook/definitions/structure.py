"""Structures: what a structural model of perception is made of: constructs, the items that measure them, the paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from worthbook.definitions.definition import Definition, Name, Part
from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.kernel.language import Text


class StructureScale(Part):
    """The least and the highest possible answer to the items of a structure that names no instrument."""

    low: float
    high: float


class ConstructDefinition(Part):
    """Something that cannot be asked for directly."""

    title: Text
    items: tuple[str, ...] = ()
    """Questions of the instrument, or headers of a file; by default the questions that indicate the construct. Names of
    other constructs make it a construct of the second order."""
    mode: Literal["A", "B"] = "A"
    """A: the construct shows in its items (reflective). B: the items make it up (formative)."""


class StructureDefinition(Definition):
    """A structural model: a variant of it, such as a national index, is an edited copy."""

    noun: ClassVar[str] = "structure"

    instrument: Name | None = None
    """Whose questions its items are."""
    scale: StructureScale | None = None
    """Of all items, where no instrument says it."""
    constructs: Mapping[Name, ConstructDefinition]
    paths: Mapping[str, tuple[Name, ...]]
    """Construct → those that it drives. `quality:image` is the interaction of two."""
    target: Name
    """The construct whose index is told first, and that impacts are on."""

    def items_of(self, construct: str, instrument: InstrumentDefinition | None) -> tuple[str, ...]:
        """The items of a construct, as it lists them or as the instrument says."""
        listed = self.constructs[construct].items
        if listed or instrument is None:
            return listed
        return instrument.indicators(construct)

"""The fields of a mapping as its formulas see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from worthbook.data.compile import Scope, compile_condition, compile_value
from worthbook.data.dialect import render
from worthbook.data.formula import parse
from worthbook.data.recognition import Recognition
from worthbook.data.typed import Kind
from worthbook.definitions.mapping import Feed
from worthbook.kernel.units import Unit


@dataclass(frozen=True)
class Fields:
    """What formulas may read of a line, and what they come to."""

    kinds: Mapping[str, Kind]
    missing: frozenset[str]
    """Fields that the file does not have: unknown on every line."""

    def value(self, formula: str) -> str:
        """A formula over the fields, in SQL."""
        return render(compile_value(parse(formula), Scope(self.kinds)).tree, "duckdb")

    def kind(self, formula: str) -> Kind:
        """What a formula gives."""
        return compile_value(parse(formula), Scope(self.kinds)).kind

    def condition(self, formula: str) -> str:
        """A formula that holds or does not, in SQL."""
        return render(compile_condition(parse(formula), Scope(self.kinds)), "duckdb")


def fields_of(recognition: Recognition) -> Fields:
    """What formulas of the mapping may read."""
    return _fields(recognition, recognition.mapping.readable)


def fields_of_feed(recognition: Recognition, feed: Feed) -> Fields:
    """What formulas of one of its feeds may read."""
    return _fields(recognition, recognition.mapping.readable_by(feed))


def _fields(recognition: Recognition, readable: Mapping[str, Unit]) -> Fields:
    kinds: dict[str, Kind] = {name: unit.storage for name, unit in readable.items()}
    return Fields(kinds, frozenset(recognition.mapping.fields.keys() - recognition.fields.keys()))

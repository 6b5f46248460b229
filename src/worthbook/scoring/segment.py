"""A segment as a formula: its condition, with the names of its events replaced by the columns that hold them."""

from __future__ import annotations

from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.segment import LISTED, SegmentDefinition
from worthbook.kernel.units import Unit
from worthbook.scoring.condition import renamed


def segment_formula(definition: SegmentDefinition) -> str:
    """The condition over columns; unknown where it cannot be decided.

    Args:
        definition: the segment, free of `segment_checks.problems`.
    """
    conditions = [] if definition.when is None else [f"({definition.when})"]
    if definition.list is not None:
        conditions.append(f"({LISTED} > 0)")
    return renamed(" and ".join(conditions), definition.columns_by_event)


def as_measure(definition: SegmentDefinition) -> MeasureDefinition:
    """The segment as arithmetic over columns, which is how engines make it."""
    return MeasureDefinition(
        name=definition.name,
        title=definition.title,
        description=definition.description,
        source=definition.source,
        unit=Unit.FLAG,
        formula=segment_formula(definition),
    ).located(definition.place, {"formula": definition.place_of("when").line})

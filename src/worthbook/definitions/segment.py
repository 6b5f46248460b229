"""Segments: a named condition on the columns of customers, on what they did, or on a list, and what to do with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from worthbook.definitions.definition import Definition, Formula, Name, Part
from worthbook.definitions.measure import MeasureDefinition, WindowText
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit

LISTS = "customer_lists"
"""The table that holds the lists of customers which were imported as files."""

LISTED = "listed"
"""What the condition of a segment calls being on its list."""


class Event(Part):
    """Something that customers did or met with, as a number: an aggregate over their rows of a table."""

    title: Text
    table: Name
    window: WindowText | None = None
    """None is the whole history up to the date."""
    formula: Formula
    unit: Unit = Unit.COUNT
    empty: Literal[0, "unknown"] = 0
    """What a customer without any row in the table and window gets."""


class SegmentDefinition(Definition):
    """The customers for whom a condition holds: a column of yes, no and unknown, under the segment's name.

    The condition reads any columns: measures, what models give, cells (`activity = 'slipping'`), other segments by
    their names, and the segment's own `events`. Each event is a measure of its own, `segment__event`.
    """

    noun: ClassVar[str] = "segment"

    when: Formula | None = None
    """May be left out where there is a `list`; where both are there, both must hold."""
    events: Mapping[Name, Event] = {}
    list: Annotated[str, Field(min_length=1)] | None = None
    """The file of a list that was added to the book: `vip.csv`."""
    strategy: Text | None = None
    service_level: Text | None = None
    next_action: Text | None = None
    unit: ClassVar[Unit] = Unit.FLAG

    @property
    def columns_by_event(self) -> Mapping[str, str]:
        """What the condition calls an event → the column that holds it."""
        return {event: f"{self.name}__{event}" for event in (*self.events, *([LISTED] if self.list else []))}

    @property
    def measures(self) -> tuple[MeasureDefinition, ...]:
        """Its events as measures, and whether a customer is on its list."""
        made = tuple(self._measure(event, each) for event, each in self.events.items())
        return made if self.list is None else (*made, self._membership(self.list))

    def _measure(self, event: str, each: Event) -> MeasureDefinition:
        keys = ("table", "window", "formula", "unit", "empty")
        return MeasureDefinition(
            name=f"{self.name}__{event}",
            title=each.title,
            description=Text(
                en=f"Counted for the segment “{self.title.en}”.", zh=f"用于客群“{self.title.zh}”的统计口径。"
            ),
            source=self.source,
            caveats=self.caveats,
            unit=each.unit,
            table=each.table,
            window=each.window,
            formula=each.formula,
            empty=each.empty,
        ).located(self.place_of("events", event), {key: self.place_of("events", event, key).line for key in keys})

    def _membership(self, file: str) -> MeasureDefinition:
        quoted = file.replace("'", "''")
        return MeasureDefinition(
            name=f"{self.name}__{LISTED}",
            title=Text(en=f"On the list {file}", zh=f"在名单 {file} 中"),
            description=Text(
                en=f"1 for who is on the list {file} on the date, else 0.", zh=f"当日在名单 {file} 中为1，否则为0。"
            ),
            source=self.source,
            unit=Unit.COUNT,
            table=LISTS,
            formula=f"max(case when list_name = '{quoted}' and (listed_on is null or listed_on <= as_of()) "
            "then 1 else 0 end)",
            empty=0,
        ).located(self.place_of("list"), {})


def with_events(definitions: Iterable[Definition]) -> tuple[Definition, ...]:
    """Some definitions, and the measures that follow from the segments among them."""
    given = tuple(definitions)
    return (*given, *(measure for each in given if isinstance(each, SegmentDefinition) for measure in each.measures))

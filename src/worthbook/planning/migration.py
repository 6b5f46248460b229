"""Who moved: customers in the cells of one framework and of another, or of the same as at two dates (C06).

The matrix holds every customer of either side: who was not a customer yet and who could not be placed stand in rows
and columns of their own, so that each side adds up to its population.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, cast

from worthbook.data.engine import Engine
from worthbook.data.moves import ABSENT, UNPLACED, Move, Standing, count_moves
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.kernel.errors import Fault, did_you_mean
from worthbook.kernel.language import Text
from worthbook.kernel.result import ColumnMeta
from worthbook.kernel.units import Value

Direction = Literal["up", "same", "down", "other"]

NOT_YET = Text(en="Not yet a customer", zh="尚非客户")
NO_LONGER = Text(en="No longer in the population", zh="已不在评估范围")
NOT_PLACED = Text(en="Not placed", zh="未归类")

CELL_UNKNOWN = Fault(
    "cell-unknown",
    what=Text(en="'{framework}' has no cell '{name}'.", zh="“{framework}”没有名为“{name}”的单元。"),
    hint=Text(en="{near}", zh="{near}"),
)


@dataclass(frozen=True)
class Side:
    """A framework as it was laid over one population."""

    framework: FrameworkDefinition
    as_of: dt.date
    standing: Standing
    value: ColumnMeta
    """What customers are worth on this side."""

    @property
    def cells(self) -> dict[str, Text]:
        """The titles of the cells by key, the best first where they are ordered."""
        labels = list(self.framework.labels.items())
        return dict(reversed(labels) if self.framework.is_ranked else labels)

    def cell(self, name: str) -> str:
        """The key of a cell, or one of the two words for those who are in none.

        Raises:
            WorthbookError: cell-unknown.
        """
        known = [*self.framework.labels, UNPLACED, ABSENT]
        if name not in known:
            raise CELL_UNKNOWN(framework=self.framework.name, name=name, near=did_you_mean(name, known))
        return name


@dataclass(frozen=True)
class Flow:
    """The customers of one cell before and one cell after."""

    before: str
    after: str
    customers: int
    value_before: Value
    value_after: Value


@dataclass(frozen=True)
class Migration:
    """Everybody's move from one side to the other."""

    before: Side
    after: Side
    moves: tuple[Move, ...]
    group_titles: Mapping[str, Text] = field(default_factory=dict)
    """Of the groups by which moves are told apart, in order."""

    @cached_property
    def flows(self) -> Mapping[tuple[str, str], Flow]:
        """By cell before and cell after; those that nobody made are not there."""
        return _flows(self.moves)

    @cached_property
    def groups(self) -> Mapping[str, Mapping[tuple[str, str], Flow]]:
        """The flows of each group by itself; of those whose group is not known, under the empty word."""
        found: dict[str, list[Move]] = {}
        for move in self.moves:
            found.setdefault(move.group or "", []).append(move)
        return {name: _flows(moves) for name, moves in sorted(found.items())}

    @property
    def rows(self) -> dict[str, Text]:
        """The cells before that somebody was in."""
        return self._there({**self.before.cells, UNPLACED: NOT_PLACED, ABSENT: NOT_YET}, 0)

    @property
    def columns(self) -> dict[str, Text]:
        """The cells after that somebody is in."""
        return self._there({**self.after.cells, UNPLACED: NOT_PLACED, ABSENT: NO_LONGER}, 1)

    def _there(self, titles: Mapping[str, Text], side: int) -> dict[str, Text]:
        there = {key[side] for key in self.flows}
        return {key: title for key, title in titles.items() if key in there or key not in {UNPLACED, ABSENT}}

    @property
    def is_alike(self) -> bool:
        """Whether both sides have the same cells, so that one can say who stayed."""
        return list(self.before.framework.labels) == list(self.after.framework.labels)

    def direction(self, before: str, after: str) -> Direction:
        """Where a move between two cells leads; `other` where one side is no cell or cells have no order."""
        order = list(self.after.framework.labels)
        if not self.is_alike or before not in order or after not in order:
            return "other"
        if before == after:
            return "same"
        if not self.after.framework.is_ranked:
            return "other"
        return "up" if order.index(after) > order.index(before) else "down"

    def customers(self, flows: Mapping[tuple[str, str], Flow], *directions: Direction) -> int:
        """How many customers some flows take in these directions."""
        return sum(flow.customers for key, flow in flows.items() if self.direction(*key) in directions)


def migrate(engine: Engine, before: Side, after: Side, by: str | None = None) -> Migration:
    """Count who moved from where to where.

    Args:
        engine: where the sheets are read.
        before: one framework and population.
        after: the same at another date, or another framework or rule.
        by: a column of the later sheets by whose values the moves are told apart as well.

    Raises:
        WorthbookError: column-not-made.
    """
    return Migration(before, after, tuple(count_moves(engine, before.standing, after.standing, by)))


def _flows(moves: Iterable[Move]) -> dict[tuple[str, str], Flow]:
    found: dict[tuple[str, str], Flow] = {}
    for move in moves:
        key = (_key(move.was, there=move.existed), _key(move.then, there=move.exists))
        known = found.get(key, Flow(*key, 0, None, None))
        found[key] = Flow(
            *key,
            known.customers + move.customers,
            added(known.value_before, move.value_before),
            added(known.value_after, move.value_after),
        )
    return found


def _key(label: str | None, *, there: bool) -> str:
    if label is not None:
        return label
    return UNPLACED if there else ABSENT


def added(one: Value, other: Value) -> Value:
    """Two amounts together; what is unknown adds nothing to what is known, and two unknowns stay unknown.

    >>> added(None, 3), added(2, 3), added(None, None)
    (3, 5, None)
    """
    if one is None or other is None:
        return other if one is None else one
    return cast("Value", cast("float", one) + cast("float", other))

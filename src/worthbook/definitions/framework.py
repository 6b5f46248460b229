"""Frameworks: axes cut into bands, and one of five ways to turn bands into named cells with meaning and strategy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import AfterValidator, BeforeValidator

from worthbook.definitions.definition import Definition, Formula, Name, Part, RefusedError
from worthbook.definitions.spread import Spread
from worthbook.definitions.stability import Stability
from worthbook.definitions.weighing import Weighing
from worthbook.kernel.errors import Fault
from worthbook.kernel.evaluation import RANKED
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit

SCORE = "score"
"""The name that a scorecard's own score has among the axes' columns and thresholds."""

CutKind = Literal["value", "above", "customers", "total", "mean", "median"]

_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"
_SHARE = re.compile(rf"(?P<percent>{_NUMBER})% of (?P<whole>customers|total)")
_ABOVE = re.compile(rf"above (?P<value>{_NUMBER})")

CUT_UNREADABLE = Fault(
    "cut-unreadable",
    what=Text(en="'{text}' is not a cut.", zh="“{text}”不是有效的切点。"),
    hint=Text(
        en="Write a number, 'above 0', '80% of customers', '20% of total', 'mean' or 'median'.",
        zh="请写数值、“above 0”“80% of customers”“20% of total”“mean”或“median”。",
    ),
)
CELL_TWICE = Fault(
    "cell-twice",
    what=Text(en="Two cells have the same key: {keys}.", zh="有多个单元使用了相同的键：{keys}。"),
    hint=Text(en="Give each cell a key of its own.", zh="请为每个单元取不同的键。"),
)


class Cut(Part):
    """Where one band ends and the next begins, reading the bands from the lowest.

    `12.5`: values of 12.5 and more are in the upper band. `above 0`: only values greater than 0 are.
    `80% of customers`: the lower bands together hold the lowest 80 % of customers, `20% of total` the customers who
    bring the lowest 20 % of the total, each as nearly as equal values staying together allow. `mean` and `median`: of
    the customers placed.

    >>> Cut.parse("80% of customers")
    Cut(kind='customers', value=0.8)
    """

    kind: CutKind
    value: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Cut:
        """Read the short form used in YAML."""
        if text in {"mean", "median"}:
            return cls(kind="mean" if text == "mean" else "median")
        if re.fullmatch(_NUMBER, text):
            return cls(kind="value", value=float(text))
        if match := _ABOVE.fullmatch(text):
            return cls(kind="above", value=float(match["value"]))
        if match := _SHARE.fullmatch(text):
            share = float(match["percent"]) / 100
            return cls(kind="customers" if match["whole"] == "customers" else "total", value=share)
        raise RefusedError(CUT_UNREADABLE.problem(text=text))


def _cut_text(value: object) -> str:
    text = f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
    Cut.parse(text)
    return text


CutText = Annotated[str, BeforeValidator(_cut_text, json_schema_input_type=str | float)]


class Band(Part):
    """One stretch of an axis."""

    key: Name
    title: Text
    points: float | None = None
    """In a scorecard: what the band scores."""


class Axis(Part):
    """A column and where it is cut; bands lowest value first, one more than cuts."""

    title: Text
    column: Name
    cuts: tuple[CutText, ...]
    cuts_from: Name | None = None
    """The column in whose values the cuts are found, where it is not `column` itself: `column: recency_days` with
    `cuts_from: mean_days_between` and the cut `90% of customers` asks whether a customer has been silent for longer
    than nine in ten customers usually wait from one purchase to the next."""
    spread: Spread | None = None
    """In `tiers`, where the column is an estimate: how unsure it is. Each cell then has a probability, as
    `name__p_CELL`."""
    bands: tuple[Band, ...] = ()
    """Left out by the one axis of a `tiers` framework, whose cells are the bands."""
    weight: float | None = None
    """In a scorecard: how much it counts, within its group if there are groups; in any unit, 60 and 40 as 3 and 2."""
    group: Name | None = None
    """In a scorecard with groups: the one to which it belongs."""

    @property
    def cut_column(self) -> Name:
        """The column in whose values the cuts are found."""
        return self.cuts_from or self.column

    @property
    def parsed_cuts(self) -> tuple[Cut, ...]:
        """The cuts, read."""
        return tuple(Cut.parse(text) for text in self.cuts)


class Group(Part):
    """Axes of a scorecard that speak of one thing: the weighted mean of their points is a score of its own."""

    title: Text
    weight: float | None = None
    """How much the group counts in the whole score, however many axes it has."""
    weights: Weighing | None = None
    """How the weights of its axes are found, where they are not stated at them."""


class Level(NamedTuple):
    """In a scorecard: what is weighed against each other."""

    group: Name | None
    """Whose axes; None for the top, which is the groups or, where there are none, all axes."""
    names: tuple[Name, ...]
    weighing: Weighing | None
    path: tuple[str, ...]
    """Of the keys at which the weighing stands."""

    @property
    def targets(self) -> Iterator[tuple[tuple[str | int, ...], Name]]:
        """The columns that its weights are to explain, and where each is named."""
        for index, part in enumerate(() if self.weighing is None else self.weighing.parts):
            inside = ("of", index) if part is not self.weighing else ()
            if part.target is not None:
                yield (*self.path, *inside, "target"), part.target


class Cell(Part):
    """A named group of customers, what it means, and what to do with it."""

    key: Name
    title: Text
    meaning: Text
    strategy: Text
    service_level: Text | None = None
    """How the group is served: by whom, how fast."""
    next_action: Text | None = None
    """The one thing to do next."""
    bands: Mapping[Name, Name | tuple[Name, ...]] | None = None
    """In a grid: axis → the band or bands that lead here; an axis that is not named may have any band."""
    when: Formula | None = None
    """In rules: the condition over axis bands and columns; the first cell that holds wins, the last, without `when`,
    takes the rest. The name of an axis is the key of its band. A customer for whom a rule cannot be decided, because
    something that it compares is unknown, is in no cell: ask `is null` first where the unknown has a meaning.

    In a ladder: what brings a customer to this rung. The first rung, without `when`, takes those who reach no other."""


def _one_key_each(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    keys = [cell.key for cell in cells]
    doubled = sorted({key for key in keys if keys.count(key) > 1})
    if doubled:
        raise RefusedError(CELL_TWICE.problem(keys=", ".join(doubled)))
    return cells


class FrameworkDefinition(Definition):
    """A way to grade or group customers; `framework_checks.problems` says what does not fit together in one.

    It gives a column of its own name (the key of the cell), one column `name__axis` of band keys per axis with bands,
    for a scorecard `name__score`, and one `name__group` per group of its axes.
    """

    noun: ClassVar[str] = "framework"

    method: Literal["tiers", "grid", "scorecard", "rules", "ladder"]
    axes: Mapping[Name, Axis] = {}
    """Rules and ladders may do without, where their conditions compare columns themselves."""
    groups: Mapping[Name, Group] = {}
    """In a scorecard: what its axes are gathered into, each axis into one."""
    cells: Annotated[tuple[Cell, ...], AfterValidator(_one_key_each)]
    """Tiers, grades and rungs: lowest first. Rules: in the order in which they are tried."""
    score_cuts: tuple[CutText, ...] = ()
    """In a scorecard: where the weighted mean of the points is cut into grades."""
    weights: Weighing | None = None
    """In a scorecard: how the weights of the groups, or of the axes where there are none, are found, where they are not
    stated at them."""
    stability: Stability | None = None
    """Where the cells have an order: how the framework remembers where customers stood. What it would be without that
    is kept as `name__computed`, since when it has been so as `name__since`."""
    by_hand: Name | None = None
    """A column of keys of cells that people chose. Where it names a cell, it goes before what the axes say, which is
    then kept as `name__computed`. Without it, the placements of `worthbook override` are read where there are any."""
    unit: ClassVar[Unit] = Unit.LABEL

    @property
    def is_ranked(self) -> bool:
        """Whether its cells lie above each other; those of grids and rules lie side by side."""
        return self.method in RANKED

    @property
    def levels(self) -> tuple[Level, ...]:
        """In a scorecard: the top first, then the axes of each group."""
        if not self.groups:
            return (Level(None, tuple(self.axes), self.weights, ("weights",)),)
        top = Level(None, tuple(self.groups), self.weights, ("weights",))
        members = {key: [name for name, axis in self.axes.items() if axis.group == key] for key in self.groups}
        return (
            top,
            *(
                Level(key, tuple(members[key]), group.weights, ("groups", key, "weights"))
                for key, group in self.groups.items()
            ),
        )

    @property
    def targets(self) -> tuple[Name, ...]:
        """In a scorecard: the columns that weights are to explain."""
        return tuple(target for level in self.levels for _, target in level.targets)

    @property
    def parsed_score_cuts(self) -> tuple[Cut, ...]:
        """The cuts of a scorecard's score, read."""
        return tuple(Cut.parse(text) for text in self.score_cuts)

    @property
    def computed(self) -> str:
        """The column of what the axes alone say: its own, unless something goes before it."""
        return self.name if self.stability is None and self.by_hand is None else f"{self.name}__computed"

    @property
    def held(self) -> str:
        """With stability, the column of the cell that is kept: its own, unless people's choices go before it."""
        return self.name if self.by_hand is None else f"{self.name}__held"

    @property
    def kept_to(self) -> str:
        """With stability, the column of the highest cell that the margin lets a customer keep."""
        return f"{self.name}__kept_to"

    @property
    def since(self) -> str:
        """With stability, the column of the day since when the kept cell has been kept."""
        return f"{self.name}__since"

    @property
    def spread(self) -> Spread | None:
        """How unsure the column is that tiers are cut from; None where that is not said."""
        return next(iter(self.axes.values())).spread if self.method == "tiers" and self.axes else None

    @property
    def chances(self) -> tuple[str, ...]:
        """The columns of the probability of each cell, lowest first; none without a spread."""
        return () if self.spread is None else tuple(f"{self.name}__p_{cell.key}" for cell in self.cells)

    @property
    def afterwards(self) -> tuple[str, ...]:
        """The columns that are made once the framework is laid, and only where they are asked for."""
        return (*self.remembered, *self.chances)

    @property
    def remembered(self) -> tuple[str, ...]:
        """The columns that depend on where customers stood before; none without stability."""
        return () if self.stability is None else tuple(dict.fromkeys((self.held, self.since, self.name)))

    @property
    def conditions(self) -> tuple[Formula, ...]:
        """The conditions of its cells, in their order."""
        return tuple(cell.when for cell in self.cells if cell.when is not None)

    @property
    def labels(self) -> Mapping[str, Text]:
        """The title of each cell by key."""
        return {cell.key: cell.title for cell in self.cells}

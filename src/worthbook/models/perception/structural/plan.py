"""A model as arrays: which item belongs to which block, and who drives whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from worthbook.models.base import FloatArray, IntArray
from worthbook.models.perception.structural import graph
from worthbook.models.perception.structural.model import TIMES, StructuralModel


@dataclass(frozen=True)
class Plan:
    """Constructs 0 … k-1, each with a block of neighbouring items, and for each the constructs that drive it.

    >>> from worthbook.models.perception.structural.notation import parse
    >>> plan = Plan.of(parse("Quality =~ q1 + q2; Loyalty =~ l1; Loyalty ~ Quality"))
    >>> plan.block.tolist(), plan.drivers, plan.order
    ([0, 0, 1], ((), (0,)), (0, 1))
    """

    constructs: tuple[str, ...]
    items: tuple[str, ...]
    block: IntArray
    """(p,) the construct of each item."""
    formative: tuple[int, ...]
    """The constructs of mode B that have more than one item."""
    drivers: tuple[tuple[int, ...], ...]
    """For each construct those that drive it."""
    order: tuple[int, ...]
    """The constructs so that causes come first."""

    @classmethod
    def of(cls, model: StructuralModel) -> Plan:
        """The plan of a model of the first order; interactions are left to a second stage."""
        place = {name: number for number, name in enumerate(model.names)}
        arrows = [(path.source, path.target) for path in model.main_paths]
        drivers = tuple(
            tuple(sorted(place[source] for source, target in arrows if target == name)) for name in model.names
        )
        return cls(
            constructs=model.names,
            items=tuple(item for construct in model.constructs for item in construct.items),
            block=np.repeat(np.arange(len(place)), [len(construct.items) for construct in model.constructs]),
            formative=tuple(
                place[construct.name]
                for construct in model.constructs
                if construct.mode == "B" and len(construct.items) > 1
            ),
            drivers=drivers,
            order=tuple(place[name] for name in graph.causes_first(model.names, arrows)),
        )

    def with_interactions(self, model: StructuralModel) -> Plan:
        """The same, with each interaction as a construct of no items that drives what it moderates."""
        names = (*self.constructs, *model.interactions)
        extra = {
            path.target: [
                names.index(each.source) for each in model.paths if each.target == path.target and TIMES in each.source
            ]
            for path in model.paths
        }
        drivers = [(*mine, *extra.get(name, ())) for name, mine in zip(self.constructs, self.drivers, strict=True)]
        added = range(self.k, len(names))
        return replace(
            self,
            constructs=names,
            drivers=(*drivers, *(() for _ in added)),
            order=(*added, *self.order),
        )

    @property
    def k(self) -> int:
        """How many constructs."""
        return len(self.constructs)

    @property
    def p(self) -> int:
        """How many items."""
        return len(self.items)

    @cached_property
    def M(self) -> FloatArray:
        """(p, k) 1 where an item belongs to a construct."""
        return np.eye(self.k)[self.block]

    @cached_property
    def sizes(self) -> IntArray:
        """(k,) how many items each construct has."""
        return np.bincount(self.block, minlength=self.k)

    @cached_property
    def endogenous(self) -> tuple[int, ...]:
        """The constructs that others drive, causes first."""
        return tuple(j for j in self.order if self.drivers[j])

    @cached_property
    def paths(self) -> tuple[tuple[int, int], ...]:
        """(from, to) of every path, by target in the order of the constructs."""
        return tuple((i, j) for j in range(self.k) for i in self.drivers[j])

    @cached_property
    def successors(self) -> tuple[tuple[int, ...], ...]:
        """For each construct those that it drives."""
        return tuple(tuple(j for j in range(self.k) if i in self.drivers[j]) for i in range(self.k))

    @cached_property
    def alone(self) -> tuple[int, ...]:
        """The constructs that no path touches."""
        touched = {each for path in self.paths for each in path}
        return tuple(j for j in range(self.k) if j not in touched)

    def members(self, construct: int) -> IntArray:
        """The places of a construct's items."""
        return np.flatnonzero(self.block == construct)

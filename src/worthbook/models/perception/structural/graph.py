"""Arrows between names: an order in which causes come first, circles, and what hangs together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter

Arrow = tuple[str, str]


def causes_first(names: Sequence[str], arrows: Iterable[Arrow]) -> tuple[str, ...]:
    """The names so that every arrow points forward.

    >>> causes_first(["c", "b", "a"], [("a", "b"), ("b", "c")])
    ('a', 'b', 'c')
    """
    return tuple(_sorter(names, arrows).static_order())


def circle(names: Sequence[str], arrows: Iterable[Arrow]) -> tuple[str, ...]:
    """A way round that ends where it began, or nothing.

    >>> circle(["a", "b"], [("a", "b"), ("b", "a")])
    ('a', 'b', 'a')
    """
    try:
        _sorter(names, arrows).prepare()
    except CycleError as error:
        return tuple(error.args[1])
    return ()


def islands(names: Sequence[str], arrows: Iterable[Arrow]) -> list[list[str]]:
    """The names in groups that arrows join, in either direction.

    >>> islands(["a", "b", "c"], [("a", "c")])
    [['a', 'c'], ['b']]
    """
    island = {name: [name] for name in names}
    for one, other in arrows:
        if island[one] is not island[other]:
            joined = island[one] + island[other]
            island.update(dict.fromkeys(joined, joined))
    found = {id(group): group for group in island.values()}
    return [sorted(group, key=names.index) for group in found.values()]


def routes(source: str, target: str, arrows: Sequence[Arrow]) -> list[tuple[str, ...]]:
    """Every way from one name to another along the arrows, shortest first.

    >>> routes("a", "c", [("a", "b"), ("b", "c"), ("a", "c")])
    [('a', 'c'), ('a', 'b', 'c')]
    """
    if source == target:
        return [(target,)]
    onward = [(source, *rest) for here, there in arrows if here == source for rest in routes(there, target, arrows)]
    return sorted(onward, key=len)


def _sorter(names: Sequence[str], arrows: Iterable[Arrow]) -> TopologicalSorter[str]:
    sorter: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(names, ()))
    for cause, effect in arrows:
        sorter.add(effect, cause)
    return sorter

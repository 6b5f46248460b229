"""The order in which things that are worked out from each other can be made."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from worthbook.data.formula import Formula
from worthbook.definitions.cycles import CYCLE


def layers(wanted: Collection[str], formulas: Mapping[str, Formula]) -> tuple[list[list[str]], set[str]]:
    """What to work out for the wanted names, in layers that need only those before, and what must be there already.

    >>> from worthbook.data.formula import parse
    >>> order, given = layers(["b"], {"a": parse("x + 1"), "b": parse("a * y")})
    >>> order, sorted(given)
    ([['a'], ['b']], ['x', 'y'])

    Raises:
        WorthbookError: definition-cycle, with the path.
    """
    depth: dict[str, int] = {}
    given: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> int:
        if name in path:
            said = " → ".join((*path[path.index(name) :], name))
            raise CYCLE(formulas[name].where, name=name, path=said)
        if name not in formulas:
            given.add(name)
            return 0
        if name not in depth:
            depth[name] = 1 + max((visit(each, (*path, name)) for each in sorted(formulas[name].columns)), default=0)
        return depth[name]

    for name in wanted:
        visit(name, ())
    highest = max(depth.values(), default=0)
    return [sorted(name for name in depth if depth[name] == layer) for layer in range(1, highest + 1)], given

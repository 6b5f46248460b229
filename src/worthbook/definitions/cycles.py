"""Nothing is made from itself, whether directly or by way of others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from worthbook.definitions.columns import Maker, columns_made
from worthbook.definitions.definition import Definition
from worthbook.definitions.formulas import FormulaReader
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.model import ModelDefinition
from worthbook.definitions.segment import SegmentDefinition
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.errors import Fault, Place, Problem
from worthbook.kernel.language import Text

CYCLE = Fault(
    "definition-cycle",
    what=Text(en="'{name}' is made from itself: {path}.", zh="“{name}”的计算依赖了自身：{path}。"),
    hint=Text(en="Take one of these out of the formula of another.", zh="请从其中某个公式里去掉对另一项的引用。"),
)


@dataclass(frozen=True)
class Node:
    """Something that is made, where it says from what, and those things."""

    where: Place
    needs: tuple[str, ...]


def problems(definitions: Iterable[Definition], formulas: FormulaReader) -> Iterator[Problem]:
    """Each circle once: among the columns about customers, within each table, and among tables."""
    definitions = tuple(definitions)
    makers = [each for each in definitions if isinstance(each, Maker)]
    yield from circles({column: _maker(each, formulas) for each in makers for column in columns_made(each)})
    tables = [each for each in definitions if isinstance(each, TableDefinition)]
    yield from circles(
        {each.name: Node(each.place_of("derived_from"), (each.derived_from,)) for each in tables if each.derived_from}
    )
    for table in tables:
        yield from circles(_columns(table, formulas))


def circles(nodes: Mapping[str, Node]) -> Iterator[Problem]:
    """The circles among some nodes, each told from its first name in the alphabet."""
    done: set[str] = set()
    for start in sorted(nodes):
        path: list[str] = []
        waiting = [(start, 0)]
        while waiting:
            name, depth = waiting.pop()
            del path[depth:]
            if name in path:
                yield _problem(path[path.index(name) :], nodes)
                continue
            if name in done or name not in nodes:
                continue
            done.add(name)
            path.append(name)
            waiting += [(need, depth + 1) for need in sorted(nodes[name].needs, reverse=True)]


def _problem(circle: list[str], nodes: Mapping[str, Node]) -> Problem:
    first = circle.index(min(circle))
    turned = [*circle[first:], *circle[:first]]
    return CYCLE.problem(nodes[turned[0]].where, name=turned[0], path=" → ".join([*turned, turned[0]]))


def _maker(maker: Maker, formulas: FormulaReader) -> Node:
    match maker:
        case MeasureDefinition(table=None):
            return Node(maker.place_of("formula"), _read(maker.formula, formulas))
        case ModelDefinition():
            return Node(maker.place_of("inputs"), maker.reads)
        case FrameworkDefinition():
            axes = [column for axis in maker.axes.values() for column in (axis.column, axis.cut_column)]
            conditions = [name for cell in maker.cells if cell.when for name in _read(cell.when, formulas)]
            read = [name for name in conditions if name not in maker.axes]
            return Node(maker.place_of("axes"), (*axes, *maker.targets, *read))
        case SegmentDefinition(when=str(when)):
            return Node(maker.place_of("when"), _read(when, formulas))
        case _:
            return Node(maker.place, ())


def _columns(table: TableDefinition, formulas: FormulaReader) -> dict[str, Node]:
    """The columns of a table that are worked out from its other columns."""
    nodes: dict[str, Node] = {}
    for name, column in table.columns.items():
        for key, text in (("formula", column.formula), ("default", column.default)):
            if text is not None and not _over_rows(text, table, formulas):
                nodes[name] = Node(table.place_of("columns", name, key), _read(text, formulas))
    return nodes


def _over_rows(text: str, table: TableDefinition, formulas: FormulaReader) -> bool:
    """Whether a derived table's column is an aggregate of the table behind it, which may have such columns too."""
    formula = formulas.read(text)
    return table.derived_from is not None and formula is not None and formula.is_aggregate


def _read(text: str, formulas: FormulaReader) -> tuple[str, ...]:
    formula = formulas.read(text)
    return () if formula is None else tuple(formula.columns)

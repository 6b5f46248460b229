"""The shipped frameworks laid over a million customers, beside one query by hand that finds the same groups.

Finding the cuts among the customers is a part of both, which `grouping` leaves out. The query by hand is what somebody
would write who knows the frameworks: the cuts from quantiles, means and running totals, then one `SELECT` with a `CASE`
a framework. Its groups are compared with ours before it is timed.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from benchmarks.figures import Figure, apart, median, rounds
from worthbook.data import engines
from worthbook.data.engine import Engine, Sheet, Snapshot
from worthbook.definitions.framework import Axis, Cut, FrameworkDefinition
from worthbook.kernel.units import Unit
from worthbook.models.company.company import END
from worthbook.planning.index import Catalogue, read_catalogue
from worthbook.planning.make import make
from worthbook.planning.resolve import FrameworkStep, Plan, resolve
from worthbook.planning.store import Store
from worthbook.scoring.condition import renamed

CUSTOMERS = 1_000_000
BAR = 2.0
"""Of the query by hand."""
AT_AN_EDGE = 0.001
"""So few may stand elsewhere by hand: those on the edge of a number that is rounded otherwise."""
_DRAWN: Mapping[str, str] = {
    "money": "(-300 * ln(random() + 1e-9))::DECIMAL(18, 4)",
    "integer": "floor(-4 * ln(random() + 1e-9))::BIGINT",
    "number": "(100 * random())::DOUBLE",
    "date": "DATE '2026-06-30' - floor(700 * random())::INTEGER",
    "flag": "random() < 0.5",
    "text": "['consumer', 'business', 'customer', 'partner'][1 + floor(4 * random())::INTEGER]",
}
"""What a customer has in a column of each storage; one in twenty has nothing."""


@dataclass(frozen=True)
class World:
    """A million customers with every column that the frameworks read, and nothing else."""

    engine: Engine
    catalogue: Catalogue
    plan: Plan
    base: Sheet
    store: Store

    @property
    def frameworks(self) -> tuple[FrameworkDefinition, ...]:
        """In the order in which they can be laid."""
        return tuple(step.framework for step in self.plan.steps if isinstance(step, FrameworkStep))


def figures(folder: Path, times: int) -> Iterator[Figure]:
    """CPU of both, in turns, once they are known to agree."""
    world = made(folder / "laying")
    to = folder / "by_hand.parquet"
    differences(world, lay(world), by_hand(world, to))
    ours, theirs = rounds(times, lambda: lay(world), lambda: by_hand(world, to), clock=time.process_time)
    name = f"{len(world.frameworks)} frameworks over {CUSTOMERS:,} customers, their cuts found, CPU"
    yield Figure(name, median(ours), "s", BAR, median(theirs), "one query by hand", apart(ours))


def made(folder: Path) -> World:
    """Draw the columns, as if measures and models had made them."""
    catalogue = read_catalogue()
    names = [each.name for each in catalogue.frameworks.values() if _plain(each)]
    plan = resolve(catalogue, Snapshot({}, {}, 1), names, END)
    laid = {column for step in plan.steps if isinstance(step, FrameworkStep) for column in step.columns}
    read = {name for framework in names for name in plan.needs[framework]} - laid
    store = Store(folder / "runs")
    drawn = ", ".join(_column(name, catalogue.meta(name).unit) for name in sorted(read))
    with store.new_sheet() as desk:
        duckdb.execute("SELECT setseed(0.5)")
        query = f"SELECT 'C' || lpad(range::VARCHAR, 8, '0') AS customer_id, {drawn} FROM range({CUSTOMERS})"
        duckdb.execute(f"COPY ({query} ORDER BY 1) TO '{desk / 'part-00000.parquet'}'")
        base = store.keep_sheet(desk, {name: plan.provenance[name].id for name in sorted(read)})
    return World(engines.start("duckdb"), catalogue, plan, base, store)


def lay(world: World) -> dict[str, Sheet]:
    """Ours: every framework's columns, made and kept."""
    home = Path(world.base.parts[0]).parent
    for each in home.parent.iterdir():
        if each != home:
            shutil.rmtree(each)
    steps = tuple(step for step in world.plan.steps if isinstance(step, FrameworkStep))
    store = _Holding(world.store.folder, base=world.base)
    return make(world.engine, world.catalogue, Snapshot({}, {}, 1), store, replace(world.plan, steps=steps)).sheets


@dataclass(frozen=True)
class _Holding(Store):
    """A store in which the drawn columns are found, and nothing else."""

    base: Sheet | None = None

    def find_sheets(self, wanted: Mapping[str, str]) -> dict[str, Sheet]:
        """The drawn columns."""
        del wanted
        return {} if self.base is None else dict.fromkeys(self.base.columns, self.base)


def by_hand(world: World, to: Path) -> Path:
    """Theirs: the cuts in one query, then the groups in another."""
    query = f"SELECT * FROM read_parquet('{world.base.parts[0]}')"
    with duckdb.connect() as connection:
        for framework in world.frameworks:
            cuts = {name: _cuts(connection, query, axis) for name, axis in framework.axes.items()}
            for layer in _layers(framework, cuts):
                query = f"SELECT *, {layer} FROM ({query})"
        wanted = ", ".join(f'"{framework.name}"' for framework in world.frameworks)
        connection.execute(f"COPY (SELECT customer_id, {wanted} FROM ({query}) ORDER BY 1) TO '{to}'")
    return to


def _cuts(connection: duckdb.DuckDBPyConnection, query: str, axis: Axis) -> list[str]:
    """Where each upper band begins, as a number of SQL and whether it is in the band."""
    column, found = axis.cut_column, []
    for cut in axis.parsed_cuts:
        match cut:
            case Cut(kind="value", value=value):
                found.append(f">= {value!r}")
            case Cut(kind="above", value=value):
                found.append(f"> {value!r}")
            case Cut(kind="customers", value=value):
                found.append(_one(connection, _beyond(query, column, "count(*)", value)))
            case Cut(kind="total", value=value):
                found.append(_one(connection, _beyond(query, column, f"sum(greatest({column}, 0))", value)))
            case Cut(kind=kind):
                found.append(
                    _one(connection, f"SELECT {'avg' if kind == 'mean' else 'median'}({column}) FROM ({query})")
                )
    return found


def _beyond(query: str, column: str, weight: str, part: float) -> str:
    """The least value whose group of equals lies with its middle beyond a part of the whole."""
    groups = f"SELECT {column} AS v, {weight} AS w FROM ({query}) WHERE {column} IS NOT NULL GROUP BY 1"
    places = f"SELECT v, sum(w) OVER (ORDER BY v) - w / 2 AS m, sum(w) OVER () AS whole FROM ({groups})"
    return f"SELECT min(v) FROM ({places}) WHERE m >= {part} * whole"


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    row = connection.execute(query).fetchone()
    return f">= {row[0] if row else 0}"


def _layers(framework: FrameworkDefinition, cuts: Mapping[str, Sequence[str]]) -> list[str]:
    """The columns of a framework as expressions of SQL, those that later ones read first."""
    bands = {name: f"{framework.name}__{name}" for name in framework.axes}
    named = [
        f"{_case(axis.column, cuts[name], [repr(band.key) for band in axis.bands])} AS {bands[name]}"
        for name, axis in framework.axes.items()
        if axis.bands
    ]
    first = [", ".join(named)] if named else []
    keys = [repr(cell.key) for cell in framework.cells]
    match framework.method:
        case "tiers":
            (name,) = framework.axes
            return [f"{_case(framework.axes[name].column, cuts[name], keys)} AS {framework.name}"]
        case "grid":
            return [*first, f"{_grid(framework, bands)} AS {framework.name}"]
        case "scorecard":
            score = f"{framework.name}__score"
            edges = [f">= {cut.value!r}" for cut in framework.parsed_score_cuts]
            return [*first, f"{_score(framework, cuts)} AS {score}", f"{_case(score, edges, keys)} AS {framework.name}"]
        case _:
            return [*first, f"{_rules(framework, bands)} AS {framework.name}"]


def _case(column: str, cuts: Sequence[str], keys: Sequence[str]) -> str:
    steps = " ".join(f"WHEN {column} {cut} THEN {key}" for cut, key in reversed(list(zip(cuts, keys[1:], strict=True))))
    return f"CASE WHEN {column} IS NULL THEN NULL {steps} ELSE {keys[0]} END"


def _grid(framework: FrameworkDefinition, bands: Mapping[str, str]) -> str:
    steps = []
    for cell in framework.cells:
        asked = [
            f"{bands[axis]} IN ({', '.join(map(repr, (keys,) if isinstance(keys, str) else keys))})"
            for axis, keys in (cell.bands or {}).items()
        ]
        steps.append(f"WHEN {' AND '.join(asked)} THEN {cell.key!r}")
    return f"CASE {' '.join(steps)} END"


def _rules(framework: FrameworkDefinition, bands: Mapping[str, str]) -> str:
    """The first that holds; nobody is placed by what is not known."""
    steps = []
    for cell in framework.cells:
        condition = "true" if cell.when is None else f"({renamed(cell.when, bands)})"
        steps.append(f"WHEN {condition} THEN {cell.key!r} WHEN {condition} IS NULL THEN NULL")
    return f"CASE {' '.join(steps)} END"


def _score(framework: FrameworkDefinition, cuts: Mapping[str, Sequence[str]]) -> str:
    points = {
        name: _case(axis.column, cuts[name], [repr(band.points) for band in axis.bands])
        for name, axis in framework.axes.items()
    }
    weights = {name: axis.weight or 0.0 for name, axis in framework.axes.items()}
    top = " + ".join(f"coalesce({weights[name]} * ({case}), 0)" for name, case in points.items())
    below = " + ".join(
        f"CASE WHEN {axis.column} IS NULL THEN 0 ELSE {weights[name]} END" for name, axis in framework.axes.items()
    )
    return f"round(({top}) / nullif({below}, 0), 6)"


def differences(world: World, ours: Mapping[str, Sheet], theirs: Path) -> None:
    """Both find the same groups, or there is nothing to compare."""
    for framework in world.frameworks:
        name = framework.name
        both = "FROM read_parquet(?) a JOIN read_parquet(?) b USING (customer_id)"
        query = f"SELECT count(*) {both} WHERE a.{name} IS DISTINCT FROM b.{name}"
        row = duckdb.execute(query, [list(ours[name].parts), str(theirs)]).fetchone()
        if row is not None and row[0] > CUSTOMERS * AT_AN_EDGE:
            message = f"{name}: {row[0]} customers stand elsewhere by hand"
            raise SystemExit(message)


def _plain(framework: FrameworkDefinition) -> bool:
    """Whose groups one query finds: no memory of earlier days, no weights found in the data, no score of scores."""
    found = all(level.weighing is None for level in framework.levels)
    return framework.stability is None and found and not framework.groups


def _column(name: str, unit: Unit) -> str:
    drawn = {"time": _DRAWN["date"]}.get(unit.storage) or _DRAWN[unit.storage]
    return f"CASE WHEN random() >= 0.05 THEN {drawn} END AS {name}"

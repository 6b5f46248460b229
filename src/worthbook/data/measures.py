"""All measures of an evaluation in one query per bucket of customers.

Every grain (the stored table, or a table derived from it) is read once and grouped by customer once; the results
stand beside the population, and measures that are arithmetic over others follow, level by level.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from sqlglot import exp

from worthbook.data.compile import Scope, compile_column, compile_condition
from worthbook.data.engine import Engine, Sheet, Snapshot
from worthbook.data.formula import parse
from worthbook.data.layers import layers
from worthbook.data.relations import Relations, bucket_files
from worthbook.data.sheets import CUSTOMER, named, quoted, read
from worthbook.data.typed import Kind, call, column, number, when
from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.population import PopulationDefinition, Rows
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.errors import Fault, Place
from worthbook.kernel.language import Text

TABLE_WITHOUT_CUSTOMERS = Fault(
    "table-without-customers",
    what=Text(
        en="'{name}' reads the table '{table}', which has no customers.",
        zh="“{name}”读取的表“{table}”中没有客户。",
    ),
    hint=Text(
        en="Use a table with a customer column; other tables are reached through lookups.",
        zh="请使用带客户列的表；其他表的内容可通过 lookup 引用。",
    ),
)

_POPULATION = "population"


def make_measures(  # noqa: PLR0913, PLR0917 - a book, definitions, a date, and where to
    engine: Engine,
    snapshot: Snapshot,
    tables: Mapping[str, TableDefinition],
    population: PopulationDefinition,
    measures: Sequence[MeasureDefinition],
    as_of: dt.date,
    to: Path,
    *,
    buckets: Sequence[int] | None = None,
) -> Sheet:
    """Make all measures for every customer of the population.

    Args:
        engine: what runs the queries.
        snapshot: the stored tables.
        tables: definitions of all tables, stored and derived.
        population: whom the measures are about.
        measures: measures over tables, and arithmetic over others that are given here as well.
        as_of: the last day that counts.
        to: the folder of the Parquet files.
        buckets: which buckets of customers, counted from 0; all without.

    Returns:
        One Parquet file per bucket, sorted by customer, even where a bucket has no customers.

    Raises:
        WorthbookError: definition-cycle, table-unknown, table-without-customers, or what a formula does wrong.
    """
    chosen = range(snapshot.buckets) if buckets is None else buckets
    queries: dict[frozenset[str], exp.Select] = {}
    parts = []
    for bucket in chosen:
        files = bucket_files(snapshot, bucket)
        present = frozenset(files)
        if present not in queries:
            relations = Relations(tables, snapshot, as_of, present)
            queries[present] = measures_query(relations, population, measures)
        part = to / f"part-{bucket:05d}.parquet"
        engine.write(queries[present], files, part)
        parts.append(str(part))
    return Sheet(tuple(parts), tuple(measure.name for measure in measures))


def measures_query(
    relations: Relations, population: PopulationDefinition, measures: Sequence[MeasureDefinition]
) -> exp.Select:
    """The query that gives all measures of the customers in one set of files."""
    by_table: dict[str, list[MeasureDefinition]] = {}
    for measure in measures:
        if measure.table is not None:
            by_table.setdefault(measure.table, []).append(measure)
    whole = population.where is None and not population.also
    spine = population.table if whole and population.table in by_table else None
    without_rows = {name for name in by_table if not relations.holds(name)}
    query = _beside(by_table, spine, without_rows)
    if spine is None:
        query = query.with_(quoted(_POPULATION), as_=_spine(relations, population), copy=False)
    for table, group in by_table.items():
        query = query.with_(quoted(_grain(table)), as_=_per_customer(relations, table, group), copy=False)
    return _layered(relations, query, measures)


def _grain(table: str) -> str:
    """A name that no table can have."""
    return f"{table} per customer"


def _customer(table: TableDefinition, name: str) -> str:
    if table.customer is None:
        raise TABLE_WITHOUT_CUSTOMERS(table.place, name=name, table=table.name)
    return table.customer


def _spine(relations: Relations, population: PopulationDefinition) -> exp.Query:
    """Everyone in the population, once."""
    first, *others = (
        _people(relations, population, rows, population.place_of(*path, "where")) for path, rows in population.rows
    )
    people: exp.Query = first
    for other in others:
        people = people.union(other, distinct=True, copy=False)
    return people


def _people(relations: Relations, population: PopulationDefinition, counted: Rows, place: Place) -> exp.Select:
    """Who has a row that counts in one table."""
    table = relations.table(counted.table)
    customer = _customer(table, population.name)
    where = None if counted.where is None else parse(counted.where, place)
    rows = relations.relation(table.name, {customer, *(where.columns if where else ())})
    query = exp.select(named(column(customer), CUSTOMER)).distinct().from_(rows.subquery(alias=quoted(table.name)))
    if customer not in table.columns or not table.columns[customer].required:  # a row of nobody makes nobody part of it
        query = query.where(exp.Not(this=exp.Is(this=column(customer), expression=exp.Null())), copy=False)
    return query if where is None else query.where(compile_condition(where, relations.scope(table)))


def _per_customer(relations: Relations, name: str, measures: Sequence[MeasureDefinition]) -> exp.Select:
    """One row per customer with rows in the table."""
    table = relations.table(name)
    customer = _customer(table, measures[0].name)
    formulas = {measure.name: parse(measure.formula, measure.place_of("formula")) for measure in measures}
    columns = {customer, *(each for formula in formulas.values() for each in formula.columns)}
    if table.time is not None and any(measure.span is not None for measure in measures):
        columns.add(table.time)
    rows = relations.relation(name, columns & relations.kinds(table).keys())
    query = exp.select(named(column(customer), CUSTOMER)).from_(rows.subquery(alias=quoted(name)))
    for measure in measures:
        scope = relations.scope(table, measure.span, measure.name)
        value = compile_column(formulas[measure.name], scope, measure.unit, over_rows=True)
        if measure.empty == 0 and scope.rows is not None:
            count = exp.Filter(this=call("COUNT", exp.Star()), expression=exp.Where(this=scope.rows.copy()))
            value = when(exp.GT(this=count, expression=number(0)), value, number(0))
        query = query.select(named(value, measure.name), copy=False)
    return query.group_by(column(customer), copy=False)


def _beside(
    by_table: Mapping[str, Sequence[MeasureDefinition]], spine: str | None, without_rows: Collection[str]
) -> exp.Select:
    """The population with the measures over tables beside it.

    A customer without rows among others who have some may have none; where nobody has, nothing was told.
    """
    first = _POPULATION if spine is None else _grain(spine)
    query = exp.select(column(CUSTOMER, first)).from_(read(first))
    for table, measures in by_table.items():
        grain = _grain(table)
        if table != spine:
            on = exp.EQ(this=column(CUSTOMER, first), expression=column(CUSTOMER, grain))
            query = query.join(read(grain), on=on, join_type="left", copy=False)
        for measure in measures:
            value: exp.Expr = column(measure.name, grain)
            if measure.empty == 0 and table != spine and table not in without_rows:
                missing = exp.Is(this=column(CUSTOMER, grain), expression=exp.Null())
                value = when(missing, number(0), value)
            query = query.select(named(value, measure.name), copy=False)
    return query


def _layered(relations: Relations, query: exp.Select, measures: Sequence[MeasureDefinition]) -> exp.Select:
    """The query with the measures that are arithmetic over others, in the order in which they need each other."""
    kinds: dict[str, Kind] = {measure.name: measure.unit.storage for measure in measures}
    formulas = {each.name: parse(each.formula, each.place_of("formula")) for each in measures if each.table is None}
    units = {measure.name: measure.unit for measure in measures}
    scope = Scope(kinds, relations.as_of, relations.snapshot.settings)
    order, _ = layers(formulas, formulas)
    for index, layer in enumerate(order):
        before = f"layer {index}"
        ctes = query.args.pop("with_", None)
        outer = exp.select(exp.Star()).from_(read(before))
        for name in layer:
            value = compile_column(formulas[name], scope, units[name], over_rows=False)
            outer = outer.select(named(value, name), copy=False)
        outer.set("with_", ctes)
        query = outer.with_(quoted(before), as_=query, copy=False)
    names = [CUSTOMER, *(measure.name for measure in measures)]
    if order:
        inner = query.args.pop("with_")
        last = f"layer {len(order)}"
        outer = exp.select(*(column(name) for name in names)).from_(read(last))
        outer.set("with_", inner)
        query = outer.with_(quoted(last), as_=query, copy=False)
    return query.order_by(exp.Ordered(this=column(CUSTOMER), nulls_first=True), copy=False)

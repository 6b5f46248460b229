"""Tables as queries: a stored table cut down to what is asked for, and the coarser grains derived from one.

A relation holds the rows that count (not of hidden imports, not after the date) and only the columns that were asked
for, so that an engine reads nothing else from the files. Lookups are joined, and formula columns worked out, only where
they are used.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from worthbook.data.compile import Scope, compile_column, compile_condition
from worthbook.data.engine import Snapshot
from worthbook.data.formula import Formula, parse
from worthbook.data.history import LINKS
from worthbook.data.layers import layers
from worthbook.data.links import HERE, elsewhere, files_elsewhere, scattered_rows, stored_rows
from worthbook.data.sheets import named, quoted
from worthbook.data.superseded import files_for
from worthbook.data.typed import Kind, call, cast, column, date, when
from worthbook.definitions.formulas import COLUMN_UNKNOWN
from worthbook.definitions.table import TableColumnDefinition, TableDefinition
from worthbook.definitions.table_checks import TABLE_UNKNOWN, table_named
from worthbook.kernel.errors import Fault, did_you_mean
from worthbook.kernel.language import Text
from worthbook.kernel.period import Window

WINDOW_WITHOUT_TIME = Fault(
    "window-without-time",
    what=Text(
        en="'{name}' has the window '{window}', but the table '{table}' does not lie in time.",
        zh="“{name}”设了时间窗口“{window}”，但表“{table}”没有时间列。",
    ),
    hint=Text(en="Leave the window out, or use a table with a time column.", zh="请去掉时间窗口，或改用带时间列的表。"),
)

IMPORT_COLUMNS: Mapping[str, Kind] = {"import_id": "text", "import_line": "integer"}
"""What every stored table has beside its declared columns."""


@dataclass(frozen=True)
class Relations:
    """The tables of a book as at a date, ready to be read."""

    tables: Mapping[str, TableDefinition]
    snapshot: Snapshot
    as_of: dt.date
    present: frozenset[str] | None = None
    """The sets of files to read; None is those of every table. A derived table has none."""

    def table(self, name: str) -> TableDefinition:
        """The definition of a table.

        Raises:
            WorthbookError: table-unknown.
        """
        if name not in self.tables:
            raise TABLE_UNKNOWN(name=name, near=did_you_mean(name, self.tables))
        return self.tables[name]

    def kinds(self, table: TableDefinition) -> dict[str, Kind]:
        """What each column of a table holds."""
        kinds: dict[str, Kind] = {name: each.unit.storage for name, each in table.columns.items()}
        return kinds if table.derived_from else {**kinds, **IMPORT_COLUMNS}

    def scope(self, table: TableDefinition, window: Window | None = None, owner: str = "") -> Scope:
        """What a formula over the rows of a table may see.

        Raises:
            WorthbookError: window-without-time.
        """
        order = (table.time,) if table.time is not None else ()
        rest = tuple(key for key in table.key if key not in {table.customer, table.time})
        partition = () if table.customer is None else (table.customer,)
        unique = table.time is not None and set(table.key) == {table.customer, table.time}
        return Scope(
            columns=self.kinds(table),
            as_of=self.as_of,
            settings=self.snapshot.settings,
            rows=None if window is None else self.within(table, window, owner),
            previous=(partition, order + rest) if table.derived_from else None,
            ordered_by=table.time if unique else None,
        )

    def within(self, table: TableDefinition, window: Window, owner: str) -> exp.Expr:
        """The condition that a row lies in a window."""
        if table.time is None:
            raise WINDOW_WITHOUT_TIME(table.place, name=owner, window=window, table=table.name)
        start, end = window.span(self.as_of)
        day = _day(table)
        after = exp.GT(this=day, expression=date(start))
        return (
            exp.And(this=after, expression=exp.LTE(this=day.copy(), expression=date(end)))
            if end < self.as_of
            else after
        )

    def holds(self, name: str) -> bool:
        """Whether the book holds the stored table from which a table is made."""
        table = self.table(name)
        return table.name in self.snapshot.tables if table.derived_from is None else self.holds(table.derived_from)

    def relation(self, name: str, columns: Collection[str]) -> exp.Select:
        """The rows of a table that count, with these columns.

        Raises:
            WorthbookError: table-unknown, column-unknown, or what a formula of a column does wrong.
        """
        table = self.table(name)
        known = self.kinds(table)
        for each in columns:
            if each not in known:
                near = did_you_mean(each, known)
                raise COLUMN_UNKNOWN(table.place, whole=table_named(name), name=each, near=near)
        return self._derived(table, columns) if table.derived_from else self._stored(table, columns)

    # --- stored tables ---

    def _raw(self, table: TableDefinition, columns: Collection[str]) -> exp.Select | None:
        """The rows that count, with what was imported of them; None where the table has no files here.

        A column that was declared after the last of the files was written is unknown.
        """
        present = frozenset(self.snapshot.tables) if self.present is None else self.present
        stored = self.snapshot.tables.get(table.name)
        there = set(columns) if stored is None or stored.columns is None else set(columns) & stored.columns
        conditions: list[exp.Expr] = []
        if table.time is not None:
            conditions.append(exp.LTE(this=_day(table, table.name), expression=date(self.as_of)))
        kinds = self.kinds(table)
        refers = [name for name, each in table.columns.items() if each.refers_to is not None]
        if table.key and stored is not None and (stored.layered or LINKS in self.snapshot.tables):
            order = ("import_id", "import_line") if self._may_meet(table) else ("import_id",)
            every = there | {*order, *table.key, *((table.time,) if table.time else ())}
            if table.customer is not None and stored.scattered and elsewhere(table.name) in present:
                every.add(table.customer)
                key = table.key
                rows = scattered_rows(self.snapshot, present, table.name, table.customer, every, key, refers)
                rows = None if rows is None else _last_known(table, rows, there, order, scattered=True)
            else:
                rows = stored_rows(self.snapshot, present, table.name, table.customer, every, refers=refers)
                rows = None if rows is None else _last_known(table, rows, there, order)
            rows = None if rows is None else rows.where(*conditions)
        else:
            rows = stored_rows(self.snapshot, present, table.name, table.customer, there, conditions, refers)
        unknown = [named(cast(exp.Null(), kinds[each]), each) for each in columns if each not in there]
        if rows is None or not unknown:
            return rows
        # One level deeper, so that joins and conditions may speak of the unknown columns too.
        filled = rows.select(*unknown, copy=False).subquery(alias=quoted(table.name))
        return exp.select(*(column(each, table.name) for each in columns)).from_(filled)

    def _may_meet(self, table: TableDefinition) -> bool:
        """Whether one import may have several rows of a key: those of customers who were merged since."""
        return LINKS in self.snapshot.tables and table.customer in table.key

    def _stored(self, table: TableDefinition, columns: Collection[str]) -> exp.Select:
        computed = {name: parse(each.formula, table.place_of("columns", name, "formula"))
                    for name, each in table.columns.items() if each.formula is not None}  # fmt: skip
        levels, needed = layers(columns, computed)
        lookups = {
            name: each.lookup for name, each in table.columns.items() if each.lookup is not None and name in needed
        }
        keys = {key for target in lookups.values() for key in self._joined_by(table, self.table(target.split(".")[0]))}
        raw = sorted((needed - lookups.keys()) | keys)
        query = self._raw(table, raw)
        if query is None:
            kinds = self.kinds(table)
            return empty({each: kinds[each] for each in columns})
        for source in sorted({target.split(".")[0] for target in lookups.values()}):
            query = self._joined(query, table, source, {name: target for name, target in lookups.items()
                                                        if target.split(".")[0] == source})  # fmt: skip
        return self._worked_out(query, table, computed, levels, columns)

    def _joined(self, query: exp.Select, table: TableDefinition, source: str, wanted: Mapping[str, str]) -> exp.Select:
        """The query with columns of another table beside; one row a key, whatever that table holds."""
        other = self.table(source)
        names = sorted({target.split(".")[1] for target in wanted.values()})
        by = self._joined_by(table, other)
        rows = self.relation(source, {*names, *by}).subquery(alias=quoted(source))
        keys = [column(key) for key in by]
        one_each = exp.select(*keys, *(named(exp.Max(this=column(name)), name) for name in names)).from_(rows)
        alias = f"{source} by key"
        one_each = one_each.group_by(*(key.copy() for key in keys))
        on = exp.and_(*(exp.EQ(this=column(key, table.name), expression=column(key, alias)) for key in by))
        query = query.join(one_each.subquery(alias=quoted(alias)), on=on, join_type="left")
        return query.select(
            *(named(column(target.split(".")[1], alias), name) for name, target in sorted(wanted.items()))
        )

    @staticmethod
    def _joined_by(table: TableDefinition, other: TableDefinition) -> tuple[str, ...]:
        """The key, and the customer where both tables have one: what another customer has is not looked up."""
        both = table.customer is not None and table.customer == other.customer and other.customer not in other.key
        return (*other.key, *((other.customer or "",) if both else ()))

    # --- derived tables ---

    def _derived(self, table: TableDefinition, columns: Collection[str]) -> exp.Select:
        source = self.table(table.derived_from or "")
        formulas = {name: parse(each.formula, table.place_of("columns", name, "formula"))
                    for name, each in table.columns.items() if each.formula is not None}  # fmt: skip
        aggregates = {name: formula for name, formula in formulas.items() if formula.is_aggregate}
        later = {name: formula for name, formula in formulas.items() if not formula.is_aggregate}
        levels, needed = layers(columns, later)
        condition = None if table.where is None else parse(table.where, table.place_of("where"))
        used = {name: formula for name, formula in aggregates.items() if name in needed}
        windows = [_window(each) for name, each in table.columns.items() if name in aggregates]
        read = {*table.key, *_columns_of(used.values()), *(condition.columns if condition else ())}
        read |= {source.time} if source.time is not None and any(windows) else set()
        rows = self.relation(source.name, read).subquery(alias=quoted(source.name))
        query = exp.select(*(column(key) for key in table.key)).from_(rows)
        if condition is not None:
            query = query.where(compile_condition(condition, self.scope(source)), copy=False)
        spans = [window.span(self.as_of)[0] for window in windows if window is not None]
        if spans and len(spans) == len(windows):  # no column looks back further
            query = query.where(exp.GT(this=_day(source), expression=date(min(spans))), copy=False)
        for name, formula in sorted(used.items()):
            scope = self.scope(source, _window(table.columns[name]), f"{table.name}.{name}")
            value = compile_column(formula, scope, table.columns[name].unit, over_rows=True)
            query = query.select(named(value, name), copy=False)
        query = query.group_by(*(column(key) for key in table.key), copy=False)
        return self._worked_out(query, table, later, levels, columns)

    def _worked_out(
        self,
        query: exp.Select,
        table: TableDefinition,
        formulas: Mapping[str, Formula],
        levels: list[list[str]],
        columns: Collection[str],
    ) -> exp.Select:
        """The query with formula columns, level by level, and no more columns than were asked for."""
        scope = self.scope(table)
        for level in levels:
            inner = query.subquery(alias=quoted(table.name))
            query = exp.select(exp.Star()).from_(inner)
            for name in level:
                value = compile_column(formulas[name], scope, table.columns[name].unit, over_rows=False)
                query = query.select(named(value, name), copy=False)
        if set(query.named_selects) == set(columns) and not levels:
            return query
        inner = query.subquery(alias=quoted(table.name))
        return exp.select(*(column(each) for each in sorted(columns))).from_(inner)


def bucket_files(snapshot: Snapshot, bucket: int) -> dict[str, tuple[str, ...]]:
    """The files of every table that has some for this bucket; a table without customers has them in its only bucket.

    Where customers were merged, or imports differ about them, those of other buckets are there too, under names of
    their own.
    """
    found = files_elsewhere(snapshot, bucket)
    for table in snapshot.tables.values():
        files = table.buckets[bucket] if len(table.buckets) == snapshot.buckets else table.files
        if files:
            found |= files_for(table, files)
    return found


def _last_known(
    table: TableDefinition,
    rows: exp.Select,
    columns: Collection[str],
    order: Sequence[str],
    *,
    scattered: bool = False,
) -> exp.Select:
    """One row a key, where several imports brought rows of it or customers were merged: the last known values.

    Of scattered rows, one a key whose customer, as last known, belongs to this bucket. `order` are the columns that say
    which of several rows comes last.
    """
    keys = [column(key) for key in table.key]
    known = exp.select(*keys).from_(rows.subquery(alias=quoted(table.name)))
    for name in sorted({*columns, *((table.time,) if table.time else ())} - {*table.key}):
        known = known.select(named(call("MAX_BY", column(name), _brought(name, order)), name), copy=False)
    known = known.group_by(*(key.copy() for key in keys), copy=False)
    if scattered:
        last = call("MAX_BY", column(HERE), _brought(table.customer or "", order))
        here = exp.Coalesce(this=last, expressions=[exp.Max(this=column(HERE))])  # nobody is named: all in one bucket
        known = known.having(exp.EQ(this=here, expression=exp.Literal.number(1)), copy=False)
    return exp.select(*(column(each, table.name) for each in sorted(columns))).from_(
        known.subquery(alias=quoted(table.name))
    )


def _brought(name: str, order: Sequence[str]) -> exp.Expr:
    """Which import a row comes from, and which of its lines if that matters, where it knows a column."""
    first, *others = map(column, order)
    brought = call("ROW", first, *others) if others else first
    return when(exp.Not(this=exp.Is(this=column(name), expression=exp.Null())), brought)


def all_files(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """The files of every table that has some, of all buckets together."""
    found: dict[str, tuple[str, ...]] = {}
    for table in snapshot.tables.values():
        found |= files_for(table, table.files)
    return {name: files for name, files in found.items() if files}


def empty(columns: Mapping[str, Kind]) -> exp.Select:
    """No rows with these columns."""
    values = (named(cast(exp.Null(), kind), name) for name, kind in sorted(columns.items()))
    return exp.select(*values).where(exp.false())


def _day(table: TableDefinition, source: str | None = None) -> exp.Expr:
    time = table.time or ""
    tree = column(time, source)
    return tree if table.columns[time].unit.storage == "date" else cast(tree, "date")


def _window(each: TableColumnDefinition) -> Window | None:
    return None if each.window is None else Window.parse(each.window)


def _columns_of(formulas: Iterable[Formula]) -> set[str]:
    return {name for formula in formulas for name in formula.columns}

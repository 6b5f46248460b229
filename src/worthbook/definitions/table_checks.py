"""Whether the columns of a table, its keys and its lookups are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from worthbook.definitions.columns import table_columns
from worthbook.definitions.formulas import COLUMN_UNKNOWN, FormulaReader
from worthbook.definitions.table import TableColumnDefinition, TableDefinition
from worthbook.kernel.errors import Fault, Problem, did_you_mean
from worthbook.kernel.language import Text

TABLE_UNKNOWN = Fault(
    "table-unknown",
    what=Text(en="There is no table '{name}'.", zh="没有名为“{name}”的数据表。"),
    hint=Text(en="{near}", zh="{near}"),
)
LOOKUP_UNREADABLE = Fault(
    "lookup-unreadable",
    what=Text(en="'{text}' is not a lookup.", zh="“{text}”不是有效的查找引用。"),
    hint=Text(en="Write table and column, as in `products.category`.", zh="请写成“表.列”，例如 `products.category`。"),
)
LOOKUP_WITHOUT_KEY = Fault(
    "lookup-without-key",
    what=Text(
        en="The row of '{table}' cannot be found: there is no column '{key}' here.",
        zh="无法查找“{table}”中的对应行：本表没有“{key}”列。",
    ),
    hint=Text(
        en="A lookup goes by the key of the other table; add that column.",
        zh="查找以对方表的主键为准，请在本表增加该列。",
    ),
)
KEY_NOT_HERE = Fault(
    "table-key-not-here",
    what=Text(en="'{key}' means nothing in a {kind} table.", zh="“{key}”在{kind}表中不起作用。"),
    hint=Text(en="Remove it.", zh="请删除它。"),
)
FORMULA_MISSING = Fault(
    "table-formula-missing",
    what=Text(en="The column '{name}' of a derived table has no formula.", zh="派生表的列“{name}”没有公式。"),
    hint=Text(en="Say how it is made from the rows of a group.", zh="请写明如何由组内各行计算得出。"),
)

_STORED = Text(en="stored", zh="存储")
_DERIVED = Text(en="derived", zh="派生")


def table_named(name: str) -> Text:
    """A table, to begin a sentence with."""
    return Text(en=f"The table '{name}'", zh=f"数据表“{name}”")


def problems(
    table: TableDefinition, tables: Mapping[str, TableDefinition], formulas: FormulaReader
) -> Iterator[Problem]:
    """What is wrong with one table."""
    if table.derived_from is not None and table.derived_from not in tables:
        near = did_you_mean(table.derived_from, tables)
        yield TABLE_UNKNOWN.problem(table.place_of("derived_from"), name=table.derived_from, near=near)
        return
    own = table_columns(table, tables)
    source = own if table.derived_from is None else table_columns(tables[table.derived_from], tables)
    behind = table.derived_from or table.name
    keys = [("key", name, index) for index, name in enumerate(table.key)]
    for kind, name, index in (*keys, *(("line_key", name, index) for index, name in enumerate(table.line_key))):
        if name not in source:
            where = table.place_of(kind, index)
            yield COLUMN_UNKNOWN.problem(where, whole=table_named(behind), name=name, near=did_you_mean(name, source))
    for key, column in (("customer", table.customer), ("time", table.time)):
        if column is not None and column not in own:
            near = did_you_mean(column, own)
            yield COLUMN_UNKNOWN.problem(table.place_of(key), whole=table_named(table.name), name=column, near=near)
    if table.where is not None:
        if table.derived_from is None:
            yield KEY_NOT_HERE.problem(table.place_of("where"), key="where", kind=_STORED)
        yield from formulas.problems(table.where, table.place_of("where"), source, table_named(behind), aggregate=False)
    check = _stored_column if table.derived_from is None else _derived_column
    for name in table.columns:
        yield from check(table, name, tables, formulas)


def _stored_column(
    table: TableDefinition, name: str, tables: Mapping[str, TableDefinition], formulas: FormulaReader
) -> Iterator[Problem]:
    column = table.columns[name]
    if column.window is not None:
        yield KEY_NOT_HERE.problem(table.place_of("columns", name, "window"), key="window", kind=_STORED)
    for key, text in (("default", column.default), ("formula", column.formula)):
        if text is not None:
            where = table.place_of("columns", name, key)
            yield from formulas.problems(text, where, table.columns, table_named(table.name), aggregate=False)
    if column.lookup is not None:
        yield from _lookup(table, name, column.lookup, tables)


def _lookup(table: TableDefinition, name: str, lookup: str, tables: Mapping[str, TableDefinition]) -> Iterator[Problem]:
    where = table.place_of("columns", name, "lookup")
    other, dot, column = lookup.partition(".")
    if not dot or not column:
        yield LOOKUP_UNREADABLE.problem(where, text=lookup)
    elif other not in tables:
        yield TABLE_UNKNOWN.problem(where, name=other, near=did_you_mean(other, tables))
    else:
        if column not in tables[other].columns:
            near = did_you_mean(column, tables[other].columns)
            yield COLUMN_UNKNOWN.problem(where, whole=table_named(other), name=column, near=near)
        for key in tables[other].key:
            if key not in table.columns:
                yield LOOKUP_WITHOUT_KEY.problem(where, table=other, key=key)


def _derived_column(
    table: TableDefinition, name: str, tables: Mapping[str, TableDefinition], formulas: FormulaReader
) -> Iterator[Problem]:
    column = table.columns[name]
    for key in _only_stored(column):
        yield KEY_NOT_HERE.problem(table.place_of("columns", name, key), key=key, kind=_DERIVED)
    if column.formula is None:
        if name not in table.key:
            yield FORMULA_MISSING.problem(table.place_of("columns", name), name=name)
        return
    formula = formulas.read(column.formula)
    over_rows = formula is None or formula.is_aggregate
    of = tables[str(table.derived_from)] if over_rows else table
    known = table_columns(of, tables)
    where = table.place_of("columns", name, "formula")
    yield from formulas.problems(column.formula, where, known, table_named(of.name), aggregate=None)


def _only_stored(column: TableColumnDefinition) -> list[str]:
    given = {
        "default": column.default,
        "lookup": column.lookup,
        "required": column.required or None,
        "refers_to": column.refers_to,
    }
    return [key for key, value in given.items() if value is not None]

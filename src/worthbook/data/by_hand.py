"""A mapping that a person gives for one file: `customer_id=买家 ordered_at=下单时间 customers.phone=手机`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from worthbook.data.source import Source, SourceColumn
from worthbook.definitions.mapping import Feed, MappingDefinition, SourceField, header_key
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.errors import Fault, Place, Problem, did_you_mean, raise_all
from worthbook.kernel.language import Text

BY_HAND = "by_hand"
"""What a mapping by hand is called that nobody has saved under a name."""

PAIR_UNREADABLE = Fault(
    "map-unreadable",
    what=Text(en="'{text}' does not say which column is which.", zh="“{text}”没有说明哪一列对应什么。"),
    hint=Text(
        en="Write our column, =, and the file's: --map customer_id=BUYER ordered_at=TIME.",
        zh="请按“本系统列名=文件列名”书写：--map customer_id=买家 ordered_at=下单时间。",
    ),
)
HEADER_UNKNOWN = Fault(
    "map-header-unknown",
    what=Text(en="{file} has no column '{header}'.", zh="{file} 中没有名为“{header}”的列。"),
    hint=Text(en="{near} Columns found: {columns}.", zh="{near}文件中的列：{columns}。"),
)
TARGET_UNKNOWN = Fault(
    "map-target-unknown",
    what=Text(en="No table has the columns {names} together.", zh="没有同时包含 {names} 的数据表。"),
    hint=Text(
        en="Name the table before the column, as in customers.phone. {near}",
        zh="请在列名前写明数据表，例如 customers.phone。{near}",
    ),
)
TARGET_INCOMPLETE = Fault(
    "map-incomplete",
    what=Text(
        en="A row of '{table}' needs {missing}, which nothing is said of.",
        zh="“{table}”的每一行都需要 {missing}，此处没有说明。",
    ),
    hint=Text(
        en="Add {example} to --map; a value that holds for the whole file stands in quotes: \"{column}='…'\".",
        zh="请在 --map 中补充 {example}；整个文件取同一值时，请加引号：\"{column}='…'\"。",
    ),
)

_PREFERRED = ("transactions", "customers")
"""Tables that a name without a table is looked for in first."""
_TIMES = {"ordered_on": "ordered_at"}
"""Days that a time gives too."""

Pairs = Mapping[str, str]
"""Our column, with or without its table → a header of the file, or a value in quotes."""


def read_pairs(texts: list[str]) -> dict[str, str]:
    """What was written on the command line.

    >>> read_pairs(["customer_id=买家", "note='by hand'"])
    {'customer_id': '买家', 'note': "'by hand'"}

    Raises:
        WorthbookError: map-unreadable.
    """
    divided = [text.partition("=") for text in texts]
    raise_all(
        PAIR_UNREADABLE.problem(text=text)
        for text, (ours, _, theirs) in zip(texts, divided, strict=True)
        if not ours.strip() or not theirs.strip()
    )
    return {ours.strip(): theirs.strip() for ours, _, theirs in divided}


def mapping_by_hand(
    pairs: Pairs, source: Source, tables: Mapping[str, TableDefinition], name: str = BY_HAND
) -> MappingDefinition:
    """The mapping that some pairs describe.

    Raises:
        WorthbookError: map-header-unknown, map-target-unknown, map-incomplete: all problems of the pairs at once.
    """
    stored = {each: table for each, table in tables.items() if table.derived_from is None}
    targets = _targets(pairs, stored)
    headers = {header_key(column.header): column for column in reversed(source.columns)}
    problems = list(_unknown_headers(pairs, source, headers))
    feeds, fields = [], {}
    for table, columns in _completed(targets, stored).items():
        said = {column: _said(table, column, pair, pairs, len(targets)) for column, pair in columns.items()}
        feeds.append(Feed(table=table, columns=said))
        problems += _incomplete(stored[table], columns)
        for column, pair in columns.items():
            if not _is_value(pairs[pair]):
                unit = stored[table].columns[column].unit
                fields[said[column]] = SourceField(names=(pairs[pair],), unit=unit, needed=True)
    raise_all(problems)
    return MappingDefinition(
        name=name,
        title=Text(en="Mapped by hand", zh="手工映射"),
        description=Text(
            en="Columns that a person said the meaning of.",
            zh="由使用者指明各列含义的映射。",
        ),
        source=", ".join(f"{ours}={theirs}" for ours, theirs in pairs.items()),
        fields=fields,
        feeds=tuple(feeds),
    )


def _targets(pairs: Pairs, tables: Mapping[str, TableDefinition]) -> dict[str, dict[str, str]]:
    """Table → column → the pair that says it."""
    targets: dict[str, dict[str, str]] = {}
    bare = [pair for pair in pairs if "." not in pair]
    if bare:
        targets[_table_of(bare, tables)] = {pair: pair for pair in bare}
    problems: list[Problem] = []
    for pair in pairs:
        table, dot, column = pair.partition(".")
        if dot and (table not in tables or not _stored(tables[table], column)):
            known = (f"{each}.{name}" for each, found in tables.items() for name in found.columns)
            problems.append(TARGET_UNKNOWN.problem(names=pair, near=did_you_mean(pair, known)))
        elif dot:
            targets.setdefault(table, {})[column] = pair
    raise_all(problems)
    return targets


def _table_of(names: list[str], tables: Mapping[str, TableDefinition]) -> str:
    order = [*(each for each in _PREFERRED if each in tables), *(each for each in tables if each not in _PREFERRED)]
    fitting = [each for each in order if all(_stored(tables[each], name) for name in names)]
    if not fitting:
        known = {name for table in tables.values() for name in table.columns}
        near = did_you_mean(next((name for name in names if name not in known), names[-1]), known)
        raise TARGET_UNKNOWN(names=", ".join(names), near=near)
    given = {*names, *(day for day, time in _TIMES.items() if time in names)}
    complete = [each for each in fitting if not _lacking(tables[each], given)]
    return (complete or fitting)[0]


def _completed(
    targets: Mapping[str, dict[str, str]], tables: Mapping[str, TableDefinition]
) -> dict[str, dict[str, str]]:
    """The same with keys that another table's pairs say, and days that a time gives."""
    shared = {column: pair for columns in targets.values() for column, pair in columns.items()}
    made = {}
    for table, columns in targets.items():
        found = dict(columns)
        for column in _lacking(tables[table], found):
            given = shared.get(column) or shared.get(_TIMES.get(column, ""))
            if given is not None:
                found[column] = given
        made[table] = found
    return made


def _lacking(table: TableDefinition, given: Collection[str]) -> list[str]:
    """What a row must have and nothing says."""
    return [
        name
        for name, column in table.columns.items()
        if column.required and column.default is None and name not in given
    ]


def _incomplete(table: TableDefinition, given: Mapping[str, str]) -> Iterator[Problem]:
    missing = _lacking(table, given)
    if missing:
        titles = Text(
            en=", ".join(f"{name} ({table.columns[name].title.en})" for name in missing),
            zh="、".join(f"{name}（{table.columns[name].title.zh}）" for name in missing),
        )
        example = " ".join(f"{name}=…" for name in missing)
        yield TARGET_INCOMPLETE.problem(table=table.name, missing=titles, example=example, column=missing[0])


def _unknown_headers(pairs: Pairs, source: Source, headers: Mapping[str, SourceColumn]) -> Iterator[Problem]:
    names = [column.header for column in source.columns]
    for theirs in pairs.values():
        if not _is_value(theirs) and header_key(theirs) not in headers:
            yield HEADER_UNKNOWN.problem(
                Place(str(source.file)),
                file=source.file.name,
                header=theirs,
                near=did_you_mean(theirs, names),
                columns=", ".join(names),
            )


def _said(table: str, column: str, pair: str, pairs: Pairs, tables: int) -> str:
    """The formula of a column: its field, or the value itself."""
    if _is_value(pairs[pair]):
        return pairs[pair]
    return f"{column}_column" if tables == 1 else f"{table}_{column}"


def _stored(table: TableDefinition, column: str) -> bool:
    found = table.columns.get(column)
    return found is not None and found.lookup is None and found.formula is None


def _is_value(text: str) -> bool:
    return len(text) > 1 and text.startswith("'") and text.endswith("'")

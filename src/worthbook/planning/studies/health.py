"""How sound the data are, and what more of them would answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from worthbook.data.health import LINES, LineHealth, known_in, line_health, orphans, sold_to_nobody
from worthbook.definitions.study import StudyDefinition
from worthbook.definitions.table import TableDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.money import to_money
from worthbook.kernel.units import Unit, Value
from worthbook.planning.studies.context import Made, Method, StudyContext, column, share, table

KNOWN = Text(en="What is known, and what more of it would answer", zh="数据完整程度及补全后可回答的问题")
MISSING = Text(en="What is not there yet, and what it would answer", zh="尚未提供的数据及其可回答的问题")
QUIET = Text(en="Weeks without a sale", zh="没有销售的周")
ORPHANS = Text(en="Rows that point to nothing known", zh="无对应对象的记录")
QUIET_SHOWN = 10

SERIOUS: Mapping[str, float] = {
    "copies_share": 0.05,
    "negative_share": 0.01,
    "quiet_share": 0.1,
    "orphans_share": 0.1,
    "amount_missing_share": 0.2,
    "returns_first_share": 0.05,
}
"""More than this part makes grade C."""
NOTABLE: Mapping[str, float] = {
    "copies_share": 0.005,
    "negative_share": 0.0,
    "quiet_share": 0.0,
    "orphans_share": 0.0,
    "amount_missing_share": 0.0,
    "returns_first_share": 0.01,
    "outliers_share": 0.001,
}
"""More than this part makes grade B."""


class _Coverage(NamedTuple):
    """How far one column is known."""

    table: TableDefinition
    name: str
    known: int
    rows: int

    @property
    def share(self) -> float:
        return self.known / self.rows if self.rows else 0.0


def make_health(definition: StudyDefinition, context: StudyContext) -> Made:
    """From the lines and from the rows of every other table."""
    del definition  # the data are what they are
    lines = context.tables.get(LINES)
    telling = [] if lines is None else [name for name, each in lines.columns.items() if each.unlocks is not None]
    health = line_health(context.engine, context.snapshot, context.tables, context.as_of, telling)
    coverage = list(_coverage(context, health))
    lost = orphans(context.engine, context.snapshot, context.tables, context.as_of)
    quiet = health.gaps()
    nobody, amount = sold_to_nobody(context.engine, context.snapshot, context.tables, context.as_of)
    facts = {
        **_facts(health, coverage, quiet, lost),
        "future_lines": context.future_lines,
        "possible_duplicates": context.possible_duplicates,
        "anonymous_lines": nobody,
        "anonymous_amount": amount,
        "anonymous_share": share(nobody, nobody + health.lines),
    }
    tables = [
        table("known", KNOWN, _KNOWN, [_known_row(each) for each in coverage]),
        table("missing", MISSING, _MISSING, list(_missing_rows(context))),
        table("quiet", QUIET, _QUIET, list(quiet[:QUIET_SHOWN])),
        table("orphans", ORPHANS, _ORPHANS, [(context.tables[name].title, *counts) for name, counts in lost.items()]),
    ]
    return Made(tuple(each for each in tables if each.rows), facts, (LINES,))


def _coverage(context: StudyContext, health: LineHealth) -> Iterator[_Coverage]:
    """Columns that would answer something, of the tables that have rows; least known first."""
    found: list[_Coverage] = []
    for name, each in context.tables.items():
        telling = [column for column, about in each.columns.items() if about.unlocks is not None]
        if not telling or each.derived_from is not None or name not in context.snapshot.tables:
            continue
        if name == LINES:
            rows, known = health.lines, health.known
        else:
            rows, known = known_in(context.engine, context.snapshot, context.tables, context.as_of, name, telling)
        found.extend(_Coverage(each, column, known[column], rows) for column in telling if rows)
    yield from sorted(found, key=lambda each: (each.share, each.table.name, each.name))


def _known_row(each: _Coverage) -> tuple[Value | Text, ...]:
    about = each.table.columns[each.name]
    title = Text(en=f"{each.table.title.en}: {about.title.en}", zh=f"{each.table.title.zh}：{about.title.zh}")
    unlocks = None if about.unlocks is None or each.share >= 1 else about.unlocks
    return (title, each.known, each.rows, each.share, unlocks)


def _missing_rows(context: StudyContext) -> Iterator[tuple[Value | Text, ...]]:
    for name, each in context.tables.items():
        if each.unlocks is not None and name not in context.snapshot.tables:
            yield (each.title, each.unlocks)


def _facts(
    health: LineHealth,
    coverage: list[_Coverage],
    quiet: tuple[tuple[object, int], ...],
    lost: Mapping[str, tuple[int, int]],
) -> dict[str, Value]:
    known = {each.name: each.share for each in coverage if each.table.name == LINES}
    limit, outliers = health.outliers()
    weeks = max(health.weeks) - min(health.weeks) + 1 if health.weeks else 0
    orphaned, pointing = sum(each for each, _ in lost.values()), sum(each for _, each in lost.values())
    amount = known.get("amount")
    shares = {
        "copies_share": share(health.copies, health.lines),
        "negative_share": share(health.negative, health.lines),
        "returns_first_share": share(health.returns_first, health.lines),
        "outliers_share": share(outliers, health.lines),
        "quiet_share": share(sum(count for _, count in quiet), weeks),
        "orphans_share": share(orphaned, pointing) or 0.0,
        "amount_missing_share": None if not amount else 1 - amount,
    }
    facts: dict[str, Value] = {
        "grade": _grade(shares) if health.lines else None,
        "lines": health.lines,
        "copies": health.copies,
        "negative": health.negative,
        "zero": health.zero,
        "returns": health.returns,
        "returns_first": health.returns_first,
        "outliers": outliers,
        "outliers_from": to_money(f"{limit:.2f}") if outliers else None,
        "quiet_weeks": sum(count for _, count in quiet),
        "quiet_longest": quiet[0][1] if quiet else None,
        "quiet_from": quiet[0][0] if quiet else None,  # type: ignore[dict-item] # a date
        "orphans": orphaned,
        "amount_share": amount,
        "cost_share": known.get("cost_of_goods"),
        "unknown_columns": sum(1 for each in coverage if each.share < 1),
    }
    return {**facts, **shares}


def _grade(shares: Mapping[str, float | None]) -> str:
    """A where nothing is wrong, C where something is seriously so.

    >>> _grade({"copies_share": 0.0}), _grade({"copies_share": 0.01}), _grade({"copies_share": 0.06})
    ('A', 'B', 'C')
    """
    if any((shares.get(name) or 0.0) > limit for name, limit in SERIOUS.items()):
        return "C"
    return "B" if any((shares.get(name) or 0.0) > limit for name, limit in NOTABLE.items()) else "A"


_KNOWN = (
    column("column", Unit.TEXT, "Column", "列"),
    column("known", Unit.COUNT, "Rows in which it is known", "有值的行数"),
    column("rows", Unit.COUNT, "Rows", "行数"),
    column("share", Unit.SHARE, "Known", "完整率"),
    column("unlocks", Unit.TEXT, "More of it would answer", "补全后可回答"),
)
_MISSING = (
    column("table", Unit.TEXT, "Data", "数据"),
    column("unlocks", Unit.TEXT, "It would answer", "可回答的问题"),
)
_QUIET = (
    column("from", Unit.DATE, "From Monday", "起始周一"),
    column("weeks", Unit.COUNT, "Weeks", "周数"),
)
_ORPHANS = (
    column("table", Unit.TEXT, "Data", "数据"),
    column("orphans", Unit.COUNT, "Rows that point to nothing known", "无对应对象的行数"),
    column("rows", Unit.COUNT, "Rows", "行数"),
)

HEALTH = Method(
    make=make_health,
    maker="health 2",
    roles=frozenset(),
    tables={
        each: frozenset(one.name for one in columns)
        for each, columns in (("known", _KNOWN), ("missing", _MISSING), ("quiet", _QUIET), ("orphans", _ORPHANS))
    },
    facts=frozenset(
        [
            "grade",
            "lines",
            "copies",
            "negative",
            "zero",
            "returns",
            "returns_first",
            "outliers",
            "outliers_from",
            "quiet_weeks",
            "quiet_longest",
            "quiet_from",
            "orphans",
            "amount_share",
            "cost_share",
            "unknown_columns",
            "future_lines",
            "possible_duplicates",
            "anonymous_lines",
            "anonymous_amount",
            "anonymous_share",
            *SERIOUS,
            *NOTABLE,
        ]
    ),
)

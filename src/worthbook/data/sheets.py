"""Sheets as queries: the columns of several sheets side by side, part by part."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from worthbook.data.engine import Engine, Sheet
from worthbook.data.typed import Kind, call, column
from worthbook.kernel.errors import Fault, did_you_mean
from worthbook.kernel.language import Text

SHEET_COLUMN_UNKNOWN = Fault(
    "column-not-made",
    what=Text(en="The column '{name}' has not been made.", zh="列“{name}”尚未生成。"),
    hint=Text(en="{near}", zh="{near}"),
)

CUSTOMER = "customer_id"

_KINDS: Mapping[str, Kind] = {
    "DECIMAL": "money",
    "BIGINT": "integer",
    "DOUBLE": "number",
    "DATE": "date",
    "TIMESTAMP": "time",
    "TIMESTAMP_NTZ": "time",
    "VARCHAR": "text",
    "STRING": "text",
    "BOOLEAN": "flag",
}
"""What the engines call the types in which columns are kept."""


@dataclass(frozen=True)
class Sheets:
    """Several sheets of the same customers, read as one."""

    sheets: tuple[Sheet, ...]

    @property
    def parts(self) -> range:
        """The numbers of the parts."""
        return range(len(self.sheets[0].parts))

    @property
    def columns(self) -> frozenset[str]:
        """All columns, without the customer."""
        return frozenset(name for sheet in self.sheets for name in sheet.columns)

    def part(self, number: int, columns: Iterable[str]) -> tuple[exp.Select, dict[str, tuple[str, ...]]]:
        """The customers of one part with some columns, and the files to read.

        Raises:
            WorthbookError: column-not-made.
        """
        homes = {name: self._home(name) for name in columns if name != CUSTOMER}
        used = sorted(set(homes.values())) or [0]
        names = {index: f"part {number} of sheet {index}" for index in used}
        first = names[used[0]]
        chosen = [named(column(name, names[home]), name) for name, home in homes.items()]
        query = exp.select(named(column(CUSTOMER, first), CUSTOMER), *chosen).from_(read(first))
        for index in used[1:]:
            same = exp.EQ(this=column(CUSTOMER, first), expression=column(CUSTOMER, names[index]))
            query = query.join(read(names[index]), on=same, join_type="left", copy=False)
        return query, {names[index]: (self.sheets[index].parts[number],) for index in used}

    def instead(self, files: Mapping[str, tuple[str, ...]], number: int) -> dict[str, tuple[str, ...]]:
        """The files of another part under the names of those of a part, so that one query serves all parts."""
        home = {path: index for index, sheet in enumerate(self.sheets) for path in sheet.parts}
        return {name: (self.sheets[home[path]].parts[number],) for name, (path,) in files.items()}

    def whole(
        self, columns: Collection[str], parts: Sequence[int] | None = None
    ) -> tuple[exp.Subquery, dict[str, tuple[str, ...]]]:
        """All customers, or those of some parts, with some columns, to select from, and the files to read.

        Raises:
            WorthbookError: column-not-made.
        """
        numbers = list(self.parts if parts is None else parts)
        homes = {self._home(name) for name in columns if name != CUSTOMER}
        if len(homes) <= 1:  # one sheet: all of its parts are one set of files
            home = homes.pop() if homes else 0
            chosen = exp.select(column(CUSTOMER), *(column(name) for name in columns if name != CUSTOMER))
            every = {"sheet": tuple(self.sheets[home].parts[number] for number in numbers)}
            return _subquery(chosen.from_(read("sheet"))), every
        queries: list[exp.Select] = []
        files: dict[str, tuple[str, ...]] = {}
        for number in numbers:
            query, part = self.part(number, columns)
            queries.append(query)
            files |= part
        together = queries[0] if len(queries) == 1 else exp.union(*queries, distinct=False, copy=False)
        return _subquery(together), files

    def kinds(self, engine: Engine, columns: Collection[str]) -> dict[str, Kind]:
        """What some columns hold.

        Raises:
            WorthbookError: column-not-made.
        """
        wanted = sorted(columns)
        if not wanted:
            return {}
        rows, files = self.whole(wanted, parts=[0])
        types = (call("TYPEOF", call("ANY_VALUE", column(name))) for name in wanted)
        one = exp.select(*(column(name) for name in wanted)).from_(rows).limit(1)
        found = engine.rows(exp.select(*types).from_(_subquery(one)), files)[0]
        return {name: _KINDS[str(kind).upper().split("(")[0]] for name, kind in zip(wanted, found, strict=True)}

    def _home(self, name: str) -> int:
        """The sheet that holds a column."""
        for index, sheet in enumerate(self.sheets):
            if name in sheet.columns:
                return index
        raise SHEET_COLUMN_UNKNOWN(name=name, near=did_you_mean(name, self.columns))


def quoted(name: str) -> exp.Identifier:
    """A name that is taken as it is."""
    return exp.to_identifier(name, quoted=True)


def named(tree: exp.Expr, name: str) -> exp.Alias:
    """A value under a name."""
    return exp.Alias(this=tree, alias=quoted(name))


def read(name: str) -> exp.Table:
    """A set of files, or a query of the same statement, by name."""
    identifier = quoted(name)
    return exp.Table(this=identifier, alias=exp.TableAlias(this=identifier.copy()))


def _subquery(query: exp.Query) -> exp.Subquery:
    return query.subquery(alias=quoted("customers"), copy=False)

"""Conditions asked of all customers at once: who meets them, what those bring, and who cannot be decided.

Nothing is kept: the conditions are evaluated over columns that were made before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, cast

from sqlglot import exp

from worthbook.data.compile import Scope, compile_condition
from worthbook.data.engine import Engine, Sheet
from worthbook.data.formula import Formula, parse
from worthbook.data.sheets import CUSTOMER, Sheets, named, quoted
from worthbook.data.typed import Kind, call, column, when
from worthbook.data.typed import cast as as_kind
from worthbook.kernel.units import Value


class Pattern(NamedTuple):
    """The customers for whom some conditions have the same answers."""

    answers: tuple[bool | None, ...]
    """One a condition; None where it cannot be decided."""
    customers: int
    amount: Value
    """What they bring together; None where that is known for none of them."""


@dataclass(frozen=True)
class Customers:
    """All customers of some sheets, to ask conditions of."""

    engine: Engine
    sheets: tuple[Sheet, ...]
    as_of: dt.date
    settings: Mapping[str, float | str] = field(default_factory=dict)

    def patterns(self, conditions: Sequence[str], amount: str) -> list[Pattern]:
        """Every combination of answers that occurs, the most frequent first.

        Args:
            conditions: formulas that hold or do not hold of a customer.
            amount: a column of numbers to add up.

        Raises:
            WorthbookError: column-not-made, or what a condition does wrong.
        """
        asked = [parse(each) for each in conditions]
        read = self._read(asked, [amount])
        scope = self.scope(read)
        names = [f"condition {index}" for index in range(len(asked))]
        rows, files = Sheets(self.sheets).whole(read)
        answers = (named(compile_condition(each, scope), name) for each, name in zip(asked, names, strict=True))
        inner = exp.select(*answers, named(column(amount), "amount")).from_(rows).subquery(alias=quoted("answered"))
        total = as_kind(call("SUM", column("amount")), scope.columns[amount])
        query = exp.select(*(column(name) for name in names), named(call("COUNT", exp.Star()), "customers"), total)
        query = query.from_(inner).group_by(*(column(name) for name in names))
        found = self.engine.rows(query, files)
        made = [Pattern(cast("tuple[bool | None, ...]", row[:-2]), int(str(row[-2])), row[-1]) for row in found]
        return sorted(made, key=lambda each: (-each.customers, str(each.answers)))

    def unknown(self, condition: str, columns: Sequence[str]) -> dict[str, int]:
        """Of the customers for whom a condition cannot be decided, for how many each column is unknown."""
        asked = parse(condition)
        read = self._read([asked], columns)
        rows, files = Sheets(self.sheets).whole(read)
        counted = (
            named(call("COUNT", when(exp.Is(this=column(name), expression=exp.Null()), exp.Literal.number(1))), name)
            for name in columns
        )
        undecided = exp.Is(this=exp.Paren(this=compile_condition(asked, self.scope(read))), expression=exp.Null())
        (found,) = self.engine.rows(exp.select(*counted).from_(rows).where(undecided), files)
        return {name: int(str(count)) for name, count in zip(columns, found, strict=True)}

    def chosen(self, condition: str, columns: Sequence[str], to: Path) -> Sheet:
        """A sheet of the customers for whom a condition holds, with some columns, part by part.

        Raises:
            WorthbookError: column-not-made, or what the condition does wrong.
        """
        asked, given = parse(condition), Sheets(self.sheets)
        read = self._read([asked], columns)
        holds = compile_condition(asked, self.scope(read))
        parts = []
        for number in given.parts:
            customers, files = given.part(number, read)
            query = exp.select(column(CUSTOMER), *(column(name) for name in columns))
            query = query.from_(customers.subquery(alias=quoted("customers"))).where(holds.copy())
            part = to / f"part-{number:05d}.parquet"
            self.engine.write(query.order_by(exp.Ordered(this=column(CUSTOMER), nulls_first=True)), files, part)
            parts.append(str(part))
        return Sheet(tuple(parts), tuple(columns))

    def scope(self, columns: Iterable[str]) -> Scope:
        """What conditions over some columns may see."""
        kinds: Mapping[str, Kind] = Sheets(self.sheets).kinds(self.engine, list(columns))
        return Scope(kinds, self.as_of, self.settings)

    @staticmethod
    def _read(conditions: Iterable[Formula], columns: Iterable[str]) -> list[str]:
        return sorted({*columns, *(name for each in conditions for name in each.columns)})


def largest_first(engine: Engine, sheet: Sheet, by: str, to: Path) -> Sheet:
    """The same customers in one part, those with the largest values of a column first, equal ones by their ids."""
    rows, files = Sheets((sheet,)).whole(sheet.columns)
    order = (exp.Ordered(this=column(by), desc=True, nulls_first=False), exp.Ordered(this=column(CUSTOMER)))
    query = exp.select(column(CUSTOMER), *(column(name) for name in sheet.columns)).from_(rows).order_by(*order)
    engine.write(query, files, to)
    return Sheet((str(to),), sheet.columns)

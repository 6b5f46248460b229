"""What is known of two groups of customers, column by column: the numbers that a comparison of the two needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from worthbook.data.chosen import Customers
from worthbook.data.compile import compile_value
from worthbook.data.formula import parse
from worthbook.data.sheets import Sheets, named, quoted
from worthbook.data.typed import call, cast, column, number, when

ONE, OTHER = "one", "other"
_GROUP = "its group"
"""A name that no column can have."""

Moments = NDArray[np.float64]
"""One row a column: for how many it is known, mean, variance."""


@dataclass(frozen=True)
class Groups:
    """Two groups that share nobody."""

    customers: Customers
    formula: str
    """Gives `one`, `other` or unknown."""
    reads: tuple[str, ...]

    @classmethod
    def of(cls, customers: Customers, one: str, other: str) -> Groups:
        """Those for whom the first condition holds and not the second, and the other way round."""
        formula = f"case when ({one}) and not ({other}) then '{ONE}' when ({other}) and not ({one}) then '{OTHER}' end"
        return cls(customers, formula, tuple(sorted(parse(formula).columns)))

    def sizes(self) -> tuple[int, int]:
        """How many customers are in each."""
        rows, files = self._grouped([])
        query = exp.select(column(_GROUP), call("COUNT", exp.Star())).from_(rows).group_by(column(_GROUP))
        found = {str(group): int(str(count)) for group, count in self.customers.engine.rows(query, files)}
        return found.get(ONE, 0), found.get(OTHER, 0)

    def moments(self, columns: Sequence[str]) -> tuple[Moments, Moments]:
        """Of columns of numbers, and of yes and no as 1 and 0."""
        empty = np.tile([0.0, np.nan, np.nan], (len(columns), 1))
        found = {ONE: empty, OTHER: empty.copy()}
        if not columns:
            return found[ONE], found[OTHER]
        rows, files = self._grouped(columns)
        kinds = self.customers.scope(columns).columns
        query = exp.select(column(_GROUP)).from_(rows).group_by(column(_GROUP))
        for index, name in enumerate(columns):
            flag = kinds[name] == "flag"
            value = when(column(name), number(1), number(0)) if flag else column(name)
            known = when(exp.Is(this=column(name), expression=exp.Null()), exp.Null(), value) if flag else value
            double = cast(known, "number")
            facts = (call("COUNT", column(name)), call("AVG", double), call("VAR_SAMP", double.copy()))
            query = query.select(*(named(fact, f"{place} {index}") for place, fact in enumerate(facts)), copy=False)
        for group, *numbers in self.customers.engine.rows(query, files):
            if group in found:
                values = [np.nan if each is None else float(str(each)) for each in numbers]
                found[str(group)] = np.array(values).reshape(len(columns), 3)
        return found[ONE], found[OTHER]

    def labels(self, name: str) -> dict[str, tuple[int, int]]:
        """Of a column of labels: how many customers of each group have each."""
        rows, files = self._grouped([name])
        query = exp.select(column(_GROUP), column(name), call("COUNT", exp.Star())).from_(rows)
        query = query.group_by(column(_GROUP), column(name))
        found: dict[str, tuple[int, int]] = {}
        for group, label, count in self.customers.engine.rows(query, files):
            if label is not None and group is not None:
                one, other = found.get(str(label), (0, 0))
                counted = int(str(count))
                found[str(label)] = (one + counted, other) if group == ONE else (one, other + counted)
        return found

    def _grouped(self, columns: Sequence[str]) -> tuple[exp.Subquery, dict[str, tuple[str, ...]]]:
        read = sorted({*columns, *self.reads})
        rows, files = Sheets(self.customers.sheets).whole(read)
        group = compile_value(parse(self.formula), self.customers.scope(read)).tree
        inner = exp.select(named(group, _GROUP), *(column(name) for name in columns)).from_(rows)
        return inner.subquery(alias=quoted("grouped")), files


def shares(counts: dict[str, tuple[int, int]]) -> Iterator[tuple[str, tuple[int, int], tuple[int, int]]]:
    """Each label with its customers and all customers of both groups that have one."""
    whole = (sum(one for one, _ in counts.values()), sum(other for _, other in counts.values()))
    for label, pair in sorted(counts.items()):
        yield label, pair, whole

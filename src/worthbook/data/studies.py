"""The queries behind studies that read columns: small answers about all customers, each from one pass.

Nothing here depends on the order of rows: equal values are grouped before anything is added up along a ranking.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple, cast

import sqlglot
from sqlglot import exp

from worthbook.data.compile import Scope, compile_condition
from worthbook.data.engine import Engine, Sheet
from worthbook.data.formula import Formula
from worthbook.data.sheets import Sheets
from worthbook.kernel.money import DECIMAL_PLACES, SUMMED_DIGITS
from worthbook.kernel.units import Unit, Value

_POINTS = 100
"""A curve is given at every hundredth of the customers."""

_GINI_DIGITS = 12
"""Further digits differ from run to run, as threads add up in another order."""

_SUM = f"DECIMAL({SUMMED_DIGITS}, {DECIMAL_PLACES})"


def _parse(sql: str) -> exp.Query:
    return cast("exp.Query", sqlglot.parse_one(sql, read="duckdb"))


def _name(column: str) -> str:
    return exp.column(column, quoted=True).sql("duckdb")


class Step(NamedTuple):
    """Customers of equal value, in the ranking from the most to the least valuable."""

    value: Decimal
    customers: int
    before: int
    """Customers of higher value."""
    amount_before: Decimal
    """What those bring together."""


@dataclass(frozen=True)
class ValueCurve:
    """How a total is spread over customers, from the most to the least valuable.

    The curve is a straight line inside each group of equal customers, so that it does not depend on the order of rows.
    """

    customers: int
    """For whom the value is known."""
    total: Decimal
    positive_customers: int
    positive_total: Decimal
    """What the customers above zero bring: the highest point of the curve."""
    negative_customers: int
    negative_total: Decimal
    area: float
    """Under the curve, in customers times value."""
    steps: tuple[Step, ...]
    """Only those where the curve is asked for."""

    def amount_at(self, rank: Fraction) -> Decimal:
        """What the so many most valuable customers bring together, a part of a customer bringing that part."""
        if rank <= 0:
            return Decimal(0)
        if rank >= self.customers:
            return self.total
        step = next(step for step in self.steps if step.before < rank <= step.before + step.customers)
        inside = rank - step.before
        return step.amount_before + step.value * inside.numerator / inside.denominator

    def share_at(self, percent: int) -> float | None:
        """The part of the total that the top `percent` of customers bring; None if the total is not positive."""
        if self.total <= 0:
            return None
        return float(self.amount_at(Fraction(percent * self.customers, _POINTS)) / self.total)

    def customers_for(self, percent: int) -> int | None:
        """The least number of customers that bring `percent` of the total; None if the total is not positive."""
        if self.total <= 0:
            return None
        goal = self.total * percent / 100
        step = next(
            step for step in self.steps if step.amount_before < goal <= step.amount_before + step.value * step.customers
        )
        return step.before + math.ceil(Fraction(goal - step.amount_before) / Fraction(step.value))

    @property
    def gini(self) -> float | None:
        """The Gini coefficient: half the mean difference between two customers, relative to the mean.

        0 when all are equal, (n - 1) / n when one has everything. Where some are negative it is still this ratio, and
        may exceed 1; where the total is not positive there is none.
        """
        if self.total <= 0:
            return None
        return round(max(0.0, 2 * self.area / (self.customers * float(self.total)) - 1), _GINI_DIGITS)


CURVE_RANKS = (10,)
CURVE_GOALS = (50, 80)


def value_curve(engine: Engine, sheets: Sequence[Sheet], column: str) -> ValueCurve | None:
    """The curve of one column at every hundredth of the customers, the tenth customer, and 50 and 80 % of the total.

    None where the column is known for nobody.
    """
    sheet = sheet_of(sheets, column)
    value = f"CAST({_name(column)} AS {_SUM})"
    hundredth = "FLOOR(CAST({0} * {1} AS DOUBLE) / everyone)"
    wanted = [
        f"{hundredth.format('upto', _POINTS)} > {hundredth.format('(upto - customers)', _POINTS)}",
        *(f"(upto - customers < {rank} AND upto >= {rank})" for rank in CURVE_RANKS),
        *(f"(amount_upto - amount < total * 0.{goal} AND amount_upto >= total * 0.{goal})" for goal in CURVE_GOALS),
    ]
    query = _parse(f"""
        WITH people AS (SELECT {value} AS value FROM sheet WHERE {_name(column)} IS NOT NULL),
        groups AS (
            SELECT value, COUNT(*) AS customers, CAST(SUM(value) AS {_SUM}) AS amount FROM people GROUP BY value),
        ranked AS (
            SELECT value, customers, amount,
                CAST(SUM(customers) OVER (ORDER BY value DESC ROWS UNBOUNDED PRECEDING) AS BIGINT) AS upto,
                CAST(SUM(amount) OVER (ORDER BY value DESC ROWS UNBOUNDED PRECEDING) AS {_SUM}) AS amount_upto
            FROM groups),
        whole AS (
            SELECT CAST(SUM(customers) AS BIGINT) AS everyone, CAST(SUM(amount) AS {_SUM}) AS total,
                CAST(SUM(CASE WHEN value > 0 THEN customers ELSE 0 END) AS BIGINT) AS positive_customers,
                CAST(SUM(CASE WHEN value > 0 THEN amount ELSE 0 END) AS {_SUM}) AS positive_total,
                CAST(SUM(CASE WHEN value < 0 THEN customers ELSE 0 END) AS BIGINT) AS negative_customers,
                CAST(SUM(CASE WHEN value < 0 THEN amount ELSE 0 END) AS {_SUM}) AS negative_total,
                SUM((CAST(amount_upto AS DOUBLE) - CAST(amount AS DOUBLE) / 2) * customers) AS area
            FROM ranked)
        SELECT everyone, total, positive_customers, positive_total, negative_customers, negative_total, area,
            value, customers, upto - customers, amount_upto - amount
        FROM ranked CROSS JOIN whole
        WHERE {" OR ".join(wanted)}
        ORDER BY value DESC""")
    rows = engine.rows(query, {"sheet": sheet.parts})
    if not rows:
        return None
    whole = rows[0][:7]
    steps = tuple(Step(*cast("tuple[Decimal, int, int, Decimal]", row[7:])) for row in rows)
    return ValueCurve(*cast("tuple[int, Decimal, int, Decimal, int, Decimal, float]", whole), steps)


def sheet_of(sheets: Sequence[Sheet], column: str) -> Sheet:
    """The sheet that holds a column."""
    return next(sheet for sheet in sheets if column in sheet.columns)


def frequencies(engine: Engine, sheets: Sequence[Sheet], column: str) -> dict[int, int]:
    """Whole number → how many customers have it; those for whom it is unknown are left out."""
    name = _name(column)
    query = _parse(
        f"SELECT CAST({name} AS BIGINT) AS value, COUNT(*) FROM sheet WHERE {name} IS NOT NULL GROUP BY {name}"
    )
    rows = engine.rows(query, {"sheet": sheet_of(sheets, column).parts})
    return dict(sorted(cast("list[tuple[int, int]]", rows)))


def counts_above(engine: Engine, sheets: Sequence[Sheet], column: str, levels: Sequence[float]) -> tuple[int, ...]:
    """For how many customers a number is known, then for how many it is above each level."""
    name = _name(column)
    above = ", ".join(f"CAST(COUNT(CASE WHEN {name} > {level} THEN 1 END) AS BIGINT)" for level in levels)
    query = _parse(f"SELECT COUNT({name}), {above} FROM sheet")
    ((*counts,),) = engine.rows(query, {"sheet": sheet_of(sheets, column).parts})
    return tuple(cast("list[int]", counts))


class Sums(NamedTuple):
    """What some of the customers bring together."""

    customers: int
    amounts: tuple[Decimal | None, ...]
    """In the order asked for; None where the amount is known for none of them."""


def sums_where(
    engine: Engine,
    sheets: Sequence[Sheet],
    units: Mapping[str, Unit],
    amounts: Sequence[str],
    conditions: Sequence[Formula],
) -> tuple[Sums, ...]:
    """For each condition on columns, the customers for whom it holds and the sums of some amounts over them.

    Args:
        engine: where to ask.
        sheets: all columns.
        units: of the columns that the conditions read.
        amounts: columns of money.
        conditions: formulas over one customer's columns; a customer may meet several.
    """
    return sums_by(engine, sheets, units, amounts, conditions, None)[None]


def sums_by(  # noqa: PLR0913, PLR0917 - where to ask, what of whom
    engine: Engine,
    sheets: Sequence[Sheet],
    units: Mapping[str, Unit],
    amounts: Sequence[str],
    conditions: Sequence[Formula],
    label: str | None,
) -> dict[Value, tuple[Sums, ...]]:
    """What `sums_where` gives, for the customers of each label by themselves; without a label, for all under None."""
    by = [] if label is None else [exp.column(label, quoted=True)]
    read = dict.fromkeys(
        [
            *(each.name for each in by),
            *amounts,
            *(name for condition in conditions for name in sorted(condition.columns)),
        ]
    )
    scope = Scope(columns={name: unit.storage for name, unit in units.items()})
    trees = [compile_condition(condition, scope) for condition in conditions]
    summed = [_summed(tree, amount) for tree in trees for amount in (None, *amounts)]
    given = Sheets(tuple(sheets))
    totals: dict[Value, list[Sequence[Decimal | int | None]]] = {}
    for part in given.parts:
        customers, files = given.part(part, read)
        query = exp.select(*by, *summed).from_(customers.subquery("customers")).group_by(*(each.copy() for each in by))
        for row in engine.rows(query, files):
            found = cast("Sequence[Decimal | int | None]", row[len(by) :])
            totals.setdefault(row[0] if by else None, []).append(found)
    return {key: _merged(parts, 1 + len(amounts)) for key, parts in totals.items()}


def _merged(parts: Sequence[Sequence[Decimal | int | None]], width: int) -> tuple[Sums, ...]:
    """The sums of some parts together; `width` numbers belong to each condition."""
    merged = [_total(found) for found in zip(*parts, strict=True)]
    rows = [merged[start : start + width] for start in range(0, len(merged), width)]
    return tuple(Sums(int(row[0] or 0), cast("tuple[Decimal | None, ...]", tuple(row[1:]))) for row in rows)


def _summed(condition: exp.Expr, amount: str | None) -> exp.Expr:
    """The sum of an amount where a condition holds; of None, the number of customers."""
    given: exp.Expr = exp.Literal.number(1) if amount is None else exp.column(amount, quoted=True)
    case = exp.Case(ifs=[exp.If(this=condition.copy(), true=given)])
    return exp.Count(this=case) if amount is None else exp.cast(exp.Sum(this=case), _SUM)


def _total(parts: Sequence[Decimal | int | None]) -> Decimal | int | None:
    known = [part for part in parts if part is not None]
    return sum(known[1:], known[0]) if known else None

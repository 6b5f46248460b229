"""Where the bands of an axis are cut: always between different values, so that equal customers are treated equally."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from sqlglot import exp

from worthbook.data.engine import Engine, Sheet
from worthbook.data.sheets import Sheets, named, quoted, read
from worthbook.data.typed import NUMERIC, Kind, call, cast, column, divided, number, operand, when
from worthbook.definitions.framework import Cut
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.money import DECIMAL_PLACES

CUT_NOT_NUMERIC = Fault(
    "cut-not-numeric",
    what=Text(
        en="The column '{name}' cannot be cut into bands: it holds no numbers.", zh="列“{name}”不是数值，无法分段。"
    ),
    hint=Text(en="Choose a column of amounts, counts, days or other numbers.", zh="请选择金额、数量、天数等数值列。"),
)

Threshold = Decimal | float


def thresholds(engine: Engine, sheets: Sequence[Sheet], name: str, cuts: Sequence[Cut]) -> tuple[Threshold, ...]:
    """The value at which the band above each cut begins; infinity where no customer lies above.

    Customers whose value is not known count nowhere. A group of equal values lies below a cut at N % of customers (or
    of the total) when its middle does: the cut falls on that edge of the group which is nearest to the target. Negative
    values add nothing to a total. A cut that would fall below the one before falls on it: the band between is empty.

    Args:
        engine: what runs the query.
        sheets: sheets of which one holds the column.
        name: a column of numbers.
        cuts: lowest first.

    Returns:
        Decimals for a column of money, else floats; never decreasing.

    Raises:
        WorthbookError: column-not-made or cut-not-numeric.
    """
    given = Sheets(tuple(sheets))
    kind = given.kinds(engine, [name])[name]
    if kind not in NUMERIC:
        raise CUT_NOT_NUMERIC(name=name)
    found, facts = _searched(engine, given, name, kind, cuts)
    values: list[Threshold] = []
    for cut in cuts:
        value = _number(found[cut]) if cut in found else facts.of(cut)
        threshold = math.inf if value is None else _exact(value) if kind == "money" else float(value)
        values.append(threshold if not values or threshold > values[-1] else values[-1])
    return tuple(values)


def _searched(
    engine: Engine, given: Sheets, name: str, kind: Kind, cuts: Sequence[Cut]
) -> tuple[dict[Cut, object], Facts]:
    """What must be looked up in the column: the least value beyond some cuts, and the facts; as little as will do.

    Plain values need no look at the customers, and only shares and medians need the customers in the order of their
    values, which takes ten times as long.
    """
    searched = [cut for cut in dict.fromkeys(cuts) if cut.kind in {"customers", "total", "above"}]
    kinds = {cut.kind for cut in cuts}
    if kinds <= {"value"}:
        return {}, Facts(*(None for _ in Facts._fields))
    rows, files = given.whole([name])
    query = _ordered if kinds & {"customers", "total", "median"} else _summed
    answer = engine.rows(query(rows, column(name), [_beyond(cut, kind) for cut in searched]), files)[0]
    facts = Facts(*(_number(value) for value in answer[: len(Facts._fields)]))
    return dict(zip(searched, answer[len(Facts._fields) :], strict=True)), facts


class Facts(NamedTuple):
    """What cuts at a mean or median are worked out from; None without known values."""

    customers: Threshold | None
    total: Threshold | None
    least: Threshold | None
    most: Threshold | None
    lower: Threshold | None
    """The value in the middle, or below it."""
    upper: Threshold | None
    """The value in the middle, or above it."""

    def of(self, cut: Cut) -> Threshold | None:
        """The mean or median; a plain value stands for itself."""
        if cut.kind == "value":
            return Decimal(repr(cut.value))
        if self.total is None or self.customers is None or self.least is None or self.most is None:
            return None
        if cut.kind == "mean":
            mean = Decimal(self.total) / Decimal(self.customers)
            return min(max(mean, Decimal(self.least)), Decimal(self.most))
        return (Decimal(self.lower or 0) + Decimal(self.upper or 0)) / 2


def _number(value: object) -> Decimal | float | None:
    return value if value is None or isinstance(value, Decimal | float) else int(str(value))


def _exact(value: Threshold) -> Decimal:
    """The smallest amount that is not less."""
    return Decimal(value).quantize(Decimal(1).scaleb(-DECIMAL_PLACES), rounding=ROUND_CEILING)


def _summed(rows: exp.Subquery, value: exp.Expr, beyond: Sequence[exp.Expr]) -> exp.Select:
    """The facts but for the median, then the least value beyond each cut."""
    nothing = exp.Null()
    facts = (
        cast(call("COUNT", column("value")), "integer"),
        call("SUM", column("value")),
        call("MIN", column("value")),
        call("MAX", column("value")),
        nothing,
        nothing.copy(),
    )
    edges = (named(edge, f"edge {index}") for index, edge in enumerate((*facts, *beyond)))
    known = exp.select(named(value, "value")).from_(rows)
    return exp.select(*edges).from_(known.subquery(alias="known"))


def _ordered(rows: exp.Subquery, value: exp.Expr, beyond: Sequence[exp.Expr]) -> exp.Select:
    """The facts, then the least value beyond each cut."""
    known = (
        exp.select(named(value, "value"))
        .from_(rows)
        .where(exp.Not(this=exp.Is(this=value.copy(), expression=exp.Null())))
    )
    positive = when(exp.GT(this=column("value"), expression=number(0)), column("value"), number(0))
    groups = (
        exp.select(column("value"), named(call("COUNT", exp.Star()), "group"), named(call("SUM", positive), "brought"))
        .select(named(call("SUM", column("value")), "sum"))
        .from_(known.subquery(alias="known"))
        .group_by(column("value"))
    )
    places = exp.select(
        column("value"),
        column("group"),
        column("sum"),
        named(_double(_running("group")), "reached"),
        named(_double(_whole("group")), "customers"),
        named(_middle("group"), "customers below"),
        named(_middle("brought"), "total below"),
    ).from_(read("groups"))
    half = exp.Div(this=column("customers"), expression=_double(number(2)))
    facts = (
        cast(call("SUM", column("group")), "integer"),
        call("SUM", column("sum")),
        call("MIN", column("value")),
        call("MAX", column("value")),
        _least(exp.GTE(this=column("reached"), expression=half)),
        _least(exp.GT(this=column("reached"), expression=half.copy())),
    )
    edges = (named(edge, f"edge {index}") for index, edge in enumerate((*facts, *beyond)))
    query = exp.select(*edges).from_(read("places"))
    for name, cte in (("groups", groups), ("places", places)):
        query = query.with_(quoted(name), as_=cte, copy=False)
    return query


def _beyond(cut: Cut, kind: str) -> exp.Expr:
    """The least value that lies beyond a cut."""
    literal = exp.Literal.string(f"{Decimal(repr(cut.value)):f}")
    if cut.kind == "above":
        bound = cast(literal, "money" if kind == "money" else "number")
        return _least(exp.GT(this=column("value"), expression=bound))
    return _least(exp.GTE(this=column(f"{cut.kind} below"), expression=cast(literal, "number")))


def _least(condition: exp.Expr) -> exp.Expr:
    return call("MIN", when(condition, column("value")))


def _double(tree: exp.Expr) -> exp.Expr:
    return cast(tree, "number")


def _whole(name: str) -> exp.Expr:
    return exp.Window(this=call("SUM", column(name)))


def _running(name: str) -> exp.Expr:
    """What the values up to this one add up to."""
    order = exp.Order(expressions=[exp.Ordered(this=column("value"), nulls_first=True)])
    return exp.Window(this=call("SUM", column(name)), order=order)


def _middle(name: str) -> exp.Expr:
    """The part of the whole that lies below the middle of the group."""
    half = exp.Div(this=_double(column(name)), expression=_double(number(2)))
    return divided(exp.Sub(this=_double(_running(name)), expression=operand(half)), _double(_whole(name)))

"""What each function of the formula language means, as an expression that gives the same on every engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlglot import exp

from worthbook.data.typed import (
    DAYS,
    FLAGS,
    NUMERIC,
    WORDS,
    MisfitError,
    Typed,
    alike,
    call,
    cast,
    divided,
    number,
    operand,
    rounded,
    when,
)

Arguments = Sequence[Typed]
Filtered = Callable[[exp.Expr], exp.Expr]
"""Restricts an aggregate to the rows that count."""


def _day_of(given: Arguments) -> Typed:
    return Typed(_day(given[0]), "date")


def _day(moment: Typed) -> exp.Expr:
    return moment.tree if moment.kind == "date" else cast(moment.expect(DAYS), "date")


def _days_between(given: Arguments) -> Typed:
    start, end = map(_day, given)
    return Typed(call("DAYS_BETWEEN", start, end), "integer")


def _ratio(given: Arguments) -> Typed:
    return Typed(divided(given[0].double, given[1].double), "number")


def _coalesce(given: Arguments) -> Typed:
    trees, kind = alike(given)
    return Typed(call("COALESCE", *trees), kind)


def _extreme(name: str) -> Callable[[Arguments], Typed]:
    def compiled(given: Arguments) -> Typed:
        trees, kind = alike(given)
        return Typed(trees[0] if len(trees) == 1 else call(name, *trees), kind)

    return compiled


def _abs(given: Arguments) -> Typed:
    return Typed(call("ABS", given[0].expect(NUMERIC)), given[0].kind)


def _round(given: Arguments) -> Typed:
    """Halves go away from zero; decimals are rounded as decimals."""
    value, places = given[0], 0
    if len(given) > 1:
        literal = given[1].tree
        if not (isinstance(literal, exp.Literal) and given[1].kind == "integer"):
            raise MisfitError(given[1].kind)
        places = int(literal.name)
    if value.kind == "number":
        return Typed(rounded(value.tree, places), "number")
    return Typed(call("ROUND", value.expect(NUMERIC), number(places)), value.kind)


def _floor(given: Arguments) -> Typed:
    return Typed(cast(call("FLOOR", given[0].double), "number"), "number")


def _sqrt(given: Arguments) -> Typed:
    value = given[0].double
    return Typed(call("SQRT", when(exp.GTE(this=operand(value), expression=number(0)), value.copy())), "number")


def _ln(given: Arguments) -> Typed:
    value = given[0].double
    return Typed(call("LN", when(exp.GT(this=operand(value), expression=number(0)), value.copy())), "number")


def _exp(given: Arguments) -> Typed:
    return Typed(call("EXP", given[0].double), "number")


def _power(given: Arguments) -> Typed:
    """Unknown where the result is no real number: a root of a negative number, a negative power of zero."""
    base, exponent = given[0].double, given[1].double
    whole = exp.EQ(this=operand(exponent), expression=cast(call("FLOOR", exponent.copy()), "number"))
    positive = exp.GT(this=operand(base), expression=number(0))
    root = exp.And(this=exp.LT(this=operand(base), expression=number(0)), expression=whole)
    zero = exp.And(
        this=exp.EQ(this=operand(base), expression=number(0)),
        expression=exp.GTE(this=operand(exponent), expression=number(0)),
    )
    real = exp.Or(this=exp.Or(this=positive, expression=exp.Paren(this=root)), expression=exp.Paren(this=zero))
    return Typed(when(real, call("POWER", base.copy(), exponent.copy())), "number")


def _words(name: str) -> Callable[[Arguments], Typed]:
    return lambda given: Typed(call(name, *(each.expect(WORDS) for each in given)), "text")


def _concat(given: Arguments) -> Typed:
    """Unknown where any part is."""
    parts = [operand(each.expect(WORDS)) for each in given]
    joined = parts[0]
    for part in parts[1:]:
        joined = exp.DPipe(this=joined, expression=part, safe=True)
    return Typed(joined, "text")


def _starts_with(given: Arguments) -> Typed:
    return Typed(call("STARTS_WITH", *(each.expect(WORDS) for each in given)), "flag")


def _contains(given: Arguments) -> Typed:
    return Typed(call("CONTAINS", *(each.expect(WORDS) for each in given)), "flag")


def _before(given: Arguments) -> Typed:
    """What stands before the first mark; unknown where there is none."""
    text, mark = (each.expect(WORDS) for each in given)
    at = call("INSTR", text, mark)
    part = call("SUBSTR", text.copy(), number(1), exp.Sub(this=at.copy(), expression=number(1)))
    return Typed(when(exp.GT(this=at, expression=number(0)), part), "text")


def _after(given: Arguments) -> Typed:
    """What stands after the first mark; unknown where there is none."""
    text, mark = (each.expect(WORDS) for each in given)
    at = call("INSTR", text, mark)
    start = exp.Add(this=at.copy(), expression=call("LENGTH", mark.copy()))
    return Typed(when(exp.GT(this=at, expression=number(0)), call("SUBSTR", text.copy(), start)), "text")


def _number_in(given: Arguments) -> Typed:
    """The number that a text is; unknown where it is something else."""
    text = call("TRIM", given[0].expect(WORDS))
    return Typed(when(call("IS_NUMBER", text), cast(text.copy(), "number")), "number")


ROW: Mapping[str, Callable[[Arguments], Typed]] = {
    "day_of": _day_of,
    "days_between": _days_between,
    "ratio": _ratio,
    "coalesce": _coalesce,
    "abs": _abs,
    "round": _round,
    "floor": _floor,
    "least": _extreme("LEAST"),
    "greatest": _extreme("GREATEST"),
    "sqrt": _sqrt,
    "ln": _ln,
    "exp": _exp,
    "power": _power,
    "lower": _words("LOWER"),
    "upper": _words("UPPER"),
    "trim": _words("TRIM"),
    "concat": _concat,
    "replace": _words("REPLACE"),
    "starts_with": _starts_with,
    "contains": _contains,
    "before": _before,
    "after": _after,
    "number": _number_in,
}
"""Functions of the values of one row; `as_of`, `setting` and `previous` need the scope and are the compiler's."""


def _sum(value: Typed, filtered: Filtered) -> Typed:
    if value.kind == "flag":
        value = Typed(when(value.tree, number(1), number(0)), "integer")
    return Typed(cast(filtered(call("SUM", value.expect(NUMERIC))), value.kind), value.kind)


def _count(value: Typed, filtered: Filtered) -> Typed:
    return Typed(filtered(call("COUNT", value.tree)), "integer")


def _avg(value: Typed, filtered: Filtered) -> Typed:
    """The exact sum divided by the count, so that engines do not differ in how they average decimals."""
    total, known = _sum(value, filtered), _count(Typed(value.tree.copy(), value.kind), filtered)
    return Typed(divided(total.double, known.double), "number")


def _edge(name: str) -> Callable[[Typed, Filtered], Typed]:
    def compiled(value: Typed, filtered: Filtered) -> Typed:
        if value.kind in FLAGS:
            raise MisfitError(value.kind)
        return Typed(filtered(call(name, value.tree)), value.kind)

    return compiled


def _number(name: str) -> Callable[[Typed, Filtered], Typed]:
    return lambda value, filtered: Typed(filtered(call(name, value.double)), "number")


AGGREGATE: Mapping[str, Callable[[Typed, Filtered], Typed]] = {
    "sum": _sum,
    "count": _count,
    "avg": _avg,
    "min": _edge("MIN"),
    "max": _edge("MAX"),
    "stddev": _number("STDDEV_SAMP"),
    "median": _number("MEDIAN"),
}
"""Functions of one value over many rows."""


def value_by(name: str, value: Typed, order: Typed, filtered: Filtered, *, ties: bool) -> Typed:
    """The value at the smallest (`first_by`) or largest (`last_by`) order, of the rows where both are known.

    Where several rows share that order, the smallest or largest of their values: the order of rows decides nothing.
    """
    which = "MIN_BY" if name == "first_by" else "MAX_BY"
    rank = call("ROW", order.tree, value.tree.copy()) if ties else order.tree
    counted = _is_known(value.tree)
    if ties:
        counted = exp.And(this=counted, expression=_is_known(order.tree))
    return Typed(filtered(call(which, value.tree, when(counted, rank))), value.kind)


def _is_known(tree: exp.Expr) -> exp.Expr:
    return exp.Not(this=exp.Is(this=operand(tree.copy()), expression=exp.Null()))

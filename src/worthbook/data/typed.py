"""Expressions that know what they give, and the few operations that make them the same on every engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from worthbook.kernel.language import Text
from worthbook.kernel.money import DECIMAL_PLACES, STORED_DIGITS, SUMMED_DIGITS
from worthbook.kernel.units import Storage

Kind = Storage | Literal["nothing"]
"""What a value is; `nothing` is a bare NULL, which goes with everything."""

NUMERIC: frozenset[Kind] = frozenset({"money", "integer", "number", "nothing"})
DAYS: frozenset[Kind] = frozenset({"date", "time", "nothing"})
WORDS: frozenset[Kind] = frozenset({"text", "nothing"})
FLAGS: frozenset[Kind] = frozenset({"flag", "nothing"})

SQL_TYPES: Mapping[Kind, str] = {
    "money": f"DECIMAL({SUMMED_DIGITS}, {DECIMAL_PLACES})",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "date": "DATE",
    "time": "TIMESTAMP",
    "text": "TEXT",
    "flag": "BOOLEAN",
    "nothing": "TEXT",
}
"""The type in which columns of each kind leave a query."""

_TITLES: Mapping[Kind, Text] = {
    "money": Text(en="money", zh="金额"),
    "integer": Text(en="whole numbers", zh="整数"),
    "number": Text(en="numbers", zh="数值"),
    "date": Text(en="dates", zh="日期"),
    "time": Text(en="times", zh="时间"),
    "text": Text(en="text", zh="文本"),
    "flag": Text(en="yes/no values", zh="是否值"),
    "nothing": Text(en="unknown values", zh="未知值"),
}

_RANK: Mapping[Kind, int] = {"nothing": 0, "integer": 1, "money": 2, "number": 3}


class MisfitError(Exception):
    """Values of kinds that do not go together; the compiler says in which formula."""

    def __init__(self, *kinds: Kind) -> None:
        super().__init__(*kinds)
        self.kinds = tuple(dict.fromkeys(kinds))

    @property
    def kinds_said(self) -> Text:
        """The kinds, as people call them."""
        titles = [_TITLES[kind] for kind in self.kinds]
        return Text(en=" and ".join(each.en for each in titles), zh="和".join(each.zh for each in titles))


@dataclass(frozen=True)
class Typed:
    """An expression and what it gives."""

    tree: exp.Expr
    kind: Kind

    def expect(self, kinds: Collection[Kind]) -> exp.Expr:
        """The expression, if it gives one of these kinds."""
        if self.kind not in kinds:
            raise MisfitError(self.kind)
        return self.tree

    @property
    def double(self) -> exp.Expr:
        """The expression as DOUBLE."""
        tree = self.expect(NUMERIC)
        if isinstance(tree, exp.Literal):
            return cast(exp.Literal.string(tree.name), "number")
        return tree if self.kind == "number" else cast(tree, "number")

    def stored_as(self, storage: Storage) -> exp.Expr:
        """The expression in the type of a column of that storage; a number is rounded to it, half away from zero."""
        if storage in NUMERIC:
            self.expect(NUMERIC)
            if storage == "integer" and self.kind in {"number", "money"}:
                return cast(rounded(self.double, 0), "integer")
            if storage == "money" and self.kind == "number":
                return cast(rounded(self.tree, DECIMAL_PLACES), "money")
            return self.tree if self.kind == storage == "number" else cast(self.tree, storage)
        kinds: Collection[Kind] = DAYS if storage in DAYS else {storage, "nothing"}
        return cast(self.expect(kinds), storage)


def cast(tree: exp.Expr, kind: Kind) -> exp.Expr:
    """The value in the type in which columns of that kind are kept."""
    return exp.Cast(this=tree, to=exp.DataType.build(SQL_TYPES[kind], dialect="duckdb"))


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """A function that is passed on as it is, or that `worthbook.data.dialect` spells for each engine."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def column(name: str, source: str | None = None) -> exp.Column:
    """A quoted column."""
    table = None if source is None else exp.to_identifier(source, quoted=True)
    return exp.Column(this=exp.to_identifier(name, quoted=True), table=table)


def number(value: float) -> exp.Expr:
    """A number as it stands."""
    return exp.Literal.number(value) if value >= 0 else exp.Neg(this=exp.Literal.number(-value))


def literal(node: exp.Literal) -> Typed:
    """A number with few digits is exact; any other is a DOUBLE, read from its digits so that it is the nearest one."""
    if node.is_string:
        return Typed(node.copy(), "text")
    whole, dot, fraction = node.name.lower().partition(".")
    if "e" in node.name.lower() or len(fraction) > DECIMAL_PLACES or len(whole) > STORED_DIGITS - DECIMAL_PLACES:
        return Typed(cast(exp.Literal.string(node.name), "number"), "number")
    return Typed(node.copy(), "money" if dot else "integer")


def date(day: dt.date) -> exp.Expr:
    """A date as it stands."""
    return cast(exp.Literal.string(day.isoformat()), "date")


def when(condition: exp.Expr, then: exp.Expr, otherwise: exp.Expr | None = None) -> exp.Expr:
    """`then` where the condition holds; elsewhere `otherwise`, or unknown."""
    return exp.Case(ifs=[exp.If(this=condition, true=then)], default=otherwise)


def operand(tree: exp.Expr) -> exp.Expr:
    """The tree in brackets where it would otherwise be read together with its neighbours."""
    loose = isinstance(tree, exp.Binary | exp.Unary | exp.Between | exp.In) and not isinstance(tree, exp.Paren)
    return exp.Paren(this=tree) if loose else tree


def divided(part: exp.Expr, whole: exp.Expr) -> exp.Expr:
    """The quotient of two DOUBLEs; unknown where the divisor is 0."""
    return exp.Div(this=operand(part), expression=call("NULLIF", whole, number(0)))


def rounded(tree: exp.Expr, places: int) -> exp.Expr:
    """A DOUBLE rounded half away from zero."""
    return call("ROUND_NUMBER", tree, number(places))


def alike(values: Sequence[Typed]) -> tuple[list[exp.Expr], Kind]:
    """Values brought to one kind, and that kind; text that stands for a date is read as one beside dates."""
    kinds = {each.kind for each in values} - {"nothing"}
    if not kinds:
        return [each.tree for each in values], "nothing"
    if kinds <= NUMERIC:
        widest = max(kinds, key=lambda kind: _RANK[kind])
        return [each.double if widest == "number" else each.tree for each in values], widest
    literals = all(isinstance(each.tree, exp.Literal) for each in values if each.kind == "text")
    if kinds == {"date", "time"} or (kinds == {"date", "text"} and literals):
        return [each.tree if each.kind == "date" else cast(each.tree, "date") for each in values], "date"
    if len(kinds) > 1:
        raise MisfitError(*(each.kind for each in values))
    return [each.tree for each in values], kinds.pop()


def arithmetic(sign: type[exp.Add | exp.Sub | exp.Mul], left: Typed, right: Typed) -> Typed:
    """A sum, difference or product; that of two amounts is a DOUBLE, since no decimal holds all of its digits."""
    if left.kind not in NUMERIC or right.kind not in NUMERIC:
        raise MisfitError(left.kind, right.kind)
    kind = max((left.kind, right.kind), key=lambda each: _RANK[each])
    literal = isinstance(left.tree, exp.Literal) or isinstance(right.tree, exp.Literal)
    if sign is exp.Mul and left.kind == right.kind == "money" and not literal:
        kind = "number"
    sides = (left.double, right.double) if kind == "number" else (left.tree, right.tree)
    return Typed(sign(this=operand(sides[0]), expression=operand(sides[1])), kind)

"""From a formula to an expression of an engine: columns and types are checked, and every operation is made exact.

Both engines must give the same answer, so nothing is left to how an engine happens to divide, round or add flags:
division is always of DOUBLE and unknown where the divisor is 0, money is summed as DECIMAL(28, 4), halves are rounded
away from zero, and what the engines spell differently is a call that `worthbook.data.dialect` renders for each.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from worthbook.data.formula import AGGREGATES, Formula, function_name
from worthbook.data.functions import AGGREGATE, ROW, value_by
from worthbook.data.typed import (
    FLAGS,
    NUMERIC,
    Kind,
    MisfitError,
    Typed,
    alike,
    arithmetic,
    call,
    cast,
    column,
    date,
    divided,
    literal,
    number,
    operand,
)
from worthbook.kernel.errors import Fault, WorthbookError, did_you_mean
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit

FORMULA_COLUMN_UNKNOWN = Fault(
    "formula-column-unknown",
    what=Text(
        en="The formula `{formula}` reads '{name}', and there is no such column.",
        zh="公式“{formula}”用到了“{name}”，但没有这一列。",
    ),
    hint=Text(en="{near}", zh="{near}"),
)
FORMULA_MISFIT = Fault(
    "formula-misfit",
    what=Text(
        en="In the formula `{formula}`, '{part}' cannot work with {kinds}.",
        zh="公式“{formula}”中，“{part}”不能用于{kinds}。",
    ),
    hint=Text(
        en="Add and compare like with like; days from one date to another are days_between(from, to).",
        zh="只有同类的值才能相加或比较；两个日期相隔的天数请用 days_between(起, 止)。",
    ),
)
FORMULA_GROUPING = Fault(
    "formula-grouping",
    what=Text(
        en="In the formula `{formula}`, '{part}' cannot stand there: {why}.",
        zh="公式“{formula}”中，“{part}”不能放在这个位置：{why}。",
    ),
    hint=Text(
        en="Over rows, every column stands inside sum(), count(), min() or the like, and these do not hold each other.",
        zh="对多行计算时，每一列都要放在 sum()、count()、min() 等汇总函数之内，且汇总函数不能互相嵌套。",
    ),
)

FORMULA_UNIT = Fault(
    "formula-unit",
    what=Text(
        en="The formula `{formula}` gives {kinds}, which a column of the unit '{unit}' cannot hold.",
        zh="公式“{formula}”的结果是{kinds}，与单位“{unit}”不符。",
    ),
    hint=Text(en="Correct the unit or the formula.", zh="请更正单位或公式。"),
)

_BARE = Text(
    en="it has one value per row, where one per customer is needed", zh="它每行一个值，而这里每位客户只能有一个值"
)
_NESTED = Text(en="it is inside another aggregate", zh="它嵌套在另一个汇总函数之中")
_ROWS = Text(en="only the values of one row are known here", zh="这里只能使用同一行的值")
_NO_PREVIOUS = Text(en="only columns of a derived table have a row before", zh="只有派生表的列才有“上一行”")


@dataclass(frozen=True)
class Scope:
    """What a formula may see, and what the engine adds to it."""

    columns: Mapping[str, Kind]
    as_of: dt.date | None = None
    settings: Mapping[str, float | str] = field(default_factory=dict)
    """What `setting(name)` gives; a name that is not here is unknown."""
    source: str | None = None
    """The relation that its columns are read from, where several are joined."""
    rows: exp.Expr | None = None
    """A condition on the rows that its aggregates see: the window."""
    previous: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    """In a derived table: the columns that `previous` is partitioned by, and those that it is ordered by."""
    ordered_by: str | None = None
    """A column of which no customer has the same value twice: `first_by` over it meets no ties."""


def compile_value(formula: Formula, scope: Scope) -> Typed:
    """A formula over the values of one row.

    Raises:
        WorthbookError: formula-column-unknown, formula-misfit or formula-grouping.
    """
    return _Compiler(formula, scope, aggregating=False).value(formula.tree)


def compile_aggregate(formula: Formula, scope: Scope) -> Typed:
    """A formula over all rows of a group; `scope.rows` restricts the rows that every aggregate sees.

    Raises:
        WorthbookError: as `compile_value`.
    """
    return _Compiler(formula, scope, aggregating=True).value(formula.tree)


def compile_column(formula: Formula, scope: Scope, unit: Unit, *, over_rows: bool) -> exp.Expr:
    """A formula over the values of one row, or over all rows of a group, in the type of columns of a unit.

    Raises:
        WorthbookError: formula-unit, or as `compile_value`.
    """
    typed = (compile_aggregate if over_rows else compile_value)(formula, scope)
    try:
        return typed.stored_as(unit.storage)
    except MisfitError as misfit:
        raise FORMULA_UNIT(formula.where, formula=formula.text, kinds=misfit.kinds_said, unit=unit.value) from None


def compile_condition(formula: Formula, scope: Scope) -> exp.Expr:
    """A formula that holds or does not hold of one row.

    Raises:
        WorthbookError: as `compile_value`.
    """
    return _Compiler(formula, scope, aggregating=False).condition()


class _Compiler:
    """Walks one formula."""

    def __init__(self, formula: Formula, scope: Scope, *, aggregating: bool) -> None:
        self._formula = formula
        self._scope = scope
        self._aggregating = aggregating
        """Whether the formula is about many rows."""
        self._within = False
        """Whether the place reached is inside an aggregate."""

    def value(self, node: exp.Expr) -> Typed:
        """One node, compiled."""
        if isinstance(node, exp.Paren):
            inner = self.value(node.this)
            return Typed(exp.Paren(this=inner.tree), inner.kind)
        if isinstance(node, exp.Literal):
            return literal(node)
        if isinstance(node, exp.Boolean):
            return Typed(node.copy(), "flag")
        if isinstance(node, exp.Null):
            return Typed(node.copy(), "nothing")
        if isinstance(node, exp.Column):
            return self._column(node)
        if isinstance(node, exp.Filter | exp.Anonymous):
            return self._function(node)
        try:
            return self._operation(node)
        except MisfitError as misfit:
            raise self._misfit(_SIGNS.get(type(node), node.key), misfit) from None

    def condition(self) -> exp.Expr:
        """The whole formula, as a condition."""
        try:
            return self.value(self._formula.tree).expect(FLAGS)
        except MisfitError as misfit:
            raise self._misfit(self._formula.text, misfit) from None

    def _misfit(self, part: str, misfit: MisfitError) -> WorthbookError:
        return FORMULA_MISFIT(self._formula.where, formula=self._formula.text, part=part, kinds=misfit.kinds_said)

    def _misplaced(self, part: str, why: Text) -> WorthbookError:
        return FORMULA_GROUPING(self._formula.where, formula=self._formula.text, part=part, why=why)

    def _column(self, node: exp.Column) -> Typed:
        known = self._scope.columns
        if node.name not in known:
            near = did_you_mean(node.name, known)
            raise FORMULA_COLUMN_UNKNOWN(self._formula.where, formula=self._formula.text, name=node.name, near=near)
        if self._aggregating and not self._within:
            raise self._misplaced(node.name, _BARE)
        return Typed(column(node.name, self._scope.source), known[node.name])

    def _operation(self, node: exp.Expr) -> Typed:
        if isinstance(node, exp.Case):
            return self._case(node)
        if isinstance(node, exp.In):
            trees, _ = alike([self.value(each) for each in (node.this, *node.expressions)])
            return Typed(exp.In(this=operand(trees[0]), expressions=trees[1:]), "flag")
        if isinstance(node, exp.Between):
            trees, _ = alike([self.value(each) for each in (node.this, node.args["low"], node.args["high"])])
            value, low, high = (operand(tree) for tree in trees)
            return Typed(exp.Between(this=value, low=low, high=high), "flag")
        if isinstance(node, exp.Is):
            return Typed(exp.Is(this=operand(self.value(node.this).tree), expression=exp.Null()), "flag")
        if isinstance(node, exp.Not):
            return Typed(exp.Not(this=operand(self.value(node.this).expect(FLAGS))), "flag")
        if isinstance(node, exp.Neg):
            typed = self.value(node.this)
            return Typed(exp.Neg(this=operand(typed.expect(NUMERIC))), typed.kind)
        return self._binary(node)

    def _binary(self, node: exp.Expr) -> Typed:
        left, right = self.value(node.this), self.value(node.expression)
        if isinstance(node, exp.And | exp.Or):
            sides = operand(left.expect(FLAGS)), operand(right.expect(FLAGS))
            return Typed(type(node)(this=sides[0], expression=sides[1]), "flag")
        if isinstance(node, exp.Div):
            return Typed(divided(left.double, right.double), "number")
        if isinstance(node, exp.Add | exp.Sub | exp.Mul):
            return arithmetic(type(node), left, right)
        trees, _ = alike([left, right])
        return Typed(type(node)(this=operand(trees[0]), expression=operand(trees[1])), "flag")

    def _case(self, node: exp.Case) -> Typed:
        asked: list[exp.Expr] = []
        given: list[Typed] = []
        for branch in node.args["ifs"]:
            condition = (
                branch.this if node.this is None else exp.EQ(this=node.this.copy(), expression=branch.this.copy())
            )
            asked.append(self.value(condition).expect(FLAGS))
            given.append(self.value(branch.args["true"]))
        otherwise = node.args.get("default")
        given += [] if otherwise is None else [self.value(otherwise)]
        trees, kind = alike(given)
        branches = [exp.If(this=condition, true=tree) for condition, tree in zip(asked, trees, strict=False)]
        return Typed(exp.Case(ifs=branches, default=None if otherwise is None else trees[-1]), kind)

    def _function(self, node: exp.Filter | exp.Anonymous) -> Typed:
        inner, condition = (node.this, node.expression.this) if isinstance(node, exp.Filter) else (node, None)
        name = function_name(inner)
        try:
            if name in AGGREGATES:
                return self._aggregate(name, inner.expressions, condition)
            if name == "as_of":
                return self._as_of(name)
            if name == "setting":
                return self._setting(inner.expressions[0])
            if name == "previous":
                return self._previous(name, inner.expressions[0])
            return ROW[name]([self.value(each) for each in inner.expressions])
        except MisfitError as misfit:
            raise self._misfit(name, misfit) from None

    def _aggregate(self, name: str, arguments: list[exp.Expr], condition: exp.Expr | None) -> Typed:
        if not self._aggregating or self._within:
            raise self._misplaced(name, _NESTED if self._within else _ROWS)
        self._within = True
        rows = [] if self._scope.rows is None else [self._scope.rows]
        if condition is not None:
            rows.append(self.value(condition).expect(FLAGS))
        first = arguments[0]
        given = [] if isinstance(first, exp.Star | exp.Distinct) else [self.value(each) for each in arguments]
        distinct = self.value(first.expressions[0]).tree if isinstance(first, exp.Distinct) else None
        self._within = False

        def filtered(tree: exp.Expr) -> exp.Expr:
            if not rows:
                return tree
            where = exp.and_(*rows, copy=True) if len(rows) > 1 else rows[0].copy()
            return exp.Filter(this=tree, expression=exp.Where(this=where))

        if isinstance(first, exp.Star):
            return Typed(filtered(call("COUNT", exp.Star())), "integer")
        if distinct is not None:
            return Typed(filtered(call("COUNT", exp.Distinct(expressions=[distinct]))), "integer")
        if name in AGGREGATE:
            return AGGREGATE[name](given[0], filtered)
        ties = not (isinstance(arguments[1], exp.Column) and arguments[1].name == self._scope.ordered_by)
        return value_by(name, given[0], given[1], filtered, ties=ties)

    def _as_of(self, name: str) -> Typed:
        if self._scope.as_of is None:
            raise self._misplaced(name, _ROWS)
        return Typed(date(self._scope.as_of), "date")

    def _setting(self, node: exp.Expr) -> Typed:
        value = self._scope.settings.get(node.name)
        if value is None:
            return Typed(exp.Null(), "nothing")
        if isinstance(value, str):
            return Typed(exp.Literal.string(value), "text")
        return Typed(cast(number(value), "number"), "number")

    def _previous(self, name: str, node: exp.Expr) -> Typed:
        if self._scope.previous is None or self._aggregating:
            raise self._misplaced(name, _NO_PREVIOUS)
        partition, order = self._scope.previous
        inner = self.value(node)
        window = exp.Window(
            this=call("LAG", inner.tree),
            partition_by=[column(each) for each in partition],
            order=exp.Order(expressions=[exp.Ordered(this=column(each), nulls_first=True) for each in order]),
        )
        return replace(inner, tree=window)


_SIGNS: Mapping[type[exp.Expr], str] = {
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Div: "/",
    exp.Neg: "-",
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}

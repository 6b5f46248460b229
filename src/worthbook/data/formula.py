"""The formula language: small SQL expressions over the columns of one table, read into a tree that holds nothing else.

Text is divided into tokens, every token and every name of a function is held against an allow-list, and only then is
it parsed, with column names quoted, so that no word a user writes means anything to SQL by accident. What a formula
cannot say (subqueries, other tables, windows, casts) it cannot do: the engine adds the date, the window and the
grouping.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import Token, TokenType

from worthbook.kernel.errors import Fault, Place, did_you_mean
from worthbook.kernel.language import Text

FORMULA_UNREADABLE = Fault(
    "formula-unreadable",
    what=Text(
        en="The formula `{formula}` cannot be read: it goes wrong near '{near}'.",
        zh="公式“{formula}”无法读懂：问题出在“{near}”附近。",
    ),
    hint=Text(
        en="Check brackets, commas and quotes; a column whose name has spaces or signs stands in double quotes.",
        zh="请检查括号、逗号和引号；列名含空格或符号时，请用英文双引号括起来。",
    ),
)
FORMULA_FUNCTION_UNKNOWN = Fault(
    "formula-function-unknown",
    what=Text(
        en="The formula `{formula}` calls '{name}', which is not a function of the formula language.",
        zh="公式“{formula}”调用了“{name}”，公式语言中没有这个函数。",
    ),
    hint=Text(en="{near}", zh="{near}"),
)
FORMULA_NOT_ALLOWED = Fault(
    "formula-not-allowed",
    what=Text(
        en="The formula `{formula}` holds '{part}' (character {position}), which formulas may not hold.",
        zh="公式“{formula}”的第 {position} 个字符处出现了“{part}”，公式中不允许使用。",
    ),
    hint=Text(
        en="A formula is one expression over the columns of one table: no subquery, other table, window, cast or "
        "comment. The date and the window are added by the engine.",
        zh="公式只能是针对一张表各列的单个表达式，不能包含子查询、其他表、窗口函数、类型转换或注释；日期和时间窗口由引擎自动加上。",
    ),
)
FORMULA_ARGUMENTS = Fault(
    "formula-arguments",
    what=Text(
        en="In the formula `{formula}`, '{name}' takes {expected} values, not {found}.",
        zh="公式“{formula}”中，“{name}”需要 {expected} 个参数，实际给了 {found} 个。",
    ),
    hint=Text(en="Write {usage}.", zh="正确写法：{usage}。"),
)

AGGREGATES: Mapping[str, tuple[int, int, str]] = {
    "sum": (1, 1, "sum(value)"),
    "count": (1, 1, "count(*), count(value) or count(distinct value)"),
    "avg": (1, 1, "avg(value)"),
    "min": (1, 1, "min(value)"),
    "max": (1, 1, "max(value)"),
    "stddev": (1, 1, "stddev(value)"),
    "median": (1, 1, "median(value)"),
    "first_by": (2, 2, "first_by(value, order)"),
    "last_by": (2, 2, "last_by(value, order)"),
}
"""Functions over the rows of a customer: fewest and most values, and how they are written."""

ROW_FUNCTIONS: Mapping[str, tuple[int, int, str]] = {
    "day_of": (1, 1, "day_of(time)"),
    "days_between": (2, 2, "days_between(from, to)"),
    "as_of": (0, 0, "as_of()"),
    "setting": (1, 1, "setting(name)"),
    "ratio": (2, 2, "ratio(part, whole)"),
    "previous": (1, 1, "previous(column)"),
    "coalesce": (1, 20, "coalesce(value, other)"),
    "abs": (1, 1, "abs(value)"),
    "round": (1, 2, "round(value, places)"),
    "floor": (1, 1, "floor(value)"),
    "least": (1, 20, "least(a, b)"),
    "greatest": (1, 20, "greatest(a, b)"),
    "sqrt": (1, 1, "sqrt(value)"),
    "ln": (1, 1, "ln(value)"),
    "exp": (1, 1, "exp(value)"),
    "power": (2, 2, "power(value, exponent)"),
    "lower": (1, 1, "lower(text)"),
    "upper": (1, 1, "upper(text)"),
    "trim": (1, 1, "trim(text)"),
    "concat": (1, 20, "concat(text, text)"),
    "replace": (3, 3, "replace(text, old, new)"),
    "starts_with": (2, 2, "starts_with(text, beginning)"),
    "contains": (2, 2, "contains(text, part)"),
    "before": (2, 2, "before(text, mark)"),
    "after": (2, 2, "after(text, mark)"),
    "number": (1, 1, "number(text)"),
}
"""Functions over the values of one row."""

FUNCTIONS: Mapping[str, tuple[int, int, str]] = {**AGGREGATES, **ROW_FUNCTIONS}

_GRAMMAR = frozenset({
    "and", "or", "not", "case", "when", "then", "else", "end", "in", "between", "is", "null", "true", "false",
    "distinct", "filter", "where",
})  # fmt: skip
_FORBIDDEN = frozenset({
    "select", "from", "join", "with", "union", "except", "intersect", "over", "partition", "window", "cast", "try_cast",
    "exists", "interval", "as", "like", "ilike", "lateral", "unnest", "qualify", "having", "limit", "offset", "values",
    "table", "insert", "update", "delete", "drop", "attach", "copy", "pragma",
})  # fmt: skip
_SIGNS = frozenset({
    TokenType.L_PAREN, TokenType.R_PAREN, TokenType.COMMA, TokenType.PLUS, TokenType.DASH, TokenType.STAR,
    TokenType.SLASH, TokenType.EQ, TokenType.NEQ, TokenType.LT, TokenType.LTE, TokenType.GT, TokenType.GTE,
})  # fmt: skip
_NODES = (
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.And, exp.Or, exp.Not, exp.EQ,
    exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Is, exp.In, exp.Between, exp.Case, exp.If, exp.Add, exp.Sub,
    exp.Mul, exp.Div, exp.Neg, exp.Anonymous, exp.Filter, exp.Where, exp.Distinct, exp.Star,
)  # fmt: skip
_PREFIX = "formula_"
"""Written before every function name while parsing, so that the parser takes none for a function that it knows."""


@dataclass(frozen=True)
class Formula:
    """A formula that was read: safe to compile, if its columns exist.

    >>> parse("sum(amount) filter (where is_return)").is_aggregate
    True
    """

    text: str
    columns: frozenset[str]
    """The columns that it reads."""
    is_aggregate: bool
    """Whether it is about all rows of a customer rather than one."""
    tree: exp.Expr = field(repr=False, compare=False)
    """Private to `worthbook.data`; never changed, only copied."""
    where: Place | None = field(default=None, compare=False)

    @property
    def calls(self) -> frozenset[str]:
        """The functions that it calls."""
        return frozenset(function_name(node) for node in self.tree.find_all(exp.Anonymous))

    @property
    def settings(self) -> frozenset[str]:
        """The settings of the book that it reads."""
        return frozenset(node.name for node in self.tree.find_all(exp.Column) if _names_a_setting(node))


def parse(text: str, where: Place | None = None) -> Formula:
    """Read a formula; `where` is the place in the user's file that errors name.

    >>> sorted(parse("ratio(sum(amount), count(distinct order_id))").columns)
    ['amount', 'order_id']
    >>> parse("summ(amount)")
    Traceback (most recent call last):
        ...
    worthbook.kernel.errors.WorthbookError: [formula-function-unknown] The formula `summ(amount)` calls 'summ', which is
    not a function of the formula language.
      hint: Did you mean 'sum'?

    Raises:
        WorthbookError: formula-unreadable, formula-function-unknown, formula-not-allowed or formula-arguments.
    """
    return _parse(text, where)


@functools.lru_cache(maxsize=4096)
def _parse(text: str, where: Place | None) -> Formula:
    try:
        tokens = sqlglot.tokenize(text, dialect="duckdb")
        quoted = " ".join(_quoted(tokens, text, where))
        tree = sqlglot.parse_one(quoted, dialect="duckdb") if quoted else None
    except ParseError as error:
        near = str(error.errors[0].get("highlight") or text) if error.errors else text
        raise FORMULA_UNREADABLE(where, formula=text, near=near.replace(_PREFIX, "")) from None
    except TokenError:
        raise FORMULA_UNREADABLE(where, formula=text, near=text[-20:]) from None
    if tree is None:
        raise FORMULA_UNREADABLE(where, formula=text, near=text)
    _check(tree, text, where)
    columns = frozenset(node.name for node in tree.find_all(exp.Column) if not _names_a_setting(node))
    aggregate = any(function_name(node) in AGGREGATES for node in tree.find_all(exp.Anonymous))
    return Formula(text, columns, aggregate, tree, where)


def function_name(node: exp.Anonymous) -> str:
    """The name of a function as the formula language calls it."""
    return str(node.this).removeprefix(_PREFIX)


def _names_a_setting(node: exp.Column) -> bool:
    parent = node.parent
    return isinstance(parent, exp.Anonymous) and function_name(parent) == "setting"


def _quoted(tokens: Sequence[Token], text: str, where: Place | None) -> Iterator[str]:
    """The same formula with column names quoted and functions marked; refuses a token that is not on the list."""
    for index, token in enumerate(tokens):
        if token.comments:
            comment = token.comments[0]
            raise FORMULA_NOT_ALLOWED(where, formula=text, part=comment.strip(), position=text.find(comment) + 1)
        follower = tokens[index + 1].token_type if index + 1 < len(tokens) else None
        yield _quoted_token(token, follower, text, where)


def _quoted_token(token: Token, follower: TokenType | None, text: str, where: Place | None) -> str:
    word = token.text.lower()
    if token.token_type is TokenType.STRING:
        return exp.Literal.string(token.text).sql(dialect="duckdb")
    if token.token_type is TokenType.IDENTIFIER:
        return exp.to_identifier(token.text, quoted=True).sql(dialect="duckdb")
    if token.token_type is TokenType.NUMBER or token.token_type in _SIGNS or word in _GRAMMAR:
        return token.text
    if not token.text.isidentifier() or word in _FORBIDDEN or token.token_type is TokenType.HEREDOC_STRING:
        raise FORMULA_NOT_ALLOWED(where, formula=text, part=token.text, position=token.start + 1)
    if follower is not TokenType.L_PAREN:
        return exp.to_identifier(token.text, quoted=True).sql(dialect="duckdb")
    if word not in FUNCTIONS:
        near = did_you_mean(word, FUNCTIONS)
        raise FORMULA_FUNCTION_UNKNOWN(where, formula=text, name=token.text, near=near)
    return _PREFIX + word


def _check(tree: exp.Expr, text: str, where: Place | None) -> None:
    """Hold the tree against the allow-list: what the tokens could not show."""

    def refuse(node: exp.Expr) -> None:
        part = node.sql(dialect="duckdb", normalize_functions=False).replace(_PREFIX, "").replace('"', "")
        raise FORMULA_NOT_ALLOWED(where, formula=text, part=part, position=max(text.find(part), 0) + 1)

    for node in tree.walk():
        if not isinstance(node, _NODES):
            refuse(node)
        if isinstance(node, exp.Anonymous):
            _check_arguments(node, text, where)
        elif isinstance(node, exp.Star | exp.Distinct):
            parent = node.parent
            if not (isinstance(parent, exp.Anonymous) and function_name(parent) == "count"):
                refuse(node)
        elif isinstance(node, exp.Filter):
            inner = node.this
            if not (isinstance(inner, exp.Anonymous) and function_name(inner) in AGGREGATES):
                refuse(node)
        elif isinstance(node, exp.Is) and not isinstance(node.expression, exp.Null):
            refuse(node)


def _check_arguments(node: exp.Anonymous, text: str, where: Place | None) -> None:
    name, given = function_name(node), node.expressions
    found = sum(len(each.expressions) if isinstance(each, exp.Distinct) else 1 for each in given)
    fewest, most, usage = FUNCTIONS[name]
    if not fewest <= found <= most:
        expected = str(fewest) if fewest == most else f"{fewest}-{most}"
        raise FORMULA_ARGUMENTS(where, formula=text, name=name, expected=expected, found=found, usage=usage)

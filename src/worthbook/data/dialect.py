"""How each engine spells what the engines spell differently; the only place where a query depends on the engine.

sqlglot prints the trees, but is never trusted to translate meaning (it copies `date - date` from one dialect to the
other without a word): whatever differs is a call of our own that is replaced here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from worthbook.data.typed import call, cast, number, operand

Spelling = Callable[[list[exp.Expr]], exp.Expr]


def _round_in_spark(value: exp.Expr, places: exp.Expr) -> exp.Expr:
    """DuckDB's steps: Spark rounds the decimal digits that a DOUBLE is printed with, not the DOUBLE."""
    scale = cast(number(10 ** int(places.name)), "number")
    shifted = exp.Mul(this=operand(value), expression=scale)
    return exp.Div(this=call("ROUND", shifted), expression=scale.copy())


_NUMBER = exp.Literal.string("^[-+]?[0-9]+([.][0-9]*)?$")
"""The same in every dialect of regular expressions, without a sign that SQL would read."""

_DUCKDB: Mapping[str, Spelling] = {
    "DAYS_BETWEEN": lambda given: call("DATE_DIFF", exp.Literal.string("day"), *given),
    "MEDIAN": lambda given: call("QUANTILE_CONT", given[0], number(0.5)),
    "MIN_BY": lambda given: call("ARG_MIN", *given),
    "MAX_BY": lambda given: call("ARG_MAX", *given),
    "ROW": lambda given: call("ROW", *given),
    "STARTS_WITH": lambda given: call("STARTS_WITH", *given),
    "ROUND_NUMBER": lambda given: call("ROUND", *given),
    "IS_NUMBER": lambda given: call("REGEXP_MATCHES", *given, _NUMBER.copy()),
}
_SPARK: Mapping[str, Spelling] = {
    "DAYS_BETWEEN": lambda given: cast(call("DATEDIFF", given[1], given[0]), "integer"),
    "MEDIAN": lambda given: call("PERCENTILE", given[0], number(0.5)),
    "MIN_BY": lambda given: call("MIN_BY", *given),
    "MAX_BY": lambda given: call("MAX_BY", *given),
    "ROW": lambda given: call("STRUCT", *given),
    "STARTS_WITH": lambda given: call("STARTSWITH", *given),
    "ROUND_NUMBER": lambda given: _round_in_spark(*given),
    "IS_NUMBER": lambda given: call("RLIKE", *given, _NUMBER.copy()),
}
SPELLINGS: Mapping[str, Mapping[str, Spelling]] = {"duckdb": _DUCKDB, "spark": _SPARK}


def render(query: exp.Expr, dialect: str, *, pretty: bool = False, own: bool = False) -> str:
    r"""The query as text for one engine.

    Args:
        query: left as it is, unless it is the caller's `own`: copying a query takes as long as printing it.
        dialect: `duckdb` or `spark`.
        pretty: on several lines.
        own: whether the query may be changed.

    >>> from worthbook.data.typed import column
    >>> days = call("DAYS_BETWEEN", column("first"), column("last"))
    >>> render(days, "duckdb"), render(days, "spark")
    ('DATE_DIFF(\'day\', "first", "last")', 'CAST(DATEDIFF(`last`, `first`) AS BIGINT)')
    """
    spellings = SPELLINGS[dialect]
    root = exp.Paren(this=query if own else query.copy())
    for node in reversed(list(root.find_all(exp.Anonymous))):  # from the leaves up: what a spelling holds is spelt
        if node.name in spellings:
            node.replace(spellings[node.name](node.expressions))
    if dialect == "spark":  # which has no word for it
        for kept in root.find_all(exp.CTE):
            kept.set("materialized", None)
    return str(root.this.pop().sql(dialect=dialect, pretty=pretty, copy=False))

"""Conditions over facts: the same formula language as everywhere else, asked of one row that holds the facts."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlglot import exp

from worthbook.data.compile import Scope, compile_condition
from worthbook.data.engine import Engine
from worthbook.data.formula import Formula
from worthbook.data.typed import Kind, cast
from worthbook.kernel.units import Value


def holding(engine: Engine, conditions: Sequence[Formula], facts: Mapping[str, Value]) -> tuple[bool, ...]:
    """Which conditions hold; one that reads an unknown or absent fact does not, unless it asks for that.

    Raises:
        WorthbookError: `formula-misfit`, if a condition compares what cannot be compared.
    """
    if not conditions:
        return ()
    read = sorted(frozenset[str]().union(*(formula.columns for formula in conditions)))
    known = {name: _known(facts.get(name)) for name in read}
    scope = Scope(columns={name: _kind(value) for name, value in known.items()})
    row = exp.select(*(exp.alias_(_literal(value), name, quoted=True) for name, value in known.items()))
    asked = [
        exp.alias_(compile_condition(formula, scope), f"condition_{index}") for index, formula in enumerate(conditions)
    ]
    query = exp.select(*asked)
    ((*answers,),) = engine.rows(query.from_(row.subquery("facts")) if known else query, {})
    return tuple(answer is True for answer in answers)


def _known(value: Value) -> Value:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _kind(value: Value) -> Kind:
    match value:
        case None:
            return "nothing"
        case bool():
            return "flag"
        case int():
            return "integer"
        case float():
            return "number"
        case Decimal():
            return "money"
        case dt.datetime():
            return "time"
        case dt.date():
            return "date"
        case str():
            return "text"


def _literal(value: Value) -> exp.Expr:
    match value:
        case None | bool():
            return exp.convert(value)
        case int() | float() | Decimal():
            return cast(exp.Literal.string(str(value)), _kind(value))
        case dt.datetime() | dt.date():
            return cast(exp.Literal.string(value.isoformat()), _kind(value))
        case str():
            return exp.Literal.string(value)

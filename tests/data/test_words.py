"""Formulas that take text apart, on both engines."""

from __future__ import annotations

import pytest
from sqlglot import exp

from worthbook.data.compile import Scope, compile_value
from worthbook.data.engine import Engine
from worthbook.data.formula import parse


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("contains('已退款(￥3.50)', '退款')", True),
        ("contains('paid', 'refund')", False),
        ("before('a@b@c', '@')", "a"),
        ("before('ab', '@')", None),
        ("after('a@b@c', '@')", "b@c"),
        ("after('ab', '@')", None),
        ("after('@', '@')", ""),
        ("number(before(after('已退款(￥3.50)', '￥'), ')'))", 3.5),
        ("number(' -12 ')", -12.0),
        ("number('7.')", 7.0),
        ("number('nan')", None),
        ("number('1e3')", None),
        ("number('very good')", None),
        ("number('')", None),
    ],
)
def test_text_is_taken_apart(engine: Engine, formula: str, value: object) -> None:
    tree = compile_value(parse(formula), Scope({})).tree
    assert engine.rows(exp.select(exp.alias_(tree, "value")), {}) == [(value,)]

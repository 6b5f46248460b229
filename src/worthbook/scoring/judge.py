"""Whether a rule's condition holds for one customer, without an engine: for explaining, where many what-ifs are asked.

The language is the part of the formula language that rules are written in: `and`, `or`, `not`, comparisons, `in`,
`between`, `is null`, arithmetic, columns, numbers, texts, TRUE, FALSE, NULL. As in every engine, a comparison with
something unknown is unknown. A condition with functions or `case` cannot be followed here.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from worthbook.kernel.units import Value
from worthbook.scoring.condition import Token, tokens

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_LITERALS: dict[str, Value] = {"true": True, "false": False, "null": None}


class NotFollowedError(Exception):
    """The condition says something that can only be worked out in an engine."""


def holds(condition: str, values: Mapping[str, Value]) -> bool | None:
    """Whether a condition holds; None where that is unknown.

    Args:
        condition: the text of a rule.
        values: axis or column → its value for the customer.

    Raises:
        NotFollowedError: it goes beyond the language of rules.

    >>> holds("r in ('r4', 'r5') and not orders = 1", {"r": "r5", "orders": 3})
    True
    >>> holds("growth > 0.1", {"growth": None}) is None
    True
    """
    reader = _Reader(tokens(condition), values)
    try:
        answer = reader.disjunction()
    except TypeError as error:
        raise NotFollowedError(condition) from error
    if reader.word() or not (answer is None or isinstance(answer, bool)):
        raise NotFollowedError(condition)
    return answer


def both(left: Value, right: Value) -> Value:
    """`and`: false wins over unknown."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def negated(value: Value) -> Value:
    """`not`: unknown stays unknown."""
    return None if value is None else not value


class _Reader:
    """Reads a condition word by word and works it out on the way."""

    def __init__(self, words: tuple[Token, ...], values: Mapping[str, Value]) -> None:
        self.words, self.values, self.at = words, values, 0

    def word(self) -> str:
        return self.words[self.at].text.lower() if self.at < len(self.words) else ""

    def take(self, *texts: str) -> bool:
        """Step over these words if they come next."""
        coming = tuple(word.text.lower() for word in self.words[self.at : self.at + len(texts)])
        if coming != texts:
            return False
        self.at += len(texts)
        return True

    def need(self, text: str) -> None:
        if not self.take(text):
            raise NotFollowedError(self.word())

    def disjunction(self) -> Value:
        value = self.conjunction()
        while self.take("or"):
            value = negated(both(negated(value), negated(self.conjunction())))
        return value

    def conjunction(self) -> Value:
        value = self.negation()
        while self.take("and"):
            value = both(value, self.negation())
        return value

    def negation(self) -> Value:
        return negated(self.negation()) if self.take("not") else self.comparison()

    def comparison(self) -> Value:
        left = self.sum()
        if self.take("is", "null"):
            return left is None
        if self.take("is", "not", "null"):
            return left is not None
        if self.take("not", "in"):
            return negated(self.membership(left))
        if self.take("in"):
            return self.membership(left)
        if self.take("not", "between"):
            return negated(self.stretch(left))
        if self.take("between"):
            return self.stretch(left)
        if (sign := self.word()) in _COMPARE:
            self.at += 1
            return _compared(sign, left, self.sum())
        return left

    def membership(self, left: Value) -> Value:
        self.need("(")
        found = _compared("=", left, self.sum())
        while self.take(","):
            found = negated(both(negated(found), negated(_compared("=", left, self.sum()))))
        self.need(")")
        return found

    def stretch(self, left: Value) -> Value:
        low = self.sum()
        self.need("and")
        return both(_compared(">=", left, low), _compared("<=", left, self.sum()))

    def sum(self) -> Value:
        value = self.product()
        while (sign := self.word()) in {"+", "-"}:
            self.at += 1
            right = self.product()
            value = _worked_out(operator.add if sign == "+" else operator.sub, value, right)
        return value

    def product(self) -> Value:
        value = self.factor()
        while (sign := self.word()) in {"*", "/"}:
            self.at += 1
            right = self.factor()
            value = _worked_out(operator.mul if sign == "*" else operator.truediv, value, right)
        return value

    def factor(self) -> Value:
        if self.take("-"):
            return _worked_out(operator.sub, 0, self.factor())
        if self.take("("):
            value = self.disjunction()
            self.need(")")
            return value
        return self.single()

    def single(self) -> Value:
        if self.at >= len(self.words):
            raise NotFollowedError
        token = self.words[self.at]
        self.at += 1
        if token.kind == "text":
            return token.text[1:-1].replace("''", "'")
        if token.kind == "number":
            return float(token.text)
        if token.text.lower() in _LITERALS:
            return _LITERALS[token.text.lower()]
        if token.name is None or token.name not in self.values or self.word() == "(":
            raise NotFollowedError(token.text)
        value = self.values[token.name]
        return float(value) if isinstance(value, Decimal) else value


def _compared(sign: str, left: Value, right: Value) -> Value:
    return None if left is None or right is None else _COMPARE[sign](left, right)


def _worked_out(how: Callable[[float, float], float], left: Value, right: Value) -> Value:
    if left is None or right is None:
        return None
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        raise NotFollowedError
    if how is operator.truediv and right == 0:
        raise NotFollowedError
    return how(left, right)

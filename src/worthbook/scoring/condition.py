"""The words of a rule's condition: which of them name columns or axes.

Conditions are formulas; the data floor parses and checks them. Here they are only taken apart into words, so that the
name of an axis can be replaced by the column of its bands without touching quoted text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from worthbook.definitions.framework import FrameworkDefinition

Kind = Literal["text", "quoted", "number", "word", "sign"]

_LOGIC = frozenset({"and", "or", "not", "is", "null", "true", "false", "in", "between"})
_CASES = frozenset({"case", "when", "then", "else", "end"})
KEYWORDS = _LOGIC | _CASES

_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
"""The sign that says the same with the sides exchanged."""

_TOKEN = re.compile(
    r"""(?P<text>'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")*")
      | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<sign><>|!=|<=|>=|\S)""",
    re.VERBOSE,
)


class Token(NamedTuple):
    """One word, number, text or sign, and where it stands."""

    kind: Kind
    text: str
    start: int
    end: int

    @property
    def name(self) -> str | None:
        """The column it names, if it names one."""
        if self.kind == "quoted":
            return self.text[1:-1].replace('""', '"')
        return self.text if self.kind == "word" and self.text.lower() not in KEYWORDS else None


def tokens(condition: str) -> tuple[Token, ...]:
    """The words of a condition in order.

    >>> [token.text for token in tokens("r in ('r4', 'r5') and spend >= 1.5")]
    ['r', 'in', '(', "'r4'", ',', "'r5'", ')', 'and', 'spend', '>=', '1.5']
    """
    return tuple(_tokens(condition))


def _tokens(condition: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(condition):
        for kind in ("text", "quoted", "number", "word", "sign"):
            if match[kind] is not None:
                yield Token(kind, match[kind], match.start(), match.end())


def _named(condition: str) -> Iterator[tuple[Token, str]]:
    """The words that name columns: neither keywords nor functions."""
    words = tokens(condition)
    following = [*(token.text for token in words[1:]), ""]
    for token, after in zip(words, following, strict=True):
        if token.name is not None and after != "(":
            yield token, token.name


def names_in(condition: str) -> tuple[str, ...]:
    """The columns and axes that a condition speaks of, each once, in the order of the text.

    >>> names_in("r = 'r5' and orders > 1 and not r = orders")
    ('r', 'orders')
    """
    return tuple(dict.fromkeys(name for _, name in _named(condition)))


def limits_in(condition: str) -> Iterator[tuple[str, str, float]]:
    """The comparisons of a column with a number: column, sign, number.

    >>> list(limits_in("orders >= 2 and growth > -0.1 and 5 > days"))
    [('orders', '>=', 2.0), ('growth', '>', -0.1), ('days', '<', 5.0)]
    """
    words = tokens(condition)
    for at, token in enumerate(words):
        if token.text not in _TURNED:
            continue
        left, right = words[at - 1] if at else None, list(words[at + 1 : at + 3])
        negative = len(right) > 1 and right[0].text == "-"
        number = right[int(negative)] if len(right) > int(negative) else None
        if left is not None and left.name is not None and number is not None and number.kind == "number":
            yield left.name, token.text, -float(number.text) if negative else float(number.text)
        elif left is not None and left.kind == "number" and right and right[0].name is not None:
            yield right[0].name, _TURNED[token.text], float(left.text)


def compared_limits(definition: FrameworkDefinition) -> dict[str, list[float]]:
    """Column → the numbers that conditions compare it with, lowest first; the name of an axis is no column."""
    found: dict[str, set[float]] = {}
    for condition in definition.conditions:
        for name, _, number in limits_in(condition):
            if name not in definition.axes:
                found.setdefault(name, set()).add(number)
    return {name: sorted(numbers) for name, numbers in found.items()}


def parts_of(condition: str) -> tuple[str, ...]:
    """The conditions that must all hold; the whole, where they cannot be told apart.

    >>> parts_of("orders >= 2 and (spend > 5 or visits > 3)"), parts_of("a = 1 or b = 2 and c = 3")
    (('orders >= 2', '(spend > 5 or visits > 3)'), ('a = 1 or b = 2 and c = 3',))
    """
    depth, cuts = 0, []
    for token in tokens(condition):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        word = token.text.lower() if token.kind == "word" else ""
        if depth == 0 and word in {"or", "between", "case"}:
            return (condition,)
        if depth == 0 and word == "and":
            cuts.append(token)
    edges = [0, *(edge for token in cuts for edge in (token.start, token.end)), len(condition)]
    return tuple(condition[start:end].strip() for start, end in zip(edges[::2], edges[1::2], strict=True))


def renamed(condition: str, names: Mapping[str, str]) -> str:
    """The same condition with other names for some columns.

    >>> renamed("r = 'r' and recency > 3", {"r": "rfm__r"})
    "rfm__r = 'r' and recency > 3"
    """
    pieces: list[str] = []
    end = 0
    for token, name in _named(condition):
        if name in names:
            pieces += [condition[end : token.start], names[name]]
            end = token.end
    return "".join([*pieces, condition[end:]])

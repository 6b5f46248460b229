"""YAML text as plain trees that know the line of every key; nothing is validated here but the form.

A file holds several documents, parted by lines of `---`; each is read by itself, so that one that cannot be read hides
no other. Repeated keys and anchors are refused: what a reader sees in one place is what counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from worthbook.kernel.errors import Fault, Place, Problem
from worthbook.kernel.language import Text

Tree = Any
"""Text, a number, True, False, None, or a list or dictionary of such."""

Path = tuple[str | int, ...]

YAML_UNREADABLE = Fault(
    "yaml-unreadable",
    what=Text(
        en="This is not readable as YAML (column {column}): {why}.",
        zh="此处无法按 YAML 读取（第 {column} 列）：{why}。",
    ),
    hint=Text(
        en="Put texts with a colon or a hash in quotes, indent with spaces, and close every quote and bracket.",
        zh="含冒号或井号的文字请加引号；缩进请用空格；引号与括号须成对。",
    ),
)
KEY_TWICE = Fault(
    "definition-key-twice",
    what=Text(en="'{key}' stands here twice; first on line {first}.", zh="“{key}”重复出现，首次出现在第 {first} 行。"),
    hint=Text(en="Keep one of the two.", zh="请只保留其中一处。"),
)
KEY_UNFIT = Fault(
    "definition-key-unfit",
    what=Text(en="A key must be plain text.", zh="键必须是普通文本。"),
    hint=Text(en="Write `key: value`.", zh="请写成 `key: value`。"),
)
ANCHOR_USED = Fault(
    "definition-anchor-used",
    what=Text(en="Anchors and aliases (`&name`, `*name`) are not read.", zh="不支持锚点与别名（`&name`、`*name`）。"),
    hint=Text(en="Write the value out where it is meant.", zh="请在使用处直接写出内容。"),
)
NOT_A_MAPPING = Fault(
    "definition-not-a-mapping",
    what=Text(en="A definition consists of lines `key: value`.", zh="定义须由“键: 值”形式的行组成。"),
    hint=Text(
        en="Begin it with its kind and name, for example `measure: revenue_12m`.",
        zh="请以类型和名称开头，例如 `measure: revenue_12m`。",
    ),
)

_PARTING = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_HEAD = re.compile(r"^[a-z]+: *['\"]?(?P<name>[^\s'\"]+)", re.MULTILINE)
_STR = "tag:yaml.org,2002:str"
_LITERALS: dict[str, Tree] = {"true": True, "false": False, "null": None, "~": None, "": None}
_INDENTED = Text(en="the indentation does not fit the lines above", zh="缩进与上文不一致")
_REASONS: dict[str, Text] = {
    "cannot start any token": Text(
        en="no value begins with this character (a tab, @, `)", zh="值不能以此字符开头（制表符、@、`）"
    ),
    "mapping values are not allowed": Text(en="a colon too many, or a line too far in", zh="多了一个冒号，或缩进过深"),
    "while scanning a quoted scalar": Text(en="a quote is not closed", zh="引号没有闭合"),
    "while parsing a flow": Text(en="a bracket is not closed", zh="括号没有闭合"),
    "while parsing a block": _INDENTED,
    "could not find expected ':'": Text(en="a line without a colon", zh="此行缺少冒号"),
    "undefined alias": Text(en="an alias without an anchor", zh="别名没有对应的锚点"),
    "special characters are not allowed": Text(en="a control character", zh="含有控制字符"),
}
"""What the parser says, by a part of it, in our words."""
_OTHER_REASON = Text(en="the form is broken", zh="格式有误")


@dataclass(frozen=True)
class Document:
    """One definition as it is written."""

    noun: str
    """Its first key."""
    name: Tree
    """What stands behind the first key."""
    file: str
    line: int
    tree: dict[str, Tree]
    """All other keys."""
    lines: dict[str, int] = field(default_factory=dict)
    """`axes.value.column` → the line of that key."""

    @property
    def place(self) -> Place:
        """Where it begins."""
        return Place(self.file, self.line)

    def place_of(self, path: Path) -> Place:
        """The line of a key, or of the nearest key around it that was written."""
        for end in range(len(path), 0, -1):
            line = self.lines.get(dotted(path[:end]))
            if line is not None:
                return Place(self.file, line)
        return self.place


def dotted(path: Path) -> str:
    """A path as one text.

    >>> dotted(("caveats", 0, "zh"))
    'caveats.0.zh'
    """
    return ".".join(str(step) for step in path)


@dataclass(frozen=True)
class Documents:
    """The documents of one file, and what is wrong with the form of the others."""

    readable: tuple[Document, ...] = ()
    problems: tuple[Problem, ...] = ()
    broken: frozenset[str] = frozenset()
    """Names of documents whose form is wrong, where they could be made out."""


def read_documents(text: str, file: str) -> Documents:
    """Read one file, whose name is used in messages."""
    readable: list[Document] = []
    problems: list[Problem] = []
    broken: set[str] = set()
    for offset, part in _parts(text):
        reading = _Reading(file, offset)
        document = reading.document(part)
        problems.extend(reading.problems)
        if document is not None:
            readable.append(document)
        elif reading.problems and (head := _HEAD.search(part)):
            broken.add(head["name"])
    return Documents(tuple(readable), tuple(problems), frozenset(broken))


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """The documents of a file as text, each with the number of lines before it.

    A line of `---` never belongs to a value: texts over several lines are indented.
    """
    marks = [match.start() for match in _PARTING.finditer(text)]
    for start, end in zip([0, *marks], [*marks, len(text)], strict=True):
        part = _PARTING.sub("   ", text[start:end])
        yield text.count("\n", 0, start), part


class _Reading:
    """The reading of one document."""

    def __init__(self, file: str, offset: int) -> None:
        self.file, self.offset = file, offset
        self.problems: list[Problem] = []
        self.lines: dict[str, int] = {}
        self.seen: set[int] = set()

    def document(self, text: str) -> Document | None:
        try:
            node = YAML(typ="safe", pure=True).compose(text)
        except YAMLError as error:
            self.problems.append(self._unreadable(error))
            return None
        except (RecursionError, AssertionError):
            # So the parser ends on nesting without end, and on versions of YAML that it does not know.
            self.problems.append(
                YAML_UNREADABLE.problem(Place(self.file, self.offset + 1), column=1, why=_OTHER_REASON)
            )
            return None
        if node is None:
            return None
        tree = self._value(node, ())
        if self.problems:
            return None
        if not isinstance(tree, dict) or not tree:
            self.problems.append(NOT_A_MAPPING.problem(self._place(node)))
            return None
        noun = next(iter(tree))
        name = tree.pop(noun)
        return Document(noun, name, self.file, self.lines[noun], tree, self.lines)

    def _value(self, node: Node, path: Path) -> Tree:
        if id(node) in self.seen:
            self.problems.append(ANCHOR_USED.problem(self._place(node)))
            return None
        self.seen.add(id(node))
        if isinstance(node, ScalarNode):
            return _scalar(node)
        if isinstance(node, SequenceNode):
            return [self._item(each, (*path, index)) for index, each in enumerate(node.value)]
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        message = f"{type(node).__name__} is no kind of YAML node"
        raise TypeError(message)

    def _item(self, node: Node, path: Path) -> Tree:
        self.lines[dotted(path)] = self._line(node)
        return self._value(node, path)

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Tree]:
        tree: dict[str, Tree] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self.problems.append(KEY_UNFIT.problem(self._place(key)))
                continue
            name, here = key.value, (*path, key.value)
            if name in tree:
                self.problems.append(KEY_TWICE.problem(self._place(key), key=name, first=self.lines[dotted(here)]))
                continue
            self.lines[dotted(here)] = self._line(key)
            tree[name] = self._value(value, here)
        return tree

    def _unreadable(self, error: YAMLError) -> Problem:
        if not isinstance(error, MarkedYAMLError):
            position = getattr(error, "position", 0)
            return YAML_UNREADABLE.problem(Place(self.file, self.offset + 1), column=position + 1, why=_why(str(error)))
        mark = error.problem_mark or error.context_mark
        # What is never closed is noticed at the end of the file only; its beginning tells more.
        if error.context_mark is not None and _unclosed(error):
            mark = error.context_mark
        line, column = (0, 0) if mark is None else (mark.line, mark.column)
        why = _why(f"{error.context} {error.problem}")
        return YAML_UNREADABLE.problem(Place(self.file, self.offset + line + 1), column=column + 1, why=why)

    def _line(self, node: Node) -> int:
        return self.offset + int(node.start_mark.line) + 1

    def _place(self, node: Node) -> Place:
        return Place(self.file, self._line(node))


def _unclosed(error: MarkedYAMLError) -> bool:
    context = error.context or ""
    return context.startswith(("while scanning a quoted", "while parsing a flow"))


def _why(message: str) -> Text:
    return next((reason for sign, reason in _REASONS.items() if sign in message), _OTHER_REASON)


def _scalar(node: ScalarNode) -> Tree:
    """What a plain word means by YAML 1.2; dates stay texts."""
    if node.tag == _STR or node.style is not None:
        return node.value
    text = str(node.value)
    if text.lower() in _LITERALS:
        return _LITERALS[text.lower()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text

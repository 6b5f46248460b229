"""What pydantic refuses, said in our own words, in both languages, with the line of the key."""

from __future__ import annotations

import types
from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from worthbook.definitions.definition import RefusedError
from worthbook.definitions.documents import Document, Path, Tree, dotted
from worthbook.kernel.errors import Fault, Problem, did_you_mean
from worthbook.kernel.language import Text

KEY_UNKNOWN = Fault(
    "definition-key-unknown",
    what=Text(en="'{key}' is not a key of {whole}.", zh="{whole}中没有“{key}”这个键。"),
    hint=Text(en="{near}", zh="{near}"),
)
KEY_MISSING = Fault(
    "definition-key-missing",
    what=Text(en="'{key}' is missing from {whole}.", zh="{whole}缺少“{key}”。"),
    hint=Text(en="Add `{key}:`.", zh="请补充 `{key}:`。"),
)
LANGUAGE_MISSING = Fault(
    "definition-language-missing",
    what=Text(en="'{path}' has no text in {language}.", zh="“{path}”缺少{language}文本。"),
    hint=Text(en="Write it in both languages: `{{en: …, zh: …}}`.", zh="请同时写出两种语言：`{{en: …, zh: …}}`。"),
)
TEXT_EMPTY = Fault(
    "definition-text-empty",
    what=Text(en="'{path}' is empty.", zh="“{path}”不能为空。"),
    hint=Text(en="Write something there.", zh="请填写内容。"),
)
NAME_UNFIT = Fault(
    "definition-name-unfit",
    what=Text(en="'{name}' is not a name.", zh="“{name}”不是有效名称。"),
    hint=Text(
        en="Names are lower-case letters, digits and underscores, at most 63, and begin with a letter: `revenue_12m`.",
        zh="名称由小写字母、数字和下划线组成，以字母开头，最长63个字符，例如 `revenue_12m`。",
    ),
)
CHOICE_UNKNOWN = Fault(
    "definition-choice-unknown",
    what=Text(en="'{value}' cannot stand for '{path}'.", zh="“{path}”不能取值“{value}”。"),
    hint=Text(en="{near}", zh="{near}"),
)
VALUE_UNFIT = Fault(
    "definition-value-unfit",
    what=Text(en="'{path}' must be {expected}, not {found}.", zh="“{path}”应为{expected}，而不是{found}。"),
    hint=Text(en="Write {example}.", zh="请写成 {example}。"),
)

_TEXT = (Text(en="text", zh="文本"), '`…: "12"`')  # fmt: skip
_NUMBER = (Text(en="a number", zh="数值"), "`…: 12`")
_LIST = (Text(en="a list", zh="列表"), "`…: [first, second]`")
_MAPPING = (Text(en="a group of keys", zh="一组键值"), "`…: {key: value}`")
_BOTH = (Text(en="text in both languages", zh="中英双语文本"), "`…: {en: …, zh: …}`")
_FLAG = (Text(en="true or false", zh="true 或 false"), "`…: true`")
_EXPECTED = {
    "string_type": _TEXT,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "int_type": _NUMBER,
    "int_parsing": _NUMBER,
    "int_from_float": _NUMBER,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "dict_type": _MAPPING,
    "mapping_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "dataclass_type": _BOTH,
    "bool_type": _FLAG,
    "bool_parsing": _FLAG,
}
_LANGUAGES = {"en": Text(en="English", zh="英文"), "zh": Text(en="Chinese", zh="中文")}


def problems_of(error: ValidationError, document: Document, cls: type[BaseModel], tree: Tree) -> list[Problem]:
    """Every refusal of one document, each place once."""
    found: dict[tuple[str, str], Problem] = {}
    for detail in error.errors(include_url=False):
        path = _written(detail["loc"], tree)
        problem = _problem(detail, path, document, cls)
        # A value that may take several shapes is refused once for each; the first refusal names the commonest shape.
        key = (dotted(path), "" if _shape(detail) else dotted(tuple(detail["loc"])))
        found.setdefault(key, problem)
    return list(found.values())


def _problem(detail: ErrorDetails, path: Path, document: Document, cls: type[BaseModel]) -> Problem:
    where, value, kind = document.place_of(path), detail["input"], detail["type"]
    if kind == "value_error":
        cause = detail["ctx"]["error"]
        if isinstance(cause, RefusedError):
            return Problem(cause.problem.slug, cause.problem.what, cause.problem.hint, where)
    if kind in {"missing", "missing_argument"}:
        return _missing(str(detail["loc"][-1]), path, document)
    if kind in {"extra_forbidden", "unexpected_keyword_argument"}:
        near = did_you_mean(str(path[-1]), keys_at(cls, path[:-1]) - {"name"})
        return KEY_UNKNOWN.problem(where, key=path[-1], whole=_whole(path[:-1], document), near=near)
    if kind in {"string_pattern_mismatch", "string_too_long"}:
        return NAME_UNFIT.problem(where, name=value)
    if kind == "string_too_short":
        return TEXT_EMPTY.problem(where, path=dotted(path))
    if kind in {"enum", "literal_error"}:
        near = did_you_mean(str(value), _choices(cls, path))
        return CHOICE_UNKNOWN.problem(where, value=value, path=dotted(path), near=near)
    expected, example = _EXPECTED.get(kind, (Text(en="something else", zh="其他形式"), "`…`"))
    key = next((str(step) for step in reversed(path) if isinstance(step, str)), "…")
    example = example.replace("…", key, 1)
    return VALUE_UNFIT.problem(where, path=dotted(path), expected=expected, found=_shown(value), example=example)


def _missing(key: str, path: Path, document: Document) -> Problem:
    where = document.place_of(path)
    if key in _LANGUAGES and path:
        return LANGUAGE_MISSING.problem(where, path=dotted(path), language=_LANGUAGES[key])
    return KEY_MISSING.problem(where, key=key, whole=_whole(path, document))


def empty_texts(tree: Tree, document: Document, path: Path = ()) -> list[Problem]:
    """Texts of which one language is there but says nothing."""
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree)
    found = [
        problem
        for step, each in steps
        if isinstance(each, dict | list)
        for problem in empty_texts(each, document, (*path, step))
    ]
    if isinstance(tree, dict) and tree.keys() == _LANGUAGES.keys():
        found += [
            LANGUAGE_MISSING.problem(document.place_of((*path, key)), path=dotted(path), language=_LANGUAGES[key])
            for key, each in tree.items()
            if isinstance(each, str) and not each.strip()
        ]
    return found


def keys_at(cls: type[BaseModel], path: Path) -> frozenset[str]:
    """The keys that may stand at a place of a definition; nothing where the author chooses them."""
    kind = _type_at(cls, path)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return frozenset(kind.model_fields)
    return frozenset(_LANGUAGES) if kind is Text else frozenset()


def _type_at(kind: Any, path: Path) -> Any:  # noqa: ANN401  a type, or a form such as `tuple[Name, ...]`
    """The type that a definition has at a place."""
    for step in path:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            known = kind.model_fields.get(str(step))
            kind = None if known is None else _plain(known.annotation)
        elif get_origin(kind) in {tuple, list}:
            kind = _plain(get_args(kind)[0])
        elif isinstance(get_origin(kind), type) and issubclass(get_origin(kind), Mapping):
            kind = _plain(get_args(kind)[1])
        else:
            return None
    return kind


def _plain(kind: Any) -> Any:  # noqa: ANN401  see above
    """A type without the rules around it; of a choice, the part that has an inside."""
    if get_origin(kind) is Annotated:
        return _plain(get_args(kind)[0])
    if get_origin(kind) in {Union, types.UnionType}:
        parts = [_plain(part) for part in get_args(kind) if part is not type(None)]
        return next(
            (part for part in parts if get_origin(part) or (isinstance(part, type) and part is not str)), parts[0]
        )
    return kind


def _choices(cls: type[BaseModel], path: Path) -> list[str]:
    kind = _type_at(cls, path)
    if get_origin(kind) is Literal:
        return [str(choice) for choice in get_args(kind)]
    return [str(choice.value) for choice in kind] if isinstance(kind, type) and issubclass(kind, Enum) else []


def _shape(detail: ErrorDetails) -> bool:
    """Whether the refusal is about the shape of a value, not about a key that is missing or too many."""
    return detail["type"] not in {"missing", "missing_argument", "extra_forbidden", "unexpected_keyword_argument"}


def _written(loc: Path, tree: Tree) -> Path:
    """The part of a refusal's path that is written in the document; the rest names types of pydantic's own."""
    path: list[str | int] = []
    for step in loc:
        if (isinstance(tree, dict) and step in tree) or (isinstance(tree, list) and isinstance(step, int)):
            tree = tree[step]  # type: ignore[index]  # the line above says that it fits
            path.append(step)
        elif step == "[key]":
            break
    return tuple(path)


def _whole(path: Path, document: Document) -> Text:
    if path:
        return Text(en=f"'{dotted(path)}'", zh=f"“{dotted(path)}”")
    return Text(en=f"the {document.noun} '{document.name}'", zh=f"{document.noun}“{document.name}”")


def _shown(value: Tree) -> Text:
    if isinstance(value, dict):
        return _MAPPING[0]
    if isinstance(value, list):
        return _LIST[0]
    if value is None:
        return Text(en="nothing", zh="空值")
    if isinstance(value, bool):
        return Text(en=str(value).lower(), zh=str(value).lower())
    return Text(en=f"'{value}'", zh=f"“{value}”")

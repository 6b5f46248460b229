"""Definitions that the program writes: a document of YAML that reads as one written by hand."""

from __future__ import annotations

import io
import re

from ruamel.yaml import YAML

from worthbook.definitions.definition import Definition
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text

NAME_UNREADABLE = Fault(
    "definition-name-unreadable",
    what=Text(en="A definition cannot be called '{name}'.", zh="不能将定义命名为“{name}”。"),
    hint=Text(
        en="Use lower-case letters, digits and underscores, as in tea_lovers.",
        zh="请使用小写字母、数字和下划线，例如 tea_lovers。",
    ),
)

_FIRST = ("title", "description", "source", "caveats")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


def check_name(name: str) -> None:
    """Whether a definition may be called so.

    Raises:
        WorthbookError: definition-name-unreadable.
    """
    if _NAME.fullmatch(name) is None:
        raise NAME_UNREADABLE(name=name)


def written(definition: Definition) -> str:
    """The document that says a definition: its kind and name, its words, then what it computes."""
    plain = definition.model_dump(mode="json", exclude_defaults=True)
    name = plain.pop("name")
    document = {definition.noun: name, **{key: plain.pop(key) for key in _FIRST if key in plain}, **plain}
    writer = YAML(typ="safe", pure=True)
    writer.allow_unicode = True
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # the library types it by its default
    writer.width = 1 << 16  # a text that is broken into lines reads badly in Chinese
    stream = io.StringIO()
    writer.dump(document, stream)
    return stream.getvalue()

"""Write a definition into a book's own folder, where it is read from then on."""

from __future__ import annotations

from pathlib import Path

from worthbook.definitions.definition import Definition
from worthbook.definitions.written import check_name, written
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.whole import replacing
from worthbook.services.open_book import OpenBook

NAME_IN_USE = Fault(
    "definition-name-in-use",
    what=Text(en="Something is called '{name}' already: {file}.", zh="名称“{name}”已被使用：{file}。"),
    hint=Text(en="Choose another name.", zh="请另取名称。"),
)


def check_free(opened: OpenBook, name: str) -> None:
    """Whether a new definition of a book may have this name.

    Raises:
        WorthbookError: definition-name-unreadable, definition-name-in-use.
    """
    check_name(name)
    if name in opened.catalogue.names:
        raise NAME_IN_USE(name=name, file=opened.catalogue.find(name).place)


def save_definition(opened: OpenBook, definition: Definition) -> Path:
    """Write a new definition; its file.

    Raises:
        WorthbookError: definition-name-unreadable, definition-name-in-use.
    """
    check_free(opened, definition.name)
    file = opened.book.definitions_folder / f"{definition.name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    with replacing(file) as place:
        place.write_text(written(definition), encoding="utf-8")
    return file

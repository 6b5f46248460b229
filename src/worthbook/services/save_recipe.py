"""Save how a file was read, so that the next file with these headers is read the same way."""

from __future__ import annotations

import re
from pathlib import Path

from worthbook.data.recognition import Recognition
from worthbook.definitions.kept import user_definitions
from worthbook.definitions.recipe import recipe_of
from worthbook.definitions.written import written
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.whole import replacing
from worthbook.planning.index import Catalogue
from worthbook.services.own_definitions import definitions_folder

RECIPE_NAME_UNREADABLE = Fault(
    "recipe-name-unreadable",
    what=Text(en="A recipe cannot be called '{name}'.", zh="不能将导入方案命名为“{name}”。"),
    hint=Text(
        en="Use lower-case letters, digits and underscores, as in till_export.",
        zh="请使用小写字母、数字和下划线，例如 till_export。",
    ),
)
RECIPE_NAME_TAKEN = Fault(
    "recipe-name-taken",
    what=Text(en="Something is called '{name}' already.", zh="名称“{name}”已被使用。"),
    hint=Text(en="Choose another name, or remove {file}.", zh="请另取名称，或删除 {file}。"),
)


def save_recipe(laid: Recognition, name: str, catalogue: Catalogue, book: Path | None) -> Path:
    """Write the mapping into the definitions of the book, or of the user where there is no book.

    Raises:
        WorthbookError: recipe-name-unreadable, recipe-name-taken.
    """
    if re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name) is None:
        raise RECIPE_NAME_UNREADABLE(name=name)
    if name in catalogue.names:
        raise RECIPE_NAME_TAKEN(name=name, file=catalogue.find(name).place)
    headers = {name: laid.fields[name].headers[0] for name in laid.declared.fields if name in laid.fields}
    recipe = recipe_of(laid.declared, name, headers)
    file = (definitions_folder(book) or user_definitions()) / f"{name}.yaml"
    with replacing(file) as place:
        place.write_text(written(recipe), encoding="utf-8")
    return file

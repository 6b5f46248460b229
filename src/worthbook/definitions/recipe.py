"""A mapping written as YAML, so that the next file with the same headers is read the same way."""

from __future__ import annotations

import io
from collections.abc import Mapping

from ruamel.yaml import YAML

from worthbook.definitions.mapping import MappingDefinition, SourceField
from worthbook.kernel.language import Text

_WORDS = ("title", "description", "source", "caveats")


def recipe_of(mapping: MappingDefinition, name: str, headers: Mapping[str, str]) -> MappingDefinition:
    """A mapping under a name of its own for files with these headers.

    Args:
        mapping: how the file was read.
        name: what the recipe is called.
        headers: field → the header that it was read from; such a field is needed from now on.
    """
    fields = {
        field: SourceField(names=(headers[field],), unit=each.unit, needed=True, with_time=each.with_time)
        if field in headers
        else each.model_copy(update={"needed": False, "looks_like": None})
        for field, each in mapping.fields.items()
    }
    title = Text(en=f"{mapping.title.en}: {name}", zh=f"{mapping.title.zh}：{name}")
    update = {"name": name, "title": title, "fields": fields, "generic": False, "replaces": None}
    return mapping.model_copy(update=update)


def recipe_yaml(mapping: MappingDefinition) -> str:
    """The document that says it."""
    plain = mapping.model_dump(mode="json", exclude_defaults=True)
    name = plain.pop("name")
    document = {"mapping": name, **{key: plain.pop(key) for key in _WORDS if key in plain}, **plain}
    writer = YAML(typ="safe", pure=True)
    writer.allow_unicode = True
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # the library types it by its default
    writer.width = 120
    stream = io.StringIO()
    writer.dump(document, stream)
    return stream.getvalue()

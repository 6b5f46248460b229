"""A mapping under a name of its own, so that the next file with the same headers is read the same way."""

from __future__ import annotations

from collections.abc import Mapping

from worthbook.definitions.mapping import MappingDefinition, SourceField
from worthbook.kernel.language import Text


def recipe_of(mapping: MappingDefinition, name: str, headers: Mapping[str, str]) -> MappingDefinition:
    """A mapping under a name of its own for files with these headers.

    Args:
        mapping: how the file was read.
        name: what the recipe is called.
        headers: field → the header that it was read from; such a field is needed from now on.
    """
    fields = {
        field: SourceField(
            names=(headers[field],),
            unit=each.unit,
            needed=True,
            with_time=each.with_time,
            zone=each.zone,
            zone_in=each.zone_in,
        )
        if field in headers
        else each.model_copy(update={"needed": False, "looks_like": None})
        for field, each in mapping.fields.items()
    }
    title = Text(en=f"{mapping.title.en}: {name}", zh=f"{mapping.title.zh}：{name}")
    update = {"name": name, "title": title, "fields": fields, "generic": False, "replaces": None}
    return mapping.model_copy(update=update)

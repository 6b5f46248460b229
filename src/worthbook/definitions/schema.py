"""The JSON Schema of definition files: what editors use to complete keys and mark mistakes while one types."""

from __future__ import annotations

from functools import reduce
from typing import Any

from pydantic.json_schema import models_json_schema

from worthbook.definitions.reader import NOUNS
from worthbook.definitions.windows import PLACEHOLDER

Schema = dict[str, Any]
"""Plain JSON values."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_WINDOWS: Schema = {
    "type": "array",
    "items": {"type": "string"},
    "minItems": 1,
    "description": "One measure for each of these windows, such as `12 months` or `lifetime`; "
    f"`{PLACEHOLDER}` in name, words and formula is filled in.",
}


def schema() -> Schema:
    """One schema for all kinds of definitions; the first key of a document decides which holds for it."""
    _, shared = models_json_schema([(cls, "validation") for cls in NOUNS.values()], ref_template="#/$defs/{model}")
    parts: Schema = shared["$defs"]
    for noun, cls in NOUNS.items():
        parts[noun] = _document(noun, parts.pop(cls.__name__))
    parts["Text"] = {**parts["Text"], "description": "In English and in Chinese.", "additionalProperties": False}
    # A measure has a key `table` and a structure a key `instrument`, so that documents are told apart in this order:
    # kinds whose word is a key of another kind come last.
    keys = {key for cls in NOUNS.values() for key in cls.model_fields}
    nouns = sorted(NOUNS, key=lambda noun: (noun in keys, noun))
    none_of_them: Schema = {"anyOf": [{"required": [noun]} for noun in nouns]}
    choice = reduce(_unless, reversed(nouns), none_of_them)
    return {"$schema": DIALECT, "title": "Worthbook definitions", "type": "object", **choice, "$defs": parts}


def _unless(otherwise: Schema, noun: str) -> Schema:
    return {"if": {"required": [noun]}, "then": {"$ref": f"#/$defs/{noun}"}, "else": otherwise}


def _document(noun: str, part: Schema) -> Schema:
    """The schema of one kind: its name stands behind its first key."""
    properties: Schema = dict(part["properties"])
    name = properties.pop("name")
    if noun == "measure":
        # With `windows`, the name of a measure holds a placeholder, which the pattern of names does not know.
        name = {key: value for key, value in name.items() if key not in {"pattern", "maxLength"}}
        properties["replaces"] = {"type": "string"}
        properties["windows"] = _WINDOWS
    required = [noun, *(key for key in part["required"] if key != "name")]
    return {**part, "title": noun, "properties": {noun: name, **properties}, "required": required}

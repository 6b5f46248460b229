"""What differs between two definitions of a thing, key by key, as they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from worthbook.definitions.definition import WORDS, Definition

_NOT_COMPARED = WORDS | {"name", "replaces", "by_hand", "service_level", "next_action"}


@dataclass(frozen=True)
class Difference:
    """One key that computes something else."""

    path: str
    """As in YAML: `axes.value.cuts`; the parts of a list go by their key."""
    before: str
    """Empty where the key is new."""
    after: str
    """Empty where the key is gone."""


def differences(before: Definition, after: Definition) -> tuple[Difference, ...]:
    """The keys that differ, in the order of the earlier definition; words that decide no number are not compared."""
    first, last = (dict(_flat(each.model_dump(mode="json"), "")) for each in (before, after))
    paths = dict.fromkeys((*first, *last))
    return tuple(
        Difference(path, first.get(path, ""), last.get(path, ""))
        for path in paths
        if first.get(path, "") != last.get(path, "")
    )


def _flat(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Every value by its path; a list of plain values is one of them."""
    if isinstance(value, Mapping):
        for key, each in cast("Mapping[str, object]", value).items():
            if key not in _NOT_COMPARED:
                yield from _flat(each, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
        for place, each in enumerate(cast("list[Mapping[str, object]]", value)):
            named = str(each.get("key", place))
            yield from _flat({key: found for key, found in each.items() if key != "key"} or True, f"{path}.{named}")
    elif isinstance(value, list):
        if value:
            yield path, ", ".join(map(str, value))
    elif value is not None:
        yield path, str(value)

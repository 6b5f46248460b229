from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from worthbook.definitions.documents import read_documents
from worthbook.definitions.reader import NOUNS
from worthbook.definitions.schema import schema

CATALOGUE = Path(__file__).resolve().parents[2] / "src" / "worthbook" / "catalogue"
SCHEMA = schema()

Rules = dict[str, Any]


def broken(value: object, rules: Rules, path: str = "") -> Iterator[str]:
    """The part of JSON Schema that ours is written in: where a value does not fit."""
    if "$ref" in rules:
        yield from broken(value, SCHEMA["$defs"][rules["$ref"].rpartition("/")[2]], path)
    if "if" in rules:
        yield from broken(value, rules["else" if any(broken(value, rules["if"])) else "then"], path)
    if "anyOf" in rules and all(any(broken(value, each, path)) for each in rules["anyOf"]):
        yield f"{path}: fits nothing"
    if value not in rules.get("enum", [value]) or value != rules.get("const", value):
        yield f"{path}: {value} is none of those allowed"
    if "type" in rules and not fits(value, rules["type"]):
        yield f"{path}: {value} is no {rules['type']}"
    else:
        yield from broken_inside(value, rules, path)


def broken_inside(value: object, rules: Rules, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from broken_keys(value, rules, path)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from broken(each, rules.get("items", {}), f"{path}.{index}")
    elif isinstance(value, str) and not re.search(rules.get("pattern", ""), value):
        yield f"{path}: {value} is not {rules['pattern']}"


def broken_keys(value: dict[str, Any], rules: Rules, path: str) -> Iterator[str]:
    for key in rules.get("required", []):
        if key not in value:
            yield f"{path}: {key} is missing"
    known, others = rules.get("properties", {}), rules.get("additionalProperties", True)
    patterns = rules.get("patternProperties", {})
    for key, each in value.items():
        matching = next((inner for pattern, inner in patterns.items() if re.search(pattern, key)), None)
        inner = known.get(key, matching if matching is not None else others)
        if inner is False:
            yield f"{path}: {key} is unknown"
        elif isinstance(inner, dict):
            yield from broken(each, inner, f"{path}.{key}")


def fits(value: object, kind: str) -> bool:
    kinds: dict[str, type | tuple[type, ...]] = {
        "object": dict,
        "array": list,
        "string": str,
        "number": (int, float),
        "integer": int,
        "boolean": bool,
        "null": type(None),
    }
    return isinstance(value, kinds[kind]) and (kind not in {"number", "integer"} or not isinstance(value, bool))


def trees(text: str) -> list[dict[str, Any]]:
    return [{each.noun: each.name, **each.tree} for each in read_documents(text, "m.yaml").readable]


@pytest.mark.parametrize("file", sorted(CATALOGUE.rglob("*.yaml")), ids=lambda file: file.stem)
def test_every_shipped_file_fits_the_schema(file: Path) -> None:
    assert [said for tree in trees(file.read_text(encoding="utf-8")) for said in broken(tree, SCHEMA)] == []


GOOD = """\
measure: revenue_{window}
title: {en: Revenue, zh: 收入}
description: {en: Revenue., zh: 收入。}
unit: money
table: transactions
windows: [12 months, lifetime]
formula: sum(amount)
empty: 0
source: Accounting identity
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("unit: money", "unit: mony"),
        ("empty: 0", "empty: 1"),
        ("formula", "formulae"),
        ("zh: 收入}", "fr: Revenu}"),
        ("source: Accounting identity\n", ""),
        ("windows: [12 months, lifetime]", "windows: 12 months"),
        ("measure", "mesure"),
    ],
)
def test_a_mistake_does_not_fit_the_schema(before: str, after: str) -> None:
    fine, wrong = trees(GOOD)[0], trees(GOOD.replace(before, after, 1))[0]

    assert (any(broken(fine, SCHEMA)), any(broken(wrong, SCHEMA))) == (False, True)


def test_tables_and_instruments_share_their_key_with_keys_of_other_kinds() -> None:
    shared = {noun for noun in NOUNS for cls in NOUNS.values() if noun in cls.model_fields}

    assert shared == {"instrument", "table"}

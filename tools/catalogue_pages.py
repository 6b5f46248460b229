"""The reference pages of the catalogue: what `worthbook describe` says of all that is shipped, in both languages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache, partial

from tools.mapping_table import mapping_table
from worthbook.definitions.schema import schema
from worthbook.kernel.language import LANGUAGES, Language, Text
from worthbook.kernel.result import Table
from worthbook.planning.index import Catalogue, read_catalogue
from worthbook.services.describe_definition import Described, describe
from worthbook.services.list_definitions import KINDS, definitions_of

SCHEMA = "definitions.schema.json"


def pages() -> dict[str, Callable[[], str]]:
    """A page for every kind of definition, by file name."""
    return {f"{kind}.md": partial(page, kind) for kind in KINDS}


def page(kind: str) -> str:
    """All shipped definitions of a kind."""
    catalogue = shipped()
    title = KINDS[kind]
    lines = [f"# {title.en} · {title.zh}", ""]
    if kind == "mappings":
        lines += mapping_table(catalogue.mappings.values())
    for definition in definitions_of(catalogue, kind):
        lines += entry(describe(catalogue, definition.name))
    return "\n".join(lines)


def schema_text() -> str:
    """The JSON Schema of definition files."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


@cache
def shipped() -> Catalogue:
    """The shipped catalogue, read once."""
    return read_catalogue()


def entry(described: Described) -> Iterator[str]:
    """One definition."""
    yield from (f"## {described.name}", "", f"**{described.title.en}** · {described.title.zh}", "")
    yield from (described.description.en.strip(), "", described.description.zh.strip(), "")
    for fact in described.facts:
        yield f"- {fact.label.en} · {fact.label.zh}: {both(fact.shown) if fact.key != 'formula' else f'`{fact.value}`'}"
    if described.needs:
        yield f"- Made from · 计算依据: {', '.join(described.needs)}"
    if described.used_by:
        yield f"- Used by · 被引用于: {', '.join(described.used_by)}"
    yield f"- Source · 出处: {described.source}"
    yield ""
    for table in described.tables:
        for language in LANGUAGES:
            yield from grid(table, language)
    if described.caveats:
        yield from ("Bear in mind · 注意:", "", *(f"- {both(caveat)}" for caveat in described.caveats), "")


def grid(table: Table, language: Language) -> Iterator[str]:
    """A table in one language."""
    if not any(isinstance(cell, Text) for row in table.rows for cell in row) and language != LANGUAGES[0]:
        return
    titles = [column.title.say(language) for column in table.columns]
    colon = "：" if language == "zh" else ":"
    yield from (f"{table.title.say(language)}{colon}", "", f"| {' | '.join(titles)} |", f"|{' --- |' * len(titles)}")
    for row in table.rows:
        cells = [cell.say(language) if isinstance(cell, Text) else str(cell) for cell in row]
        cells = [" ".join(cell.split()).replace("|", r"\|") for cell in cells]
        yield f"| {' | '.join(cells)} |"
    yield ""


def both(text: Text) -> str:
    """A text in both languages, once where they are the same."""
    return text.en if text.en == text.zh else f"{text.en} · {text.zh}"

"""A page with everything that a book holds about one person, for that person to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from worthbook.kernel.language import Language, Text

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1a1a1a; }
table { border-collapse: collapse; margin: 0 0 2rem; font-size: 13px; }
th, td { border: 1px solid #c8c8c8; padding: .25rem .5rem; text-align: left; vertical-align: top; }
caption { text-align: left; color: #555; }
"""


@dataclass(frozen=True)
class Section:
    """One table of the page."""

    title: Text
    note: Text
    heads: Sequence[Text]
    rows: Sequence[Sequence[str]]


def subject_page(title: Text, lead: Text, sections: Sequence[Section], language: Language) -> str:
    """The page as HTML that needs nothing else."""
    return "\n".join(_lines(title, lead, sections, language))


def _lines(title: Text, lead: Text, sections: Sequence[Section], language: Language) -> Iterator[str]:
    name = escape(title.say(language))
    yield f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{name}</title>'
    yield f"<style>{_STYLE}</style></head><body><h1>{name}</h1><p>{escape(lead.say(language))}</p>"
    for section in sections:
        yield f"<h2>{escape(section.title.say(language))}</h2>"
        yield f"<table><caption>{escape(section.note.say(language))}</caption><thead><tr>"
        yield "".join(f'<th scope="col">{escape(head.say(language))}</th>' for head in section.heads)
        yield "</tr></thead><tbody>"
        for row in section.rows:
            yield f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
        yield "</tbody></table>"
    yield "</body></html>"

"""Keep a condition as a segment of the book."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from worthbook.definitions.segment import SegmentDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding
from worthbook.services.find_book import find_book
from worthbook.services.open_book import open_book
from worthbook.services.save_definition import check_free, save_definition
from worthbook.services.segment_answer import SegmentAnswer
from worthbook.services.segment_who import typed

_SAVED = Text(
    en="Saved in {file}. Add strategy, service_level and next_action there; `worthbook segment show {name}` shows it.",
    zh="已保存到 {file}，可在其中补充策略、服务标准和下一步；用 `worthbook segment show {name}` 查看。",
)
_SOURCE = "Typed by a user"
_DESCRIPTION = Text(en="A condition that was saved as it was typed.", zh="由键入的条件直接保存。")


def save_segment(book: Path | None, name: str, when: str, title: str = "", title_zh: str = "") -> SegmentAnswer:
    """Write a condition into the book's definitions.

    Args:
        book: the book; None for the only one here.
        name: of the segment.
        when: the condition.
        title: in English; the name without one.
        title_zh: in Chinese; the same as in English without one.

    Raises:
        WorthbookError: definition-name-unreadable, definition-name-in-use, everything that is wrong with the condition.
    """
    with open_book(find_book(book)) as opened:
        typed(opened.catalogue, when)
        check_free(opened, name)
        said = title or title_zh or name
        definition = SegmentDefinition(
            name=name,
            title=Text(en=said, zh=title_zh or said),
            description=_DESCRIPTION,
            source=_SOURCE,
            when=when,
        )
        file = save_definition(opened, definition)
        text = _SAVED.format(file=file, name=name)
        today = dt.datetime.now(dt.UTC).date()
        return SegmentAnswer(definition.title, today, "", (Finding(text),), facts={"file": str(file), "name": name})

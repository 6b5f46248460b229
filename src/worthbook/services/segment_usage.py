"""Where a segment is used: other segments, frameworks, measures, studies, reports."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from worthbook.definitions.columns import Maker, columns_made
from worthbook.definitions.definition import Definition
from worthbook.kernel.errors import did_you_mean
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit
from worthbook.planning.index import Catalogue, read_catalogue
from worthbook.services.own_definitions import definitions_folder
from worthbook.services.segment_answer import SegmentAnswer, heading
from worthbook.services.segment_who import SEGMENT_UNKNOWN

_TITLE = Text(en="Where “{title}” is used", zh="“{title}”被引用于")
_NOWHERE = Text(en="Nothing uses it: it can be changed or removed freely.", zh="没有任何引用，可以放心修改或删除。")
_USES = Text(
    en="Used in {count} places; a change of it changes all of them.", zh="共有{count}处引用，修改后均会随之变化。"
)
_BY = Text(en="by way of {name}", zh="经由 {name}")
_DIRECTLY = Text(en="directly", zh="直接引用")


def usage(book: Path | None, name: str) -> SegmentAnswer:
    """Everything that needs a segment, directly or by way of others.

    Raises:
        WorthbookError: segment-unknown; if there is no book, or its definitions have problems.
    """
    catalogue = read_catalogue(definitions_folder(book))
    if name not in catalogue.segments:
        raise SEGMENT_UNKNOWN(name=name, near=did_you_mean(name, catalogue.segments))
    found = users_of(catalogue, name)
    rows = tuple(
        (each.noun, each.name, each.title, _DIRECTLY if by == name else _BY.format(name=by), str(each.place))
        for each, by in found
    )
    columns = (
        heading("kind", Unit.TEXT, "Kind", "类型"),
        heading("name", Unit.ID, "Name", "名称"),
        heading("title", Unit.TEXT, "Title", "标题"),
        heading("how", Unit.TEXT, "How", "方式"),
        heading("where", Unit.TEXT, "Defined in", "定义位置"),
    )
    title = _TITLE.format(title=catalogue.segments[name].title)
    told = Finding(_USES.format(count=len(found)) if found else _NOWHERE)
    table = Table("used_in", title, columns, rows)
    today = dt.datetime.now(dt.UTC).date()
    return SegmentAnswer(title, today, "", (told,), (table,) if rows else ())


def users_of(catalogue: Catalogue, name: str) -> list[tuple[Definition, str]]:
    """Who needs a column, each with the name by way of which it does, the nearest first."""
    found: dict[str, tuple[Definition, str]] = {}
    waiting = [name]
    while waiting:
        by = waiting.pop(0)
        for each in catalogue.definitions:
            if each.name not in found and each.name != name and by in catalogue.needs_of(each):
                found[each.name] = (each, by)
                waiting += columns_made(each) if isinstance(each, Maker) else [each.name]
    return list(found.values())

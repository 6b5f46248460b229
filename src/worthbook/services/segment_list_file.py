"""Add a list of customers from a file: its rows to the book, and a segment of those who are on it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

from worthbook.data.attempt import ImportReport
from worthbook.data.book import Book
from worthbook.data.customer_lists import Membership, id_column, membership
from worthbook.data.ingest import Manner, ingest
from worthbook.data.rows import known_among
from worthbook.definitions.segment import LISTS, SegmentDefinition
from worthbook.definitions.written import check_name
from worthbook.kernel.errors import Fault, Place
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding
from worthbook.planning.worth import VALUE_COLUMN
from worthbook.services.find_book import find_book
from worthbook.services.known_customer import shown
from worthbook.services.open_book import OpenBook, open_book
from worthbook.services.save_definition import check_free, save_definition
from worthbook.services.segment_answer import SegmentAnswer

HEADER_MISSING = Fault(
    "list-header-missing",
    what=Text(en="{file} begins with a customer, where a header should be.", zh="{file} 的首行是客户编号，缺少表头。"),
    hint=Text(en="Put a line with `customer_id` above it.", zh="请在首行之上加一行表头 `customer_id`。"),
)

_TITLE = Text(en="The list {file}", zh="名单 {file}")
_DESCRIPTION = Text(en="Customers on the list {file}.", zh="名单 {file} 中的客户。")
_SOURCE = "A list that a user added"
_READ = Text(
    en="{read} lines read: {new} new on the list, {same} named again, {rejected} could not be used.",
    zh="读取{read}行：新列入{new}位，重复{same}行，无法使用{rejected}行。",
)
_KNOWN = Text(en="This file was added before; nothing was added again.", zh="该文件此前已导入，未重复添加。")
_ON = Text(
    en="On the list now: {listed}; among the customers: {known}.", zh="名单现有{listed}位，其中{known}位是客户。"
)
_STRANGERS = Text(
    en="Not among the customers: {count} ({examples}). They are kept on the list, and count once they buy.",
    zh="有{count}个编号不在客户之中（{examples}）。仍保留在名单里，产生交易后即计入。",
)
_SEGMENT = Text(
    en="The segment `{name}` holds them ({file}). Take the list back: `worthbook undo {import_id}`.",
    zh="客群 `{name}` 即为这些客户（{file}）。撤回名单：`worthbook undo {import_id}`。",
)


def add_list(book: Path | None, file: Path, name: str = "", column: str = "") -> SegmentAnswer:
    """Import a list and define the segment of those who are on it, if there is none yet.

    Args:
        book: the book; None for the only one here.
        file: any file that can be imported; its name is that of the list.
        name: of the segment; by default made from the file's name.
        column: the header of the ids; by default found.

    Raises:
        WorthbookError: list-ids-not-found, list-header-missing, definition-name-unreadable, definition-name-in-use; or
            what is wrong with the file.
    """
    folder = find_book(book)
    with open_book(folder) as opened:
        there = next((each for each in opened.catalogue.segments.values() if each.list == file.name), None)
        called = there.name if there else name or re.sub(r"[^a-z0-9]+", "_", file.stem.lower()).strip("_")
        check_name(called)
        if there is None:
            check_free(opened, called)
        header = column or id_column(file, opened.catalogue.mappings)
        if known_among(opened.engine, opened.snapshot, opened.catalogue.tables, [header]):
            raise HEADER_MISSING(Place(str(file)), file=file.name)
        report = _import(opened, file, header)
        where = there.place.file if there else str(save_definition(opened, _segment(called, file.name)))
    with open_book(folder) as opened:
        found = _membership(opened, file.name)
        findings = tuple(_told(opened, report, found, called, where))
        facts = {"segment": called, "listed": found.listed, "strangers": found.strangers, "import": report.import_id}
        title = _TITLE.format(file=file.name)
        return SegmentAnswer(title, dt.datetime.now(dt.UTC).date(), "", findings, facts=facts)


def _import(opened: OpenBook, file: Path, header: str) -> ImportReport:
    quoted = file.name.replace("'", "''")
    pairs = (f"{LISTS}.customer_id={header}", f"{LISTS}.list_name='{quoted}'")
    book: Book = opened.book
    return ingest(book, file, opened.catalogue.mappings, opened.catalogue.tables, Manner(pairs=pairs))


def _segment(name: str, file: str) -> SegmentDefinition:
    return SegmentDefinition(
        name=name,
        title=_TITLE.format(file=file),
        description=_DESCRIPTION.format(file=file),
        source=_SOURCE,
        list=file,
    )


def _membership(opened: OpenBook, name: str) -> Membership:
    day = opened.day(None)
    bench = opened.make([VALUE_COLUMN], as_of=day)
    return membership(opened.engine, opened.snapshot, opened.catalogue.tables, bench.sheets[VALUE_COLUMN], name, day)


def _told(opened: OpenBook, report: ImportReport, found: Membership, name: str, where: str) -> Iterator[Finding]:
    if report.new:
        change = report.tables[LISTS]
        same = report.accepted - change.new - change.changed
        counts = {"read": report.read, "new": change.new, "same": same, "rejected": report.rejected}
        yield Finding(_READ.format(**{key: f"{value:,}" for key, value in counts.items()}))
    else:
        yield Finding(_KNOWN)
    yield Finding(_ON.format(listed=f"{found.listed:,}", known=f"{found.listed - found.strangers:,}"))
    if found.strangers:
        examples = shown(opened, found.examples)
        more = [*examples, *(["…"] if found.strangers > len(examples) else [])]
        said = Text(en=", ".join(more), zh="、".join(more))
        yield Finding(_STRANGERS.format(count=f"{found.strangers:,}", examples=said), "warning")
    yield Finding(_SEGMENT.format(name=name, file=where, import_id=report.import_id))

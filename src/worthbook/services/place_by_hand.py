"""Put a customer into a cell by hand, with a reason and an end; end that; list what counts.

A placement is a row of a table of the book like any other: it came with an import, which can be undone, it is erased
with the customer, and it decides the framework's column from its first day to its last.
"""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from worthbook.data.book import now, who
from worthbook.data.ingest import Manner, ingest
from worthbook.data.placements import PLACEMENTS, Placement, read_placements
from worthbook.data.rows import known_among
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.definitions.own_layout import OWN
from worthbook.kernel.errors import Fault, Problem, did_you_mean, raise_all
from worthbook.kernel.language import Language, Text
from worthbook.kernel.period import parse_date
from worthbook.planning.asked import FRAMEWORK_UNKNOWN
from worthbook.planning.migration import CELL_UNKNOWN
from worthbook.services.find_book import find_book
from worthbook.services.known_customer import NO_SUCH_CUSTOMER, meant, shown
from worthbook.services.open_book import OpenBook, open_book

UNTIL_TOO_EARLY = Fault(
    "placement-until-too-early",
    what=Text(
        en="The placement would end on {until}, before it begins on {first}.",
        zh="有效期至 {until}，早于生效日期 {first}。",
    ),
    hint=Text(
        en="Choose a later day with --until, or an earlier one with --from.",
        zh="请用 --until 指定更晚的日期，或用 --from 指定更早的生效日期。",
    ),
)
REASON_MISSING = Fault(
    "placement-reason-missing",
    what=Text(en="No reason is given.", zh="未填写理由。"),
    hint=Text(
        en="Say with --reason why; whoever looks at the customer later will read it.",
        zh="请用 --reason 说明理由，供日后查阅。",
    ),
)
PLACED_ALREADY = Fault(
    "placement-overlaps",
    what=Text(
        en="Customer '{customer}' is placed in '{cell}' of '{framework}' by hand from {first} until {last} already.",
        zh="客户“{customer}”在“{framework}”中已被人工指定为“{cell}”，有效期 {first} 至 {last}。",
    ),
    hint=Text(
        en="End that first: worthbook override end {customer} {framework} --reason …",
        zh="请先终止原调整：worthbook override end {customer} {framework} --reason …",
    ),
)
NOT_PLACED = Fault(
    "placement-not-there",
    what=Text(
        en="Customer '{customer}' is not placed by hand in '{framework}' on {day} or later.",
        zh="自 {day} 起，客户“{customer}”在“{framework}”中没有生效的人工调整。",
    ),
    hint=Text(
        en="`worthbook override list` shows what counts.", zh="可用 `worthbook override list` 查看生效中的调整。"
    ),
)

_LINE = Text(
    en="{customer}  {framework}: {cell}  {first} to {last}  {who}  {reason}",
    zh="{customer}  {framework}：{cell}  {first} 至 {last}  {who}  {reason}",
)
_ENDED = Text(en="  (ended by {who}: {reason})", zh="（已由 {who} 终止：{reason}）")
_NONE = Text(en="Nobody is placed by hand.", zh="没有人工调整的客户。")
_COUNT = Text(en="Placed by hand on {day}: {count}", zh="{day} 生效的人工调整：{count}")


@dataclass(frozen=True)
class Placed:
    """Placements and how they are said."""

    placements: tuple[Placement, ...]
    day: dt.date
    frameworks: Mapping[str, FrameworkDefinition]

    def say(self, language: Language) -> str:
        """How many count, and one line each."""
        if not self.placements:
            return _NONE.say(language)
        counting = sum(each.counts(self.day) for each in self.placements)
        lines = [_COUNT.format(day=self.day, count=counting).say(language)]
        return "\n".join([*lines, *(self._line(each, language) for each in self.placements)])

    def _line(self, placement: Placement, language: Language) -> str:
        framework = self.frameworks.get(placement.framework)
        labels = {} if framework is None else framework.labels
        ended = placement.ended_because or placement.ended_by
        line = _LINE.format(
            customer=placement.customer_id,
            framework=placement.framework if framework is None else framework.title,
            cell=labels.get(placement.cell, placement.cell),
            first=placement.from_on,
            last=placement.until_on,
            who=placement.placed_by,
            reason=placement.reason,
        ).say(language)
        tail = _ENDED.format(who=placement.ended_by, reason=placement.ended_because).say(language) if ended else ""
        return line + tail

    def as_json(self) -> list[dict[str, object]]:
        """Plain values."""
        return [
            {
                **vars(each),
                "from_on": each.from_on.isoformat(),
                "until_on": each.until_on.isoformat(),
                "placed_at": None if each.placed_at is None else each.placed_at.isoformat(),
                "counts": each.counts(self.day),
            }
            for each in self.placements
        ]


def place_by_hand(  # noqa: PLR0913 - whom, where, why and for how long
    folder: Path | None,
    customer_id: str,
    framework: str,
    cell: str,
    *,
    reason: str,
    until: str,
    since: str | None = None,
) -> Placed:
    """Put a customer into a cell from one day to another; by default from the day up to which the book knows purchases.

    Raises:
        WorthbookError: `customer-not-in-book`, `framework-unknown`, `cell-unknown`, `placement-until-too-early`,
            `placement-reason-missing`, `placement-overlaps`: all that is wrong at once; then nothing is changed.
    """
    with open_book(find_book(folder)) as opened:
        first, last = _first_day(opened, since), parse_date(until)
        customer = meant(opened, customer_id)
        raise_all(_wrong(opened, customer_id, framework, cell, reason=reason, first=first, last=last))
        key = _cell_key(opened.catalogue.frameworks[framework], cell) or ""
        placement = Placement(
            f"hand-{uuid.uuid4().hex[:12]}", customer, framework, key, first, last, reason.strip(), who(), now(), "", ""
        )
        _write(opened, placement)
        return Placed((replace(placement, customer_id=customer_id),), first, opened.catalogue.frameworks)


def end_placement(
    folder: Path | None, customer_id: str, framework: str, *, reason: str, on: str | None = None
) -> Placed:
    """End the placement that counts on a day, or the next one after it; the day before is its last.

    Raises:
        WorthbookError: `placement-not-there`, `placement-reason-missing`.
    """
    with open_book(find_book(folder)) as opened:
        day, customer = _first_day(opened, on), meant(opened, customer_id)
        if not reason.strip():
            raise REASON_MISSING()  # noqa: RSE102 - a Fault is called to become an exception
        there = read_placements(opened.engine, opened.snapshot, opened.catalogue.tables, customer)
        found = next((each for each in there if each.framework == framework and each.overlaps(day, dt.date.max)), None)
        if found is None:
            raise NOT_PLACED(customer=customer_id, framework=framework, day=day)
        last = max(day, found.from_on) - dt.timedelta(days=1)
        ended = replace(found, until_on=last, ended_by=who(), ended_because=reason.strip())
        _write(opened, ended)
        return Placed((replace(ended, customer_id=customer_id),), day, opened.catalogue.frameworks)


def list_placements(
    folder: Path | None = None, *, every: bool = False, on: str | None = None, show_personal: bool = True
) -> Placed:
    """The placements that count on a day, or every one that there ever was."""
    with open_book(find_book(folder)) as opened:
        day = _first_day(opened, on)
        there = read_placements(opened.engine, opened.snapshot, opened.catalogue.tables)
        chosen = tuple(each for each in there if every or each.counts(day))
        if not show_personal:
            seen = shown(opened, [each.customer_id for each in chosen])
            chosen = tuple(replace(each, customer_id=one) for each, one in zip(chosen, seen, strict=True))
        return Placed(chosen, day, opened.catalogue.frameworks)


def _first_day(opened: OpenBook, given: str | None) -> dt.date:
    """The day that was given; else the last of the book's purchases, so that its next evaluation knows of it."""
    return opened.day(None) if given is None else parse_date(given)


def _wrong(  # noqa: PLR0913 - everything that was given
    opened: OpenBook, given: str, framework: str, cell: str, *, reason: str, first: dt.date, last: dt.date
) -> Iterator[Problem]:
    customer = meant(opened, given)
    if not known_among(opened.engine, opened.snapshot, opened.catalogue.tables, [customer]):
        yield NO_SUCH_CUSTOMER.problem(customer=given)
    if last < first:
        yield UNTIL_TOO_EARLY.problem(until=last, first=first)
    if not reason.strip():
        yield REASON_MISSING.problem()
    frameworks = opened.catalogue.frameworks
    if framework not in frameworks:
        yield FRAMEWORK_UNKNOWN.problem(name=framework, near=did_you_mean(framework, frameworks))
        return
    if _cell_key(frameworks[framework], cell) is None:
        yield CELL_UNKNOWN.problem(
            framework=framework, name=cell, near=did_you_mean(cell, frameworks[framework].labels)
        )
    for each in read_placements(opened.engine, opened.snapshot, opened.catalogue.tables, customer):
        if each.framework == framework and each.overlaps(first, last):
            yield PLACED_ALREADY.problem(
                customer=given, framework=framework, cell=each.cell, first=each.from_on, last=each.until_on
            )


def _cell_key(framework: FrameworkDefinition, given: str) -> str | None:
    """The key of a cell that was named by its key or by its title in either language."""
    for cell in framework.cells:
        if given.casefold() in {cell.key.casefold(), cell.title.en.casefold(), cell.title.zh.casefold()}:
            return cell.key
    return None


def _write(opened: OpenBook, placement: Placement) -> None:
    """Bring the row into the book as an import of its own."""
    names = [each.name for each in fields(Placement)]
    with tempfile.TemporaryDirectory(prefix="worthbook-") as desk:
        file = Path(desk) / f"{placement.placement_id}.csv"
        with file.open("w", encoding="utf-8", newline="") as opened_file:
            csv.writer(opened_file).writerows([names, _cells_of(placement, names)])
        mappings, tables = opened.catalogue.mappings, opened.catalogue.tables
        ingest(opened.book, file, mappings, tables, Manner(mapping=OWN + PLACEMENTS))


def _cells_of(placement: Placement, names: Sequence[str]) -> list[str]:
    values = (getattr(placement, name) for name in names)
    return ["" if each is None else str(each) for each in values]

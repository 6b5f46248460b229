"""How many customers a segment, a cell or a condition has, and what they bring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from worthbook.data.chosen import Customers, Pattern
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value
from worthbook.planning.worth import VALUE_COLUMN
from worthbook.services.find_book import find_book
from worthbook.services.open_book import OpenBook, open_book
from worthbook.services.segment_answer import SegmentAnswer, heading, spoken
from worthbook.services.segment_who import Who, customers_for, read_who

_COUNT = Text(
    en="{customers} customers, {share} of {all}.",
    zh="{customers}位客户，占全部{all}位的{share}。",
)
_VALUE = Text(
    en="{column}: {value} together, {share} of the total; {mean} each.",
    zh="{column}：合计{value}，占总额的{share}；人均{mean}。",
)
_UNDECIDED = Text(
    en="It cannot be decided for {count} customers, because something is unknown: {reasons}. They are not counted.",
    zh="有{count}位客户因缺少数据无法判断：{reasons}。这些客户未计入。",
)
_REASON = Text(en="{column} ({count})", zh="{column}（{count}位）")
_NOBODY = Text(en="Nobody is in it.", zh="没有客户符合。")
_EVERYBODY = Text(en="Everybody is in it: the condition divides nothing.", zh="所有客户都符合，该条件没有区分作用。")
_SEGMENTS = Text(en="Segments", zh="客群")
_HEADLINE = Text(en="{title}, {as_of}", zh="{title}，{as_of}")


@dataclass(frozen=True)
class Size:
    """Those for whom one condition holds."""

    customers: int | None
    """None where it cannot be decided for anybody."""
    undecided: int
    everyone: int
    value: Value
    """What they bring together; None where that is not known."""
    total: Value
    """What all customers bring."""

    @property
    def share(self) -> float | None:
        """Of all customers."""
        return self.customers / self.everyone if self.everyone and self.customers is not None else None

    @property
    def value_share(self) -> float | None:
        """Of the total; None where that is not positive or not known."""
        return share_of(self.value, self.total)

    @property
    def mean(self) -> float | None:
        """What each of them brings."""
        return float(str(self.value)) / self.customers if self.customers and self.value is not None else None


def share_of(part: Value, whole: Value) -> float | None:
    """A part of a whole; None where the whole is not positive or not known."""
    if part is None or whole is None or float(str(whole)) <= 0:
        return None
    return float(str(part)) / float(str(whole))


def sizes(patterns: Sequence[Pattern], conditions: int) -> tuple[Size, ...]:
    """The size of each of some conditions that were asked together."""
    everyone, total = sum(each.customers for each in patterns), added(each.amount for each in patterns)
    return tuple(_size(patterns, index, everyone, total) for index in range(conditions))


def _size(patterns: Sequence[Pattern], index: int, everyone: int, total: Value) -> Size:
    inside = [each for each in patterns if each.answers[index]]
    undecided = sum(each.customers for each in patterns if each.answers[index] is None)
    if undecided == everyone:
        return Size(None, undecided, everyone, None, total)
    return Size(
        customers=sum(each.customers for each in inside),
        undecided=undecided,
        everyone=everyone,
        value=added(each.amount for each in inside) if inside or total is None else Decimal(0),
        total=total,
    )


def added(amounts: Iterable[Value]) -> Value:
    """An exact sum; None where nothing is known."""
    known = [each if isinstance(each, Decimal) else Decimal(str(each)) for each in amounts if each is not None]
    return sum(known[1:], known[0]) if known else None


def count_segment(book: Path | None, text: str, as_of: str | None = None) -> SegmentAnswer:
    """Count one segment, cell or condition.

    Raises:
        WorthbookError: what `read_who` and `customers_for` raise; if there is no book.
    """
    with open_book(find_book(book)) as opened:
        who = read_who(opened.catalogue, text)
        return _counted(opened, who, customers_for(opened, [who], as_of))


def show_segment(book: Path | None, text: str, as_of: str | None = None) -> SegmentAnswer:
    """The same, with what the segment means and what to do with it.

    Raises:
        WorthbookError: as `count_segment`.
    """
    with open_book(find_book(book)) as opened:
        who = read_who(opened.catalogue, text)
        counted = _counted(opened, who, customers_for(opened, [who], as_of))
        columns = (heading("what", Unit.TEXT, "", ""), heading("text", Unit.TEXT, "", ""))
        rows = (*who.meaning, *who.words)
        about = Table("about", who.title, columns, rows)
        return SegmentAnswer(
            counted.headline, counted.as_of, counted.currency, counted.findings, (about,), counted.notes, counted.facts
        )


def list_segments(book: Path | None, as_of: str | None = None) -> SegmentAnswer:
    """Every segment of a book with its customers and what they bring, the largest value first.

    Raises:
        WorthbookError: if there is no book, or its definitions have problems.
    """
    with open_book(find_book(book)) as opened:
        asked = [read_who(opened.catalogue, name) for name in opened.catalogue.segments]
        customers = customers_for(opened, asked, as_of)
        found = sizes(customers.patterns([each.condition for each in asked], VALUE_COLUMN), len(asked))
        pairs = sorted(zip(asked, found, strict=True), key=lambda pair: -float(str(pair[1].value or 0)))
        rows = tuple(
            (who.name, who.title, size.customers, size.value, size.value_share, size.undecided) for who, size in pairs
        )
        columns = (
            heading("name", Unit.ID, "Name", "名称"),
            heading("title", Unit.TEXT, "Segment", "客群"),
            heading("customers", Unit.COUNT, "Customers", "客户数"),
            heading("value", opened.catalogue.meta(VALUE_COLUMN).unit, "Value", "价值"),
            heading("value_share", Unit.SHARE, "Share", "价值占比"),
            heading("undecided", Unit.COUNT, "Unknown", "未知"),
        )
        notes = (_VALUE_IS.format(column=opened.catalogue.meta(VALUE_COLUMN).title),)
        table = Table("segments", _SEGMENTS, columns, rows)
        headline = _HEADLINE.format(title=opened.book.title, as_of=customers.as_of)
        return SegmentAnswer(headline, customers.as_of, opened.book.currency, tables=(table,), notes=notes)


_VALUE_IS = Text(en="Value: {column}.", zh="价值口径：{column}。")


def told(opened: OpenBook, who: Who, customers: Customers) -> tuple[Finding, ...]:
    """How many they are, what they bring, and who cannot be decided, in sentences."""
    return _counted(opened, who, customers).findings


def _counted(opened: OpenBook, who: Who, customers: Customers) -> SegmentAnswer:
    (size,) = sizes(customers.patterns([who.condition], VALUE_COLUMN), 1)
    unknown = customers.unknown(who.condition, who.reads) if size.undecided else {}
    caveats = dict.fromkeys(caveat for name in who.reads for caveat in opened.catalogue.meta(name).caveats)
    return SegmentAnswer(
        headline=who.title,
        as_of=customers.as_of,
        currency=opened.book.currency,
        findings=tuple(_told(opened, size, unknown)),
        notes=tuple(caveats),
        facts={
            "customers": size.customers,
            "share": size.share,
            "of": size.everyone,
            "value": size.value,
            "value_share": size.value_share,
            "undecided": size.undecided,
            **{f"unknown_{name}": count for name, count in unknown.items()},
        },
    )


def _told(opened: OpenBook, size: Size, unknown: dict[str, int]) -> Iterator[Finding]:
    if size.customers is not None:
        count = {"customers": f"{size.customers:,}", "share": spoken(size.share, Unit.SHARE)}
        yield Finding(_COUNT.format(all=f"{size.everyone:,}", **count))
    meta = opened.catalogue.meta(VALUE_COLUMN)
    if size.customers and size.value is not None:
        amounts = {
            "value": spoken(size.value, meta.unit, opened.book.currency),
            "mean": spoken(size.mean, meta.unit, opened.book.currency),
            "share": spoken(size.value_share, Unit.SHARE),
        }
        yield Finding(_VALUE.format(column=meta.title, **amounts))
    if size.customers == 0:
        yield Finding(_NOBODY, "warning")
    if size.customers == size.everyone:
        yield Finding(_EVERYBODY, "warning")
    if size.undecided:
        parts = [
            _REASON.format(column=opened.catalogue.meta(name).title, count=f"{count:,}")
            for name, count in sorted(unknown.items(), key=lambda pair: -pair[1])
            if count
        ]
        reasons = Text(en=", ".join(each.en for each in parts), zh="、".join(each.zh for each in parts))
        yield Finding(_UNDECIDED.format(count=f"{size.undecided:,}", reasons=reasons), "warning")

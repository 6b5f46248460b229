"""How far some segments, cells or conditions hold the same customers."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from worthbook.data.chosen import Pattern
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit
from worthbook.planning.worth import VALUE_COLUMN
from worthbook.services.find_book import find_book
from worthbook.services.open_book import open_book
from worthbook.services.segment_answer import SegmentAnswer, heading, spoken
from worthbook.services.segment_count import added, share_of, sizes
from worthbook.services.segment_who import Who, customers_for, read_who

TOO_FEW = Fault(
    "segment-overlap-of-one",
    what=Text(en="An overlap needs at least two segments.", zh="重合分析至少需要两个客群。"),
    hint=Text(en="Name two or more, each in quotes.", zh="请给出两个或更多客群，条件请加引号。"),
)

_TITLE = Text(en="Overlap of {count} segments", zh="{count}个客群的重合情况")
_SEGMENTS = Text(en="Segments", zh="客群")
_PARTS = Text(en="Who is in which (● in, · not in, ? cannot be decided)", zh="归属组合（● 属于，· 不属于，? 无法判断）")
_PAIRS = Text(en="Each with each", zh="两两对比")
_MOST = Text(
    en="“{one}” and “{other}” overlap most: {both} customers are in both, {share} of all who are in either.",
    zh="重合最多的是“{one}”与“{other}”：{both}位客户同属两者，占两者合计的{share}。",
)
_APART = Text(en="No customer is in two of them.", zh="没有客户同时属于其中两个客群。")
_MARKS: Mapping[bool | None, str] = {True: "●", False: "·", None: "?"}


@dataclass(frozen=True)
class Pair:
    """Two segments by their places, and how many customers are in one, in the other, in both."""

    one: int
    other: int
    first: int
    second: int
    both: int

    @property
    def jaccard(self) -> float | None:
        """Those in both, of those in either: Jaccard (1912), New Phytologist 11."""
        return share_of(self.both, self.first + self.second - self.both)


def overlap(book: Path | None, texts: Sequence[str], as_of: str | None = None) -> SegmentAnswer:
    """Every combination of segments that occurs, with customers and value, and each pair with its Jaccard index.

    Raises:
        WorthbookError: segment-overlap-of-one; what `read_who` and `customers_for` raise.
    """
    if len(set(texts)) < 2:  # noqa: PLR2004 - as it says
        raise TOO_FEW()  # noqa: RSE102 - a Fault is called to become an exception
    with open_book(find_book(book)) as opened:
        asked = [read_who(opened.catalogue, text) for text in dict.fromkeys(texts)]
        customers = customers_for(opened, asked, as_of)
        patterns = customers.patterns([who.condition for who in asked], VALUE_COLUMN)
        unit = opened.catalogue.meta(VALUE_COLUMN).unit
        pairs = pairs_of(patterns, len(asked))
        return SegmentAnswer(
            headline=_TITLE.format(count=len(asked)),
            as_of=customers.as_of,
            currency=opened.book.currency,
            findings=(_told(asked, pairs),),
            tables=(_legend(asked, patterns, unit), _parts(patterns, len(asked), unit), _pairs(pairs)),
            facts={"combinations": [_as_json(asked, each) for each in patterns]},
        )


def pairs_of(patterns: Sequence[Pattern], segments: int) -> tuple[Pair, ...]:
    """Every two segments, the most alike first; who cannot be decided is not in it."""

    def size(*places: int) -> int:
        return sum(each.customers for each in patterns if all(each.answers[place] for place in places))

    found = [
        Pair(one, other, size(one), size(other), size(one, other))
        for one, other in itertools.combinations(range(segments), 2)
    ]
    return tuple(sorted(found, key=lambda pair: -(pair.jaccard or 0)))


def _legend(asked: Sequence[Who], patterns: Sequence[Pattern], unit: Unit) -> Table:
    found = sizes(patterns, len(asked))
    rows = tuple(
        (number, who.title, size.customers, size.value, size.undecided)
        for number, (who, size) in enumerate(zip(asked, found, strict=True), start=1)
    )
    columns = (
        heading("number", Unit.COUNT, "No.", "编号"),
        heading("title", Unit.TEXT, "Segment", "客群"),
        heading("customers", Unit.COUNT, "Customers", "客户数"),
        heading("value", unit, "Value", "价值"),
        heading("undecided", Unit.COUNT, "Not decided", "无法判断"),
    )
    return Table("segments", _SEGMENTS, columns, rows)


def _parts(patterns: Sequence[Pattern], segments: int, unit: Unit) -> Table:
    """One row a combination, as an UpSet plot orders them: Lex and others (2014), IEEE TVCG 20(12)."""
    everyone, total = sum(each.customers for each in patterns), added(each.amount for each in patterns)
    rows = tuple(
        (
            *(_MARKS[answer] for answer in each.answers),
            each.customers,
            share_of(each.customers, everyone),
            each.amount,
            share_of(each.amount, total),
        )
        for each in sorted(patterns, key=lambda each: (not any(each.answers), -each.customers))
    )
    columns = (
        *(heading(f"in_{place}", Unit.TEXT, str(place), str(place)) for place in range(1, segments + 1)),
        heading("customers", Unit.COUNT, "Customers", "客户数"),
        heading("share", Unit.SHARE, "Share", "占比"),
        heading("value", unit, "Value", "价值"),
        heading("value_share", Unit.SHARE, "Share of value", "价值占比"),
    )
    return Table("parts", _PARTS, columns, rows)


def _pairs(pairs: Sequence[Pair]) -> Table:
    rows = tuple(
        (
            f"{pair.one + 1} + {pair.other + 1}",
            pair.both,
            share_of(pair.both, pair.first),
            share_of(pair.both, pair.second),
            pair.jaccard,
        )
        for pair in pairs
        if pair.first and pair.second
    )
    columns = (
        heading("pair", Unit.TEXT, "Pair", "组合"),
        heading("both", Unit.COUNT, "In both", "同属两者"),
        heading("of_one", Unit.SHARE, "Of the first", "占前者"),
        heading("of_other", Unit.SHARE, "Of the second", "占后者"),
        heading("jaccard", Unit.SHARE, "Of either (Jaccard)", "占两者合计（Jaccard）"),
    )
    return Table("pairs", _PAIRS, columns, rows)


def _told(asked: Sequence[Who], pairs: Sequence[Pair]) -> Finding:
    most = pairs[0]
    if not most.both:
        return Finding(_APART)
    share = spoken(most.jaccard, Unit.SHARE)
    titles = {"one": asked[most.one].title, "other": asked[most.other].title}
    return Finding(_MOST.format(both=f"{most.both:,}", share=share, **titles))


def _as_json(asked: Sequence[Who], pattern: Pattern) -> dict[str, object]:
    named = list(zip((who.name for who in asked), pattern.answers, strict=True))
    return {
        "in": [name for name, answer in named if answer],
        "undecided": [name for name, answer in named if answer is None],
        "customers": pattern.customers,
        "value": pattern.amount,
    }

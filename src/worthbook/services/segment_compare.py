"""How two segments differ: every column ranked by how far it tells them apart, with intervals, in words."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from pathlib import Path

from worthbook.data.columns import count
from worthbook.data.contrast import Groups
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit
from worthbook.services.find_book import find_book
from worthbook.services.open_book import OpenBook, open_book
from worthbook.services.segment_answer import SegmentAnswer, heading, plain, spoken
from worthbook.services.segment_differences import Line, differences
from worthbook.services.segment_who import Who, customers_for, known_columns, read_who

NOBODY_TO_COMPARE = Fault(
    "segment-compare-nobody",
    what=Text(en="Nobody is in “{name}” alone.", zh="没有仅属于“{name}”的客户。"),
    hint=Text(
        en="Who is in both, or cannot be decided, is left out. Look at `worthbook segment overlap`.",
        zh="同属两者或无法判断的客户不参与对比，可用 `worthbook segment overlap` 查看。",
    ),
)

CERTAIN = 0.05
_SHOWN, _SAID = 20, 5
_MULTIPLIED = frozenset({Unit.MONEY, Unit.COUNT, Unit.QUANTITY, Unit.DAYS, Unit.WEEKS, Unit.MONTHS})
"""Of these, one group may be said to have so many times as much as the other."""

_OTHERS = Text(en="all others", zh="其他客户")
_TITLE = Text(
    en="{one} ({one_count}) against {other} ({other_count})", zh="{one}（{one_count}位）对比{other}（{other_count}位）"
)
_BESIDE = Text(en="What else differs, the clearest first", zh="条件之外的差异（由大到小）")
_FOLLOWS = Text(en="What differs by the condition itself", zh="条件本身带来的差异")
_BETWEEN = Text(en="{low} to {high}", zh="{low}至{high}")
_COMPLETE = Text(en="complete", zh="完全分开")
_MORE = Text(
    en="{what}: {one} against {other}, {times} times as much.",
    zh="{what}：{one}，对比{other}，前者为后者的{times}倍。",
)
_LESS = Text(
    en="{what}: {one} against {other}, lower by {less}.",
    zh="{what}：{one}，对比{other}，低{less}。",
)
_PLAIN = Text(en="{what}: {one} against {other}.", zh="{what}：{one}，对比{other}。")
_NOTHING = Text(en="No column tells them apart with certainty.", zh="没有任何一列能确定地区分二者。")
_HOW = Text(
    en="Mean or share in each group; interval of the difference by Welch, for shares by Newcombe; effect in standard "
    "deviations. {certain} of {compared} differences are certain at 5 % after Holm's correction; the others are not "
    "shown. Intervals take these customers for a sample of such customers.",
    zh="各组的均值或占比；差值附95%区间（均值用Welch法，占比用Newcombe法）；效应以标准差为单位。共比较{compared}项，"
    "经Holm校正后有{certain}项在5%水平上确定，其余未列出。区间把现有客户视为同类客户的样本。",
)
_LEFT_OUT = Text(
    en="{count} customers are in both or cannot be decided, and are left out.",
    zh="有{count}位客户同属两者或无法判断，未参与对比。",
)


def compare(
    book: Path | None, one: str, other: str | None = None, as_of: str | None = None, columns: Sequence[str] = ()
) -> SegmentAnswer:
    """Compare two segments, or one with everybody else.

    Args:
        book: the book; None for the only one here.
        one: a segment, cell or condition.
        other: another; None for all for whom `one` does not hold.
        as_of: the date.
        columns: what to compare; by default all that the report lists.

    Raises:
        WorthbookError: segment-compare-nobody; what `read_who` and `customers_for` raise.
    """
    with open_book(find_book(book)) as opened:
        first = read_who(opened.catalogue, one)
        condition = f"not ({first.condition})"
        second = Who("", _OTHERS, condition, first.reads) if other is None else read_who(opened.catalogue, other)
        names = known_columns(opened.catalogue, columns)
        customers = customers_for(opened, [first, second], as_of, names)
        groups = Groups.of(customers, first.condition, second.condition)
        sizes = groups.sizes()
        for who, size in zip((first, second), sizes, strict=True):
            if not size:
                raise NOBODY_TO_COMPARE(name=who.title)
        found = differences(groups, {name: opened.catalogue.meta(name) for name in names})
        made_of = opened.catalogue.behind((*first.reads, *second.reads))
        defining = frozenset(name for name in names if opened.catalogue.behind([name]) & made_of)
        title = _TITLE.format(
            one=first.title, other=second.title, one_count=f"{sizes[0]:,}", other_count=f"{sizes[1]:,}"
        )
        left_out = count(opened.engine, customers.sheets[0]) - sum(sizes)
        return _answer(opened, title, found, defining, customers.as_of, left_out)


def _answer(  # noqa: PLR0913, PLR0917 - what was compared, and what was found
    opened: OpenBook, title: Text, found: Sequence[Line], defining: frozenset[str], as_of: dt.date, left_out: int
) -> SegmentAnswer:
    certain = [line for line in found if line.p < CERTAIN]
    beside = [line for line in certain if line.column not in defining]
    follows = [line for line in certain if line.column in defining]
    currency = opened.book.currency
    said = [_said(line, currency) for line in (beside or follows)[:_SAID]]
    tables = (_table("differences", _BESIDE, beside, currency), _table("follows", _FOLLOWS, follows, currency))
    notes = [_HOW.format(certain=len(certain), compared=len(found))]
    if left_out:
        notes.append(_LEFT_OUT.format(count=f"{left_out:,}"))
    return SegmentAnswer(
        headline=title,
        as_of=as_of,
        currency=currency,
        findings=tuple(Finding(text) for text in said) if said else (Finding(_NOTHING, "warning"),),
        tables=tuple(table for table in tables if table.rows),
        notes=tuple(notes),
        facts={"compared": [_as_json(line, defining) for line in found], "left_out": left_out},
    )


def _said(line: Line, currency: str) -> Text:
    words = {
        "what": line.title,
        "one": spoken(line.one, line.unit, currency),
        "other": spoken(line.other, line.unit, currency),
    }
    if line.unit not in _MULTIPLIED or not (line.one > 0 and line.other > 0):
        return _PLAIN.format(**words)
    if line.one < line.other:
        return _LESS.format(less=spoken(1 - line.one / line.other, Unit.SHARE), **words)
    return _MORE.format(times=spoken(line.one / line.other, Unit.RATIO), **words)


def _table(name: str, title: Text, lines: Sequence[Line], currency: str) -> Table:
    rows = tuple(
        (
            line.title,
            spoken(line.one, line.unit, currency),
            spoken(line.other, line.unit, currency),
            _BETWEEN.format(low=spoken(line.low, line.unit, currency), high=spoken(line.high, line.unit, currency)),
            f"{line.effect:+.2f}".replace("-", "−") if math.isfinite(line.effect) else _COMPLETE,
        )
        for line in lines[:_SHOWN]
    )
    columns = (
        heading("what", Unit.TEXT, "What", "指标"),
        heading("one", Unit.TEXT, "One", "前者"),
        heading("other", Unit.TEXT, "Other", "后者"),
        heading("interval", Unit.TEXT, "Difference, 95 %", "差值95%区间"),
        heading("effect", Unit.TEXT, "Effect", "效应"),
    )
    return Table(name, title, columns, rows)


def _as_json(line: Line, defining: frozenset[str]) -> dict[str, object]:
    numbers = ("one", "other", "difference", "low", "high", "effect", "p")
    values = {key: value if math.isfinite(value) else None for key in numbers for value in [getattr(line, key)]}
    return {"column": line.column, "title": plain(line.title), **values, "defining": line.column in defining}

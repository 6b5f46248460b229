"""What decided a customer's cell beside the axes of the framework: a person, or where the customer stood before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from worthbook.data.placements import read_placements
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.kernel.language import LANGUAGES, Text
from worthbook.kernel.period import Window
from worthbook.kernel.units import Unit, Value, show
from worthbook.services.open_book import OpenBook

_BY_HAND = Text(
    en="Placed by hand as {cell}, {first} to {last}, by {who}: {reason}",
    zh="人工指定为“{cell}”，有效期 {first} 至 {last}，经办人 {who}：{reason}",
)
_CHOSEN = Text(en="Placed as {cell} by {column}.", zh="由“{column}”指定为“{cell}”。")
_HELD = Text(en="Kept as {cell} since {since}.", zh="自 {since} 起维持“{cell}”。")
_BETWEEN = Text(
    en="Between reviews nobody falls; the next review is on {day}.",
    zh="评审期之间不降级，下次评审日为 {day}。",
)
_MARGIN = Text(
    en="By the numbers of the day alone it would be {cell}, but they lie within the margin of {margin}.",
    zh="仅按当日数据应为“{cell}”，但仍在 {margin} 的容差之内。",
)
_STAY = Text(
    en="By the numbers of the day alone it would be {cell}, but a tier is kept for {stay} at least.",
    zh="仅按当日数据应为“{cell}”，但最短保留期为{stay}。",
)
_WITHOUT = Text(en="Without that it would be {cell}:", zh="若不考虑以上因素，应为“{cell}”：")
_CHANCES = Text(
    en="How it may come out, with the limits held as they are: {chances}.",
    zh="按现有界限，结果落入各级的概率：{chances}。",
)
_WORTH_SAYING = 0.005
_NOWHERE = Text(en="no cell", zh="未归类")


def deciding(
    opened: OpenBook, framework: FrameworkDefinition, customer_id: str, values: Mapping[str, Value], as_of: dt.date
) -> Iterator[Text]:
    """The sentences that come before what the axes say; none where they alone decide.

    Args:
        opened: the book.
        framework: the framework.
        customer_id: the customer.
        values: the framework's columns and what they are made from, for this customer.
        as_of: the date of the values.
    """
    told = [*_by_hand(opened, framework, customer_id, values, as_of), *_remembered(framework, values, as_of)]
    yield from told
    if told and values[framework.computed] != values[framework.name]:
        yield _WITHOUT.format(cell=framework.labels.get(str(values[framework.computed]), _NOWHERE))


def chances_told(framework: FrameworkDefinition, values: Mapping[str, Value]) -> Text | None:
    """The probability of each cell in words, the likeliest first; None where none is known."""
    found = [(cell.title, chance) for cell, name in zip(framework.cells, framework.chances, strict=False)
             if isinstance(chance := values.get(name), float) and chance >= _WORTH_SAYING]  # fmt: skip
    if not found:
        return None
    likeliest = sorted(found, key=lambda each: -each[1])
    shares = [{language: show(chance, Unit.SHARE, language) for language in LANGUAGES} for _, chance in likeliest]
    parts = [(title, share) for (title, _), share in zip(likeliest, shares, strict=True)]
    said = Text(
        en=", ".join(f"{title.en} {share['en']}" for title, share in parts),
        zh="、".join(f"{title.zh} {share['zh']}" for title, share in parts),
    )
    return _CHANCES.format(chances=said)


def _by_hand(
    opened: OpenBook, framework: FrameworkDefinition, customer_id: str, values: Mapping[str, Value], as_of: dt.date
) -> Iterator[Text]:
    chosen = None if framework.by_hand is None else values[framework.by_hand]
    if not isinstance(chosen, str) or chosen not in framework.labels:
        return
    there = read_placements(opened.engine, opened.snapshot, opened.catalogue.tables, customer_id)
    found = [each for each in there if each.framework == framework.name and each.counts(as_of)]
    cell = framework.labels[chosen]
    if not found:
        yield _CHOSEN.format(cell=cell, column=opened.catalogue.meta(framework.by_hand or "").title)
        return
    last = found[-1]
    yield _BY_HAND.format(cell=cell, first=last.from_on, last=last.until_on, who=last.placed_by, reason=last.reason)


def _remembered(framework: FrameworkDefinition, values: Mapping[str, Value], as_of: dt.date) -> Iterator[Text]:
    """Since when the customer has stood there, and why the numbers of the day do not move it."""
    stability, held = framework.stability, values.get(framework.held)
    if stability is None or not isinstance(held, str):
        return
    yield _HELD.format(cell=framework.labels[held], since=values[framework.since])
    computed = values[framework.computed]
    if held == computed:
        return
    cell = framework.labels.get(str(computed), _NOWHERE)
    since = values[framework.since]
    if values[framework.kept_to] == held:
        yield _MARGIN.format(cell=cell, margin=stability.margin)
    elif stability.minimum_stay is not None and isinstance(since, dt.date) and not stability.may_fall(since, as_of):
        yield _STAY.format(cell=cell, stay=Window.parse(stability.minimum_stay).long)
    elif not stability.is_review(as_of):
        yield _BETWEEN.format(day=stability.next_day(as_of))

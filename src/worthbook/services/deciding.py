"""What decided a customer's cell beside the axes of the framework: a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from worthbook.data.placements import read_placements
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.units import Value
from worthbook.services.open_book import OpenBook

_BY_HAND = Text(
    en="Placed by hand as {cell}, {first} to {last}, by {who}: {reason}",
    zh="人工指定为“{cell}”，有效期 {first} 至 {last}，经办人 {who}：{reason}",
)
_CHOSEN = Text(en="Placed as {cell} by {column}.", zh="由“{column}”指定为“{cell}”。")
_WITHOUT = Text(en="Without that it would be {cell}:", zh="若无人工指定，应为“{cell}”：")
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
    chosen = None if framework.by_hand is None else values[framework.by_hand]
    if not isinstance(chosen, str) or chosen not in framework.labels:
        return
    there = read_placements(opened.engine, opened.snapshot, opened.catalogue.tables, customer_id)
    found = [each for each in there if each.framework == framework.name and each.counts(as_of)]
    if found:
        last = found[-1]
        yield _BY_HAND.format(
            cell=framework.labels[chosen],
            first=last.from_on,
            last=last.until_on,
            who=last.placed_by,
            reason=last.reason,
        )
    else:
        yield _CHOSEN.format(cell=framework.labels[chosen], column=opened.catalogue.meta(framework.by_hand or "").title)
    computed = values[framework.computed]
    yield _WITHOUT.format(cell=framework.labels.get(str(computed), _NOWHERE))

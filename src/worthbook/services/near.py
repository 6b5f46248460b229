"""Who would move next: those closest to a limit above and below, with what is missing and by when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from worthbook.definitions.stability import Stability
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.period import parse_date
from worthbook.services import known_customer
from worthbook.services.compare_runs import framework_of
from worthbook.services.find_book import find_book
from worthbook.services.near_cells import near_cells
from worthbook.services.near_found import Near, Nearby
from worthbook.services.near_tiers import near_tiers
from worthbook.services.open_book import OpenBook, open_book

BY_TOO_EARLY = Fault(
    "near-by-too-early",
    what=Text(en="{by} is not after {as_of}.", zh="{by} 不晚于 {as_of}。"),
    hint=Text(en="Choose a later day with --by.", zh="请用 --by 指定更晚的日期。"),
)


def near_in_book(  # noqa: PLR0913 - of what, when, and how many
    folder: Path | None,
    name: str,
    *,
    customers: int = 20,
    as_of: str | None = None,
    by: str | None = None,
    show_personal: bool = True,
) -> Near:
    """Find in the book of a folder who would move next in a framework.

    Raises:
        WorthbookError: `framework-unknown`, `near-by-too-early`, `as-of-before-history`, `book-empty`.
    """
    with open_book(find_book(folder)) as opened:
        found = near(opened, name, customers=customers, as_of=as_of, by=by)
        return found if show_personal else _masked(opened, found)


def near(opened: OpenBook, name: str, *, customers: int = 20, as_of: str | None = None, by: str | None = None) -> Near:
    """The same for an open book."""
    framework, day = framework_of(opened, name), opened.day(as_of)
    ahead = (framework.stability or Stability()).next_day(day) if by is None else parse_date(by)
    if ahead <= day:
        raise BY_TOO_EARLY(by=ahead, as_of=day)
    kept = () if framework.stability is None else (framework.held, framework.since)
    bench = opened.make([framework.name, framework.computed, *kept], as_of=day)
    begun = Near(framework, day, ahead, opened.book.currency)
    if framework.method == "tiers":
        return near_tiers(opened, bench, begun, customers)
    return near_cells(bench, begun, customers)


def _masked(opened: OpenBook, found: Near) -> Near:
    def seen(part: Sequence[Nearby]) -> tuple[Nearby, ...]:
        ids = known_customer.shown(opened, [each.customer_id for each in part])
        return tuple(replace(each, customer_id=one) for each, one in zip(part, ids, strict=True))

    parts = {name: seen(getattr(found, name)) for name in ("rising", "falling", "safe", "across")}
    return replace(found, **parts)  # type: ignore[arg-type]

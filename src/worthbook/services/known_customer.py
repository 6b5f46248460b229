"""Which customer is meant, and how its id is shown to others."""

from __future__ import annotations

from collections.abc import Sequence

from worthbook.data.masks import masked, unmasked
from worthbook.data.merges import read_decisions
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.services.open_book import OpenBook

NO_SUCH_CUSTOMER = Fault(
    "customer-not-in-book",
    what=Text(en="The book has no customer '{customer}'.", zh="账簿中没有编号为“{customer}”的客户。"),
    hint=Text(en="Ids are compared letter by letter, leading zeros included.", zh="客户编号须逐字一致（含前导零）。"),
)


def named(opened: OpenBook, given: str) -> str:
    """The id under which files name a customer: what is given may be masked."""
    return unmasked(opened.snapshot, opened.catalogue.tables, given, opened.book.salt)


def meant(opened: OpenBook, given: str) -> str:
    """The id under which a customer is found now: the one that is named may have been merged away."""
    return read_decisions(opened.book).standing_for(named(opened, given))


def shown(opened: OpenBook, customer_ids: Sequence[str]) -> list[str]:
    """Ids as others may see them."""
    return masked(customer_ids, opened.book.salt)

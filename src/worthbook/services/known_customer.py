"""Whether a customer is in a book at all."""

from __future__ import annotations

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text

NO_SUCH_CUSTOMER = Fault(
    "customer-not-in-book",
    what=Text(en="The book has no customer '{customer}'.", zh="账簿中没有编号为“{customer}”的客户。"),
    hint=Text(en="Ids are compared letter by letter, leading zeros included.", zh="客户编号须逐字一致（含前导零）。"),
)

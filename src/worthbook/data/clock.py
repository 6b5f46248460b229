"""The clocks of a book: in which zone its days begin."""

from __future__ import annotations

import datetime as dt

from worthbook.data.book import Book
from worthbook.kernel.errors import Fault, Place
from worthbook.kernel.language import Text
from worthbook.kernel.period import time_zone

TIME_ZONE_UNKNOWN = Fault(
    "time-zone-unknown",
    what=Text(
        en="book.toml names the time zone '{zone}', which there is not.", zh="book.toml 中的时区“{zone}”不存在。"
    ),
    hint=Text(
        en="Write an IANA name such as Asia/Shanghai, or leave it empty for the computer's own.",
        zh="请填写 IANA 时区名（如 Asia/Shanghai），或留空以使用本机时区。",
    ),
)


def today_of(book: Book) -> dt.date:
    """Which day it is by the book's clocks.

    Raises:
        WorthbookError: time-zone-unknown.
    """
    zone = time_zone(book.time_zone) if book.time_zone else None
    if zone is None and book.time_zone:
        raise TIME_ZONE_UNKNOWN(Place(str(book.folder / "book.toml")), zone=book.time_zone)
    return dt.datetime.now(zone).astimezone(zone).date()

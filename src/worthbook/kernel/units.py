"""The closed list of units, and how a value in each is written for people."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from enum import Enum
from typing import Literal

from worthbook.kernel.language import Language, Text
from worthbook.kernel.money import symbol

Value = Decimal | float | int | str | bool | dt.date | dt.datetime | None
"""What one cell of a column or table may hold; `None` is unknown, never zero."""

UNKNOWN = "–"

Storage = Literal["money", "integer", "number", "date", "time", "text", "flag"]


class Unit(Enum):
    """What a value is counted in."""

    MONEY = "money"
    COUNT = "count"
    QUANTITY = "quantity"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    SHARE = "share"
    """A part of a whole, 0 to 1, shown in per cent."""
    RATE = "rate"
    """A change or a frequency relative to something, shown in per cent; may be negative or above 1."""
    PROBABILITY = "probability"
    RATIO = "ratio"
    SCORE = "score"
    DATE = "date"
    TIME = "time"
    LABEL = "label"
    """One of the named bands, cells or tiers of a framework."""
    TEXT = "text"
    ID = "id"
    FLAG = "flag"

    @property
    def storage(self) -> Storage:
        """How engines and files hold it."""
        return _STORAGE[self]

    @property
    def is_numeric(self) -> bool:
        """Whether bands can be cut and totals taken."""
        return self.storage in {"money", "integer", "number"}

    @property
    def title(self) -> Text:
        """The unit's name on an axis."""
        return _TITLES[self]


_STORAGE: dict[Unit, Storage] = {
    Unit.MONEY: "money",
    Unit.COUNT: "integer",
    Unit.QUANTITY: "number",
    Unit.DAYS: "number",
    Unit.WEEKS: "number",
    Unit.MONTHS: "number",
    Unit.SHARE: "number",
    Unit.RATE: "number",
    Unit.PROBABILITY: "number",
    Unit.RATIO: "number",
    Unit.SCORE: "number",
    Unit.DATE: "date",
    Unit.TIME: "time",
    Unit.LABEL: "text",
    Unit.TEXT: "text",
    Unit.ID: "text",
    Unit.FLAG: "flag",
}

_TITLES: dict[Unit, Text] = {
    Unit.MONEY: Text(en="money", zh="金额"),
    Unit.COUNT: Text(en="number", zh="数量"),
    Unit.QUANTITY: Text(en="units", zh="件数"),
    Unit.DAYS: Text(en="days", zh="天"),
    Unit.WEEKS: Text(en="weeks", zh="周"),
    Unit.MONTHS: Text(en="months", zh="个月"),
    Unit.SHARE: Text(en="%", zh="%"),
    Unit.RATE: Text(en="%", zh="%"),
    Unit.PROBABILITY: Text(en="%", zh="%"),
    Unit.RATIO: Text(en="ratio", zh="比值"),
    Unit.SCORE: Text(en="points", zh="分"),
    Unit.DATE: Text(en="date", zh="日期"),
    Unit.TIME: Text(en="time", zh="时间"),
    Unit.LABEL: Text(en="group", zh="分组"),
    Unit.TEXT: Text(en="text", zh="文本"),
    Unit.ID: Text(en="id", zh="编号"),
    Unit.FLAG: Text(en="yes or no", zh="是否"),
}

_LARGE: dict[Language, tuple[tuple[float, str], ...]] = {
    "en": ((1e9, " billion"), (1e6, " million")),
    "zh": ((1e8, "亿"), (1e4, "万")),
}
LEAST_SHARE = 0.0005
"""Smaller shares are written as 0 %."""

LEAST_AMOUNT = 0.0001
"""Smaller numbers without a unit are told by this limit, as four decimals would show nothing of them."""
_TINY = f"< {LEAST_AMOUNT:.4f}"

EXACT_BELOW = 10_000_000
"""Numbers of people and things are written out to the last one below this."""

_CENT, _WHOLE_FROM = 0.01, 100
"""The smallest coin, and from where on amounts are written without decimals."""

_PER_CENT = frozenset({Unit.SHARE, Unit.RATE, Unit.PROBABILITY})
_SPELT = frozenset({Unit.DAYS, Unit.WEEKS, Unit.MONTHS})


def show(value: Value, unit: Unit, language: Language, currency: str = "") -> str:
    """A value as a person would write it in a sentence: rounded, with its unit.

    >>> show(Decimal("1234567.8"), Unit.MONEY, "en", "USD"), show(Decimal("1234567.8"), Unit.MONEY, "zh", "CNY")
    ('$1.23 million', '¥123万')
    >>> show(0.6712, Unit.SHARE, "en"), show(0.6712, Unit.SHARE, "zh"), show(41.6, Unit.DAYS, "zh")
    ('67 %', '67%', '42天')
    >>> show(3e-7, Unit.RATIO, "en"), show(-3e-7, Unit.RATIO, "en"), show(0.0, Unit.RATIO, "en")
    ('< 0.0001', '> −0.0001', '0')
    >>> show(23570, Unit.COUNT, "zh"), show(-1.5, Unit.DAYS, "en"), show(None, Unit.MONEY, "en")
    ('23,570', '−1.5 days', '–')
    >>> show(Decimal("37.0248"), Unit.MONEY, "en", "USD"), show(Decimal("0.8"), Unit.MONEY, "zh", "CNY")
    ('$37.02', '¥0.80')
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return UNKNOWN
    if isinstance(value, bool | dt.date | str):
        return _words(value, language)
    number = float(value)
    sign, size = ("−" if number < 0 else ""), abs(number)
    if unit in _PER_CENT:
        return ("" if size < LEAST_SHARE else sign) + _per_cent(size, language)
    if unit is Unit.MONEY:
        return sign + symbol(currency) + _money(size, language)
    if unit is Unit.COUNT:
        return sign + _count(size, language)
    if unit in _SPELT:
        return sign + _length(size, unit, language)
    if 0 < size < LEAST_AMOUNT:
        return _TINY if number > 0 else f"> −{LEAST_AMOUNT:.4f}"
    return sign + _amount(size, language)


def _words(value: bool | dt.date | str, language: Language) -> str:  # noqa: FBT001 - the value is the subject
    if isinstance(value, bool):
        return {"en": ("no", "yes"), "zh": ("否", "是")}[language][value]
    return value.strftime("%Y-%m-%d %H:%M") if isinstance(value, dt.datetime) else str(value)


def show_exactly(value: Value, unit: Unit, language: Language, currency: str = "") -> str:
    """Like `show`, but amounts of money to the cent: for one customer's numbers, where a rounded limit would mislead.

    >>> show_exactly(Decimal("12345.6"), Unit.MONEY, "zh", "CNY"), show_exactly(0.5, Unit.SHARE, "en")
    ('¥12,345.60', '50 %')
    """
    if unit is not Unit.MONEY or value is None or isinstance(value, bool | str | dt.date):
        return show(value, unit, language, currency)
    return f"{'−' if value < 0 else ''}{symbol(currency)}{abs(value):,.2f}"


def _per_cent(share: float, language: Language) -> str:
    per_cent = share * 100
    places = 1 if (LEAST_SHARE * 100 <= per_cent < 9.95) or (99 < per_cent < 100) else 0  # noqa: PLR2004
    return f"{per_cent:.{places}f}{'%' if language == 'zh' else ' %'}"


def _count(number: float, language: Language) -> str:
    """People are counted exactly, unless there are very many of them."""
    return _amount(number, language) if number >= EXACT_BELOW else f"{number:,.0f}"


def _length(number: float, unit: Unit, language: Language) -> str:
    """A length of time: whole from ten on."""
    rounded = f"{number:.0f}" if number >= 9.95 or number == int(number) else f"{number:.1f}"  # noqa: PLR2004
    if language == "zh":
        return rounded + unit.title.zh
    return f"{rounded} {unit.title.en.removesuffix('s') if rounded == '1' else unit.title.en}"


def _money(size: float, language: Language) -> str:
    """Small amounts to the cent, as on a receipt."""
    is_small = _CENT <= size < _WHOLE_FROM - _CENT / 2 and size != int(size)
    return f"{size:.2f}" if is_small else _amount(size, language)


def _amount(number: float, language: Language) -> str:
    for step, word in _LARGE[language]:
        if number >= step:
            return _significant(number / step) + word
    if number >= _WHOLE_FROM or number == int(number):
        return f"{number:,.0f}"
    return _significant(number)


def _significant(number: float) -> str:
    """Three significant digits, never in exponent form."""
    rounded = float(f"{number:.3g}")
    places = max(0, 2 - math.floor(math.log10(rounded)))
    return f"{rounded:,.{min(places, 4)}f}"

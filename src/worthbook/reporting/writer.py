"""How values are written in the page: in the language, with the currency, exact where people count or compare."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from worthbook.kernel.evaluation import AxisResult
from worthbook.kernel.language import Language, Text
from worthbook.kernel.money import symbol
from worthbook.kernel.units import Unit, Value, show
from worthbook.reporting.axis import PER_CENT, SPELT
from worthbook.reporting.words import MARKS, WORDS

_SPACE_WITHIN_NUMBER = re.compile(r"(?<=\d) (?=%|million|billion)")


@dataclass(frozen=True)
class Writer:
    """Writes for one language and currency."""

    language: Language
    currency: str

    def filters(self) -> dict[str, Callable[..., Any]]:
        """What templates call, by name."""
        return {
            "say": self.say,
            "cell": self.cell,
            "counted": self.counted,
            "moment": self.moment,
            "listed": self.listed,
            "ranges": self.ranges,
            "per_cent_width": per_cent_width,
        }

    def say(self, text: Text) -> str:
        r"""A text in the language; a number never loses its `%` or `million` to the next line.

        >>> Writer("en", "").say(Text(en="71 % of it", zh="71%"))
        '71\xa0% of it'
        """
        return _SPACE_WITHIN_NUMBER.sub("\u00a0", text.say(self.language))

    def cell(self, value: Value | Text, unit: Unit) -> str:
        """One cell of a table: counts to the last digit, all else rounded as in a sentence.

        >>> Writer("zh", "CNY").cell(23570, Unit.COUNT), Writer("zh", "CNY").cell(Decimal(1234567), Unit.MONEY)
        ('23,570', '¥123万')
        """
        if isinstance(value, Text):
            return self.say(value)
        if unit is Unit.COUNT and isinstance(value, Decimal | float | int) and math.isfinite(value):
            return self.counted(value)
        return _SPACE_WITHIN_NUMBER.sub("\u00a0", show(value, unit, self.language, self.currency))

    def counted(self, count: Decimal | float) -> str:
        """A number of things, to the last digit."""
        return f"{count:,.0f}".replace("-", "−")

    def moment(self, when: dt.datetime) -> str:
        """A day and time; those that know their zone, in UTC."""
        return (when if when.tzinfo is None else when.astimezone(dt.UTC)).strftime("%Y-%m-%d %H:%M")

    def listed(self, texts: Iterable[Text]) -> str:
        """Texts after one another."""
        return MARKS[self.language]["comma"].join(text.say(self.language) for text in texts)

    def ranges(self, axis: AxisResult) -> list[tuple[Text, str]]:
        """Each band with its range as people write it; a threshold of infinity means that nobody gets there."""
        edges = (-math.inf, *axis.thresholds, math.inf)
        return [
            (band, self._range(low, high, axis.unit))
            for band, low, high in zip(axis.bands, edges[:-1], edges[1:], strict=True)
        ]

    def _range(self, low: Decimal | float, high: Decimal | float, unit: Unit) -> str:
        said = {"low": self.edge(low, unit), "high": self.edge(high, unit)}
        if low in {math.inf, high}:
            name = "nobody"
        elif low == -math.inf:
            name = "everybody" if high == math.inf else "below"
        else:
            name = "from" if high == math.inf else "between"
        return WORDS[name].format(**said).say(self.language)

    def edge(self, value: Decimal | float, unit: Unit) -> str:
        """A threshold, exact enough to see on which side a customer is.

        >>> Writer("en", "USD").edge(Decimal("1128.4000"), Unit.MONEY), Writer("zh", "").edge(90.0, Unit.DAYS)
        ('$1,128.40', '90天')
        """
        if not math.isfinite(value):
            return ""
        if unit in PER_CENT:
            return self.cell(value, unit)
        sign = "−" if value < 0 else ""
        whole = value == int(value)
        if unit is Unit.MONEY:
            return f"{sign}{symbol(self.currency)}{abs(value):,.{0 if whole else 2}f}"
        number = f"{sign}{abs(value):,.{0 if whole else 2}f}"
        if unit not in SPELT:
            return number
        return f"{number}{unit.title.zh}" if self.language == "zh" else f"{number} {unit.title.en}"


def per_cent_width(share: float) -> str:
    """The width of a bar, in per cent of its track.

    >>> per_cent_width(0.1234), per_cent_width(-0.2), per_cent_width(1.4)
    ('12.3', '0.0', '100.0')
    """
    return f"{min(max(share, 0.0), 1.0) * 100:.1f}"

"""Those who would move next, and how they are said."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from worthbook.data.lists import guarded
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.kernel.language import Language, Text
from worthbook.kernel.units import Value
from worthbook.scoring.bands import Number

_TITLE = Text(en="{framework}, {as_of}: who would move next", zh="{framework}，{as_of}：即将变动的客户")
_FALLING = Text(
    en="Would fall by {by} if nothing more came: {count}. Those of whom least is missing:",
    zh="如无新增，截至 {by} 将降级的客户：{count} 位。其中最容易保住的：",
)
_RISING = Text(en="Closest to the next higher cell:", zh="最接近升级的客户：")
_SAFE = Text(en="Closest to falling:", zh="最接近降级的客户：")
_ACROSS = Text(en="Closest to another cell:", zh="最接近改变分组的客户：")
_NOBODY = Text(en="Nobody.", zh="无。")
_FIXED = Text(
    en="Limits are those of {as_of}; those found among customers move when the others move.",
    zh="界限以 {as_of} 为准；按全体客户确定的界限会随其他客户变动。",
)


@dataclass(frozen=True)
class Nearby:
    """One customer near a limit."""

    customer_id: str
    cell: str
    """Where the customer stands."""
    other: str
    """The cell that is near."""
    column: str
    value: Value
    then: Value
    """The value on the day looked ahead to, if nothing more came; the same where nothing is known of that."""
    amount: Number
    """How much is missing, or to spare."""
    limit: Number
    text: Text


@dataclass(frozen=True)
class Near:
    """Those who would move next."""

    framework: FrameworkDefinition
    as_of: dt.date
    by: dt.date
    currency: str
    rising: tuple[Nearby, ...] = ()
    falling: tuple[Nearby, ...] = ()
    """Who falls by the day if nothing more comes."""
    would_fall: int = 0
    """How many these are, beyond those shown."""
    safe: tuple[Nearby, ...] = ()
    """Who is closest to falling of all others."""
    across: tuple[Nearby, ...] = ()
    """Where cells have no order."""

    @property
    def all(self) -> tuple[Nearby, ...]:
        """All that are shown."""
        return (*self.falling, *self.safe, *self.rising, *self.across)

    def say(self, language: Language) -> str:
        """A part each for falling and rising."""
        return "\n".join(self._lines(language))

    def _lines(self, language: Language) -> Iterator[str]:
        yield _TITLE.format(framework=self.framework.title, as_of=self.as_of).say(language)
        falling = _FALLING.format(by=self.by, count=f"{self.would_fall:,}")
        ordered = ((falling, self.falling), (_SAFE, self.safe), (_RISING, self.rising))
        parts = ((_ACROSS, self.across),) if not self.framework.is_ranked else ordered
        for title, found in parts:
            if found or title is not falling:
                yield f"\n{title.say(language)}"
                yield from (self._line(each, language) for each in found)
                if not found:
                    yield f"  {_NOBODY.say(language)}"
        yield f"\n{_FIXED.format(as_of=self.as_of).say(language)}"

    def _line(self, each: Nearby, language: Language) -> str:
        stands = self.framework.labels[each.cell].say(language)
        return f"  {each.customer_id}  {stands}  {each.text.say(language)}"

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        parts = {"falling": self.falling, "safe": self.safe, "rising": self.rising, "across": self.across}
        found = {name: [{**vars(each), "text": {"en": each.text.en, "zh": each.text.zh}} for each in part]
                 for name, part in parts.items()}  # fmt: skip
        head = {"framework": self.framework.name, "as_of": self.as_of.isoformat(), "by": self.by.isoformat()}
        return {**head, "would_fall": self.would_fall, **found}

    def write(self, to: Path, language: Language) -> None:
        """The list as CSV that opens in Excel."""
        names = ("customer_id", "cell", "near", "column", "value", "value_then", "amount", "limit", "what")
        labels = self.framework.labels
        with to.open("w", encoding="utf-8-sig", newline="") as file:
            lines = csv.writer(file, lineterminator="\n")
            lines.writerow(names)
            for each in self.all:
                words = (each.customer_id, labels[each.cell].say(language), labels[each.other].say(language))
                numbers = (each.value, each.then, each.amount, each.limit)
                lines.writerow([*map(guarded, words), each.column, *numbers, guarded(each.text.say(language))])

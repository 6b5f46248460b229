"""From what stands in a file to an answer on a scale: numbers, labels in either language, codes for no answer."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from worthbook.definitions.instrument import Scale
from worthbook.definitions.mapping import header_key

_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")
_NUMBERED = re.compile(r"(?P<number>[-+]?\d+(\.\d+)?)\s*([-–—:：.、)）(（=]|分|点|stars?\b|★)")
"""`9 - Extremely important`, `5分`, `7（非常同意）`."""
_WORDS_FOR_NOTHING = frozenset(
    header_key(word)
    for word in ("n/a", "na", "nan", "none", "null", "don't know", "dont know", "no answer", "prefer not to say",
                 "not applicable", "不知道", "不清楚", "不适用", "未回答", "跳过", "拒绝回答", "无")
)  # fmt: skip


class Kind(Enum):
    """What an entry of a file turned out to be."""

    ANSWER = "answer"
    MISSING = "missing"
    OUTSIDE = "outside"
    """A number that the scale does not have."""
    UNREADABLE = "unreadable"
    """Words that the scale does not have."""


@dataclass(frozen=True)
class Code:
    """One entry, read."""

    kind: Kind
    number: float = math.nan


@dataclass(frozen=True)
class Codes:
    """A scale, made ready to read entries."""

    scale: Scale
    words: Mapping[str, float]
    missing: frozenset[str]
    missing_numbers: frozenset[float]

    @classmethod
    def of(cls, scale: Scale) -> Codes:
        """Everything that a scale understands: its labels in both languages, its spellings, its codes for no answer."""
        labels = {
            header_key(words): float(number)
            for number, label in scale.labels.items()
            for words in (label.en, label.zh)
        }  # fmt: skip
        spelt = {header_key(words): float(number) for words, number in scale.spellings.items()}
        nothing = {header_key(code) for code in scale.missing if isinstance(code, str)}
        numbers = frozenset(float(code) for code in scale.missing if not isinstance(code, str))
        return cls(scale, {**labels, **spelt}, frozenset(nothing | _WORDS_FOR_NOTHING - spelt.keys()), numbers)

    def read(self, text: str) -> Code:
        """Read one entry.

        >>> from worthbook.kernel.language import Text
        >>> scale = Scale(low=1, high=5, labels={5: Text(en="Very satisfied", zh="非常满意")}, missing=(99,))
        >>> codes = Codes.of(scale)
        >>> [codes.read(text).number for text in ("4", "非常满意", "very satisfied", "5 - Very satisfied")]
        [4.0, 5.0, 5.0, 5.0]
        >>> [codes.read(text).kind.value for text in ("99", "N/A", "6", "fine")]
        ['missing', 'missing', 'outside', 'unreadable']
        """
        plain = text.strip()
        if not plain:
            return Code(Kind.MISSING)
        key = header_key(plain)
        if key in self.words:
            return Code(Kind.ANSWER, self.words[key])
        number = _number(plain)
        if number is None:
            return Code(Kind.MISSING if key in self.missing or not key else Kind.UNREADABLE)
        if number in self.missing_numbers:
            return Code(Kind.MISSING)
        low, high = self.scale.bounds
        return Code(Kind.ANSWER if low <= number <= high else Kind.OUTSIDE, number)

    def read_all(self, texts: Iterable[str]) -> dict[str, Code]:
        """Read each of some different entries once."""
        return {text: self.read(text) for text in texts}


def _number(text: str) -> float | None:
    """The number that an entry is, or begins with before its label."""
    if _NUMBER.fullmatch(text):
        return float(text)
    found = _NUMBERED.match(text)
    return None if found is None else float(found["number"])

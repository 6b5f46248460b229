"""How numbers and names stand on an axis: short, in the language, and never on top of each other."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Sequence

from worthbook.kernel.language import Language
from worthbook.kernel.money import symbol
from worthbook.kernel.units import Unit

PER_CENT = frozenset({Unit.SHARE, Unit.RATE, Unit.PROBABILITY})
SPELT = frozenset({Unit.DAYS, Unit.WEEKS, Unit.MONTHS})

_STEPS: dict[Language, tuple[tuple[float, str], ...]] = {
    "en": ((1e9, "B"), (1e6, "M")),
    "zh": ((1e8, "亿"), (1e4, "万")),
}
_MONTH = re.compile(r"\d{4}-\d{2}")
_MONTH_STEPS = (1, 2, 3, 4, 6, 12, 24, 36, 48)
_COLOUR_STEPS = 6
_MOST = 0.9
_ROUND = (1, 2, 2.5, 3, 4, 5, 6, 8, 10)
_WIDE = 12.0
_NARROW = 6.6
_BETWEEN = 12.0


def text_width(text: str) -> float:
    """About how wide a label is in 12 px type, in px; a Chinese character is as wide as it is high.

    >>> text_width("客户"), text_width("ab")
    (24.0, 13.2)
    """
    return sum(_WIDE if unicodedata.east_asian_width(letter) in "WF" else _NARROW for letter in text)


def label_expression(unit: Unit, largest: float, language: Language, currency: str) -> str:
    """The Vega expression that writes a tick: all ticks of an axis in the same unit, chosen by the largest.

    Args:
        unit: of the axis.
        largest: the largest size of a value on it; decides between 万 and 亿.
        language: of the words.
        currency: of amounts.
    """
    if unit in PER_CENT:
        suffix = "%" if language == "zh" else "\u00a0%"
        return f"format(datum.value * 100, ',.2~f') + {json.dumps(suffix)}"
    step, suffix = next((each for each in _STEPS[language] if largest >= each[0]), (1.0, ""))
    sign = symbol(currency) if unit is Unit.MONEY else ""
    number = f"format(abs(datum.value) / {step:.0f}, ',.2~f') + (datum.value === 0 ? '' : {json.dumps(suffix)})"
    return f"(datum.value < 0 ? '−' : '') + {json.dumps(sign)} + {number}"


def title_with_unit(title: str, unit: Unit, language: Language) -> str:
    """An axis title that says the unit where the labels do not and the title has not.

    >>> title_with_unit("Gap", Unit.DAYS, "en"), title_with_unit("购买间隔", Unit.DAYS, "zh")
    ('Gap (days)', '购买间隔（天）')
    """
    word = unit.title.say(language)
    if unit not in SPELT or word.lower() in title.lower():
        return title
    return f"{title}（{word}）" if language == "zh" else f"{title} ({word})"


def fit(labels: Sequence[str], width: float) -> list[str]:
    """The labels that have room side by side: every second, third … where not all have; months by parts of a year.

    >>> fit(["2024-01", "2024-02", "2024-03", "2024-04"], 130)
    ['2024-01', '2024-03']
    """
    if not labels:
        return []
    every = math.ceil(len(labels) * (max(map(text_width, labels)) + _BETWEEN) / width)
    if all(_MONTH.fullmatch(label) for label in labels):
        every = next((step for step in _MONTH_STEPS if step >= every), every)
    return list(labels[:: max(1, every)])


def is_sequence(labels: Sequence[str]) -> bool:
    """Whether labels count something up (months, numbers, spans), so that some may be left out of an axis.

    >>> is_sequence(["2024-01", "2024-02"]), is_sequence(["0–7", "8–14", "15+"]), is_sequence(["VIP", "Small"])
    (True, True, False)
    """
    return sum(label[:1].isdigit() for label in labels) * 2 > len(labels)


def steps_of(values: Sequence[float]) -> list[float]:
    """Round values at which the colours of a heat map change: at most six, so that 9 in 10 values lie below the last.

    None lies above all values: probabilities need no field for more than 100 %.

    >>> steps_of([0.02, 0.04, 0.07, 0.11, 0.13, 0.18, 0.22, 0.25, 0.29, 1.0])
    [0.05, 0.1, 0.15, 0.2, 0.25, 0.3]
    >>> steps_of([])
    []
    """
    known = sorted(values)
    top = known[int(_MOST * (len(known) - 1))] if known else 0.0
    if top <= 0:
        return []
    power = 10 ** math.floor(math.log10(top / _COLOUR_STEPS))
    step = next(size * power for size in _ROUND if size * power * _COLOUR_STEPS >= top)
    steps = (round(step * count, 12) for count in range(1, _COLOUR_STEPS + 1))
    return [each for each in steps if each <= known[-1]]

"""What the simulated firm's customers answer when they are asked: surveys with planted truths.

Planted: what drives satisfaction; hostages, who buy often and are dissatisfied; a feature, delivery the next day, that
delights in the first wave and is expected in the third; and willingness to recommend that falls in the last wave.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worthbook.models.base import FloatArray, IntArray

Columns = Mapping[str, NDArray[np.generic]]

WAVES = (("2025H1", dt.date(2025, 5, 12)), ("2025H2", dt.date(2025, 11, 10)), ("2026H1", dt.date(2026, 5, 11)))
ATTRIBUTES = ("price", "access", "assortment", "character", "surroundings", "service")
IMPORTANCE = (8.6, 6.0, 7.6, 4.6, 5.2, 8.9)
PERFORMANCE = (6.3, 7.6, 8.1, 6.9, 5.6, 6.6)
DRIVERS = (0.45, 0.05, 0.25, 0.05, 0.05, 0.60)
"""What one point of each attribute adds to satisfaction as a whole."""
AGEING = "fast_delivery"
RESPONSE_RATE = 0.25
HOSTAGES_SHARE = 0.12
"""Of the respondents who buy most."""
DIMENSIONS = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")
DIMENSION_POINTS = (0.11, 0.32, 0.23, 0.19, 0.15)
"""How customers share out 100 points among the dimensions of service."""
ITEMS, RELIABILITY = 22, range(5, 10)
UNRELIABLE = 1.2
"""By so much the service falls short in its five items about promises kept."""
FALL = 1.1
"""By so much willingness to recommend is lower in the last wave."""

_LIKE, _EXPECT, _NEUTRAL, _DISLIKE = 1, 2, 3, 5
_KANO: Mapping[str, tuple[tuple[int, int], ...]] = {
    "freshness_date": ((_NEUTRAL, _DISLIKE),) * 3,
    AGEING: ((_LIKE, _NEUTRAL), (_LIKE, _DISLIKE), (_EXPECT, _DISLIKE)),
    "sample": ((_LIKE, _NEUTRAL),) * 3,
    "brewing_guide": ((_NEUTRAL, _NEUTRAL),) * 3,
}
"""The prevailing pair of answers in each wave: must-be, ageing, attractive, indifferent."""
_MIXED = 0.25
"""So many answer at random."""


@dataclass(frozen=True)
class Asked:
    """The answers, one file an instrument, and what was planted."""

    files: Mapping[str, Columns]
    """Instrument → columns, as a survey program would export them."""
    hostages: frozenset[str]


def ask(customers: NDArray[np.str_], purchases: IntArray, random: np.random.Generator) -> Asked:
    """Ask customers in three waves.

    Args:
        customers: their ids.
        purchases: how often each bought in the last year.
        random: where chance comes from.
    """
    answering = random.random(len(customers)) < RESPONSE_RATE
    who, bought = customers[answering], purchases[answering]
    often = bought >= max(2, int(np.quantile(bought, 0.75))) if len(bought) else bought > 0
    hostage = often & (random.random(len(who)) < HOSTAGES_SHARE / max(float(often.mean()), HOSTAGES_SHARE))
    wave = random.integers(0, len(WAVES), len(who))
    mood = random.normal(0, 0.7, len(who)) - 2.4 * hostage
    rated = {name: _rated(PERFORMANCE[index] + 0.6 * mood, 1.2, random) for index, name in enumerate(ATTRIBUTES)}
    lift = sum(weight * (rated[name] - PERFORMANCE[index])
               for index, (name, weight) in enumerate(zip(ATTRIBUTES, DRIVERS, strict=True)))  # fmt: skip
    overall = _rated(8.2 + lift + 0.5 * mood, 0.5, random)
    weighed = {f"{name}_importance": _rated(np.full(len(who), IMPORTANCE[index]), 1.0, random)
               for index, name in enumerate(ATTRIBUTES)}  # fmt: skip
    recommend = np.clip(np.round(8.4 + mood - FALL * (wave == len(WAVES) - 1) + random.normal(0, 1.3, len(who))), 0, 10)
    about = _about(who, wave)
    satisfied = {f"{name}_satisfaction": values for name, values in rated.items()}
    files: dict[str, Columns] = {
        "nps": {**about, "recommend": recommend.astype(int)},
        "importance_performance": {**about, **satisfied, **weighed, "overall": overall},
        "kano_shop": {**about, **_kano(wave, random)},
    }
    return Asked(files, frozenset(who[hostage].tolist()))


def _about(who: NDArray[np.str_], wave: IntArray) -> dict[str, NDArray[np.generic]]:
    days = np.array([day for _, day in WAVES], dtype="datetime64[D]")
    return {
        "respondent_id": np.char.add("R", who),
        "customer_id": who,
        "wave": np.array([name for name, _ in WAVES])[wave],
        "answered_on": days[wave],
    }


def _rated(middle: FloatArray, spread: float, random: np.random.Generator) -> IntArray:
    """Answers from 1 to 10."""
    return np.clip(np.round(middle + random.normal(0, spread, len(middle))), 1, 10).astype(np.int64)


def _kano(wave: IntArray, random: np.random.Generator) -> dict[str, NDArray[np.generic]]:
    columns: dict[str, NDArray[np.generic]] = {}
    for feature, pairs in _KANO.items():
        prevailing = np.array(pairs)[wave]
        mixed = random.random(prevailing.shape) < _MIXED
        answers = np.where(mixed, random.integers(1, 6, prevailing.shape), prevailing)
        columns[f"{feature}_functional"], columns[f"{feature}_dysfunctional"] = answers.T
    return columns


def ask_further(asked: Asked, random: np.random.Generator) -> dict[str, Columns]:
    """Three more questionnaires to those who answered: satisfaction in one question, loyalty as an attitude, service.

    Who was satisfied says so again; who would recommend is attached, prefers the firm, and sees a difference. The
    service falls short of what is expected in how reliable it is, and by as much more as satisfaction is low.
    """
    first, second = asked.files["importance_performance"], asked.files["nps"]
    about = {name: first[name] for name in ("respondent_id", "customer_id", "wave", "answered_on")}
    overall, recommend = first["overall"].astype(np.float64), second["recommend"].astype(np.float64)
    attached = 1 + 6 * recommend / 10
    loyal = {
        name: np.clip(np.round(attached + random.normal(0, 0.8, len(attached))), 1, 7).astype(np.int64)
        for name in ("again", "recommend", "attached", "forgive", "different")
    }
    turned = np.clip(np.round(8 - attached + random.normal(0, 0.8, len(attached))), 1, 7).astype(np.int64)
    satisfied = np.clip(np.ceil(overall / 2), 1, 5).astype(np.int64)
    return {
        "csat": {**about, "satisfied": satisfied},
        "loyalty_survey": {**about, **loyal, "switch": turned},
        "servqual": {**about, **_service(overall, random)},
    }


def _service(overall: FloatArray, random: np.random.Generator) -> dict[str, NDArray[np.generic]]:
    """What is expected of each item of the service and how it is perceived, 1 to 7, and points for the dimensions."""
    columns: dict[str, NDArray[np.generic]] = {}
    for item in range(1, ITEMS + 1):
        expected = 6.2 + random.normal(0, 0.6, len(overall))
        shortfall = UNRELIABLE if item in RELIABILITY else 0.3
        perceived = 5.4 - shortfall + 0.45 * (overall - overall.mean()) + random.normal(0, 0.7, len(overall))
        for letter, answers in (("e", expected), ("p", perceived)):
            columns[f"{letter}{item:02}"] = np.clip(np.round(answers), 1, 7).astype(np.int64)
    points = random.multinomial(100, DIMENSION_POINTS, len(overall))
    return columns | {f"{name}_points": points[:, index] for index, name in enumerate(DIMENSIONS)}

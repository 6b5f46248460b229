"""The smallest changes that would move a customer to another cell, all else equal."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from worthbook.kernel.language import Text
from worthbook.kernel.money import DECIMAL_PLACES
from worthbook.kernel.units import Unit, Value, show_exactly
from worthbook.scoring.bands import Number, comparable, known
from worthbook.scoring.condition import limits_in
from worthbook.scoring.place import Case

Direction = Literal["more", "less"]
Effect = Literal["up", "down", "across"]
"""Tiers, grades and rungs have an up and a down; the cells of grids and rules only lie side by side."""

_MORE = Text(
    en="{column}: {amount} more (from {limit} on) leads to {cell}.",
    zh="{column}再增加{amount}（达到{limit}），即归入“{cell}”。",
)
_LESS = Text(
    en="{column}: {amount} less (below {limit}) leads to {cell}.",
    zh="{column}减少{amount}（低于{limit}），即归入“{cell}”。",
)
_MORE_THAN_LESS = Text(
    en="{column}: more than {amount} less (below {limit}) leads to {cell}.",
    zh="{column}减少超过{amount}（低于{limit}），即归入“{cell}”。",
)
_ANY_LESS = Text(
    en="{column}: any less (below {limit}) leads to {cell}.",
    zh="{column}只要再减少（低于{limit}），即归入“{cell}”。",
)
_MORE_THAN_MORE = Text(
    en="{column}: more than {amount} more (above {limit}) leads to {cell}.",
    zh="{column}再增加超过{amount}（高于{limit}），即归入“{cell}”。",
)
_ANY_MORE = Text(
    en="{column}: any more (above {limit}) leads to {cell}.",
    zh="{column}只要再增加（高于{limit}），即归入“{cell}”。",
)
_LESS_TO = Text(
    en="{column}: {amount} less (down to {limit}) leads to {cell}.",
    zh="{column}减少{amount}（降至{limit}），即归入“{cell}”。",
)
_POINTS = Text(en="{points} percentage points", zh="{points}个百分点")


@dataclass(frozen=True)
class Change:
    """The smallest change of one column, in one direction, that leads to another cell."""

    column: str
    direction: Direction
    amount: Number
    """How much more is enough; how much less: at least so much for a count, more than this for anything else. Where a
    condition asks for more than its limit, it is the other way round."""
    limit: Number
    """Where the band begins that is reached by more and left by less; the number in a condition."""
    cell: str
    effect: Effect
    text: Text


class _Limit(NamedTuple):
    """Where a column is cut."""

    begins: Number
    """The least value that lies above."""
    written: Number
    exclusive: bool
    """Whether only what is greater than the written number lies above."""


def changes(case: Case) -> tuple[Change, ...]:
    """At most one change up and one down for every column that is cut; relative to its size, the smallest first.

    Columns are cut by axes, and by conditions that compare them with a number.

    Raises:
        NotFollowedError: for rules that use functions.
    """
    found = [change for column in _columns(case) for change in _along(case, column)]
    return tuple(sorted(found, key=relative_size))


def _columns(case: Case) -> tuple[str, ...]:
    """The columns that are cut, each once: two axes may cut one column."""
    cut = [axis.column for axis in case.definition.axes.values()]
    compared = [name for name, _, _ in _compared(case) if name in case.columns]
    return tuple(dict.fromkeys([*cut, *compared]))


def _compared(case: Case) -> Iterator[tuple[str, str, float]]:
    """What conditions compare with numbers; the name of an axis stands for its band, not for a column."""
    for condition in case.definition.conditions:
        for name, sign, number in limits_in(condition):
            if name not in case.definition.axes:
                yield name, sign, number


def _along(case: Case, column: str) -> Iterator[Change]:
    value = known(case.values.get(column))
    if value is None:
        return
    limits = sorted(_limits(case, column, value))
    upwards = [(limit, limit.begins) for limit in limits if limit.begins > value]
    downwards = [(limit, _just_below(limit.begins)) for limit in reversed(limits) if limit.begins <= value]
    for ways in (upwards, downwards):
        for limit, tried in ways:
            cell = case.with_value(column, tried).cell
            if cell is not None and cell != case.cell:
                yield _change(case, column, limit, cell)
                break


def _limits(case: Case, column: str, value: Number) -> set[_Limit]:
    """Where axes and conditions cut a column, in the kind of number that its values are."""
    cut = {
        comparable(limit, value)
        for name, axis in case.definition.axes.items()
        for limit in case.thresholds[name]
        if axis.column == column and math.isfinite(limit)
    }
    found = {_Limit(limit, limit, exclusive=False) for limit in cut}
    whole = case.columns[column].unit.storage == "integer"
    for name, sign, number in _compared(case):
        limit = comparable(number, value)
        if name == column and sign in {">=", "<", "="}:
            found.add(_Limit(limit, limit, exclusive=False))
        if name == column and sign in {">", "<=", "="}:
            above = limit + 1 if whole else _just_above(limit)
            found.add(_Limit(above, above if whole else limit, exclusive=not whole))
    return found


def _just_above(limit: Number) -> Number:
    if isinstance(limit, Decimal):
        return limit + Decimal(1).scaleb(-DECIMAL_PLACES)
    return math.nextafter(limit, math.inf)


def _just_below(limit: Number) -> Number:
    if isinstance(limit, Decimal):
        return limit - Decimal(1).scaleb(-DECIMAL_PLACES)
    return math.nextafter(limit, -math.inf)


def _change(case: Case, column: str, limit: _Limit, cell: str) -> Change:
    unit, value = case.columns[column].unit, known(case.values[column]) or 0
    direction: Direction = "more" if limit.begins > value else "less"
    distance = minus(limit.written, value)
    amount: Number = distance if distance > 0 else -distance
    if limit.exclusive:
        form = _LESS_TO if direction == "less" else _MORE_THAN_MORE if amount else _ANY_MORE
    elif direction == "more":
        form = _MORE
    elif unit.storage == "integer":
        amount, form = math.floor(amount) + 1, _LESS
    else:
        form = _MORE_THAN_LESS if amount else _ANY_LESS
    text = form.format(
        amount=amount_shown(amount, unit, case.currency),
        column=case.columns[column].title,
        limit=shown(limit.written, unit, case.currency),
        cell=case.definition.labels[cell],
    )
    return Change(column, direction, amount, limit.written, cell, _effect(case, cell), text)


def amount_shown(amount: Number, unit: Unit, currency: str) -> Text:
    """A difference; between per cents it is counted in percentage points."""
    if unit not in {Unit.SHARE, Unit.RATE, Unit.PROBABILITY}:
        return shown(amount, unit, currency)
    return _POINTS.format(points=shown(round(float(amount) * 100, 6), Unit.RATIO, currency))


def minus(left: Number, right: Number) -> Number:
    """A difference that stays exact where both are decimals or whole numbers."""
    if isinstance(left, float) or isinstance(right, float):
        return float(left) - float(right)
    return left - right


def _effect(case: Case, cell: str) -> Effect:
    if not case.definition.is_ranked:
        return "across"
    keys = [each.key for each in case.definition.cells]
    return "up" if case.cell is None or keys.index(cell) > keys.index(case.cell) else "down"


def relative_size(change: Change) -> float:
    """How large a change is beside what it starts from or reaches: money and days cannot be compared as they are."""
    amount, limit = float(change.amount), float(change.limit)
    start = limit - amount if change.direction == "more" else limit + amount
    scale = max(abs(start), abs(limit))
    return amount / scale if scale else 0.0


def shown(value: Value, unit: Unit, currency: str) -> Text:
    """A value as people write it, money to the cent, in both languages."""
    return Text(en=show_exactly(value, unit, "en", currency), zh=show_exactly(value, unit, "zh", currency))

"""Why one customer is where they are, in sentences with the customer's own numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit, Value
from worthbook.scoring.bands import Number, literal
from worthbook.scoring.change import Change, changes, shown
from worthbook.scoring.condition import names_in, renamed
from worthbook.scoring.judge import NotFollowedError
from worthbook.scoring.ladder import missing_above, verdicts_of
from worthbook.scoring.place import Case
from worthbook.scoring.points import points_of
from worthbook.scoring.sums import Summand, summands

_IN_BAND = Text(en="{column}: {value}, {band}", zh="{column}为{value}（{band}）")
_PLAIN = Text(en="{column}: {value}", zh="{column}为{value}")
_NOT_KNOWN = Text(en="{column}: not known", zh="{column}未知")
_LEADS = Text(en="{reasons} → {cell}.", zh="{reasons}，因此归入“{cell}”。")
_SCORED = Text(en="{reasons}; score {score} → {cell}.", zh="{reasons}，得分{score}，因此归入“{cell}”。")
_NOWHERE = Text(en="{reasons}. With this no cell can be given.", zh="{reasons}，信息不足，暂不归类。")
_RULED = Text(en="{reasons}. It holds that {rule} → {cell}.", zh="{reasons}，满足条件：{rule}，因此归入“{cell}”。")
_UNDECIDED = Text(
    en="Not decided, because something that it asks is not known: {cells}.",
    zh="因所需信息未知而无法判断：{cells}。",
)
_MISSING = Text(en="Still missing for {cell}: {parts}.", zh="距“{cell}”还差：{parts}。")
_RELATIVE = Text(
    en="The limits are those found among all customers at this date; they move when the others move.",
    zh="各界限由当日全体客户的数据得出，会随其他客户的变化而变动。",
)
_NOT_FOLLOWED = Text(
    en="Which change would lead to another cell cannot be said: the rules use functions.",
    zh="规则中使用了函数，无法推算怎样的变化会改变归类。",
)


@dataclass(frozen=True)
class Reading:
    """One axis for one customer."""

    axis: str
    column: str
    value: Value
    band: str | None
    """The key of the band; None where unknown, and in `tiers`, where the cell is the band."""
    begins: Number | None
    """Where the band begins; None for the lowest and the unknown."""
    ends: Number | None
    """Where the next band begins; None where nobody is above."""
    points: float | None
    """In a scorecard: what the band scores."""
    text: Text


@dataclass(frozen=True)
class Explanation:
    """Why a customer is in a cell, and what would lead to another."""

    cell: str | None
    """None where the customer could not be placed."""
    score: float | None
    """In a scorecard."""
    readings: tuple[Reading, ...]
    because: Text
    changes: tuple[Change, ...]
    """Relative to what the customer has, the smallest first."""
    notes: tuple[Text, ...]
    rule: str | None = None
    """The condition that put the customer there, where one did."""
    summands: tuple[Summand, ...] = ()
    """In a scorecard: what each known axis adds to the score; rounded so that they add up to it as shown."""


def explain(case: Case) -> Explanation:
    """Explain the cell of one customer.

    Rules that use functions cannot be followed without an engine: their cell is then read from the framework's own
    column among the case's values, and no changes are given.

    Args:
        case: the customer's values, the framework, its thresholds, and what its columns are called.
    """
    notes = [_RELATIVE] if _is_relative(case) else []
    try:
        cell, moves = case.cell, changes(case)
    except NotFollowedError:
        given = case.values.get(case.definition.name)
        cell, moves = given if isinstance(given, str) else None, ()
        notes.append(_NOT_FOLLOWED)
    readings = tuple(_readings(case))
    rule = next((each.when for each in case.definition.cells if each.key == cell), None)
    return Explanation(
        cell=cell,
        score=case.score,
        readings=readings,
        because=_because(case, readings, cell, rule),
        changes=moves,
        notes=(*notes, *_missing(case, cell), *_undecided(case, cell)),
        rule=rule,
        summands=summands(case),
    )


def _missing(case: Case, cell: str | None) -> Iterator[Text]:
    """What the next rung of a ladder asks that does not hold yet: it may take more than one change."""
    if case.definition.method != "ladder" or cell is None:
        return
    try:
        found = missing_above(case.definition, case.band_keys, case.values, cell)
    except NotFollowedError:
        return
    if found is not None:
        worded = [_worded(case, part) for part in found[1]]
        parts = Text(en="; ".join(each.en for each in worded), zh="；".join(each.zh for each in worded))
        yield _MISSING.format(cell=case.definition.labels[found[0]], parts=parts)


def _worded(case: Case, condition: str) -> Text:
    """A condition with the titles of columns and axes in place of their names."""
    titles = {name: meta.title for name, meta in case.columns.items()}
    titles |= {name: axis.title for name, axis in case.definition.axes.items()}
    en = renamed(condition, {name: f"“{title.en}”" for name, title in titles.items()})
    zh = renamed(condition, {name: f"“{title.zh}”" for name, title in titles.items()})
    for key, label in _labels(case, names_in(condition)).items():
        en, zh = en.replace(literal(key), f"“{label.en}”"), zh.replace(literal(key), f"“{label.zh}”")
    return Text(en=en, zh=zh)


def _labels(case: Case, names: Sequence[str]) -> dict[str, Text]:
    """The titles of the keys that some columns and axes may hold."""
    found: dict[str, Text] = {}
    for name in names:
        axis = case.definition.axes.get(name)
        if axis is not None:
            found |= {band.key: band.title for band in axis.bands}
        elif name in case.columns:
            found |= case.columns[name].labels
    return found


def _undecided(case: Case, cell: str | None) -> Iterator[Text]:
    """The rungs of a ladder above the customer's of which it is not known whether they are reached."""
    if case.definition.method != "ladder":
        return
    try:
        verdicts = verdicts_of(case.definition, case.band_keys, case.values)
        keys = [each.key for each in case.definition.cells]
        above = keys if cell is None else keys[keys.index(cell) :]
        titles = [case.definition.labels[key] for key, verdict in verdicts if verdict is None and key in above]
    except NotFollowedError:
        return
    if titles:
        cells = Text(en=", ".join(each.en for each in titles), zh="、".join(each.zh for each in titles))
        yield _UNDECIDED.format(cells=cells)


def _readings(case: Case) -> Iterator[Reading]:
    for name, axis in case.definition.axes.items():
        value, limits, index = case.values.get(axis.column), case.thresholds[name], case.band(name)
        band = axis.bands[index] if index is not None and axis.bands else None
        meta = case.columns[axis.column]
        form = _NOT_KNOWN if index is None else _PLAIN if band is None else _IN_BAND
        yield Reading(
            axis=name,
            column=axis.column,
            value=value,
            band=None if band is None else band.key,
            begins=limits[index - 1] if index else None,
            ends=next((limit for limit in limits[index:] if limit != math.inf), None) if index is not None else None,
            points=points_of(axis, value, limits) if case.definition.method == "scorecard" else None,
            text=form.format(
                column=meta.title,
                value=shown(value, meta.unit, case.currency),
                band="" if band is None else band.title,
            ),
        )
    yield from _compared(case)


def _compared(case: Case) -> Iterator[Reading]:
    """What the conditions of a ladder read beside its axes."""
    if case.definition.method != "ladder":
        return
    names = [name for condition in case.definition.conditions for name in names_in(condition)]
    for name in dict.fromkeys(names):
        if name not in case.definition.axes and name in case.columns:
            value, meta = case.values.get(name), case.columns[name]
            form = _NOT_KNOWN if value is None else _PLAIN
            said = meta.labels.get(str(value)) or shown(value, meta.unit, case.currency)
            text = form.format(column=meta.title, value=said)
            yield Reading(name, name, value, None, None, None, None, text)


def _because(case: Case, readings: tuple[Reading, ...], cell: str | None, rule: str | None) -> Text:
    en, zh = [reading.text.en for reading in readings], [reading.text.zh for reading in readings]
    reasons = Text(en="; ".join(en), zh="，".join(zh))
    if cell is None:
        return _NOWHERE.format(reasons=reasons)
    title = case.definition.labels[cell]
    if rule is not None:
        return _RULED.format(reasons=reasons, cell=title, rule=_worded(case, rule))
    if case.score is None:
        return _LEADS.format(reasons=reasons, cell=title)
    return _SCORED.format(reasons=reasons, cell=title, score=shown(case.score, Unit.SCORE, case.currency))


def _is_relative(case: Case) -> bool:
    cuts = [cut for axis in case.definition.axes.values() for cut in axis.parsed_cuts]
    return any(cut.kind not in {"value", "above"} for cut in [*cuts, *case.definition.parsed_score_cuts])

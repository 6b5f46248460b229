"""Single questions (CSAT, CES): the mean, the share of satisfied answers with Wilson's interval, waves and segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value
from worthbook.models.base import FloatArray
from worthbook.models.perception.intervals import differences, wilson, z_of
from worthbook.models.perception.tally import Tally
from worthbook.planning.studies.context import Made, Method, StudyContext, column, table
from worthbook.planning.studies.surveyed import few, instrument_of, known, large, least_of, nobody, option, withheld
from worthbook.planning.surveys import Groups

SURE = 0.05
EVERYONE = Text(en="All", zh="全部")


@dataclass(frozen=True)
class _Satisfied:
    """How satisfied each group is."""

    tally: Tally
    mean: FloatArray
    mean_error: FloatArray
    share: FloatArray
    low: FloatArray
    high: FloatArray

    @classmethod
    def of(cls, tally: Tally, instrument: InstrumentDefinition, question: str) -> _Satisfied:
        scale = instrument.scale_of(question)
        low, high = scale.bounds
        numbers = np.arange(low, high + 1)
        good = numbers <= scale.top if scale.good == "low" else numbers >= scale.top
        share = tally.mean(good.astype(float))
        ends = wilson(share, tally.effective)
        return cls(tally, tally.mean(numbers), np.sqrt(tally.variance_of_mean(numbers)), share, *ends)


def make_satisfied(definition: StudyDefinition, context: StudyContext) -> Made:
    """Count once for everyone, once by wave, once by segment."""
    instrument = instrument_of(definition, context, "top_box")
    question = instrument.rated[0]
    by, least = option(definition, "by"), least_of(definition)
    everyone = context.surveys.groups(instrument, question, None)
    if everyone is None or not everyone.tally.respondents.sum():
        return nobody()
    overall = _Satisfied.of(everyone.tally, instrument, question)
    tables = [_table("overall", Text(en="Satisfaction", zh="满意度"), ("group", "Group", "分组"), (EVERYONE,), overall)]
    tables.append(_spread(everyone.tally, instrument, question))
    facts = _facts(overall, instrument, question)
    told: list[Finding] = [*few(overall.tally.respondents[0])]
    for name, groups in (("wave", context.surveys.groups(instrument, question, "wave")),
                         ("segment", context.surveys.groups(instrument, question, by) if by else None)):  # fmt: skip
        if groups is None or len(groups.names) < 2:  # noqa: PLR2004 - nothing to compare
            continue
        told += withheld(groups.names, groups.tally.respondents, least)
        shown = large(groups, least)
        if len(shown.names) > 1:
            found = _Satisfied.of(shown.tally, instrument, question)
            heads = {"wave": ("wave", "Wave", "期次"), "segment": ("segment", "Segment", "群体")}
            title = {"wave": Text(en="Satisfaction by wave", zh="各期满意度"),
                     "segment": Text(en="Satisfaction by segment", zh="各群体满意度")}  # fmt: skip
            tables.append(_table(f"{name}s", title[name], heads[name], shown.names, found))
            facts |= _compared(name, shown, found)
    return Made(tuple(tables), facts, ("answers",), tuple(told))


def _table(
    name: str, title: Text, head: tuple[str, str, str], names: Sequence[Value | Text], found: _Satisfied
) -> Table:
    reach = z_of() * found.mean_error
    numbers = (found.share, found.low, found.high, found.mean, found.mean - reach, found.mean + reach)
    rows = [
        (each, int(found.tally.respondents[index]), *(known(number[index]) for number in numbers))
        for index, each in enumerate(names)
    ]
    columns = (
        column(head[0], Unit.TEXT, head[1], head[2]),
        column("respondents", Unit.COUNT, "Respondents", "受访者"),
        column("satisfied", Unit.SHARE, "Satisfied", "满意占比"),
        column("low", Unit.SHARE, "95 % from", "95%下限"),
        column("high", Unit.SHARE, "to", "上限"),
        column("mean", Unit.SCORE, "Mean", "均值"),
        column("mean_low", Unit.SCORE, "95 % from", "95%下限"),
        column("mean_high", Unit.SCORE, "to", "上限"),
    )
    return table(name, title, columns, rows)


def _spread(tally: Tally, instrument: InstrumentDefinition, question: str) -> Table:
    scale, shares = instrument.scale_of(question), tally.total.shares[0]
    first = int(scale.bounds[0])
    rows = []
    for place, share in enumerate(shares):
        label = scale.labels.get(first + place)
        number = str(first + place)
        answer = number if label is None else Text(en=f"{number} {label.en}", zh=f"{number} {label.zh}")
        rows.append((answer, int(tally.total.count[0, place]), known(share)))
    columns = (
        column("answer", Unit.TEXT, "Answer", "答案"),
        column("respondents", Unit.COUNT, "Respondents", "受访者"),
        column("share", Unit.SHARE, "Share", "占比"),
    )
    return table("answers", Text(en="Answers", zh="答案分布"), columns, rows)


def _facts(found: _Satisfied, instrument: InstrumentDefinition, question: str) -> dict[str, Value]:
    low, high = instrument.scale_of(question).bounds
    return {
        "respondents": int(found.tally.respondents[0]),
        "satisfied": known(found.share[0]),
        "low": known(found.low[0]),
        "high": known(found.high[0]),
        "mean": known(found.mean[0]),
        "scale_low": low,
        "scale_high": high,
        "top_from": instrument.scale_of(question).top,
    }


def _compared(name: str, groups: Groups, found: _Satisfied) -> dict[str, Value]:
    """The last wave against the one before; the best segment against the worst."""
    variance = found.share * (1 - found.share) / found.tally.effective
    if name == "wave":
        last = len(groups.names) - 1
        change = differences(found.share, variance, [(last - 1, last)])
        return {
            "waves": last + 1,
            "last_wave": groups.names[last],
            "wave_before": groups.names[last - 1],
            "change": known(change.difference[0]),
            "change_low": known(change.low[0]),
            "change_high": known(change.high[0]),
            "moved": bool(change.p[0] < SURE),
        }
    best, worst = int(np.nanargmax(found.share)), int(np.nanargmin(found.share))
    return {
        "segments": len(groups.names),
        "best_segment": groups.names[best],
        "best_satisfied": known(found.share[best]),
        "worst_segment": groups.names[worst],
        "worst_satisfied": known(found.share[worst]),
    }


_NUMBERS = frozenset({"respondents", "satisfied", "low", "high", "mean", "mean_low", "mean_high"})
SATISFIED = Method(
    make=make_satisfied,
    maker="satisfied 1",
    roles=frozenset(),
    tables={
        "overall": _NUMBERS | {"group"},
        "answers": frozenset({"answer", "respondents", "share"}),
        "waves": _NUMBERS | {"wave"},
        "segments": _NUMBERS | {"segment"},
    },
    facts=frozenset({
        "respondents", "satisfied", "low", "high", "mean", "scale_low", "scale_high", "top_from", "waves", "last_wave",
        "wave_before", "change", "change_low", "change_high", "moved", "segments", "best_segment", "best_satisfied",
        "worst_segment", "worst_satisfied",
    }),
)  # fmt: skip

"""The net promoter score: all together, wave by wave and by segment, with intervals and tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table, TableColumn
from worthbook.kernel.units import Unit, Value
from worthbook.models.base import FloatArray
from worthbook.models.perception.intervals import Differences, differences
from worthbook.models.perception.net_promoter import NetPromoter, net_promoter
from worthbook.models.perception.tally import Tally
from worthbook.planning.studies.context import Made, Method, StudyContext, column, table
from worthbook.planning.studies.surveyed import few, instrument_of, known, large, least_of, nobody, option, withheld
from worthbook.planning.surveys import Groups

POINTS = 100
"""Scores are told from −100 to 100."""
SURE = 0.05

OVERALL = Text(en="Net promoter score", zh="净推荐值")
WAVES = Text(en="Score by wave", zh="各期净推荐值")
SEGMENTS = Text(en="Score by segment", zh="各群体净推荐值")
CHANGES = Text(en="Change from wave to wave", zh="各期变化")
CONTRASTS = Text(en="Segments against all others", zh="各群体与其余受访者对比")
SPREAD = Text(en="Answers", zh="答案分布")
EVERYONE = Text(en="All", zh="全部")
REST = Text(en="all others", zh="其余受访者")

_SCORES = (
    column("respondents", Unit.COUNT, "Respondents", "受访者"),
    column("promoters", Unit.SHARE, "Promoters (9–10)", "推荐者（9–10分）"),
    column("passives", Unit.SHARE, "Passives (7–8)", "中立者（7–8分）"),
    column("detractors", Unit.SHARE, "Detractors (0–6)", "贬损者（0–6分）"),
    column("score", Unit.SCORE, "Score", "净推荐值"),
    column("low", Unit.SCORE, "95 % from", "95%下限"),
    column("high", Unit.SCORE, "to", "上限"),
)
_TESTS = (
    column("difference", Unit.SCORE, "Difference", "差值"),
    column("low", Unit.SCORE, "95 % from", "95%下限"),
    column("high", Unit.SCORE, "to", "上限"),
    column("p", Unit.RATIO, "p", "p值"),
    column("p_holm", Unit.RATIO, "p, corrected (Holm)", "校正后p值（Holm）"),
)


def make_net_promoter(definition: StudyDefinition, context: StudyContext) -> Made:
    """Count once for everyone, once by wave, once by segment."""
    instrument = instrument_of(definition, context, "nps")
    question = asked_of(instrument)
    by, least = option(definition, "by"), least_of(definition)
    everyone = context.surveys.groups(instrument, question, None)
    if everyone is None or not everyone.tally.respondents.sum():
        return nobody()
    overall = net_promoter(everyone.tally)
    tables = [
        _scores("overall", OVERALL, _group("group", "Group", "分组"), (EVERYONE,), overall),
        _spread(everyone.tally),
    ]
    facts = _overall_facts(overall)
    told: list[Finding] = [*few(overall.respondents[0])]
    for name, found in (("wave", context.surveys.groups(instrument, question, "wave")),
                        ("segment", context.surveys.groups(instrument, question, by) if by else None)):  # fmt: skip
        if found is not None and len(found.names) > 1:
            shown = large(found, least)
            told += withheld(found.names, found.tally.respondents, least)
            if len(shown.names) > 1:
                tables += _by_wave(shown) if name == "wave" else _by_segment(shown)
                facts |= _wave_facts(shown) if name == "wave" else _segment_facts(shown)
    return Made(tuple(tables), facts, ("answers",), tuple(told))


def asked_of(instrument: InstrumentDefinition) -> str:
    """The question from 0 to 10."""
    return next(name for name in instrument.rated if instrument.scale_of(name).bounds == (0.0, 10.0))


def _by_wave(groups: Groups) -> list[Table]:
    found = net_promoter(groups.tally)
    pairs = [(index, index + 1) for index in range(len(groups.names) - 1)]
    rows = [(groups.names[before], groups.names[after]) for before, after in pairs]
    ends = (column("from", Unit.TEXT, "From", "由"), column("to", Unit.TEXT, "To", "至"))
    return [
        _scores("waves", WAVES, _group("wave", "Wave", "期次"), groups.names, found),
        _tested("changes", CHANGES, ends, rows, _compared(found, pairs)),
    ]


def _by_segment(groups: Groups) -> list[Table]:
    """Each segment against all others together."""
    found = net_promoter(groups.tally)
    ends = (column("segment", Unit.TEXT, "Segment", "群体"), column("against", Unit.TEXT, "Against", "对比"))
    rows = [(name, REST) for name in groups.names]
    return [
        _scores("segments", SEGMENTS, _group("segment", "Segment", "群体"), groups.names, found),
        _tested("contrasts", CONTRASTS, ends, rows, _against_rest(groups.tally)),
    ]


def _against_rest(tally: Tally) -> Differences:
    own, size = net_promoter(tally), len(tally.count)
    others = net_promoter(Tally(*(each.sum(axis=0) - each for each in (tally.count, tally.weight, tally.square))))
    score = np.concatenate([others.score, own.score])
    error = np.concatenate([others.standard_error, own.standard_error])
    return differences(score, error**2, [(index, size + index) for index in range(size)])


def _compared(found: NetPromoter, pairs: list[tuple[int, int]]) -> Differences:
    return differences(found.score, found.standard_error**2, pairs)


# --- tables ----------------------------------------------------------------------------------------------------------


def _group(name: str, en: str, zh: str) -> TableColumn:
    return column(name, Unit.TEXT, en, zh)


def _scores(name: str, title: Text, first: TableColumn, names: Sequence[Value | Text], found: NetPromoter) -> Table:
    numbers = (
        found.promoters,
        found.passives,
        found.detractors,
        *(POINTS * each for each in (found.score, found.low, found.high)),
    )
    rows = [
        (each, int(found.respondents[index]), *(known(number[index]) for number in numbers))
        for index, each in enumerate(names)
    ]
    return table(name, title, (first, *_SCORES), rows)


def _tested(
    name: str, title: Text, ends: Sequence[TableColumn], names: Sequence[tuple[Value | Text, ...]], found: Differences
) -> Table:
    points: tuple[FloatArray, ...] = (POINTS * found.difference, POINTS * found.low, POINTS * found.high)
    numbers = (*points, found.p, found.p_holm)
    rows = [(*each, *(known(number[index]) for number in numbers)) for index, each in enumerate(names)]
    return table(name, title, (*ends, *_TESTS), rows)


def _spread(tally: Tally) -> Table:
    total = tally.total
    rows = [
        (str(answer), int(total.count[0, answer]), known(total.shares[0, answer]))
        for answer in range(total.count.shape[1])
    ]
    columns = (
        column("answer", Unit.TEXT, "Answer", "答案"),
        column("respondents", Unit.COUNT, "Respondents", "受访者"),
        column("share", Unit.SHARE, "Share", "占比"),
    )
    return table("answers", SPREAD, columns, rows)


# --- facts -----------------------------------------------------------------------------------------------------------


def _overall_facts(found: NetPromoter) -> dict[str, Value]:
    return {
        "respondents": int(found.respondents[0]),
        "score": known(POINTS * found.score[0]),
        "low": known(POINTS * found.low[0]),
        "high": known(POINTS * found.high[0]),
        "promoters": known(found.promoters[0]),
        "passives": known(found.passives[0]),
        "detractors": known(found.detractors[0]),
        "standard_error": known(POINTS * found.standard_error[0]),
    }


def _wave_facts(groups: Groups) -> dict[str, Value]:
    found = net_promoter(groups.tally)
    last = len(groups.names) - 1
    change = _compared(found, [(last - 1, last)])
    moved = bool(change.p[0] < SURE)
    return {
        "waves": len(groups.names),
        "last_wave": groups.names[last],
        "wave_before": groups.names[last - 1],
        "last_score": known(POINTS * found.score[last]),
        "change": known(POINTS * change.difference[0]),
        "moved_by": known(POINTS * abs(change.difference[0])),
        "change_low": known(POINTS * change.low[0]),
        "change_high": known(POINTS * change.high[0]),
        "moved": moved,
    }


def _segment_facts(groups: Groups) -> dict[str, Value]:
    found, tests = net_promoter(groups.tally), _against_rest(groups.tally)
    best, worst = int(np.nanargmax(found.score)), int(np.nanargmin(found.score))
    return {
        "segments": len(groups.names),
        "best_segment": groups.names[best],
        "best_score": known(POINTS * found.score[best]),
        "worst_segment": groups.names[worst],
        "worst_score": known(POINTS * found.score[worst]),
        "segments_apart": int((tests.p_holm < SURE).sum()),
    }


_NUMBERS = frozenset({"respondents", "promoters", "passives", "detractors", "score", "low", "high"})
_COMPARED = frozenset({"difference", "low", "high", "p", "p_holm"})
NET_PROMOTER = Method(
    make=make_net_promoter,
    maker="net_promoter 1",
    roles=frozenset(),
    tables={
        "overall": _NUMBERS | {"group"},
        "answers": frozenset({"answer", "respondents", "share"}),
        "waves": _NUMBERS | {"wave"},
        "segments": _NUMBERS | {"segment"},
        "changes": _COMPARED | {"from", "to"},
        "contrasts": _COMPARED | {"segment", "against"},
    },
    facts=frozenset({
        "respondents", "score", "low", "high", "promoters", "passives", "detractors", "standard_error", "waves",
        "last_wave", "wave_before", "last_score", "change", "change_low", "change_high", "moved", "moved_by",
        "segments", "best_segment", "best_score", "worst_segment", "worst_score", "segments_apart",
    }),
)  # fmt: skip

"""The same drivers as the firm sees them and as its customers do: where it believes otherwise (B20)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np

from worthbook.data.answers import Answers
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.errors import Fault, did_you_mean
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value
from worthbook.models.base import FloatArray, IntArray
from worthbook.models.perception.points import Sums, share_out
from worthbook.models.perception.rivals import ViewGap, view_gaps
from worthbook.planning.studies.context import Made, Method, StudyContext, column, table
from worthbook.planning.studies.rated import ends, told_once
from worthbook.planning.studies.surveyed import few, instrument_of, listed, nobody, option, points_note

SIDES_UNNAMED = Fault(
    "views-sides-unnamed",
    what=Text(
        en="Nothing says which of the answers are the firm's own and which are customers'.",
        zh="未说明哪些答卷来自本企业、哪些来自客户。",
    ),
    hint=Text(
        en="Name the column with --by and the firm's value in it with --supplier.",
        zh="请用 --by 指明列名，用 --supplier 指明该列中代表本企业的值。",
    ),
)
SIDE_ABSENT = Fault(
    "views-side-absent",
    what=Text(
        en="Under '{by}' nobody with points is '{supplier}', or nobody is anything else.",
        zh="“{by}”列中没有分配了点数的“{supplier}”，或没有其他人作答。",
    ),
    hint=Text(en="{near}", zh="{near}"),
)
OVER = Text(en="We hold for more important than our customers do: {names}.", zh="本企业比客户更看重：{names}。")
UNDER = Text(en="Customers hold for more important than we do: {names}.", zh="客户比本企业更看重：{names}。")
NO_SIDE = Text(
    en="Respondents who stand on no side ('{by}' is empty), left out: {count}.",
    zh="有{count}位受访者未注明身份（“{by}”为空），未计入。",
)


def make_value_views(definition: StudyDefinition, context: StudyContext) -> Made:
    """Compare the points of both sides, driver by driver."""
    instrument = instrument_of(definition, context)
    answers = context.surveys.answers(instrument)
    if answers is None or not len(answers):
        return nobody()
    by, supplier = option(definition, "by"), option(definition, "supplier")
    if by is None or supplier is None:
        raise SIDES_UNNAMED(definition.place_of("options"))
    asked = {topic: name for topic, name in instrument.asking("points").items() if answers.has(name)}
    answers.need(list(asked.values()) or list(instrument.asking("points").values()))
    rows = told_once(answers, list(asked.values()))
    ours, theirs, none = _sides(answers, rows, by, supplier)
    sums = cast("Sums", option(definition, "sums") or "rescale")
    total = instrument.scale_of(next(iter(asked.values()))).total or 100.0
    shared = share_out(answers.matrix(list(asked.values())), total, sums)
    points: FloatArray = shared.points
    found = view_gaps(tuple(asked), points[ours], points[theirs])
    used = [int((~np.isnan(points[side]).all(axis=1)).sum()) for side in (ours, theirs)]
    told = [*few(min(used)), *_told(found, answers), *points_note(shared, total, sums)]
    if none:
        told.append(Finding(NO_SIDE.format(count=none, by=by), "warning"))
    return Made((_gaps(found, answers),), _facts(found, used), ("answers",), tuple(told))


def _sides(answers: Answers, rows: IntArray, by: str, supplier: str) -> tuple[IntArray, IntArray, int]:
    """Rows of the firm, rows of customers, and how many are neither.

    Raises:
        WorthbookError: views-side-absent, survey-segment-unknown.
    """
    side = answers.segment(by)[rows]
    firm = side == supplier
    customers = ~firm & (side != "")
    if not firm.any() or not customers.any():
        raise SIDE_ABSENT(by=by, supplier=supplier, near=did_you_mean(supplier, sorted({str(each) for each in side})))
    return rows[firm], rows[customers], int((side == "").sum())


def _gaps(found: Sequence[ViewGap], answers: Answers) -> Table:
    rows = [
        (
            answers.instrument.topics[each.name], *ends(each.supplier), *ends(each.customers), *ends(each.gap),
            _is_sure(each),
        )
        for each in found
    ]  # fmt: skip
    columns = [column("driver", Unit.TEXT, "Driver", "驱动因素")]
    for name, en, zh in (
        ("supplier", "We give it", "本企业点数"),
        ("customers", "Customers give it", "客户点数"),
        ("gap", "Ours less theirs", "差距（本企业减客户）"),
    ):
        columns += [
            column(name, Unit.SCORE, en, zh),
            column(f"{name}_low", Unit.SCORE, "from", "下限"),
            column(f"{name}_high", Unit.SCORE, "to", "上限"),
        ]
    columns.append(column("sure", Unit.FLAG, "Beyond chance", "差异显著"))
    return table("gaps", Text(en="Points out of 100, largest gap first", zh="百分点数（按差距）"), columns, rows)


def _is_sure(gap: ViewGap) -> bool | None:
    return None if gap.gap.low is None else gap.gap.excludes(0.0)


def _told(found: Sequence[ViewGap], answers: Answers) -> list[Finding]:
    told = []
    for form, more in ((OVER, True), (UNDER, False)):
        names = [
            answers.instrument.topics[each.name] for each in found if _is_sure(each) and (each.gap.value > 0) == more
        ]
        if names:
            told.append(Finding(form.format(names=listed(names)), "warning"))
    return told


def _facts(found: Sequence[ViewGap], used: Sequence[int]) -> dict[str, Value]:
    return {
        "respondents": sum(used),
        "firm": used[0],
        "customers": used[1],
        "drivers": len(found),
        "clear": sum(bool(_is_sure(each)) for each in found),
        "moved": sum(abs(each.gap.value) for each in found) / 2,
    }


_INTERVALS = frozenset(f"{name}{end}" for name in ("supplier", "customers", "gap") for end in ("", "_low", "_high"))
VALUE_VIEWS = Method(
    make=make_value_views,
    maker="value_views 1",
    roles=frozenset(),
    tables={"gaps": _INTERVALS | {"driver", "sure"}},
    facts=frozenset({"respondents", "firm", "customers", "drivers", "clear", "moved"}),
)

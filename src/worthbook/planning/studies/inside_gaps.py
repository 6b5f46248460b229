"""Gaps 1 to 4 of service quality, which arise inside the firm: measured by asking its own people.

Gap 1 is what they believe customers expect less what customers do expect; gaps 2 to 4 are how far their answers stay
below full agreement that standards are set, met and promises kept. Below zero is bad, as in gap 5.

Source: Zeithaml, Parasuraman and Berry, Delivering Quality Service (1990).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from worthbook.data.answers import Answers
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value
from worthbook.models.base import FloatArray
from worthbook.models.perception.means import Means, means, welch
from worthbook.planning.studies.context import StudyContext, column, table
from worthbook.planning.studies.five_gaps import GAP_TITLES
from worthbook.planning.studies.surveyed import known, listed

INSIDE = frozenset({"gap", "dimension", "size", "low", "high"})
STATED: Mapping[int, str] = {2: "standards", 3: "delivery", 4: "promises"}
"""Gap → the construct whose questions measure it."""
ALL = Text(en="All", zh="总体")
OPEN = Text(
    en="Clearly there inside the firm, largest first: {names}.", zh="企业内部明显存在的差距（由大到小）：{names}。"
)
FEW_STAFF = Text(
    en="Only {count} people of the firm answered; take gaps 1 to 4 as a first hint.",
    zh="内部仅有{count}人作答，差距1至4只能作为初步参考。",
)
_FEW_BELOW = 10


@dataclass(frozen=True)
class Inside:
    """What the firm's own people show; nothing where nobody asked them."""

    tables: tuple[Table, ...] = ()
    sizes: Mapping[int, Means] = field(default_factory=dict)
    """Gap → its size over all dimensions, as one column."""
    findings: tuple[Finding, ...] = ()
    people: int = 0

    def size(self, gap: int) -> Value:
        """How large one gap is; None where it was not measured."""
        return known(self.sizes[gap].mean[0]) if gap in self.sizes else None


def inside_gaps(context: StudyContext, instrument: str | None, customers: Answers) -> Inside:
    """Measure what can be measured: gap 1 needs expectations of both sides, the others only the firm's people."""
    asked = None if instrument is None else context.instruments.get(instrument)
    staff = None if asked is None else context.surveys.answers(asked)
    if staff is None or not len(staff):
        return Inside()
    found = {1: _knowledge(staff, customers), **{gap: _stated(staff, name) for gap, name in STATED.items()}}
    measured = {gap: sizes for gap, sizes in found.items() if sizes}
    whole = {gap: sizes[""] for gap, sizes in measured.items()}
    return Inside((_table(staff, measured),) if measured else (), whole, tuple(_told(whole, len(staff))), len(staff))


def _knowledge(staff: Answers, customers: Answers) -> dict[str, Means]:
    """Dimension → beliefs less expectations; all together under the empty name."""
    ours, theirs = (each.instrument.asking("expectation") for each in (staff, customers))
    topics = [topic for topic in ours if topic in theirs and staff.has(ours[topic]) and customers.has(theirs[topic])]
    parts: dict[str, list[str]] = {"": topics} if topics else {}
    for topic in topics:
        parts.setdefault(staff.instrument.questions[ours[topic]].indicates or "", []).append(topic)
    return {
        part: welch(
            _mean(staff, [ours[topic] for topic in inside]), _mean(customers, [theirs[topic] for topic in inside])
        )
        for part, inside in parts.items()
    }


def _stated(staff: Answers, construct: str) -> dict[str, Means]:
    """Dimension → agreement less full agreement; all together under the empty name."""
    names = [name for name in staff.instrument.indicators(construct) if staff.has(name)]
    parts: dict[str, list[str]] = {"": names} if names else {}
    parts |= {staff.instrument.questions[name].topic or name: [name] for name in names}
    return {part: _below_full(staff, inside) for part, inside in parts.items()}


def _below_full(staff: Answers, questions: list[str]) -> Means:
    found = _mean(staff, questions)
    return replace(found, mean=found.mean - staff.bounds(questions)[:, 1].mean())


def _mean(answers: Answers, questions: list[str]) -> Means:
    """Of each respondent's mean over the questions answered, as one column."""
    values = answers.matrix(questions)
    count = (~np.isnan(values)).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        each: FloatArray = np.where(count > 0, np.nansum(values, axis=1) / count, np.nan)
    return means(each[:, None], answers.weights)


def _table(staff: Answers, measured: Mapping[int, Mapping[str, Means]]) -> Table:
    rows: list[tuple[Value | Text, ...]] = []
    for gap, sizes in measured.items():
        for part, size in sizes.items():
            low, high = size.interval()
            title = staff.instrument.topics[part] if part else ALL
            rows.append((GAP_TITLES[gap - 1], title, known(size.mean[0]), known(low[0]), known(high[0])))
    columns = (
        column("gap", Unit.TEXT, "Gap", "差距"),
        column("dimension", Unit.TEXT, "Dimension", "维度"),
        column("size", Unit.SCORE, "Measured", "实测"),
        column("low", Unit.SCORE, "from", "下限"),
        column("high", Unit.SCORE, "to", "上限"),
    )
    return table("inside", Text(en="Gaps inside the firm", zh="企业内部的差距"), columns, rows)


def _told(whole: Mapping[int, Means], people: int) -> Iterator[Finding]:
    clear = [gap for gap, size in whole.items() if size.interval()[1][0] < 0]
    if clear:
        ordered = sorted(clear, key=lambda gap: whole[gap].mean[0])
        yield Finding(OPEN.format(names=listed([GAP_TITLES[gap - 1] for gap in ordered])), "warning")
    if people < _FEW_BELOW:
        yield Finding(FEW_STAFF.format(count=people), "warning")

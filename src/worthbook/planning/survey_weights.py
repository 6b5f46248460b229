"""Answers weighted to what is known of the population."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from worthbook.data.answers import Answers
from worthbook.kernel.errors import Fault, did_you_mean
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding
from worthbook.kernel.units import Unit, show
from worthbook.models.perception.raking import rake
from worthbook.planning.surveys import grouped

MARGIN_UNFIT = Fault(
    "survey-margin-unfit",
    what=Text(en="The margin of '{column}' does not fit: {why}.", zh="“{column}”的总体比例有误：{why}。"),
    hint=Text(
        en="Write every group with its share, as in region:North=0.6,South=0.4; shares sum to 1. {near}",
        zh="请写出每个群体及其占比，例如 region:North=0.6,South=0.4，合计为1。{near}",
    ),
)
_SUM = Text(en="its shares sum to {total}", zh="各占比之和为 {total}")
_UNNAMED = Text(en="it has no share for '{group}'", zh="缺少“{group}”的占比")
WEIGHED = Text(
    en="Weighted to known margins of {columns}: as precise as {effective} respondents with equal weights; the largest "
    "weight is {largest}.",
    zh="已按{columns}的总体比例加权：精度相当于{effective}位等权受访者，最大权重为{largest}。",
)
MISSED = Text(
    en="The margins could not all be met: weights are held to five times the mean.",
    zh="未能完全符合总体比例：权重上限为均值的五倍。",
)
UNDER = Text(
    en="Too few among respondents: {names}.",
    zh="在受访者中占比偏低：{names}。",
)
_FAR = 0.8
"""Below so much of its share in the population a group is told to be missing."""
_ROUNDING = 0.01


def to_margins(answers: Answers, margins: Mapping[str, Mapping[str, float]]) -> Answers:
    """Rake the answers to margins, and say what that costs and who is missing.

    Args:
        answers: with the columns of the margins among their segments.
        margins: column → group → share of the population.

    Raises:
        WorthbookError: survey-margin-unfit, survey-segment-unknown.
    """
    groups, shares, under = [], [], []
    for column, margin in margins.items():
        names, group = grouped(answers, column)
        wanted = _shares(column, names, margin)
        groups.append(group)
        shares.append(wanted)
        found = np.bincount(group[group >= 0], answers.weights[group >= 0], minlength=len(names))
        found = found / found.sum()
        under += [f"{name} ({show(float(part), Unit.SHARE, 'en')} / {show(float(known), Unit.SHARE, 'en')})"
                  for name, part, known in zip(names, found, wanted, strict=True) if part < _FAR * known]  # fmt: skip
        under += [str(name) for name, part in margin.items() if name not in names and part > 0]
    raked = rake(answers.weights, groups, shares)
    notes = [Finding(WEIGHED.format(columns=", ".join(margins), effective=f"{raked.effective:.0f}",
                                    largest=f"{raked.largest:.2f}"))]  # fmt: skip
    if under:
        notes.append(Finding(UNDER.format(names=", ".join(under)), "warning"))
    if not raked.fits:
        notes.append(Finding(MISSED, "warning"))
    return answers.weighted(raked.weights).noting(*notes)


def _shares(column: str, names: tuple[str, ...], margin: Mapping[str, float]) -> np.ndarray:
    total = sum(margin.values())
    if abs(total - 1) > _ROUNDING:
        raise MARGIN_UNFIT(column=column, why=_SUM.format(total=f"{total:g}"), near="")
    for name in names:
        if name not in margin:
            raise MARGIN_UNFIT(column=column, why=_UNNAMED.format(group=name), near=did_you_mean(name, margin))
    return np.array([margin[name] for name in names])

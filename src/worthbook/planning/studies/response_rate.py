"""How many of those who were invited answered, group by group, and who is missing among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from worthbook.data.answers import Answers, Mask
from worthbook.data.invited import Invited
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value
from worthbook.models.perception.intervals import wilson
from worthbook.planning.studies.context import column, share, table

MISSING = Text(
    en="Answered clearly less often than all together: {names}. Results speak less for them; weight to known margins.",
    zh="以下群体的回答率明显低于总体：{names}。结果对其代表性不足，宜按已知构成加权。",
)
SILENT = Text(en="Nobody answered of: {names}.", zh="以下群体无人作答：{names}。")
TOO_MANY = Text(
    en="More answered than were invited: {names}. The list of those invited does not fit these answers.",
    zh="以下群体的作答人数多于邀请人数：{names}。邀请名单与答卷不符。",
)
UNINVITED = Text(
    en="Groups that answered without having been invited: {names}.", zh="未在邀请名单中而作答的群体：{names}。"
)
EVERYBODY = Text(en="all", zh="全部")


@dataclass(frozen=True)
class Rate:
    """Invited and answered of one group."""

    name: str
    invited: int
    answered: int

    @property
    def ends(self) -> tuple[float | None, float | None, float | None]:
        """The rate with Wilson's interval; nothing where it cannot be one."""
        if not 0 <= self.answered <= self.invited or not self.invited:
            return None, None, None
        rate = np.array([self.answered / self.invited])
        low, high = wilson(rate, np.array([float(self.invited)]))
        return float(rate[0]), float(low[0]), float(high[0])


@dataclass(frozen=True)
class Response:
    """What is known of the response to a survey."""

    tables: tuple[Table, ...] = ()
    facts: dict[str, Value] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def response(answers: Answers, invited: Invited | None, by: str | None) -> Response:
    """Compare those who answered with those who were invited; nothing where nobody says who was.

    A respondent counts once a wave, whatever number of brands they judge.
    """
    if invited is None:
        return Response()
    whole = Rate("", invited.total, _count(answers, np.ones(len(answers), dtype=bool)))
    rate, low, high = whole.ends
    facts: dict[str, Value] = {
        "invited": whole.invited, "response_rate": rate, "response_low": low, "response_high": high,
    }  # fmt: skip
    groups = _groups(answers, invited, by) if by is not None and invited.groups else []
    tables = (_table(groups, whole),) if groups else ()
    return Response(tables, facts, tuple(_told(groups, whole)))


def _groups(answers: Answers, invited: Invited, by: str) -> list[Rate]:
    group = answers.segment(by)
    names = sorted({*invited.groups, *(str(each) for each in np.unique(group) if each)})
    return [Rate(name, invited.groups.get(name, 0), _count(answers, group == name)) for name in names]


def _count(answers: Answers, rows: Mask) -> int:
    pairs = np.stack([answers.respondents[rows], answers.waves[rows]])
    return int(np.unique(pairs, axis=1).shape[1])


def _table(groups: Sequence[Rate], whole: Rate) -> Table:
    answered = sum(each.answered for each in groups)
    rows = [
        (
            each.name, each.invited, each.answered, *each.ends, share(each.invited, whole.invited),
            share(each.answered, answered),
        )
        for each in groups
    ]  # fmt: skip
    columns = (
        column("segment", Unit.TEXT, "Segment", "群体"),
        column("invited", Unit.COUNT, "Invited", "邀请人数"),
        column("answered", Unit.COUNT, "Answered", "作答人数"),
        column("rate", Unit.SHARE, "Response rate", "回答率"),
        column("rate_low", Unit.SHARE, "from", "下限"),
        column("rate_high", Unit.SHARE, "to", "上限"),
        column("share_invited", Unit.SHARE, "Share of those invited", "占受邀者"),
        column("share_answered", Unit.SHARE, "Share of those who answered", "占作答者"),
    )
    return table("response", Text(en="Response by segment", zh="各群体的回答率"), columns, rows)


def _told(groups: Sequence[Rate], whole: Rate) -> Iterator[Finding]:
    rate = whole.ends[0]
    wrong = [each for each in (groups or [whole]) if each.answered > each.invited > 0]
    if wrong:
        names = Text(en=", ".join(each.name or EVERYBODY.en for each in wrong),
                     zh="、".join(each.name or EVERYBODY.zh for each in wrong))  # fmt: skip
        yield Finding(TOO_MANY.format(names=names), "warning")
    below = [each for each in groups if rate is not None and each.answered and (each.ends[2] or 1.0) < rate]
    silent = [each for each in groups if each.invited and not each.answered]
    strange = [each for each in groups if not each.invited]
    for form, found in ((MISSING, below), (SILENT, silent), (UNINVITED, strange)):
        if found:
            en, zh = (between.join(each.name for each in found) for between in (", ", "、"))
            yield Finding(form.format(names=Text(en=en, zh=zh)), "warning")

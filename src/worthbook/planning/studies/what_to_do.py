"""What to do: the groups of each framework by the value at stake in them, and what follows for each (C01, C09)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from worthbook.data.columns import by_label
from worthbook.definitions.study import StudyDefinition
from worthbook.kernel.evaluation import CellResult, FrameworkResult
from worthbook.kernel.language import LANGUAGES, Text
from worthbook.kernel.money import to_money
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value, show
from worthbook.planning.studies.context import Made, Method, StudyContext, column, share, table

SENTENCES = 6
"""Frameworks that get a sentence: those in whose first group most is at stake per customer."""

NAMED = Text(en="{framework}: {group}", zh="{framework}：{group}")
AT_STAKE = Text(
    en="{framework}: {group}, {customers} customers with {at_stake} at stake ({share} of all). Next: {action}",
    zh="{framework}：{group}共{customers}位客户，流失风险金额{at_stake}（占全部的{share}）。下一步：{action}",
)
BY_VALUE = Text(
    en="{framework}: {group}, {customers} customers who brought {value}. Next: {action}",
    zh="{framework}：{group}共{customers}位客户，贡献{value}。下一步：{action}",
)
FIRST = Text(en="The group to begin with, by framework", zh="各分层框架下应优先处理的群体")
CELLS = Text(en="What to do with each group", zh="各群体的对策")


@dataclass(frozen=True)
class Group:
    """A group of a framework, and what its customers brought and may take away."""

    framework: FrameworkResult
    cell: CellResult
    value: Decimal | None
    at_stake: Decimal | None

    @property
    def weight(self) -> Decimal:
        """By what groups are put in order: what is at stake, or where nothing is known of that, the value."""
        return (self.at_stake if self.at_stake is not None else self.value) or Decimal(0)

    @property
    def each(self) -> Decimal:
        """The same per customer: what one call is about."""
        return self.weight / self.cell.customers

    @property
    def action(self) -> Text:
        """The next thing to do."""
        return self.cell.next_action or self.cell.strategy


def make_what_to_do(definition: StudyDefinition, context: StudyContext) -> Made:
    """The groups of each framework by what is at stake in them; by their value where that is not known of anyone."""
    value, at_stake = (
        name if context.has(name) else None
        for name in (definition.inputs["value"], definition.optional.get("at_stake", ""))
    )
    everything = None if value is None else context.total(value)
    if value is None or everything is None:
        return Made((), {"frameworks": 0}, ())
    found = [_groups(context, framework, value, at_stake) for framework in context.frameworks]
    ranked = sorted((groups for groups in found if groups), key=lambda groups: -groups[0].each)
    whole = context.total(at_stake) if at_stake else None
    firsts = [groups[0] for groups in ranked]
    facts: dict[str, Value] = {
        "frameworks": len(ranked),
        "groups": sum(map(len, ranked)),
        "at_stake": whole,
        "value": everything,
        "at_stake_share": None if whole is None else share(float(whole), float(everything)),
    }
    tables = (_first(firsts, whole), _cells([group for groups in ranked for group in groups], whole)) if ranked else ()
    used = (value, *([at_stake] if at_stake else []), *(framework.name for framework in context.frameworks))
    return Made(tables, facts, used, tuple(_sentences(firsts[:SENTENCES], whole, context.currency)))


def _groups(context: StudyContext, framework: FrameworkResult, value: str, at_stake: str | None) -> list[Group]:
    """The groups of a framework that hold anyone, those with most at stake first."""
    names = [value, *([at_stake] if at_stake else [])]
    wanted = {framework.name, *names}
    sheets = [sheet for sheet in context.sheets if wanted & set(sheet.columns)]
    sums = {row[0]: row[2:] for row in by_label(context.engine, sheets, framework.name, names)}
    groups = []
    for cell in framework.cells:
        if cell.customers:
            brought, *rest = cast("Sequence[Decimal | None]", sums[cell.key])
            groups.append(Group(framework, cell, brought, rest[0] if rest else None))
    return sorted(groups, key=lambda group: -group.weight)


def _first(firsts: Sequence[Group], whole: Decimal | None) -> Table:
    columns = (
        column("group", Unit.TEXT, "Framework and group", "分层框架与群体"),
        column("customers", Unit.COUNT, "Customers", "客户数"),
        column("at_stake", Unit.MONEY, "At stake", "流失风险金额"),
        column("share", Unit.SHARE, "Of all", "占全部"),
        column("each", Unit.MONEY, "Each", "人均"),
        column("value", Unit.MONEY, "Year's value", "近12个月价值"),
    )
    rows = []
    for group in firsts:
        at_stake, value, part = _amounts(group, whole)
        each = None if at_stake is None else to_money(group.each)
        rows.append((_named(group), group.cell.customers, at_stake, part, each, value))
    return table("first", FIRST, columns, rows)


def _cells(groups: Sequence[Group], whole: Decimal | None) -> Table:
    columns = (
        column("framework", Unit.TEXT, "Framework", "分层框架"),
        column("group", Unit.TEXT, "Group", "群体"),
        column("customers", Unit.COUNT, "Customers", "客户数"),
        column("at_stake", Unit.MONEY, "Value at stake", "流失风险金额"),
        column("value", Unit.MONEY, "Value of the year", "近12个月价值"),
        column("share", Unit.SHARE, "Share of all at stake", "占全部流失风险"),
        column("strategy", Unit.TEXT, "Strategy", "策略"),
        column("service_level", Unit.TEXT, "Service level", "服务等级"),
        column("next", Unit.TEXT, "Next action", "下一步"),
        column("list", Unit.TEXT, "List of customers", "客户名单"),
    )
    rows = [
        (
            each.framework.title,
            each.cell.title,
            each.cell.customers,
            *_amounts(each, whole),
            each.cell.strategy,
            each.cell.service_level,
            each.action,
            f"{each.framework.name}.{each.cell.key}",
        )
        for each in groups
    ]
    return table("cells", CELLS, columns, rows)


def _amounts(group: Group, whole: Decimal | None) -> tuple[Value, Value, Value]:
    part = None if whole is None or group.at_stake is None else share(float(group.at_stake), float(whole))
    return group.at_stake, group.value, part


def _named(group: Group) -> Text:
    return NAMED.format(framework=group.framework.title, group=group.cell.title)


def _sentences(firsts: Sequence[Group], whole: Decimal | None, currency: str) -> Iterator[Finding]:
    for each in firsts:
        at_stake, value, part = _amounts(each, whole)
        said = {"customers": (each.cell.customers, Unit.COUNT), "at_stake": (at_stake, Unit.MONEY)}
        said |= {"value": (value, Unit.MONEY), "share": (part, Unit.SHARE)}
        words = {
            name: Text(**{language: show(number, unit, language, currency) for language in LANGUAGES})
            for name, (number, unit) in said.items()
        }
        sentence = BY_VALUE if at_stake is None else AT_STAKE
        names = {"framework": each.framework.title, "group": each.cell.title, "action": each.action}
        yield Finding(sentence.format(**words, **names))


_AMOUNTS = frozenset({"group", "customers", "at_stake", "value", "share"})

WHAT_TO_DO = Method(
    make=make_what_to_do,
    maker="what_to_do 1",
    roles=frozenset({"value", "at_stake"}),
    tables={
        "first": _AMOUNTS | {"each"},
        "cells": _AMOUNTS | {"framework", "strategy", "service_level", "next", "list"},
    },
    facts=frozenset({"frameworks", "groups", "at_stake", "value", "at_stake_share"}),
)

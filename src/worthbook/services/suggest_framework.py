"""A suggestion as an ordinary framework: named groups with readable conditions, which can be saved and changed."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from worthbook.data.chosen import Customers
from worthbook.definitions.framework import Axis, Band, Cell, FrameworkDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit
from worthbook.models.grouping.tree import Bound
from worthbook.planning.worth import VALUE_COLUMN
from worthbook.scoring.bands import number_text
from worthbook.services.open_book import OpenBook
from worthbook.services.save_definition import check_free, save_definition
from worthbook.services.segment_answer import heading, spoken
from worthbook.services.segment_count import sizes
from worthbook.services.suggest_features import Feature

SOURCE = "Suggested from the customers of the book"

_TO_DECIDE = Text(
    en="Not decided yet: look at these customers and write here what to do.",
    zh="待定：请查看该组客户后填写对策。",
)
_BELOW = Text(en="below {high}", zh="低于{high}")
_BETWEEN = Text(en="{low} to below {high}", zh="{low}以上（含）、低于{high}")
_FROM = Text(en="{low} and more", zh="{low}及以上")
_GROUPS = Text(en="Groups", zh="分组")
_CONDITIONS = Text(en="Conditions", zh="条件")
_UNPLACED = Text(
    en="{count} customers are in no group, because something that the conditions read is unknown.",
    zh="有{count}位客户因条件所需数据未知而未归入任何一组。",
)
_SAVED = Text(
    en="Saved as the framework `{name}` in {file}; write a strategy for each group there. Who is in one: `worthbook "
    "segment export --cell {name}.{cell}`.",
    zh="已保存为分层框架 `{name}`（{file}），请在其中填写各组对策。导出某组名单："
    "`worthbook segment export --cell {name}.{cell}`。",
)
_NOT_SAVED = Text(en="Nothing was saved.", zh="未保存任何内容。")
_OFFER = Text(
    en="Keep it as a framework with --save NAME; conditions, names and strategies can then be changed in its file.",
    zh="加 --save 名称 可保存为分层框架，之后可在文件中修改条件、名称和对策。",
)


@dataclass(frozen=True)
class Group:
    """One group that is suggested."""

    key: str
    title: Text
    meaning: Text
    when: str


def framework_from(
    name: str, title: Text, description: Text, groups: Sequence[Group], axes: Mapping[str, Axis]
) -> FrameworkDefinition:
    """The framework of rules that puts customers into the groups.

    The axes say where its columns are cut, so that the smallest change that moves a customer can be told.
    """
    cells = tuple(
        Cell(key=each.key, title=each.title, meaning=each.meaning, strategy=_TO_DECIDE, when=each.when)
        for each in groups
    )
    return FrameworkDefinition(
        name=name, title=title, description=description, source=SOURCE, method="rules", axes=axes, cells=cells
    )


def axes_of(features: Sequence[Feature], bounds: Iterable[Bound], currency: str) -> dict[str, Axis]:
    """Where the columns of numbers are cut, as axes with bands."""
    cuts: dict[int, set[float]] = {}
    for bound in bounds:
        cuts.setdefault(bound.feature, set()).update(end for end in (bound.low, bound.high) if end is not None)
    return {
        f"{features[index].meta.name[:57]}_bands": _axis(features[index], sorted(found), currency)
        for index, found in sorted(cuts.items())
        if features[index].meta.unit.is_numeric
    }


def _axis(feature: Feature, cuts: Sequence[float], currency: str) -> Axis:
    ends = [spoken(cut, feature.meta.unit, currency) for cut in cuts]
    titles = [
        _BELOW.format(high=ends[0]),
        *(_BETWEEN.format(low=low, high=high) for low, high in itertools.pairwise(ends)),
        _FROM.format(low=ends[-1]),
    ]
    bands = tuple(Band(key=f"band_{index}", title=title) for index, title in enumerate(titles, start=1))
    texts = tuple(number_text(cut) for cut in cuts)
    return Axis(title=feature.meta.title, column=feature.meta.name, cuts=texts, bands=bands)


def laid_table(opened: OpenBook, customers: Customers, groups: Sequence[Group]) -> tuple[Table, int]:
    """The groups with all their customers and what these bring, and how many customers are in none."""
    patterns = customers.patterns([each.when for each in groups], VALUE_COLUMN)
    found = sizes(patterns, len(groups))
    placed = sum(size.customers or 0 for size in found)
    rows = tuple(
        (each.key, each.title, size.customers, size.share, size.value, size.value_share)
        for each, size in zip(groups, found, strict=True)
    )
    columns = (
        heading("key", Unit.ID, "Key", "代码"),
        heading("title", Unit.TEXT, "Group", "分组"),
        heading("customers", Unit.COUNT, "Customers", "客户数"),
        heading("share", Unit.SHARE, "Share", "占比"),
        heading("value", opened.catalogue.meta(VALUE_COLUMN).unit, "Value", "价值"),
        heading("value_share", Unit.SHARE, "Share of value", "价值占比"),
    )
    return Table("groups", _GROUPS, columns, rows), sum(each.customers for each in patterns) - placed


def conditions(groups: Sequence[Group]) -> Table:
    """Who is in which group, in the formula language."""
    columns = (heading("key", Unit.ID, "Key", "代码"), heading("when", Unit.TEXT, "Condition", "条件"))
    return Table("conditions", _CONDITIONS, columns, tuple((each.key, each.when) for each in groups))


def offered(
    opened: OpenBook, framework: FrameworkDefinition | None, unplaced: int, save: str | None
) -> Iterator[Finding]:
    """Save the framework if that was asked for, and say so or how to; and who is in no group."""
    if unplaced:
        yield Finding(_UNPLACED.format(count=f"{unplaced:,}"), "warning")
    if framework is None:
        yield from [Finding(_NOT_SAVED, "warning")] if save is not None else []
        return
    if save is None:
        yield Finding(_OFFER)
        return
    file = save_definition(opened, framework)
    yield Finding(_SAVED.format(name=save, file=file, cell=framework.cells[0].key), "good")


def check_name_to_save(opened: OpenBook, save: str | None) -> None:
    """Tell before the work that its result could not be kept.

    Raises:
        WorthbookError: definition-name-unreadable, definition-name-in-use.
    """
    if save is not None:
        check_free(opened, save)

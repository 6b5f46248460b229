"""What each segment of the customers is expected to buy and be worth, with intervals; the segments add up to the base.

One model is fitted to all customers, and each segment is foretold from what its own customers have done. Its interval
holds the uncertainty of the parameters, which all segments share, and the chance of its own customers, which matters
the more the smaller it is: so the ends of the segments do not add up, only the estimates do.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from worthbook.data import columns
from worthbook.data.engine import Columns
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.result import ColumnMeta, Table, TableColumn
from worthbook.kernel.units import Unit, Value
from worthbook.models.interval import Interval
from worthbook.models.lifetime.data import PurchaseHistory, SpendHistory
from worthbook.models.lifetime.forecast import SpendOutlook, TotalForecast, forecast_total
from worthbook.models.lifetime.pooling import fit_pooled
from worthbook.models.lifetime.purchase_model import PurchaseFit
from worthbook.planning.lifetimes import Expected, Lifetimes, purchase_roles, spend_roles
from worthbook.planning.outlook import SEED
from worthbook.planning.run import Workbench
from worthbook.planning.trials import PLAIN_ROLES, told_apart

MOST = 60
"""Segments that a table can show."""

NOT_SEGMENTS = Fault(
    "segments-not-named",
    what=Text(
        en="'{name}' does not divide customers into segments: it is not a column of words.",
        zh="“{name}”不能划分客户群：它不是文字列。",
    ),
    hint=Text(
        en="Name a framework, or a column of the customers such as region or kind.",
        zh="请指定一个框架，或客户表中的列，例如 region（地区）或 kind（客户类型）。",
    ),
)
TOO_MANY = Fault(
    "segments-too-many",
    what=Text(en="'{name}' has {count} different values.", zh="“{name}”有 {count} 个不同的取值。"),
    hint=Text(en="Choose a column with at most {most}.", zh="请选择取值不超过 {most} 个的列。"),
)
ALL_UNKNOWN = Fault(
    "segments-unknown",
    what=Text(en="'{name}' is not known for any customer.", zh="没有任何客户的“{name}”是已知的。"),
    hint=Text(en="Import a file of customers that has it.", zh="请导入包含该列的客户文件。"),
)
NOT_FORETOLD = Fault(
    "segments-without-forecast",
    what=Text(en="No model foretells these customers.", zh="没有可用于预测这些客户的模型。"),
    hint=Text(en="See above why they could not be fitted.", zh="无法拟合的原因见上文。"),
)
CHOSEN_BY_PAST = Text(
    en=(
        "These segments are made from what customers have bought. A fit of its own takes that for what they are like, "
        "and foretells too much of the best and too little of the others: with --pooled choose what was known from the "
        "start, such as region."
    ),
    zh=(
        "这些客户群是按以往购买划分的，分群拟合会把偶然的好坏当成客户本性，高估最好的群体、低估其余群体；"
        "使用 --pooled 时，请选择一开始就已知的属性，例如地区。"
    ),
)
TITLE = Text(en="Until {until}, by {name} ({model})", zh="截至 {until} 的预测，按{name}划分（{model}）")
UNKNOWN = Text(en="unknown", zh="未知")
ALL = Text(en="All", zh="合计")
_UNKNOWN_KEY = "?"
"""In the place of no key, where segments are fitted together."""

Customers = tuple[PurchaseHistory, SpendOutlook | None]
"""What some customers bought, and what they spend where that is known."""


@dataclass(frozen=True)
class Segment:
    """The customers of one segment, and what is expected of them together."""

    key: str | None
    """None where it is not known to which segment they belong."""
    title: Text
    customers: int
    active: float
    """The sum of their probabilities of being active."""
    total: TotalForecast
    own: float | None = None
    """Which share of its estimates is its own, where segments have learnt from each other."""


@dataclass(frozen=True)
class Segments:
    """All segments of one column, and the base as a whole."""

    by: ColumnMeta
    parts: tuple[Segment, ...]
    whole: Segment
    cautions: tuple[Text, ...] = ()

    def table(self, expected: Expected, label: str) -> Table:
        """One row a segment, and one for all."""
        made: tuple[TableColumn, ...] = (
            TableColumn("segment", self.by.title, Unit.TEXT),
            TableColumn("customers", Text(en="Customers", zh="客户数"), Unit.COUNT),
            TableColumn("active", Text(en="Active", zh="活跃"), Unit.COUNT),
            TableColumn("purchases", Text(en="Purchases", zh="购买次数"), Unit.COUNT),
            TableColumn("purchases_low", Text(en="95 % from", zh="95% 下限"), Unit.COUNT),
            TableColumn("purchases_high", Text(en="to", zh="上限"), Unit.COUNT),
            TableColumn("value", Text(en="Revenue", zh="收入"), Unit.MONEY),
            TableColumn("value_low", Text(en="95 % from", zh="95% 下限"), Unit.MONEY),
            TableColumn("value_high", Text(en="to", zh="上限"), Unit.MONEY),
        )
        rows = tuple(_row(each) for each in (*self.parts, self.whole))
        if any(each.own is not None for each in self.parts):
            made = (*made, TableColumn("own", Text(en="Own", zh="自身数据占比"), Unit.SHARE))
            rows = tuple((*row, each.own) for row, each in zip(rows, (*self.parts, self.whole), strict=True))
        return Table("segments", TITLE.format(until=expected.until, name=self.by.title, model=label), made, rows)


def _row(segment: Segment) -> tuple[Value | Text, ...]:
    purchases, value = segment.total.purchases, segment.total.value
    amounts = (None, None, None) if value is None else (value.estimate, value.low, value.high)
    counts = (purchases.estimate, purchases.low, purchases.high)
    return (segment.title, segment.customers, segment.active, *counts, *amounts)


def segments_ahead(bench: Workbench, found: Lifetimes, by: str, *, pooled: bool = False) -> Segments:
    """Foretell each segment, and all together, by the model that is used.

    Args:
        bench: with the column and those that the models read made.
        found: with what is to be expected of the base.
        by: the column whose values are the segments.
        pooled: whether each segment has a fit of its own, drawn towards the others by as much as its data are weak.

    Raises:
        WorthbookError: `segments-not-named`, `segments-too-many`, `segments-unknown`, `segments-without-forecast`,
            `pooling-too-few-segments`.
    """
    meta, expected = bench.catalogue.meta(by), found.expected
    if meta.unit not in {Unit.LABEL, Unit.TEXT}:
        raise NOT_SEGMENTS(name=by)
    if expected is None:
        raise NOT_FORETOLD()  # noqa: RSE102  # a fault makes the exception
    keys = [row[0] for row in columns.by_label(bench.engine, bench.sheets_of([by]), by, [])]
    if keys == [None] or not keys:
        raise ALL_UNKNOWN(name=by)
    if len(keys) > MOST:
        raise TOO_MANY(name=by, count=len(keys), most=MOST)
    named = {None if key is None else str(key) for key in keys}
    order = [
        *(key for key in meta.labels if key in named),
        *sorted(key for key in named if key and key not in meta.labels),
    ]
    places = {key: _read(bench, found, (by, key)) for key in (*order, *({None} & named))}
    read = {key: customers for key, customers in places.items() if customers is not None}
    titles = {key: _title(key, meta.labels) for key in read}
    if pooled:
        parts = _pooled(found, expected, read, titles)
        return Segments(meta, parts, _together(parts), (CHOSEN_BY_PAST,) if meta.unit is Unit.LABEL else ())
    everybody = _read(bench, found, None)
    if everybody is None:
        raise NOT_FORETOLD()  # noqa: RSE102  # a fault makes the exception
    parts = tuple(_segment(expected, expected.fit, key, titles[key], customers) for key, customers in read.items())
    return Segments(meta, parts, _segment(expected, expected.fit, None, ALL, everybody))


def _pooled(
    found: Lifetimes, expected: Expected, read: Mapping[str | None, Customers], titles: Mapping[str | None, Text]
) -> tuple[Segment, ...]:
    """Each segment by a fit of its own that has learnt from the others."""
    used = found.comparison.used
    if used is None:
        raise NOT_FORETOLD()  # noqa: RSE102  # a fault makes the exception
    names = {key: _UNKNOWN_KEY if key is None else key for key in read}
    fits = fit_pooled(used.candidate.model, {names[key]: history for key, (history, _) in read.items()})
    return tuple(
        replace(
            _segment(expected, fits.segments[names[key]], key, titles[key], customers),
            own=fits.own[names[key]],
        )
        for key, customers in read.items()
    )


def _together(parts: Sequence[Segment]) -> Segment:
    """All segments, each foretold by itself: chance and errors of one have nothing to do with those of another."""
    purchases = _sum([each.total.purchases for each in parts])
    values = [each.total.value for each in parts if each.total.value is not None]
    total = replace(parts[0].total, purchases=purchases, value=_sum(values) if len(values) == len(parts) else None)
    customers, active = sum(each.customers for each in parts), sum(each.active for each in parts)
    return Segment(None, ALL, customers, active, total)


def _sum(parts: Sequence[Interval]) -> Interval:
    estimate = sum(each.estimate for each in parts)
    below, above = (
        math.hypot(*(each.estimate - each.low for each in parts)),
        math.hypot(*(each.high - each.estimate for each in parts)),
    )
    return Interval(estimate, max(estimate - below, 0.0), estimate + above)


def _title(key: str | None, labels: Mapping[str, Text]) -> Text:
    return UNKNOWN if key is None else labels.get(key, Text(en=key, zh=key))


def _segment(expected: Expected, fit: PurchaseFit, key: str | None, title: Text, customers: Customers) -> Segment:
    """The forecast of some customers by a fit; the posterior of the parameters is that of the model for all."""
    history, spend = customers
    posterior = expected.posterior if fit is expected.fit else None
    total = forecast_total(fit, history, expected.weeks, seed=SEED, spend=spend, posterior=posterior)
    active = float(fit.p_alive(history) @ history.weights)
    return Segment(key, title, int(history.customers), active, total)


def _read(bench: Workbench, found: Lifetimes, where: tuple[str, str | None] | None) -> Customers | None:
    """Those whose column has a value, or all; None where none of them has bought."""
    roles = {role: name for role, name in purchase_roles(bench.catalogue).items() if name in bench.sheets}
    roles |= spend_roles(bench.catalogue)
    tells_gaps = found.expected is not None and found.expected.fit.process_class.tells_gaps
    by, means = told_apart(roles, tells_gaps=tells_gaps)
    by += [roles["mean_value"]] if found.spend is not None else []
    groups = _groups(bench, by, means, where)
    if not len(groups["customers"]):
        return None
    x, t_x, age = (groups[roles[role]] for role in PLAIN_ROLES)
    gaps = groups[roles["log_gaps"]] if "log_gaps" in roles else None
    history = PurchaseHistory(x, t_x, age, groups["customers"], log_gaps=gaps)
    if found.spend is None:
        return history, None
    return history, SpendOutlook(
        found.spend, SpendHistory(x, groups[roles["mean_value"]], groups["customers"]), margin=1.0
    )


def _groups(
    bench: Workbench, names: Sequence[str], means: Sequence[str], where: tuple[str, str | None] | None
) -> Columns:
    if where is None:
        return columns.grouped(bench.engine, bench.sheets_of([*names, *means]), names, means=means)
    sheets = bench.sheets_of([*names, *means, where[0]])
    return columns.grouped_within(bench.engine, sheets, names, *where, means=means)

"""What each segment of the customers is expected to buy and be worth, with intervals; the segments add up to the base.

One model is fitted to all customers, and each segment is foretold from what its own customers have done. Its interval
holds the uncertainty of the parameters, which all segments share, and the chance of its own customers, which matters
the more the smaller it is: so the ends of the segments do not add up, only the estimates do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from worthbook.data import columns
from worthbook.data.engine import Columns
from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text
from worthbook.kernel.result import ColumnMeta, Table, TableColumn
from worthbook.kernel.units import Unit, Value
from worthbook.models.lifetime.data import PurchaseHistory, SpendHistory
from worthbook.models.lifetime.forecast import SpendOutlook, TotalForecast, forecast_total
from worthbook.planning.lifetimes import Expected, Lifetimes, purchase_roles, spend_roles
from worthbook.planning.outlook import SEED
from worthbook.planning.run import Workbench

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
TITLE = Text(en="Until {until}, by {name} ({model})", zh="截至 {until} 的预测，按{name}划分（{model}）")
UNKNOWN = Text(en="unknown", zh="未知")
ALL = Text(en="All", zh="合计")


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


@dataclass(frozen=True)
class Segments:
    """All segments of one column, and the base as a whole."""

    by: ColumnMeta
    parts: tuple[Segment, ...]
    whole: Segment

    def table(self, expected: Expected, label: str) -> Table:
        """One row a segment, and one for all."""
        made = (
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
        return Table("segments", TITLE.format(until=expected.until, name=self.by.title, model=label), made, rows)


def _row(segment: Segment) -> tuple[Value | Text, ...]:
    purchases, value = segment.total.purchases, segment.total.value
    amounts = (None, None, None) if value is None else (value.estimate, value.low, value.high)
    counts = (purchases.estimate, purchases.low, purchases.high)
    return (segment.title, segment.customers, segment.active, *counts, *amounts)


def segments_ahead(bench: Workbench, found: Lifetimes, by: str) -> Segments:
    """Foretell each segment, and all together, by the model that is used.

    Args:
        bench: with the column and those that the models read made.
        found: with what is to be expected of the base.
        by: the column whose values are the segments.

    Raises:
        WorthbookError: `segments-not-named`, `segments-too-many`, `segments-unknown`, `segments-without-forecast`.
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
    parts = [
        _segment(bench, found, expected, (by, key), _title(key, meta.labels)) for key in (*order, *({None} & named))
    ]
    whole = _segment(bench, found, expected, None, ALL)
    if whole is None:
        raise NOT_FORETOLD()  # noqa: RSE102  # a fault makes the exception
    return Segments(meta, tuple(each for each in parts if each is not None), whole)


def _title(key: str | None, labels: Mapping[str, Text]) -> Text:
    return UNKNOWN if key is None else labels.get(key, Text(en=key, zh=key))


def _segment(
    bench: Workbench, found: Lifetimes, expected: Expected, where: tuple[str, str | None] | None, title: Text
) -> Segment | None:
    """The forecast of those whose column has a value, or of all; None where none of them has bought."""
    roles = {**purchase_roles(bench.catalogue), **spend_roles(bench.catalogue)}
    names = [roles[role] for role in ("x", "t_x", "T", *(["mean_value"] if found.spend is not None else []))]
    groups = _groups(bench, names, where)
    if not len(groups["customers"]):
        return None
    x, t_x, age, *mean_value = (groups[name] for name in names)
    history = PurchaseHistory(x, t_x, age, groups["customers"])
    spend = None
    if found.spend is not None:
        spend = SpendOutlook(found.spend, SpendHistory(x, mean_value[0], groups["customers"]), margin=1.0)
    total = forecast_total(expected.fit, history, expected.weeks, seed=SEED, spend=spend, posterior=expected.posterior)
    active = float(expected.fit.p_alive(history) @ history.weights)
    return Segment(None if where is None else where[1], title, int(history.customers), active, total)


def _groups(bench: Workbench, names: Sequence[str], where: tuple[str, str | None] | None) -> Columns:
    if where is None:
        return columns.grouped(bench.engine, bench.sheets_of(names), names)
    return columns.grouped_within(bench.engine, bench.sheets_of([*names, where[0]]), names, *where)

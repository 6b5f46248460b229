"""One chart of every kind with the table it is drawn from, as studies of a real book give them."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

from worthbook.kernel.language import Text
from worthbook.kernel.result import Chart, ChartKind, Table, TableColumn
from worthbook.kernel.units import Unit, Value

SHARE_BOUGHT = Text(en="Share who bought", zh="购买客户占比")


def text(en: str, zh: str) -> Text:
    return Text(en=en, zh=zh)


def drawn(kind: ChartKind, where: tuple[str, str, tuple[str, ...]], en: str, zh: str, **more: object) -> Chart:
    table, x, y = where
    title = text(en, zh)
    summary = text(f"{en}: what the picture shows, in numbers.", f"{zh}：图中内容的文字说明。")
    return Chart(f"{table}_{kind}", title, kind, table, x, y, summary, **more)  # type: ignore[arg-type]


def months() -> Table:
    """Numbers and money by month, the first month not known."""
    columns = (
        TableColumn("month", text("Month", "月份"), Unit.TEXT),
        TableColumn("purchases", text("Purchase days of customers", "购买天数合计"), Unit.COUNT),
        TableColumn("new", text("of them for the first time", "其中首次购买"), Unit.COUNT),
        TableColumn("revenue", text("Revenue, net of returns", "收入（已扣退货）"), Unit.MONEY),
    )
    names = [f"{2016 + index // 12}-{index % 12 + 1:02d}" for index in range(30)]
    rows = tuple(
        (
            name,
            2400 + round(900 * math.sin(index)),
            max(0, 1900 - 70 * index),
            Decimal(86_000 + 31_000 * (index % 7)) if index else None,
        )
        for index, name in enumerate(names)
    )
    return Table("months", text("Purchases by month", "各月购买情况"), columns, rows)


def retention() -> Table:
    columns = (
        TableColumn("cohort", text("First purchase", "首次购买时间"), Unit.TEXT),
        TableColumn("age", text("Periods since", "之后第几期"), Unit.COUNT),
        TableColumn("customers", text("Customers", "客户数"), Unit.COUNT),
        TableColumn("share", SHARE_BOUGHT, Unit.SHARE),
    )
    rows = tuple(
        (f"2017-{cohort + 1:02d}", age, 2000 - 90 * cohort, 1.0 if age == 0 else 0.34 / (1 + age) + 0.004 * cohort)
        for cohort in range(12)
        for age in range(18 - cohort)
    )
    return Table("retention", text("Share who bought again", "各批次复购比例"), columns, rows)


def average() -> Table:
    columns = (
        TableColumn("age", text("Periods since the first purchase", "距首次购买期数"), Unit.COUNT),
        TableColumn("share", SHARE_BOUGHT, Unit.SHARE),
        TableColumn("revenue_until", text("Revenue per customer so far", "人均累计收入"), Unit.MONEY),
    )
    rows = tuple((age, 0.31 / age + 0.02, Decimal(40 + 9 * age)) for age in range(1, 18))
    return Table("average", text("Average of all cohorts", "各批次平均"), columns, rows)


def whale() -> Table:
    columns = (
        TableColumn("customers", text("Share of customers", "客户占比"), Unit.SHARE),
        TableColumn("value", text("Revenue, whole history", "累计收入"), Unit.SHARE),
        TableColumn("recent", text("Revenue, last 12 months", "近12个月收入"), Unit.SHARE),
        TableColumn("margin", text("Gross margin, whole history", "累计毛利"), Unit.SHARE),
    )
    rows = tuple(
        (x / 100, (x / 100) ** 0.35, min(1.0, 2.2 * x / 100) ** 0.3, 1.3 * math.sin(x / 100 * 2.27)) for x in range(101)
    )
    return Table("whale", text("Whale curve", "鲸鱼曲线"), columns, rows)


def tiers() -> Table:
    columns = (
        TableColumn("tier", text("Tier", "客户层级"), Unit.TEXT),
        TableColumn("customers", text("Share of customers", "客户占比"), Unit.SHARE),
        TableColumn("last_value", text("Last 12 months", "近12个月"), Unit.MONEY),
        TableColumn("expected_value", text("Next 12 months, expected", "未来12个月预期"), Unit.MONEY),
    )
    rows: tuple[tuple[Value | Text, ...], ...] = (
        (text("VIP customers", "VIP客户"), 0.01, Decimal("118000.5"), Decimal(101000)),
        (text("Major customers", "主要客户"), 0.04, Decimal(172000), Decimal(160500)),
        (text("Ordinary customers", "普通客户"), 0.15, Decimal(233000), Decimal(198000)),
        (text("Small customers", "小客户"), 0.8, Decimal(81000), Decimal(90400)),
    )
    return Table("tiers", text("Revenue by tier", "各层级收入"), columns, rows)


def outlook() -> Table:
    columns = (
        TableColumn("period", text("Period", "期间"), Unit.TEXT),
        TableColumn("estimate", text("Amount", "金额"), Unit.MONEY),
        TableColumn("low", text("95 % from", "95% 下限"), Unit.MONEY),
        TableColumn("high", text("to", "95% 上限"), Unit.MONEY),
    )
    rows: tuple[tuple[Value | Text, ...], ...] = (
        (text("Last 12 months", "近12个月"), Decimal(1_604_000), None, None),
        (text("Next 12 months", "未来12个月"), Decimal(1_549_900), Decimal(1_411_000), Decimal(1_702_000)),
    )
    return Table("outlook", text("Outlook", "收入展望"), columns, rows)


def points() -> Table:
    columns = (
        TableColumn("gap", text("Typical gap", "典型购买间隔"), Unit.DAYS),
        TableColumn("spend", text("Spend", "消费金额"), Unit.MONEY),
        TableColumn("kind", text("Customer type", "客户类型"), Unit.LABEL),
    )
    kinds = (text("Regular", "常规客户"), text("Project", "项目客户"), text("One-off", "一次性客户"))
    rows = tuple((float(7 + 13 * n % 90), Decimal(-200 + 977 * n % 5000), kinds[n % 3]) for n in range(60))
    return Table("points", text("Gap and spend", "间隔与消费"), columns, rows)


def fields() -> Table:
    """A plane of two by two, one field of which holds nobody."""
    columns = (
        TableColumn("x", text("Satisfaction", "满意度"), Unit.TEXT),
        TableColumn("y", text("Behaviour", "行为忠诚"), Unit.TEXT),
        TableColumn("group", text("Group", "群体"), Unit.TEXT),
        TableColumn("customers", text("Customers", "客户数"), Unit.COUNT),
        TableColumn("value", text("Revenue, last 12 months", "近12个月收入"), Unit.MONEY),
    )
    low, high, few, many = (
        text("low", "低"),
        text("high", "高"),
        text("buys less", "购买少"),
        text("buys more", "购买多"),
    )
    rows = (
        (low, few, text("Terrorists", "破坏者"), 508, Decimal(25_841)),
        (high, few, text("Mercenaries", "图利者"), 1139, Decimal(51_778)),
        (low, many, text("Hostages", "囚禁者"), 441, Decimal(246_657)),
        (high, many, text("Apostles", "传道者"), 0, None),
    )
    return Table("fields", text("Customers by field", "各格客户与价值"), columns, rows)


def rivals() -> Table:
    columns = (
        TableColumn("brand", text("Brand", "品牌"), Unit.TEXT),
        *(
            TableColumn(name, text("Quality", "相对质量"), Unit.RATE)
            for name in ("quality", "quality_low", "quality_high")
        ),
        *(TableColumn(name, text("Price", "相对价格"), Unit.RATE) for name in ("price", "low", "high")),
        TableColumn("band", text("Band", "等级"), Unit.TEXT),
    )
    above, below = text("above parity", "高于同行"), text("below parity", "低于同行")
    rows = (
        (text("Tea House", "茶舍"), 0.06, 0.02, 0.1, -0.04, -0.08, 0.0, above),
        (text("Rival", "对手"), -0.06, -0.1, -0.02, 0.04, 0.0, 0.08, below),
    )
    return Table("rivals", text("Brands", "各品牌"), columns, rows)


def days() -> Table:
    columns = (
        TableColumn("day", text("Day", "日期"), Unit.DATE),
        TableColumn("new", text("New customers", "新客户"), Unit.COUNT),
        TableColumn("back", text("Customers who came back", "回头客"), Unit.COUNT),
    )
    rows = tuple((dt.date(2017, 1, 1) + dt.timedelta(days=14 * n), 900 - 20 * n, 12 * n) for n in range(39))
    return Table("days", text("Customers by day", "每日客户"), columns, rows)


def steps() -> Table:
    columns = (
        TableColumn("step", text("", ""), Unit.TEXT),
        TableColumn("amount", text("Revenue", "收入"), Unit.MONEY),
    )
    rows = (
        (text("2025", "2025年"), Decimal(1000)), (text("New customers", "新客户"), Decimal(400)),
        (text("Lost customers", "流失客户"), Decimal(-600)), (text("2026", "2026年"), Decimal(800)),
    )  # fmt: skip
    return Table("steps", text("Bridge", "价值变动桥"), columns, rows)


def charts() -> dict[ChartKind, tuple[Chart, Table]]:
    """One chart of every kind, with its table."""
    return {
        "line": (
            drawn(
                "line", ("whale", "customers", ("value", "recent", "margin")), "Whale curve", "鲸鱼曲线",
                x_title=text("Share of customers, most valuable first", "客户占比（价值从高到低）"),
                y_title=text("Share of the total", "占总额比例"), reference={"y": 1.0, "diagonal": 1.0},
            ),
            whale(),
        ),
        "area": (drawn("area", ("days", "day", ("new", "back")), "Customers by day", "每日客户"), days()),
        "bar": (
            drawn(
                "bar", ("tiers", "tier", ("last_value", "expected_value")), "Revenue by tier", "各层级收入",
                x_title=text("Tier", "客户层级"), y_title=text("Revenue", "收入"),
            ),
            tiers(),
        ),
        "stacked_bar": (
            drawn("stacked_bar", ("months", "month", ("purchases", "new")), "Purchases by month", "各月购买情况"),
            months(),
        ),
        "heatmap": (
            drawn(
                "heatmap", ("retention", "age", ("cohort",)),
                "Share who bought again", "各批次复购热力图", colour="share",
                x_title=text("Months or quarters since the first purchase", "距首次购买的月数（或季度数）"),
                y_title=text("First purchase", "首次购买时间"),
            ),
            retention(),
        ),
        "scatter": (
            drawn("scatter", ("points", "gap", ("spend",)), "Gap and spend", "间隔与消费", colour="kind"),
            points(),
        ),
        "interval": (
            drawn(
                "interval", ("outlook", "period", ("estimate", "low", "high")), "Revenue, last and next 12 months",
                "近12个月与未来12个月收入", y_title=text("Revenue", "收入"),
            ),
            outlook(),
        ),
        "quadrant": (
            drawn(
                "quadrant", ("rivals", "brand", ("quality", "quality_low", "quality_high", "price", "low", "high")),
                "Value map", "价值图", colour="band", reference={"x": 0.0, "y": 0.0, "diagonal": 1.5},
            ),
            rivals(),
        ),
        "matrix": (
            drawn(
                "matrix", ("fields", "x", ("y", "customers", "value")), "Who stands where", "客户所处位置",
                colour="group",
            ),
            fields(),
        ),
        "waterfall": (drawn("waterfall", ("steps", "step", ("amount",)), "Bridge", "价值变动桥"), steps()),
        "pyramid": (
            drawn("pyramid", ("tiers", "tier", ("customers", "last_value")), "Tiers", "客户层级分布"),
            tiers(),
        ),
    }  # fmt: skip


def revenue_bars() -> Chart:
    return drawn("bar", ("months", "month", ("revenue",)), "Revenue by month", "各月收入")

"""An evaluation as it comes out of a book of 23 570 customers, made by hand."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.reporting.charted import charts, revenue_bars, text
from worthbook.kernel.evaluation import (
    AxisResult,
    CellResult,
    Evaluation,
    FrameworkResult,
    ModelResult,
    SourceFile,
    Waiting,
)
from worthbook.kernel.language import Text
from worthbook.kernel.provenance import Kind, Provenance
from worthbook.kernel.result import Chart, ChartKind, ColumnMeta, Finding, Study, Table, TableColumn
from worthbook.kernel.units import Unit

AS_OF = dt.date(2018, 6, 30)


def origin(kind: Kind, name: str) -> Provenance:
    leaf = Provenance("table", "transactions", None, "a1b2", "import", facts={"rows": 69659})
    below = (origin("model", "bg_nbd"),) if name == "expected_12m" else (leaf,)
    return Provenance(kind, name, AS_OF, "c3d4", "sql 1", below)


# --- studies, frameworks, model ---------------------------------------------------------------------------------------


def _study(name: str, title: Text, shown: tuple[tuple[Chart, Table], ...], *extra: Chart) -> Study:
    return Study(
        name=name,
        title=title,
        description=text("How sales rest on customers.", "销售额如何分布在客户之间。"),
        as_of=AS_OF,
        tables=tuple({table.name: table for _, table in shown}.values()),
        charts=(*(chart for chart, _ in shown), *extra),
        findings=(
            Finding(
                text("The top 20 % of customers bring 71 % of revenue.", "前20%的客户贡献了71%的收入。"), "warning"
            ),
            Finding(text("Newer customers come back more.", "新客户的复购在改善。"), "good"),
        ),
        caveats=(text("Returns count in revenue only.", "退货仅计入收入。"),),
        source="Fader and Hardie, customer-base audit (A13)",
        provenance=origin("study", name),
    )


def _cell(key: str, title: Text, customers: tuple[int, float], value: str, value_share: float | None) -> CellResult:
    return CellResult(
        key=key,
        title=title,
        meaning=text(f"What being {key} means for us.", "这一层客户对我们意味着什么。"),
        strategy=text(f"What to do for {key}, and next.", "针对这一层客户的做法与下一步。"),
        customers=customers[0],
        customer_share=customers[1],
        value=Decimal(value),
        value_share=value_share,
    )


def pyramid(title: Text | None = None) -> FrameworkResult:
    return FrameworkResult(
        name="customer_pyramid",
        title=title or text("Customer pyramid", "客户金字塔"),
        description=text("Customers ranked by what they brought.", "按客户带来的收入排序。"),
        method="tiers",
        cells=(
            _cell("small", text("Small", "小客户"), (18_851, 0.7998), "81000", 0.134),
            _cell("ordinary", text("Ordinary", "普通客户"), (3541, 0.1502), "233000", 0.386),
            _cell("major", text("Major", "主要客户"), (943, 0.04), "172000", 0.285),
            _cell("vip", text("VIP", "VIP客户"), (235, 0.00997), "118000.5", 0.195),
        ),
        unplaced=0,
        unplaced_because=(),
        axes=(
            AxisResult(
                "value",
                text("Revenue, last 12 months", "最近12个月收入"),
                "revenue_12m",
                Unit.MONEY,
                (Decimal("31.5"), Decimal("128.40"), Decimal("342.11")),
                (
                    text("Small", "小客户"),
                    text("Ordinary", "普通客户"),
                    text("Major", "主要客户"),
                    text("VIP", "VIP客户"),
                ),
            ),
        ),
        value_title=text("Revenue, last 12 months", "最近12个月收入"),
        value_unit=Unit.MONEY,
        caveats=(text("Revenue is not profit.", "收入不等于利润。"),),
        source="Curry and Curry (2000), The Customer Marketing Method (A05)",
        provenance=origin("framework", "customer_pyramid"),
    )


def rfm() -> FrameworkResult:
    bands = tuple(text(f"F{n}", f"频率{n}档") for n in range(1, 6))
    return FrameworkResult(
        name="rfm",
        title=text("RFM groups", "RFM分群"),
        description=text("How recently, often and for how much.", "最近一次购买、购买频率与金额。"),
        method="rules",
        cells=(
            _cell("champions", text("Champions", "冠军客户"), (2210, 0.11), "301000", 0.49),
            _cell("lost", text("Lost", "已流失客户"), (17_860, 0.89), "-4100", None),
        ),
        unplaced=3500,
        unplaced_because=((text("Days since the last purchase", "距上次购买天数"), 3500),),
        axes=(
            AxisResult(
                "f", text("Frequency", "购买频率（F）"), "orders_lifetime", Unit.COUNT, (2.0, 3.0, 6.0, math.inf), bands
            ),
        ),
        value_title=text("Revenue, whole history", "累计收入"),
        value_unit=Unit.MONEY,
        caveats=(),
        source="Hughes (1994) (A06)",
        provenance=origin("framework", "rfm"),
    )


def model() -> ModelResult:
    parameters = Table(
        "parameters",
        text("Parameters", "参数"),
        (
            TableColumn("symbol", text("Parameter", "参数"), Unit.TEXT),
            TableColumn("estimate", text("Estimate", "估计值"), Unit.RATIO),
            TableColumn("low", text("95 % from", "95% 下限"), Unit.RATIO),
            TableColumn("high", text("to", "95% 上限"), Unit.RATIO),
        ),
        (("r", 0.2426, 0.2181, 0.2671), ("α", 4.4136, 3.7, 5.13), ("a", 0.7929, 0.43, 1.16)),
    )
    holdout = Table(
        "holdout",
        text("Hold-out check", "留出检验"),
        (
            TableColumn("name", text("Forecast by", "预测方法"), Unit.TEXT),
            TableColumn("total", text("Purchases expected", "预测购买次数"), Unit.QUANTITY),
            TableColumn("total_error", text("Error of the total", "总量误差"), Unit.RATE),
        ),
        ((text("This model", "本模型"), 9120.4, -0.031), (text("Same as before", "照上期"), 12_800.0, 0.36)),
    )
    return ModelResult(
        name="bg_nbd",
        title=text("Expected purchases (BG/NBD)", "预期购买次数（BG/NBD）"),
        parameters=parameters,
        facts={},
        grade="B",
        verdict=text(
            "Over a half-year it had not seen, the model was 3.1 % below the actual purchases.",
            "在模型未见过的半年中，预测比实际购买少3.1%。",
        ),
        cautions=(text("Purchases became fewer in spring.", "春季购买有所减少。"),),
        caveats=(text("Knows no seasons.", "未考虑季节因素。"),),
        source="Fader, Hardie and Lee (2005) (A01)",
        provenance=origin("model", "bg_nbd"),
        holdout=holdout,
    )


def evaluation(currency: str = "CNY", title: str = "示例商店 Demo Shop") -> Evaluation:
    """The evaluation, for a currency and under a title."""
    every = charts()
    rhythm = _study(
        "rhythm",
        text("Purchase rhythm", "购买节奏"),
        (every["stacked_bar"], every["area"], every["scatter"]),
        revenue_bars(),
    )
    concentration = _study(
        "concentration", text("Concentration", "收入集中度"), (every["line"], every["pyramid"], every["heatmap"])
    )
    forecast = _study("expected_12m", text("The next 12 months", "未来12个月"), (every["interval"], every["bar"]))
    return Evaluation(
        run_id="2018-06-30-5e1f9a02",
        title=title,
        as_of=AS_OF,
        made_at=dt.datetime(2018, 7, 2, 8, 30, tzinfo=dt.UTC),
        currency=currency,
        customers=23_570,
        headline=pyramid(),
        frameworks=(pyramid(), rfm()),
        models=(model(),),
        studies=(concentration, rhythm, forecast),
        columns=(
            ColumnMeta(
                "revenue_12m", text("Revenue, last 12 months", "最近12个月收入"), Unit.MONEY,
                text("Sum of amounts, net of returns.", "金额合计，已扣退货。"), "A05",
            ),
            ColumnMeta(
                "rfm", text("RFM group", "RFM分群"), Unit.LABEL,
                text("One of the groups.", "所属分群。"), "A06", (text("Starting values.", "初始设定。"),),
                {"champions": text("Champions", "冠军客户"), "lost": text("Lost", "已流失客户")},
            ),
        ),
        findings=(
            Finding(
                text(
                    "1 % of customers (235) brought 20 % of the revenue of the last 12 months.",
                    "1%的客户（235位）贡献了最近12个月20%的收入。",
                ),
                "warning",
            ),
            Finding(
                text("Revenue of the next 12 months: about $1.55 million.", "未来12个月收入预计约为155万。"), "neutral"
            ),
            Finding(text("Newer customers come back more.", "新客户的复购在改善。"), "good"),
        ),
        sources=(
            SourceFile("orders-2016.csv", "cdnow", 69_659, 69_650, 9, 0, dt.datetime(2018, 7, 2, 8, 0, tzinfo=dt.UTC)),
        ),
        facts={
            "revenue_12m__sum": Decimal("604000.5"),
            "revenue_lifetime__sum": Decimal(2_500_000),
            "orders_lifetime__sum": 69_659,
            "p_alive__sum": 9512.2,
        },
        cautions=(Finding(text("9 lines of the file could not be read.", "文件中有9行无法读取。"), "warning"),),
        waiting=(
            Waiting(
                "satisfaction_loyalty",
                text("Satisfaction and loyalty", "满意与忠诚"),
                text("What customers say against what they do.", "客户的说法与行为对照。"),
                (text("Answers to surveys", "问卷回答"), text("Invoices", "发票")),
                "Jones and Sasser (1995) (A24)",
            ),
        ),
    )  # fmt: skip


@pytest.fixture(scope="session")
def make_evaluation() -> Callable[..., Evaluation]:
    """Makes the evaluation for a currency and a title."""
    return evaluation


@pytest.fixture(scope="session")
def every_chart() -> dict[ChartKind, tuple[Chart, Table]]:
    """One chart of every kind, with its table."""
    return charts()

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import get_args

import pytest

from worthbook.kernel.language import LANGUAGES, Language, Text
from worthbook.kernel.result import Chart, ChartKind, Table, TableColumn
from worthbook.kernel.units import Unit
from worthbook.reporting.chart import render_chart

Charts = Mapping[ChartKind, tuple[Chart, Table]]
KINDS: tuple[ChartKind, ...] = get_args(ChartKind)
IN_CHINESE: Mapping[ChartKind, str] = {
    "line": "客户占比（价值从高到低）",
    "area": "回头客",
    "bar": "未来12个月预期",
    "stacked_bar": "购买天数合计",
    "heatmap": "距首次购买的月数（或季度数）",
    "scatter": "一次性客户",
    "interval": "未来12个月",
    "pyramid": "VIP客户",
    "quadrant": "茶舍",
    "matrix": "囚禁者",
    "waterfall": "流失客户",
}
IN_ENGLISH: Mapping[ChartKind, str] = {
    "line": "Share of customers, most valuable first",
    "area": "Customers who came back",
    "bar": "Next 12 months, expected",
    "stacked_bar": "Purchase days of customers",
    "heatmap": "Months or quarters since the first purchase",
    "scatter": "Typical gap (days)",
    "interval": "Next 12 months",
    "pyramid": "VIP customers",
    "quadrant": "Tea House",
    "matrix": "Hostages",
    "waterfall": "+¥400",
}


def drawn(every_chart: Charts, kind: ChartKind, language: Language, currency: str = "CNY") -> ET.Element:
    return ET.fromstring(render_chart(*every_chart[kind], language, currency))  # noqa: S314 - our own drawing


def texts(svg: ET.Element) -> list[str]:
    return ["".join(each.itertext()) for each in svg.iter("text")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("language", "said"), [("en", IN_ENGLISH), ("zh", IN_CHINESE)])
def test_every_kind_is_drawn_in_both_languages(
    every_chart: Charts, kind: ChartKind, language: Language, said: Mapping[ChartKind, str]
) -> None:
    assert said[kind] in texts(drawn(every_chart, kind, language))


@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_says_its_summary_to_those_who_cannot_see_it(every_chart: Charts, kind: ChartKind) -> None:
    chart, _ = every_chart[kind]
    svg = drawn(every_chart, kind, "zh")
    assert (svg.get("role"), svg.get("aria-label")) == ("img", chart.summary.zh)


@pytest.mark.parametrize("kind", KINDS)
def test_colours_are_left_to_the_page(every_chart: Charts, kind: ChartKind) -> None:
    colours = {each.get(name) for each in drawn(every_chart, kind, "en").iter() for name in ("fill", "stroke")}
    fixed = {colour for colour in colours if colour and not colour.startswith("var(--")}
    assert fixed <= {"none", "transparent"}


@pytest.mark.parametrize("kind", KINDS)
def test_size_and_type_are_left_to_the_page(every_chart: Charts, kind: ChartKind) -> None:
    svg = drawn(every_chart, kind, "en")
    fonts = [each for each in svg.iter() if each.get("font-family")]
    assert (svg.get("width"), svg.get("height"), bool(svg.get("viewBox")), fonts) == (None, None, True, [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_amounts_have_their_currency_on_the_axis(every_chart: Charts, language: Language) -> None:
    expected = {"en": "$200,000", "zh": "$20万"}[language]
    assert expected in texts(drawn(every_chart, "bar", language, "USD"))


def test_shares_are_written_in_per_cent(every_chart: Charts) -> None:
    assert {"0%", "100%"} <= set(texts(drawn(every_chart, "line", "zh")))


def test_an_interval_says_its_ends(every_chart: Charts) -> None:
    assert "¥141万 – ¥170万" in texts(drawn(every_chart, "interval", "zh"))


def test_a_column_that_was_never_known_is_left_out(every_chart: Charts) -> None:
    chart, table = every_chart["line"]
    svg = render_chart(replace(chart, y=("value", "absent")), table, "en")
    assert "absent" not in svg


def test_a_hostile_title_stays_text(every_chart: Charts) -> None:
    chart, table = every_chart["line"]
    hostile = Text(en="<script>alert(1)</script>\"' onload=x", zh="<script>alert(1)</script>")
    svg = render_chart(replace(chart, x_title=hostile, summary=hostile), table, "en", "'+alert(1)+\"")
    assert "<script" not in svg


def test_a_table_without_rows_gives_an_empty_chart(every_chart: Charts) -> None:
    drawn_empty = [render_chart(chart, replace(table, rows=()), "zh") for chart, table in every_chart.values()]
    assert [svg.startswith("<svg") for svg in drawn_empty] == [True] * len(KINDS)


def test_unknown_values_are_gaps() -> None:
    columns = (
        TableColumn("n", Text(en="n", zh="序号"), Unit.COUNT),
        TableColumn("v", Text(en="v", zh="值"), Unit.RATIO),
    )
    table = Table("t", Text(en="t", zh="表"), columns, ((1, 1.0), (2, None), (3, 2.0)))
    chart = Chart("c", Text(en="c", zh="图"), "line", "t", "n", ("v",), Text(en="s", zh="摘要"))
    assert "NaN" not in render_chart(chart, table, "zh")


def test_threads_get_the_same_drawing(every_chart: Charts) -> None:
    def draw(kind: ChartKind) -> str:
        return render_chart(*every_chart[kind], "zh", "CNY")

    alone = [draw(kind) for kind in KINDS]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(draw, KINDS))
    assert together == alone


def test_a_report_of_charts_is_drawn_while_one_waits(every_chart: Charts) -> None:
    render_chart(*every_chart["bar"], "en")  # the first call starts the converter
    start = time.process_time()
    for pair in every_chart.values():
        render_chart(*pair, "en")
    assert time.process_time() - start < 3  # usually 0.4 s

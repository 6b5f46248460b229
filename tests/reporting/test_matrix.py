from __future__ import annotations

from tests.reporting.charted import charts
from worthbook.reporting.matrix import matrix
from worthbook.reporting.words import WORDS

CHART, TABLE = charts()["matrix"]


def test_a_field_says_its_group_its_customers_and_their_value() -> None:
    rows = matrix(CHART, TABLE, "en", "CNY").rows
    assert [(row["label"], row["said"]) for row in rows] == [
        ("Terrorists", "508, ¥25,841"),
        ("Mercenaries", "1,139, ¥51,778"),
        ("Hostages", "441, ¥246,657"),
        ("Apostles", "0"),
    ]


def test_the_highest_band_stands_on_top() -> None:
    channels = matrix(CHART, TABLE, "zh", "CNY").channels
    assert channels["y"] is not None
    assert channels["y"]["scale"]["domain"] == ["购买多", "购买少"]


def test_more_value_is_a_darker_circle() -> None:
    found = matrix(CHART, TABLE, "en", "CNY")
    assert found.channels["color"] is not None
    order = found.channels["color"]["scale"]["domain"]
    shade = {row["label"]: order.index(row["band"]) for row in found.rows}
    assert shade["Hostages"] > shade["Mercenaries"] >= shade["Terrorists"] >= shade["Apostles"]


def test_the_key_says_what_the_shade_means() -> None:
    channels = matrix(CHART, TABLE, "zh", "CNY").channels
    assert channels["color"] is not None
    assert channels["color"]["legend"]["title"] == WORDS["value_share"].zh

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reporting.charted import charts
from worthbook.kernel.language import Text
from worthbook.kernel.result import Table, TableColumn
from worthbook.kernel.units import Unit
from worthbook.reporting.marks import Marks
from worthbook.reporting.waterfall import waterfall


def bars(*amounts: int) -> Marks:
    chart, _ = charts()["waterfall"]
    columns = (
        TableColumn("step", Text(en="", zh=""), Unit.TEXT),
        TableColumn("amount", Text(en="Revenue", zh="收入"), Unit.MONEY),
    )
    rows = tuple((Text(en=f"step {place}", zh=f"第{place}步"), Decimal(each)) for place, each in enumerate(amounts))
    return waterfall(chart, Table("steps", Text(en="", zh=""), columns, rows), "en", "EUR")


def test_each_bar_begins_where_the_one_before_ends() -> None:
    found = [(row["from"], row["to"], row["kind"]) for row in bars(10, 5, -8, 7).rows]
    assert found == [(0, 10, "level"), (10, 15, "rise"), (15, 7, "fall"), (0, 7, "level")]


def test_changes_have_their_sign_and_levels_have_none() -> None:
    assert [row["label"] for row in bars(10, 5, -8, 7).rows] == ["€10", "+€5", "−€8", "€7"]


@given(changes=st.lists(st.integers(-1000, 1000), max_size=8), opening=st.integers(-1000, 1000))
def test_the_last_step_leads_to_the_last_level(changes: list[int], opening: int) -> None:
    rows = bars(opening, *changes, opening + sum(changes)).rows
    assert rows[-2]["to"] == pytest.approx(rows[-1]["to"])

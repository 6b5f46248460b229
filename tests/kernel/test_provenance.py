from __future__ import annotations

import datetime as dt

import pytest

from worthbook.kernel.provenance import Provenance

LEAF = Provenance("table", "transactions", None, "content-1", "import")
REVENUE = Provenance("measure", "revenue_12m", dt.date(2026, 6, 30), "formula-1", "sql 1", (LEAF,))


@pytest.mark.parametrize(
    "other",
    [
        Provenance("measure", "revenue_12m", dt.date(2026, 6, 29), "formula-1", "sql 1", (LEAF,)),
        Provenance("measure", "revenue_12m", dt.date(2026, 6, 30), "formula-2", "sql 1", (LEAF,)),
        Provenance("measure", "revenue_12m", dt.date(2026, 6, 30), "formula-1", "sql 2", (LEAF,)),
        Provenance(
            "measure",
            "revenue_12m",
            dt.date(2026, 6, 30),
            "formula-1",
            "sql 1",
            (Provenance("table", "transactions", None, "content-2", "import"),),
        ),
    ],
    ids=["date", "definition", "maker", "content"],
)
def test_the_id_changes_with_what_decides_the_values(other: Provenance) -> None:
    assert other.id != REVENUE.id


def test_facts_do_not_change_the_id() -> None:
    assert REVENUE.with_facts(known=17).id == REVENUE.id


def test_the_order_of_parents_does_not_change_the_id() -> None:
    other = Provenance("table", "products", None, "content-1", "import")
    one = Provenance("measure", "margin", None, "f", "sql 1", (LEAF, other))
    two = Provenance("measure", "margin", None, "f", "sql 1", (other, LEAF))
    assert one.id == two.id


def test_json_keeps_everything() -> None:
    known = REVENUE.with_facts(known=17, engine="duckdb")
    assert Provenance.from_json(known.as_json()) == known


def test_walking_meets_each_node_once() -> None:
    top = Provenance("measure", "ratio", None, "f", "sql 1", (REVENUE, LEAF))
    assert [node.name for node in top.walk()] == ["ratio", "revenue_12m", "transactions"]

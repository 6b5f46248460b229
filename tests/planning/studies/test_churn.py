from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import duckdb
import pytest

from tests.planning.studies.world import Line, World
from worthbook.data.engine import TableFiles
from worthbook.kernel.result import Study
from worthbook.planning.study import StudyContext, make_study


def shop() -> list[Line]:
    """January: a 10, b 20, c 30. February: a 5, d 40. March: a 5, b 60 (back), d 40, e 1."""
    january = [("a", "2024-01-05", 10.0, False), ("b", "2024-01-06", 20.0, False), ("c", "2024-01-31", 30.0, False)]
    february = [("a", "2024-02-01", 5.0, False), ("d", "2024-02-29", 40.0, False), ("c", "2024-02-03", -30.0, True)]
    march = [(customer, "2024-03-31", amount, False) for customer, amount in zip("abde", (5.0, 60.0, 40.0, 1.0))]  # noqa: B905
    return [*january, *february, *march]


@pytest.fixture
def study(world: World) -> Study:
    return make_study(world.definition("churn"), world.context(shop(), "2024-03-31"))


def test_customers_are_kept_lost_won_back_and_new(study: Study) -> None:
    table = study.table("retention")
    columns = ("period", "customers", "new", "kept", "back", "lost")
    assert list(zip(*(table.column(name) for name in columns), strict=True)) == [
        ("2024-01", 3, 3, 0, 0, None),
        ("2024-02", 2, 1, 1, 0, 2),
        ("2024-03", 4, 1, 2, 1, 0),
    ]


def test_value_is_kept_and_lost_with_the_customers(study: Study) -> None:
    """February kept a, who had brought 10 of 60 in January and now 5; March kept all 45 of February."""
    table = study.table("retention")
    assert [None if each is None else float(str(each)) for each in table.column("value_lost")] == [None, 50, 0]
    assert table.column("value_retention")[1:] == pytest.approx((10 / 60, 1))
    assert table.column("net_retention")[1:] == pytest.approx((5 / 60, 1))
    assert [float(str(each)) for each in table.column("churn")[1:]] == pytest.approx([2 / 3, 0])


def test_the_last_months_are_told_together(study: Study) -> None:
    assert study.facts["retention"] == pytest.approx((1 + 2) / (3 + 2))
    assert study.facts["value_retention"] == pytest.approx((10 + 45) / (60 + 45))
    assert study.findings[0].text.en.startswith("Of the customers of a month, 60 % bought in the next one as well")


def test_an_unfinished_month_is_left_out(world: World) -> None:
    study = make_study(world.definition("churn"), world.context(shop(), "2024-03-30"))
    assert study.table("retention").column("period") == ("2024-01", "2024-02")


@pytest.fixture
def with_reasons(world: World, tmp_path: Path) -> StudyContext:
    """Three customers said why they left; one did so twice."""
    place = tmp_path / "interactions.parquet"
    names = ("customer_id", "leaving_reason", "happened_at", "import_id", "import_line", "interaction_id")
    given = (("a", "price"), ("a", "price"), ("b", "price"), ("c", "our own words"), ("d", None))
    moment = dt.datetime(2024, 2, 1)  # noqa: DTZ001 - stored without a zone
    rows = [(who, why, moment, "one", index, str(index)) for index, (who, why) in enumerate(given)]
    with duckdb.connect() as database:
        database.execute(
            "CREATE TABLE said (customer_id VARCHAR, leaving_reason VARCHAR, happened_at TIMESTAMP, "
            "import_id VARCHAR, import_line BIGINT, interaction_id VARCHAR)"
        )
        database.executemany("INSERT INTO said VALUES (?, ?, ?, ?, ?, ?)", rows)
        database.execute(f"COPY said TO '{place}'")
    context = world.context(shop(), "2024-03-31")
    files = TableFiles("interactions", ((str(place),),), columns=frozenset(names))
    tables = {**context.snapshot.tables, "interactions": files}
    return dataclasses.replace(context, snapshot=dataclasses.replace(context.snapshot, tables=tables))


def test_reasons_are_counted_by_customer_and_said_in_words(world: World, with_reasons: StudyContext) -> None:
    study = make_study(world.definition("churn"), with_reasons)
    table = study.table("reasons")
    named = [
        (getattr(reason, "zh", reason), customers)
        for reason, customers in zip(table.column("reason"), table.column("customers"), strict=True)
    ]
    assert named == [("价格", 2), ("our own words", 1)]
    assert study.findings[-1].text.zh == "有3位客户说明了流失或投诉的原因，最常见的是“价格”（67%）。"

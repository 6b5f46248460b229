"""Which facts about customers earn their keep, worked out by hand from the formula."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.planning.studies.world import World
from worthbook.data.engine import TableFiles
from worthbook.kernel.result import Study
from worthbook.planning.study import StudyContext, make_study

USES = """
    ('ann', 'phone', DATE '2024-12-31', 1, 12, 1, 2.0), ('bob', 'phone', DATE '2024-06-30', 1, 8, 1, 2.0),
    ('ann', 'phone', DATE '2023-12-31', 1, 500, 1, 2.0), ('ann', 'phone', DATE '2025-01-01', 1, 500, 1, 2.0),
    ('ann', 'budget', DATE '2024-12-31', 3, 2, 2, 4.5), ('bob', 'budget', DATE '2024-12-31', 2, 1, 2, 4.5),
    ('ann', 'hobbies', DATE '2024-12-31', 4, 0, 1, 6.0), ('bob', 'birthday', DATE '2024-12-31', 1, 3, 1, NULL)
"""
COLUMNS = ("customer_id", "field", "used_on", "points", "uses", "collections", "collection_cost")


def context_with(world: World, folder: Path, uses: str, settings: Mapping[str, float | str]) -> StudyContext:
    place = folder / "uses.parquet"
    with duckdb.connect() as database:
        rows = f"SELECT *, 'one' AS import_id, 1 AS import_line FROM (VALUES {uses}) AS u({', '.join(COLUMNS)})"
        money = "CAST(collection_cost AS DECIMAL(18, 4)) AS collection_cost"
        database.execute(f"COPY (SELECT * REPLACE ({money}) FROM ({rows})) TO '{place}'")
    context = world.context([("ann", "2024-05-01", 1.0, False)], "2024-12-31")
    files = TableFiles("information_uses", ((str(place),),), columns=frozenset({*COLUMNS, "import_id", "import_line"}))
    tables = {**context.snapshot.tables, "information_uses": files}
    return dataclasses.replace(
        context, snapshot=dataclasses.replace(context.snapshot, tables=tables, settings=settings)
    )


@pytest.fixture
def study(world: World, tmp_path: Path) -> Study:
    """One use is worth 2."""
    return make_study(
        world.definition("information_fields"), context_with(world, tmp_path, USES, {"value_per_use": 2.0})
    )


def test_value_is_uses_less_collecting(study: Study) -> None:
    """Z = C × Σ pᵢMᵢ − N × J. Phone: 2 × (12 + 8) − 2 × 2; budget: 2 × (3 × 2 + 2) − 4 × 4.5; hobbies: 0 − 6."""
    table = study.table("fields")
    found = dict(zip(table.column("field"), table.column("value"), strict=True))
    assert found == {"phone": Decimal(36), "budget": Decimal(-2), "hobbies": Decimal(-6), "birthday": None}


def test_a_use_of_a_field_breaks_even_at_its_cost(study: Study) -> None:
    """Four collections of the budget for 8 pieces used: 18 / 8."""
    table = study.table("fields")
    found = dict(zip(table.column("field"), table.column("break_even"), strict=True))
    assert found == {"phone": Decimal("0.2"), "budget": Decimal("2.25"), "hobbies": None, "birthday": None}


def test_each_field_is_judged(study: Study) -> None:
    verdicts = [getattr(each, "zh", each) for each in study.table("fields").column("verdict")]
    assert verdicts == ["值得收集", "得不偿失", "从未使用", "收集成本未知"]


def test_what_not_collecting_would_save_is_said(study: Study) -> None:
    assert [finding.text.en for finding in study.findings] == [
        "2 of 4 fields cost more to collect than their use brought; not collecting them would save $8 a year."
    ]


def test_without_the_table_nothing_is_said(world: World) -> None:
    study = make_study(world.definition("information_fields"), world.context([("ann", "2024-05-01", 1.0, False)]))
    assert (study.tables, study.findings) == ((), ())


def test_without_the_value_of_a_use_only_its_cost_is_said(world: World, tmp_path: Path) -> None:
    study = make_study(world.definition("information_fields"), context_with(world, tmp_path, USES, {}))
    table = study.table("fields")
    assert table.column("field") == ("phone", "budget", "birthday", "hobbies")
    assert [getattr(each, "en", each) for each in table.column("verdict")] == [
        *(None, None, "cost of collecting unknown", "not used at all")
    ]
    assert [finding.text.zh for finding in study.findings] == [
        "单次使用成本最低的是phone（$0.20），最高的是budget（$2.25）；单次使用价值高于该成本才值得收集。4项信息中有1项从未使用。"
    ]

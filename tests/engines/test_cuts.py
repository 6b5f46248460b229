"""Bands are cut between different values, at the edge nearest to the target, alike on both engines."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tests.engines.conftest import Shop
from worthbook.data.columns import derive
from worthbook.data.cuts import Threshold, thresholds
from worthbook.data.engine import Engine, Sheet
from worthbook.definitions.framework import Cut
from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.units import Unit

INF = math.inf
COLUMNS: dict[str, list[float]] = {
    "hundred": [float(value) for value in range(1, 101)],
    "ties": [1.0] * 50 + [2.0] * 45 + [3.0] * 5,
    "all_equal": [0.1] * 100,
    "whale": [1.0] * 99 + [901.0],
    "losses": [-10.0] * 40 + [0.0] * 40 + [10.0] * 20,
    "unknown": [math.nan] * 90 + [float(value) for value in range(1, 11)],
    "nothing": [math.nan] * 100,
    "fractions": [value / 7 for value in range(100)],
}


@pytest.fixture(scope="module")
def sheets(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> list[Sheet]:
    """Numbers, the same as amounts, and the same as whole numbers; in two parts."""
    folder = tmp_path_factory.mktemp("cuts")
    parts = []
    for part, rows in enumerate((slice(0, 60), slice(60, 100))):
        path = folder / f"{part}.parquet"
        ids = np.arange(100, dtype=np.float64)[rows]
        engine.write_arrays(
            {"customer_id": ids, **{name: np.array(each)[rows] for name, each in COLUMNS.items()}}, path
        )
        parts.append(str(path))
    numbers = Sheet(tuple(parts), tuple(COLUMNS))
    money = {f"{name}_money": (name, Unit.MONEY) for name in COLUMNS}
    whole = {f"{name}_whole": (name, Unit.COUNT) for name in COLUMNS}
    words = {"words": ("'a'", Unit.TEXT)}
    return [
        numbers,
        derive(engine, [numbers], {**money, **whole, **words}, dt.date(2024, 1, 1), {}, folder / "derived"),
    ]


def cut(engine: Engine, sheets: Sequence[Sheet], column: str, *texts: str) -> tuple[Threshold, ...]:
    return thresholds(engine, sheets, column, [Cut.parse(text) for text in texts])


@pytest.mark.parametrize(
    ("column", "texts", "expected"),
    [
        ("hundred", ["80% of customers", "95% of customers", "99% of customers"], (81.0, 96.0, 100.0)),
        ("hundred", ["50% of total"], (72.0,)),
        ("hundred", ["mean", "median"], (50.5, 50.5)),
        ("hundred", ["12.5", "above 13", "above 100"], (12.5, 14.0, INF)),
        ("hundred", ["0% of customers", "100% of customers"], (1.0, INF)),
        # 1 holds 0–50 % (middle 25), 2 holds 50–95 % (middle 72.5), 3 the rest (middle 97.5)
        (
            "ties",
            ["20% of customers", "30% of customers", "80% of customers", "99% of customers"],
            (1.0, 2.0, 3.0, INF),
        ),
        ("all_equal", ["40% of customers", "60% of customers", "mean", "median"], (0.1, INF, INF, INF)),
        ("all_equal", ["mean"], (0.1,)),
        ("all_equal", ["median"], (0.1,)),
        ("whale", ["20% of total"], (901.0,)),
        ("losses", ["20% of total", "mean"], (10.0, 10.0)),
        ("losses", ["mean", "median", "above 0"], (-2.0, 0.0, 10.0)),
        ("unknown", ["80% of customers", "mean"], (9.0, 9.0)),
        ("nothing", ["80% of customers", "20% of total", "mean"], (INF, INF, INF)),
        ("nothing", ["3"], (3.0,)),
        ("fractions", ["50% of customers"], (50 / 7,)),
        ("hundred", ["90% of customers", "10% of customers"], (91.0, 91.0)),
    ],
)
def test_thresholds(
    engine: Engine, sheets: list[Sheet], column: str, texts: list[str], expected: tuple[float, ...]
) -> None:
    assert expected == cut(engine, sheets, column, *texts)


def test_amounts_are_cut_at_amounts(engine: Engine, sheets: list[Sheet]) -> None:
    found = cut(engine, sheets, "fractions_money", "50% of customers", "mean", "median", "9.99", "above 14")

    assert found == (Decimal("7.1429"), Decimal("7.1429"), Decimal("7.1429"), Decimal("9.99"), Decimal("14.1429"))


def test_whole_numbers(engine: Engine, sheets: list[Sheet]) -> None:
    assert cut(engine, sheets, "hundred_whole", "80% of customers", "mean") == (81.0, 81.0)


def test_words_cannot_be_cut(engine: Engine, sheets: list[Sheet]) -> None:
    with pytest.raises(WorthbookError, match="cut-not-numeric"):
        cut(engine, sheets, "words", "mean")


def test_a_threshold_written_into_a_formula_splits_where_it_was_found(shop: Shop, tmp_path: Path) -> None:
    found = thresholds(shop.engine, [shop.sheet], "regularity", [Cut.parse("50% of customers")])[0]
    formulas = {"above": (f"regularity >= {found!r}", Unit.FLAG), "equal": (f"regularity = {found!r}", Unit.FLAG)}
    sheet = derive(shop.engine, [shop.sheet], formulas, dt.date(2024, 1, 1), {}, tmp_path)
    values = shop.values(shop.sheet, sheet).values()

    assert {True} == {each["above"] for each in values if each["equal"]}

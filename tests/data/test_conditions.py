from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from worthbook.data.conditions import holding
from worthbook.data.engine import Engine
from worthbook.data.formula import parse
from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.units import Value

FACTS: dict[str, Value] = {
    "count": 3,
    "share": 0.25,
    "amount": Decimal("12345678901234.5678"),
    "name": "it's \\ 客户",
    "day": dt.date(2024, 6, 30),
    "moment": dt.datetime(2024, 6, 30, 12),  # noqa: DTZ001  # the book knows no zones
    "yes": True,
    "nothing": None,
    "endless": float("inf"),
}


def test_conditions_over_facts_of_every_kind(engine: Engine) -> None:
    conditions = {
        "count = 3 and count / 2 > 1": True,
        "share between 0.2 and 0.3": True,
        "amount > 12345678901234": True,
        "amount > 12345678901234.5678": False,
        "name = 'it''s \\ 客户'": True,
        "day > '2024-06-29'": True,
        "day > '2024-06-30'": False,
        "moment > day": False,
        "yes": True,
        "not yes": False,
        "nothing > 0": False,
        "not nothing > 0": False,
        "nothing is null": True,
        "absent is null": True,
        "absent = 'x' or count = 3": True,
        "endless > 5": False,
        "true": True,
    }
    assert holding(engine, [parse(text) for text in conditions], FACTS) == tuple(conditions.values())


def test_no_conditions_ask_nothing(engine: Engine) -> None:
    assert holding(engine, [], FACTS) == ()


def test_conditions_that_read_no_fact(engine: Engine) -> None:
    assert holding(engine, [parse("1 = 1")], {}) == (True,)


def test_what_cannot_be_compared_is_refused(engine: Engine) -> None:
    with pytest.raises(WorthbookError) as caught:
        holding(engine, [parse("name > 3")], FACTS)
    assert caught.value.slugs == ("formula-misfit",)

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest

from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table, TableColumn
from worthbook.kernel.units import Unit
from worthbook.planning.encode import decode, encode

TABLE = Table(
    "totals",
    Text(en="Totals", zh="合计"),
    (
        TableColumn("value", Text(en="Value", zh="价值"), Unit.MONEY),
        TableColumn("on", Text(en="On", zh="日期"), Unit.DATE),
    ),
    ((Decimal("1.5000"), dt.date(2026, 6, 30)), (None, dt.datetime(2026, 6, 30, 12, 0, tzinfo=dt.UTC))),
)


def test_a_table_survives_json_exactly() -> None:
    assert decode(json.loads(json.dumps(encode(TABLE)))) == TABLE


def test_numbers_keep_their_kind() -> None:
    values = (1, 1.0, True, "1", Decimal(1))
    back = decode(json.loads(json.dumps(encode(values))))
    assert [type(value) for value in back] == [int, float, bool, str, Decimal]  # type: ignore[attr-defined]


def test_a_mapping_may_hold_any_words() -> None:
    facts = {"$date": "not a date", "gini": 0.5}
    assert decode(json.loads(json.dumps(encode(facts)))) == facts


def test_nested_results_survive() -> None:
    finding = Finding(Text(en="Good", zh="好"), "good")
    assert decode(encode((finding, (finding,)))) == (finding, (finding,))


def test_what_cannot_be_kept_is_refused() -> None:
    with pytest.raises(TypeError, match="set cannot be kept in a run"):
        encode({"a": {1, 2}})

from __future__ import annotations

import pytest

from worthbook.kernel.language import Language, Text
from worthbook.kernel.result import Table, TableColumn
from worthbook.kernel.units import Unit, Value, show
from worthbook.reporting.folding import folded

COLUMNS = (
    TableColumn("brand", Text(en="Brand", zh="品牌"), Unit.TEXT),
    TableColumn("share", Text(en="Share", zh="占比"), Unit.SHARE),
    TableColumn("share_low", Text(en="from", zh="下限"), Unit.SHARE),
    TableColumn("share_high", Text(en="to", zh="上限"), Unit.SHARE),
    TableColumn("low", Text(en="Lowest", zh="最低"), Unit.COUNT),
)
ROWS: tuple[tuple[Value, ...], ...] = (
    ("Tea", 0.5, 0.4, 0.6, 3),
    ("Cup", 0.25, None, None, None),
    ("Pot", None, None, None, 1),
)
TABLE = Table("t", Text(en="T", zh="表"), COLUMNS, ROWS)


def said(language: Language) -> list[tuple[str, ...]]:
    return list(folded(TABLE, language, lambda cell, unit: show(cell, unit, language), ROWS).rows)  # type: ignore[arg-type]


@pytest.mark.parametrize(("language", "first"), [("en", "50 % (40 % to 60 %)"), ("zh", "50%（40%至60%）")])
def test_an_interval_stands_behind_its_number(language: Language, first: str) -> None:
    assert [row[1] for row in said(language)] == [first, *(["25 %", "–"] if language == "en" else ["25%", "–"])]


def test_what_is_no_end_of_an_interval_stays_a_column() -> None:
    found = folded(TABLE, "en", lambda cell, unit: show(cell, unit, "en"), ROWS)  # type: ignore[arg-type]
    assert found.titles == ("Brand", "Share", "Lowest")
    assert found.numeric == (False, True, True)

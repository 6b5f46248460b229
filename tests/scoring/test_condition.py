from __future__ import annotations

import pytest

from worthbook.scoring.condition import renamed, tokens

TO_BANDS = {"r": "rfm__r"}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("r = 'r5'", "rfm__r = 'r5'"),
        ("note = 'r' or note = 'it''s r'", "note = 'r' or note = 'it''s r'"),
        ("rate > 1 and r2 < 2 and abs(r) > 0", "rate > 1 and r2 < 2 and abs(rfm__r) > 0"),
        ("r(1) = 1", "r(1) = 1"),
        ('"r" is null', "rfm__r is null"),
        ("CASE WHEN r IS NULL THEN TRUE END", "CASE WHEN rfm__r IS NULL THEN TRUE END"),
    ],
)
def test_only_columns_are_renamed(condition: str, expected: str) -> None:
    assert renamed(condition, TO_BANDS) == expected


def test_keywords_name_no_columns() -> None:
    assert [token.name for token in tokens("growth IS NULL")] == ["growth", None, None]

from __future__ import annotations

import pytest

from worthbook.data.looks import find
from worthbook.definitions.mapping import Look


@pytest.mark.parametrize(
    ("look", "values", "looks"),
    [
        ("date", ["2026-06-03", "2026/6/4"], "column"),
        ("date", ["20260603", "20260604"], "column"),
        ("date", ["3/6/26", "4.6.2026"], "column"),
        ("date", ["2026年6月3日", "2026年6月4日"], "column"),
        ("date", ["12345678", "87654321"], None),
        ("date", ["1.5", "2.5"], None),
        ("money", ["1.50", "¥1,234.50", "(3.20)"], "column"),
        ("money", ["1", "2", "3"], None),
        ("money", ["2026.06.03", "2026.06.04"], None),
        ("customer", ["A", "B", "C", "A"], "column"),
        ("customer", ["A", "B", "C", "D"], None),
        ("customer", ["A", "B", "A", "B"], None),
        ("customer", ["1.5", "2.5", "3.5", "1.5"], None),
        ("customer", [], None),
    ],
)
def test_what_values_look_like(look: Look, values: list[str], looks: str | None) -> None:
    assert find(look, {"column": values}) == looks


def test_of_several_columns_that_repeat_the_one_with_most_values_is_the_customer() -> None:
    columns = {"colour": list("rgbrgbrgbrgb"), "who": list("abcdefghijka")}
    assert find("customer", columns) == "who"

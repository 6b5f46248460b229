from __future__ import annotations

import pytest

from worthbook.definitions.season import is_told, parse_season
from worthbook.kernel.errors import WorthbookError


@pytest.mark.parametrize(
    "text", ["months", "quarters", "11-01..12-31", "12-15..01-15", "02-01..02-29", "sale", "双十一"]
)
def test_seasons_that_there_may_be(text: str) -> None:
    assert parse_season(text) == text


@pytest.mark.parametrize("text", ["", "13-01..13-31", "02-30..03-01", "11-01", "11-01...12-31", "a+b", "two words"])
def test_what_is_no_season_is_refused(text: str) -> None:
    with pytest.raises(WorthbookError) as caught:
        parse_season(text)
    assert caught.value.slugs == ("season-unreadable",)


def test_the_calendar_needs_no_rows() -> None:
    assert [is_told(text) for text in ("months", "quarters", "11-01..12-31", "sale")] == [False, False, False, True]

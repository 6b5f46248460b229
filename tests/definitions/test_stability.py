"""When customers are reviewed, what a margin is, and what is refused with file and line."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from worthbook.definitions.stability import Stability
from worthbook.kernel.errors import WorthbookError
from worthbook.planning.index import read_catalogue

DAYS = st.dates(dt.date(2001, 1, 1), dt.date(2090, 12, 31))
STABILITIES = st.builds(Stability, reviews=st.sampled_from(["month", "quarter", "year"]), looks_back=st.integers(1, 20))

FRAMEWORK = """\
framework: sample
title: {{en: Sample, zh: 样例}}
description: {{en: For tests., zh: 仅供测试。}}
source: test
method: {method}
axes:
  since:
    title: {{en: Value, zh: 价值}}
    column: revenue_12m
    cuts: [100]
    bands: [{{key: low, title: {{en: low, zh: 低}}}}, {{key: high, title: {{en: high, zh: 高}}}}]
stability: {{reviews: quarter, margin: {margin}, minimum_stay: {stay}}}
cells:
  - key: one
    when: since = 'low'
    title: {{en: One, zh: 一}}
    meaning: {{en: One., zh: 一。}}
    strategy: {{en: One., zh: 一。}}
  - key: two
    title: {{en: Two, zh: 二}}
    meaning: {{en: Two., zh: 二。}}
    strategy: {{en: Two., zh: 二。}}
"""


def slugs(folder: Path, method: str = "rules", margin: str = "10%", stay: str = "3 months") -> dict[str, str]:
    (folder / "sample.yaml").write_text(FRAMEWORK.format(method=method, margin=margin, stay=stay), encoding="utf-8")
    with pytest.raises(WorthbookError) as caught:
        read_catalogue(folder)
    return {problem.slug: str(problem.where).rpartition(":")[2] for problem in caught.value.problems}


class TestReviews:
    @given(STABILITIES, DAYS)
    def test_they_lie_before_the_date_and_rise(self, stability: Stability, as_of: dt.date) -> None:
        days = stability.days_before(as_of)
        assert (len(days), sorted(set(days))) == (stability.looks_back, list(days))
        assert days[-1] < as_of

    @given(STABILITIES, DAYS)
    def test_every_one_is_a_review_and_the_next_follows_the_last(self, stability: Stability, as_of: dt.date) -> None:
        days = stability.days_before(as_of)
        assert all(map(stability.is_review, days))
        assert stability.days_before(stability.next_day(as_of))[-1] == (
            as_of if stability.is_review(as_of) else days[-1]
        )

    def test_quarters_end_with_their_month(self) -> None:
        days = Stability(reviews="quarter", looks_back=3).days_before(dt.date(2024, 3, 31))
        assert [day.isoformat() for day in days] == ["2023-06-30", "2023-09-30", "2023-12-31"]


class TestMargin:
    @pytest.mark.parametrize(
        ("margin", "limit", "lower"),
        [("10%", Decimal(200), Decimal(180)), ("50", Decimal(200), Decimal(150)), ("10%", -200.0, -220.0)],
    )
    def test_it_lies_below_the_limit(self, margin: str, limit: float, lower: float) -> None:
        assert Stability(margin=margin).lowered(limit) == lower

    @pytest.mark.parametrize("margin", ["100%", "-5%", "a tenth", "10 %"])
    def test_what_is_none_is_refused(self, margin: str) -> None:
        with pytest.raises(ValidationError, match="is not a margin"):
            Stability(margin=margin)


class TestRefused:
    def test_cells_without_order(self, tmp_path: Path) -> None:
        assert slugs(tmp_path)["stability-without-order"] == "12"

    def test_an_axis_with_a_name_of_ours(self, tmp_path: Path) -> None:
        assert slugs(tmp_path)["framework-name-repeated"] == "7"

    def test_a_margin_that_is_none(self, tmp_path: Path) -> None:
        assert slugs(tmp_path, margin="lots") == {"stability-margin-unreadable": "12"}

    def test_a_stay_that_lies_before(self, tmp_path: Path) -> None:
        assert slugs(tmp_path, stay="previous 3 months") == {"stability-stay-unfit": "12"}

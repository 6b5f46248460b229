"""The probability of each tier as columns, made where they are asked for, and in words."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.units import Unit
from worthbook.planning.index import read_catalogue
from worthbook.services.explain_column import explain_column
from worthbook.services.open_book import OpenBook

CELLS = ("little", "some", "much", "most")


def test_they_add_up_for_every_customer(opened: OpenBook) -> None:
    frames = [dict(opened.column(f"outlook_tiers__p_{cell}").to_polars().iter_rows()) for cell in CELLS]
    sums = [math.fsum(frame[customer] for frame in frames) for customer in frames[0]]
    assert sums == pytest.approx([1] * len(sums))


def test_they_are_probabilities_with_the_name_of_their_cell(opened: OpenBook) -> None:
    meta = opened.catalogue.meta("outlook_tiers__p_most")
    assert (meta.unit, meta.title.en) == (
        Unit.PROBABILITY,
        "Tiers by expected revenue: probability of Most to expect",
    )


def test_the_tier_alone_does_not_make_them(opened: OpenBook) -> None:
    bench = opened.make(["outlook_tiers"], as_of=opened.day(None))
    assert {"expected_revenue_12m_sd", "outlook_tiers__p_most"}.isdisjoint(bench.sheets)


def test_who_is_expected_to_bring_more_has_the_higher_chance(opened: OpenBook) -> None:
    tiers = dict(opened.column("outlook_tiers").to_polars().iter_rows())
    most = dict(opened.column("outlook_tiers__p_most").to_polars().iter_rows())
    means = [sum(most[who] for who in tiers if tiers[who] == cell) / max(1, sum(tiers[who] == cell for who in tiers))
             for cell in CELLS]  # fmt: skip
    assert means == sorted(means)


def test_explain_says_them(opened: OpenBook) -> None:
    said = explain_column(opened, "outlook_tiers", "C000020")
    assert said.chances is not None
    assert said.chances.en.startswith("How it may come out, with the limits held as they are: ")
    assert said.chances.zh.startswith("按现有界限，结果落入各级的概率：")


def test_a_framework_without_a_spread_has_none(opened: OpenBook) -> None:
    assert explain_column(opened, "customer_pyramid", "C000020").chances is None


def test_a_spread_outside_tiers_is_refused_with_its_line(tmp_path: Path) -> None:
    text = """framework: sample
title: {en: Sample, zh: 样例}
description: {en: For tests., zh: 仅供测试。}
source: test
method: rules
axes:
  value:
    title: {en: Value, zh: 价值}
    column: revenue_12m
    cuts: [100]
    spread: {sd: no_such_column}
    bands: [{key: low, title: {en: low, zh: 低}}, {key: high, title: {en: high, zh: 高}}]
cells:
  - {key: one, title: {en: One, zh: 一}, meaning: {en: One., zh: 一。}, strategy: {en: One., zh: 一。}}
"""
    (tmp_path / "sample.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(WorthbookError) as caught:
        read_catalogue(tmp_path)
    found = {problem.slug: str(problem.where).rpartition(":")[2] for problem in caught.value.problems}
    assert found == {"spread-not-here": "11", "definition-reference-unknown": "11"}

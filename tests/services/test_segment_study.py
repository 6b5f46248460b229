"""The study of segments, as a book's own report asks for it."""

from __future__ import annotations

import pytest

from worthbook.kernel.result import Study
from worthbook.services.evaluate import evaluate
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import open_book

ORDERS = """\
customer_id,order_id,ordered_on,amount
a,1,2026-01-05,100
b,2,2026-06-01,400
c,3,2026-06-01,100
"""
OWN = """\
segment: large
title: {en: Large, zh: 大额客户}
description: {en: Brought at least 100., zh: 消费不少于100。}
source: Own
when: revenue_12m >= 100
next_action: {en: Call., zh: 致电。}
---
segment: largest
title: {en: Largest, zh: 最大客户}
description: {en: Brought at least 400., zh: 消费不少于400。}
source: Own
when: large and revenue_12m >= 400
---
report: mine
title: {en: Mine, zh: 我的报告}
description: {en: Segments only., zh: 仅客群。}
source: Own
headline: [customer_pyramid]
frameworks: [customer_pyramid]
studies: [segments]
columns: [revenue_12m]
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    file = tmp_path_factory.mktemp("own") / "orders.csv"
    file.write_text(ORDERS, encoding="utf-8")
    book, _ = ingest_files([file])
    book.definitions_folder.mkdir()
    (book.definitions_folder / "own.yaml").write_text(OWN, encoding="utf-8")
    with open_book(book.folder) as opened:
        found = evaluate(opened, report="mine").evaluation.study("segments")
    assert found is not None
    return found


def test_the_books_own_segments_are_beside_the_shipped(study: Study) -> None:
    titles = [str(each) for each in study.table("segments").column("segment")]
    assert titles[:2] == ["Large", "Largest"]
    assert "Valuable and slipping away" in titles


def test_customers_and_value_are_those_of_the_condition(study: Study) -> None:
    table = study.table("segments")
    found = zip(table.column("customers"), table.column("value"), strict=True)
    assert list(found)[:2] == [(3, 600.0), (1, 400.0)]


def test_what_can_be_decided_for_nobody_is_unknown(study: Study) -> None:
    table = study.table("segments")
    found = dict(zip(map(str, table.column("segment")), table.column("customers"), strict=True))
    assert found["Complained and not answered"] is None
    assert study.facts["decided"] == len([each for each in found.values() if each is not None])


def test_the_next_action_leads(study: Study) -> None:
    assert study.findings[0].text.zh == "大额客户：3位客户，占价值的100%。下一步：致电。"


def test_the_study_knows_what_it_was_made_from(study: Study) -> None:
    assert {"large", "largest", "revenue_12m"} <= {node.name for node in study.provenance.walk()}

"""What to do, made from a book of orders: every group with what is at stake in it, and nothing counted twice."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from worthbook.kernel.evaluation import Evaluation
from worthbook.kernel.language import Text
from worthbook.kernel.result import Study
from worthbook.services.evaluate import evaluate
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import open_book


def lines() -> Iterator[str]:
    """Sixty customers who bought every month or every third one, a third of whom stopped in 2025."""
    yield "customer,date,amount"
    for customer in range(60):
        day, step = dt.date(2024, 1, 1 + customer % 20), 30 if customer % 2 else 90
        last = dt.date(2025, 6, 1) if customer % 3 == 0 else dt.date(2026, 6, 1)
        while day <= last:
            yield f"C{customer:02d},{day},{10 + customer}"
            day += dt.timedelta(days=step)


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    file = tmp_path_factory.mktemp("stake") / "orders.csv"
    file.write_text("\n".join(lines()) + "\n", encoding="utf-8")
    book, _ = ingest_files([file], currency="CNY")
    with open_book(book.folder) as opened:
        return evaluate(opened, report="frameworks").evaluation


@pytest.fixture(scope="module")
def study(evaluation: Evaluation) -> Study:
    found = evaluation.study("what_to_do")
    assert found is not None
    return found


def money(value: object) -> Decimal:
    return Decimal(str(value))


def test_every_group_that_holds_anyone_stands_in_the_table(evaluation: Evaluation, study: Study) -> None:
    cells = {f"{each.name}.{cell.key}" for each in evaluation.frameworks for cell in each.cells if cell.customers}
    assert set(study.table("cells").column("list")) == cells


def test_what_is_at_stake_adds_up_to_the_whole_in_each_framework_that_places_everybody(
    evaluation: Evaluation, study: Study
) -> None:
    everybody = {each.title for each in evaluation.frameworks if not each.unplaced}
    sums: defaultdict[object, Decimal] = defaultdict(Decimal)
    table = study.table("cells")
    for framework, at_stake in zip(table.column("framework"), table.column("at_stake"), strict=True):
        sums[framework] += money(at_stake)
    assert {sums[title] for title in everybody} == {money(study.facts["at_stake"])}


def test_no_more_is_at_stake_than_was_brought(study: Study) -> None:
    table = study.table("cells")
    pairs = zip(table.column("at_stake"), table.column("value"), strict=True)
    assert all(Decimal(0) <= money(at_stake) <= money(value) for at_stake, value in pairs)


def test_the_groups_of_a_framework_begin_with_the_one_in_which_most_is_at_stake(study: Study) -> None:
    table = study.table("cells")
    amounts: defaultdict[object, list[Decimal]] = defaultdict(list)
    for framework, at_stake in zip(table.column("framework"), table.column("at_stake"), strict=True):
        amounts[framework].append(money(at_stake))
    assert all(found == sorted(found, reverse=True) for found in amounts.values())


def test_frameworks_begin_with_the_one_where_a_call_is_about_most(study: Study) -> None:
    each = [money(value) for value in study.table("first").column("each")]
    assert each == sorted(each, reverse=True)


def test_a_sentence_says_who_how_much_and_what_next(study: Study) -> None:
    first = study.table("first").rows[0][0]
    said = study.findings[1].text
    assert isinstance(first, Text)
    assert said.en.startswith(f"{first.en}, ")
    assert " at stake (" in said.en
    assert "。下一步：" in said.zh


def test_without_amounts_there_is_nothing_to_say(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("customer,date\nA,2026-01-05\nB,2026-02-07\n", encoding="utf-8")
    book, _ = ingest_files([file])
    with open_book(book.folder) as opened:
        found = evaluate(opened).evaluation.study("what_to_do")
    assert found is not None
    assert (found.tables, found.findings) == ((), ())


def test_without_a_forecast_groups_go_by_what_they_brought(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("customer,date,amount\nA,2026-01-05,10\nB,2026-01-05,30\n", encoding="utf-8")
    book, _ = ingest_files([file])
    with open_book(book.folder) as opened:
        found = evaluate(opened).evaluation.study("what_to_do")
    assert found is not None
    assert found.findings[0].text.en.startswith("How likely customers are to leave cannot be said yet")
    assert "at_stake" not in [column.name for column in found.table("cells").columns]

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.services.evaluate import evaluate
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import OpenBook, open_book

MakeBook = Callable[[str], Path]


def said(folder: Path) -> list[str]:
    with open_book(folder) as opened:
        evaluation = evaluate(opened).evaluation
    return [finding.text.en for finding in (*evaluation.findings, *evaluation.cautions)]


def test_everybody_is_counted(opened: OpenBook) -> None:
    assert evaluate(opened).evaluation.customers == 400


def test_tiers_and_unplaced_are_everybody(opened: OpenBook) -> None:
    for framework in evaluate(opened).evaluation.frameworks:
        assert sum(cell.customers for cell in framework.cells) + framework.unplaced == 400


def test_evaluating_again_finds_the_run(opened: OpenBook) -> None:
    first = evaluate(opened)
    assert evaluate(opened).evaluation.made_at == first.evaluation.made_at


def test_an_earlier_date_is_another_run(opened: OpenBook) -> None:
    earlier = evaluate(opened, as_of="2025-06-30").evaluation
    assert (earlier.as_of, earlier.run_id[:10]) == (dt.date(2025, 6, 30), "2025-06-30")


def test_columns_found_in_a_kept_sheet_are_not_made_again(opened: OpenBook) -> None:
    evaluate(opened)
    assert opened.make(["clv_36m", "rfm"], as_of=opened.day(None)).made == []


def test_a_date_before_the_history_is_refused(opened: OpenBook) -> None:
    with pytest.raises(WorthbookError) as caught:
        evaluate(opened, as_of="2019-01-01")
    assert str(caught.value) == (
        "[as-of-before-history] Nothing is known yet on 2019-01-01: the first transaction is of 2023-07-01.\n"
        "  hint: Choose a date from 2023-07-01 to 2026-06-30."
    )


def test_the_costs_make_value_a_profit(opened: OpenBook) -> None:
    cautions = [caution.text.en for caution in evaluate(opened).evaluation.cautions]
    assert not any("Costs are not known" in caution for caution in cautions)


def test_a_definition_of_the_user_replaces_a_shipped_one(book_folder: Path, tmp_path: Path) -> None:
    own = shutil.copytree(book_folder, tmp_path / "own.book")
    with open_book(own) as opened:
        opened.make(["customer_pyramid"], as_of=opened.day(None))
    definitions = own / "definitions"
    definitions.mkdir()
    shipped = (Path(__file__).parents[2] / "src/worthbook/catalogue/frameworks/customer_pyramid.yaml").read_text(
        "utf-8"
    )
    two = shipped.split("\n---\n")[0].replace(
        "framework: customer_pyramid\n", "framework: customer_pyramid\nreplaces: customer_pyramid\n", 1
    )
    (definitions / "pyramid.yaml").write_text(two.replace('"99% of customers"', '"98% of customers"'), encoding="utf-8")
    with open_book(own) as opened:
        bench = opened.make(["customer_pyramid"], as_of=opened.day(None))
    assert bench.made == ["customer_pyramid"]


def test_one_customer_is_evaluated_with_a_caution(book_of: MakeBook) -> None:
    sentences = said(book_of("customer,date,amount\nA,2026-01-05,10\nA,2026-02-07,12\n"))
    assert "With fewer than 100 customers, shares and forecasts move a lot from one customer to the next." in sentences


def test_one_order_says_that_nothing_can_be_foretold(book_of: MakeBook) -> None:
    sentences = said(book_of("customer,date,amount\nA,2026-01-05,10\n"))
    assert "Nothing can be said about the next 12 months yet; the models say why." in sentences


def test_all_orders_on_one_day_say_why_there_is_no_model(book_of: MakeBook) -> None:
    folder = book_of("customer,date,amount\n" + "".join(f"C{i},2026-01-05,{i + 1}\n" for i in range(20)))
    with open_book(folder) as opened:
        verdicts = {model.name: model.verdict.en for model in evaluate(opened).evaluation.models}
    assert verdicts["mbg_nbd"] == (
        "The model could not be fitted. "
        "No time has passed since any customer's first purchase (all orders lie on one day)."
    )


def test_a_file_without_amounts_ranks_by_orders(book_of: MakeBook) -> None:
    days = ["2026-01-05", "2026-02-05", "2026-03-05"]
    lines = [f"C{customer},{day}" for customer in range(30) for day in days[: 1 + customer % 3]]
    folder = book_of("\n".join(["customer_id,date", *lines]) + "\n")
    with open_book(folder) as opened:
        assert evaluate(opened).evaluation.headline.name == "customer_pyramid_orders"


def test_negative_and_zero_amounts_are_evaluated(book_of: MakeBook) -> None:
    folder = book_of("customer,date,amount\nA,2026-01-05,10\nA,2026-02-07,-10\nB,2026-02-07,0\nC,2026-03-01,5\n")
    with open_book(folder) as opened:
        assert evaluate(opened).evaluation.facts["revenue_lifetime__sum"] == 5


EVALUATE = """
import sys
from pathlib import Path
from worthbook.services.evaluate import evaluate
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import open_book
book, _ = ingest_files([Path(sys.argv[1])], Path(sys.argv[2]))
with open_book(book.folder) as opened:
    assert evaluate(opened).evaluation.customers == 30
"""


def test_two_processes_evaluate_one_book_at_once(tmp_path: Path) -> None:
    """From the import to the kept run; the pages are drawn of that, each in a folder of its own."""
    orders = tmp_path / "orders.csv"
    lines = [f"C{each},2026-0{month}-{each + 1:02d},{each + 5}\n" for each in range(30) for month in (1, 3, 5)]
    orders.write_text("".join(["customer,date,amount\n", *lines[::2], lines[-1]]), encoding="utf-8")
    command = [sys.executable, "-c", EVALUATE, str(orders), str(tmp_path / "shared.book")]
    running = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(120) for process in running] == [0, 0]


def test_only_the_frameworks_asked_for_are_made(orders: Path, tmp_path: Path) -> None:
    book, _ = ingest_files([orders], tmp_path / "narrow.book", currency="CNY")
    with open_book(book.folder) as opened:
        run = evaluate(opened, frameworks=["activity"])
    assert [framework.name for framework in run.evaluation.frameworks] == ["activity"]
    assert not any("p_alive" in sheet.columns for sheet in run.sheets)


def test_what_is_not_a_report_or_a_framework_is_told_together(opened: OpenBook) -> None:
    with pytest.raises(WorthbookError) as caught:
        evaluate(opened, report="overvieww", frameworks=["rfmm", "gradess"])
    assert caught.value.slugs == ("report-unknown", "framework-unknown", "framework-unknown")


def test_the_report_of_frameworks_shows_every_one_or_says_what_it_waits_for(opened: OpenBook) -> None:
    evaluation = evaluate(opened, report="frameworks").evaluation
    shown = [each.name for each in evaluation.frameworks] + [each.name for each in evaluation.waiting]
    assert sorted(shown) == sorted(opened.catalogue.frameworks)


def test_a_framework_without_its_table_waits_for_it(opened: OpenBook) -> None:
    waiting = {each.name: each for each in evaluate(opened, report="frameworks").evaluation.waiting}
    assert [need.en for need in waiting["satisfaction_loyalty"].needs] == ["Answers"]


def test_a_framework_whose_column_nobody_has_waits_for_the_column(book_of: MakeBook) -> None:
    folder = book_of("customer,date\nA,2026-01-05\nB,2026-02-07\n")
    with open_book(folder) as opened:
        waiting = {each.name: each for each in evaluate(opened).evaluation.waiting}
    assert [need.en for need in waiting["customer_pyramid"].needs] == ["Revenue, last 12 months"]


def test_customers_who_stand_twice_in_their_list_are_counted(tmp_path: Path) -> None:
    orders, people = tmp_path / "orders.csv", tmp_path / "customers.csv"
    orders.write_text("customer_id,date,amount\nA,2026-01-05,5\nB,2026-01-12,6\n")
    people.write_text("customer_id,name,phone\nA,王小明,13912345678\nB,王小明,139-1234-5678\n")
    book, _ = ingest_files([orders, people], tmp_path / "shop.book")
    with open_book(book.folder) as opened:
        health = evaluate(opened).evaluation.study("data_health")
    assert health is not None
    assert health.facts["possible_duplicates"] == 1


def test_where_there_is_no_list_of_customers_nobody_looked_for_doubles(opened: OpenBook) -> None:
    health = evaluate(opened).evaluation.study("data_health")
    assert health is not None
    assert health.facts["possible_duplicates"] is None

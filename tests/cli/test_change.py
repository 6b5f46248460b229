"""The commands about change, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from worthbook.cli.main import app
from worthbook.services.ingest_files import ingest_files

LINES = """\
customer,date,product_id,quantity,amount
A,2024-01-10,P1,2,20
A,2025-01-10,P1,3,36
B,2024-02-10,P1,1,10
C,2025-02-10,P2,1,50
"""
DATES = ("2024-03-01", "2025-03-01")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("shop") / "orders.csv"
    file.write_text(LINES, encoding="utf-8")
    made, _ = ingest_files([file], currency="EUR")
    return made.folder


def run(*words: object) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done.output


def answer(*words: object) -> dict[str, object]:
    found = json.loads(run(*words, "--json"))
    assert isinstance(found, dict)
    return found


def test_a_bridge_answers_programs_with_all_digits(book: Path) -> None:
    whole = answer("bridge", book, *DATES)["whole"]
    assert isinstance(whole, dict)
    assert (whole["opening"], whole["closing"]) == ("30.0000", "86.0000")


def test_a_bridge_is_written_to_the_cent(book: Path) -> None:
    assert "€86.00" in run("bridge", book, *DATES, "-l", "zh")


def test_a_bridge_is_drawn(book: Path, tmp_path: Path) -> None:
    run("bridge", book, *DATES, "--to", tmp_path / "bridge.html")
    assert "<svg" in (tmp_path / "bridge.html").read_text(encoding="utf-8")


def test_the_customers_of_a_step_are_written(book: Path, tmp_path: Path) -> None:
    run("bridge", book, *DATES, "--step", "lost", "--to", tmp_path / "lost.csv")
    assert (tmp_path / "lost.csv").read_text("utf-8-sig").splitlines()[1] == "B,10.0000,0.0000,-10.0000"


def test_moves_answer_programs(book: Path) -> None:
    moves = answer("compare", book, *DATES, "--framework", "customer_pyramid")["moves"]
    assert isinstance(moves, list)
    assert sum(move["customers"] for move in moves) == 3


def test_moves_are_drawn(book: Path, tmp_path: Path) -> None:
    run("compare", book, *DATES, "--to", tmp_path / "moves.html", "-l", "zh")
    assert "<svg" in (tmp_path / "moves.html").read_text(encoding="utf-8")


def test_the_customers_of_a_move_are_written(book: Path, tmp_path: Path) -> None:
    run("compare", book, *DATES, "-f", "activity", "--cell", "no-customer,new", "--to", tmp_path / "new.csv")
    assert (tmp_path / "new.csv").read_text("utf-8-sig").splitlines()[1].startswith("C,")


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "--cell", "vip,small"),
        ("compare", "--cell", "vip", "--to", "x.csv"),
        ("bridge", "--step", "lost"),
    ],
)
def test_a_list_needs_a_file(book: Path, words: tuple[str, ...]) -> None:
    command, *options = words
    assert CliRunner().invoke(app, [command, str(book), *DATES, *options]).exit_code == 2


def test_alerts_answer_programs(book: Path) -> None:
    assert answer("alerts", book, "--since", "2024-06-30")["too_early"] == []


def test_a_history_is_told(book: Path) -> None:
    assert "2025-01-10" in run("history", "A", "--book", book, "--every", "year")


def test_several_dates_are_evaluated(book: Path) -> None:
    words = ("evaluate", book, "--every", "year", "--framework", "customer_pyramid", "--json")
    assert [run["as_of"] for run in json.loads(run(*words))] == ["2024-12-31"]


def test_files_have_no_several_dates(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["evaluate", str(tmp_path / "orders.csv"), "--every", "year"])
    assert done.exit_code == 2

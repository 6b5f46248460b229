"""`worthbook ingest`, `imports`, `undo` and `rejects` as a user calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from worthbook.cli.main import app

ORDERS = "order_id,customer_id,date,amount\n1,Ann,2026-01-02,10\n2,Bo,2026-01-03,ten\n3,Cy,2026-01-04,12\n"


def call(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def answer(*words: object) -> dict[str, object]:
    found: dict[str, object] = json.loads(call(*words, "--json").stdout)
    return found


@pytest.fixture
def orders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS)
    return file


def test_what_became_of_every_line_is_said(orders: Path) -> None:
    said = call("ingest", orders).stdout
    assert said.splitlines()[:3] == [
        "orders.csv as generic_orders",
        "  3 lines read: 2 accepted, 1 rejected, 0 skipped",
        "  transactions 2 (new 2, changed 0, same 0)",
    ]
    again = " ".join(call("ingest", orders).stdout.split())
    assert again.startswith("orders.csv is in the book already (")
    assert (
        "To have it read anew, as after a change of its mapping, take that import back first: worthbook undo" in again
    )


def test_a_dry_run_writes_nothing(orders: Path) -> None:
    assert "(a dry run: nothing is written)" in call("ingest", orders, "--dry-run").stdout
    assert sorted(path.name for path in orders.parent.iterdir()) == ["orders.csv"]
    call("ingest", orders)
    orders.write_text(ORDERS.replace(",10", ",11"))
    found = answer("ingest", orders, "--dry-run")
    assert found["total"] == {"read": 3, "accepted": 2, "rejected": 1, "skipped": 0}
    assert [each["tables"] for each in found["files"]] == [  # type: ignore[attr-defined]
        {"transactions": {"rows": 2, "new": 0, "changed": 1, "same": 1}}
    ]
    assert len(json.loads(call("imports", "--json").stdout)) == 1


def test_imports_are_listed_and_taken_back(orders: Path) -> None:
    call("ingest", orders)
    (listed,) = json.loads(call("imports", "--json").stdout)
    assert (listed["state"], listed["read"], listed["rejected"], listed["waiting"]) == ("committed", 3, 1, 1)
    assert call("undo", listed["import"][:12]).stdout.startswith(f"Undone: {listed['import']} (orders.csv)")
    assert json.loads(call("imports", "--json").stdout)[0]["state"] == "undone"
    again = call("undo", "last")
    assert (again.exit_code, again.stderr.splitlines()[0]) == (
        1, "[import-unknown] There is no import 'last' to undo.",
    )  # fmt: skip


def test_rejected_lines_are_exported_corrected_and_brought_back(orders: Path) -> None:
    call("ingest", orders)
    assert "line 3, amount: 'ten' cannot be read as a number." in call("rejects", "list").stdout
    written = answer("rejects", "export")["written"]
    assert [(each["lines"], each["path"]) for each in written] == [(1, "orders.rejects.csv")]  # type: ignore[attr-defined]
    file = orders.with_name("orders.rejects.csv")
    file.write_text(file.read_text(encoding="utf-8-sig").replace(",ten", ",10"))
    assert call("ingest", file, "--book", "orders.book").exit_code == 0
    assert "No rejected line waits for a correction." in call("rejects", "list").stdout


def test_a_watched_folder_brings_what_is_new_and_tells_what_is_wrong(orders: Path) -> None:
    orders.with_name("broken.csv").write_text("a,b\n")
    result = call("ingest", "--watch", orders.parent, "--book", "shop.book")
    assert (result.exit_code, "2 accepted" in result.stdout, "file-without-rows" in result.stdout) == (1, True, True)


def test_columns_are_named_by_hand(orders: Path) -> None:
    orders.write_text("who,when,what\nAnn,2026-01-02,10\n")
    result = call("ingest", orders, "--map", "customer_id=who", "ordered_on=when", "amount=what")
    assert "1 lines read: 1 accepted, 0 rejected, 0 skipped" in result.stdout


def test_columns_are_named_by_hand_for_an_evaluation(orders: Path) -> None:
    orders.write_text("who,when,what\nAnn,2026-01-02,10\nBo,2026-01-03,11\nAnn,2026-02-02,12\n")
    found = answer("evaluate", orders, "--map", "customer_id=who", "ordered_on=when", "amount=what")
    assert (found["customers"], found["as_of"]) == (2, "2026-02-02")


@pytest.mark.parametrize("command", ["inspect", "ingest", "evaluate"])
@pytest.mark.parametrize(("pair", "slug"), [
    ("amount=paid", "map-header-unknown"),
    ("amont=amount", "map-target-unknown"),
    ("amount=", "map-unreadable"),
])  # fmt: skip
def test_what_is_wrong_with_names_by_hand_is_said_alike(orders: Path, command: str, pair: str, slug: str) -> None:
    result = call(command, orders, "--map", "customer_id=customer_id", "ordered_on=date", pair)
    assert (result.exit_code, f"[{slug}]" in result.stderr.splitlines()[0]) == (1, True)


@pytest.mark.parametrize("command", ["inspect", "ingest", "evaluate"])
def test_names_by_hand_are_asked_for(orders: Path, command: str) -> None:
    result = call(command, orders, "--map")
    assert (result.exit_code, "--map is followed by OURS=THEIRS" in result.stderr) == (2, True)


@pytest.mark.parametrize("words", [["ingest"], ["ingest", "--watch", "."]])
def test_what_is_not_said_is_asked_for(orders: Path, words: list[str]) -> None:
    result = call(*words)
    assert orders.exists()
    assert (result.exit_code, "hint:" in result.stderr) == (1, True)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_lines_fit_the_terminal(orders: Path, language: str) -> None:
    said = [
        call(*words, "--language", language).stdout
        for words in (["ingest", orders], ["imports"], ["rejects", "list"], ["rejects", "export"], ["undo", "last"])
    ]
    assert all(said)
    assert max(cell_len(line) for text in said for line in text.splitlines()) <= 100


def test_a_book_is_not_made_for_a_file_that_cannot_be_imported(orders: Path) -> None:
    orders.write_text("x,y\n1,2\n")
    assert call("ingest", orders).exit_code == 1
    assert not (orders.parent / "orders.book").exists()


def test_a_book_with_an_earlier_file_stays(orders: Path) -> None:
    (orders.parent / "bad.csv").write_text("x,y\n1,2\n")
    assert call("ingest", orders, "bad.csv", "--book", "shop.book").exit_code == 1
    assert len(json.loads(call("imports", "--book", "shop.book", "--json").stdout)) == 1


@pytest.mark.parametrize("command", ["inspect", "ingest"])
def test_a_file_that_is_not_there_or_is_a_folder_is_told(orders: Path, command: str) -> None:
    assert "[file-missing]" in call(command, "nowhere.csv").stderr
    assert "[file-is-folder]" in call(command, orders.parent).stderr


def test_an_import_that_was_undone_before_is_told_as_that(orders: Path) -> None:
    call("ingest", orders)
    (done,) = json.loads(call("imports", "--book", "orders.book", "--json").stdout)
    call("undo", done["import"], "--book", "orders.book")
    assert "[import-undone]" in call("undo", done["import"], "--book", "orders.book").stderr

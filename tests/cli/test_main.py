from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from worthbook.cli.main import app, main


def leaves(group: TyperGroup, before: str = "") -> Iterator[tuple[str, TyperCommand]]:
    """Every command by the words that call it."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from leaves(command, f"{before}{name} ")
        else:
            yield before + name, cast("TyperCommand", command)


COMMANDS = dict(leaves(cast("TyperGroup", get_command(app))))

ORDERS = """customer,date,amount
A,2026-01-05,10
A,2026-02-07,12
B,2026-02-09,5
B,2026-03-01,7
C,2026-03-02,30
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book evaluated from the command line."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    done = CliRunner().invoke(app, ["evaluate", str(folder / "orders.csv"), "--currency", "CNY"])
    assert done.exit_code == 0, done.output
    return folder / "orders.book"


def answer(*arguments: object) -> object:
    done = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


@pytest.fixture(scope="module")
def earlier(book: Path) -> dict[str, object]:
    """What an evaluation at an earlier date answers programs; its run is kept in the book."""
    found = answer("evaluate", book, "--as-of", "2026-02-28")
    assert isinstance(found, dict)
    return found


@pytest.fixture(scope="module")
def weighed(book: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What models of purchases answer programs, and where the page about them is."""
    found = answer("lifetime", "--book", book, "--to", tmp_path_factory.mktemp("page"))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_answers_programs_and_speaks_both_languages(name: str) -> None:
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    assert {"--json", "--language"} <= options


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_says_what_it_does(name: str) -> None:
    assert CliRunner().invoke(app, [*name.split(), "--help"]).exit_code == 0


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[object, ...]]:
    """What the program says when it is called with some words."""
    for kind in ("registered_commands", "registered_groups"):
        monkeypatch.setattr(app, kind, getattr(app, kind))

    def call(program: Callable[[], None], words: list[str]) -> tuple[object, ...]:
        monkeypatch.setattr("sys.argv", ["worthbook", *words])
        with pytest.raises(SystemExit) as ended:
            program()
        return (ended.value.code, *capsys.readouterr())

    return call


@pytest.mark.parametrize("words", [["--help"], ["undo", "--help"], ["segment", "count", "--help"], ["ingst"], []])
def test_a_command_that_is_built_alone_says_the_same(
    called: Callable[..., tuple[object, ...]], words: list[str]
) -> None:
    assert called(app, words) == called(main, words)


def test_only_the_called_command_is_built(called: Callable[..., tuple[object, ...]]) -> None:
    called(main, ["undo", "--help"])
    assert [each.name for each in app.registered_commands] == ["undo"]


def test_the_outputs_lie_in_the_book(book: Path) -> None:
    written = sorted(path.name for path in book.iterdir() if path.suffix in {".html", ".xlsx", ".csv", ".parquet"})
    assert written == ["customers.csv", "customers.parquet", "customers.xlsx", "report.html"]


def test_the_summary_speaks_chinese(book: Path) -> None:
    done = CliRunner().invoke(app, ["evaluate", str(book), "--language", "zh"])
    assert "共有3位客户购买过" in done.output


def test_an_evaluation_answers_programs(book: Path) -> None:
    found = answer("evaluate", book)
    assert isinstance(found, dict)
    assert (found["customers"], found["as_of"], found["currency"]) == (3, "2026-03-02", "CNY")


def test_an_earlier_date_sees_nothing_later(earlier: dict[str, object]) -> None:
    assert isinstance(earlier["facts"], dict)
    assert earlier["facts"]["revenue_lifetime__sum"] == "27.0000"


@pytest.mark.parametrize(("option", "starts"), [("--bom", b"\xef\xbb\xbf"), ("--no-bom", b"cus")])
def test_the_list_is_marked_for_excel_or_not(book: Path, tmp_path: Path, option: str, starts: bytes) -> None:
    answer("evaluate", book, option, "--to", tmp_path, "--framework", "customer_pyramid")
    assert (tmp_path / "customers.csv").read_bytes()[:3] == starts


def test_kept_runs_are_listed(book: Path) -> None:
    found = answer("runs", book)
    assert isinstance(found, list)
    assert "2026-03-02" in [run["as_of"] for run in found]


@pytest.mark.usefixtures("earlier")
def test_two_runs_are_compared(book: Path) -> None:
    found = answer("compare", book, "2026-02-28", "2026-03-02")
    assert isinstance(found, dict)
    assert found["customers"] == [2, 3]


def test_a_value_is_explained_to_the_line(book: Path) -> None:
    found = answer("explain", "revenue_12m", "--customer", "B", "--book", book)
    assert isinstance(found, dict)
    assert [(row["file"], row["line"]) for row in found["rows"]] == [("orders.csv", 4), ("orders.csv", 5)]


def test_an_explanation_is_told_in_words(book: Path) -> None:
    done = CliRunner().invoke(app, ["explain", "customer_pyramid", "-c", "C", "--book", str(book), "-l", "zh"])
    assert "收入（近12个月）为¥30.00" in done.output


def test_a_missing_file_ends_with_one_and_says_what_to_do(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["evaluate", str(tmp_path / "orders.csv")])
    assert (done.exit_code, done.stderr.startswith("[file-missing]")) == (1, True)


def test_a_problem_answers_programs(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["evaluate", str(tmp_path / "orders.csv"), "--json"])
    assert [problem["slug"] for problem in json.loads(done.output)["problems"]] == ["file-missing"]


def test_an_unknown_language_is_refused() -> None:
    assert CliRunner().invoke(app, ["list", "measures", "--language", "de"]).exit_code == 2


def test_a_folder_without_a_book_asks_which_is_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["explain", "rfm", "-c", "A"])
    assert (done.exit_code, done.stderr.startswith("[book-not-named] 0 books lie in ")) == (1, True)


def test_models_of_purchases_are_weighed_on_a_screen(book: Path) -> None:
    done = CliRunner().invoke(app, ["lifetime", str(book), "-l", "zh", "--models", "nbd,bg_nbd"])
    assert (done.exit_code, "不推荐任何模型" in done.output) == (0, True)


def test_models_of_purchases_answer_programs(weighed: dict[str, object]) -> None:
    assert {"models", "recommended", "reason"} <= set(weighed)


def test_models_of_purchases_are_told_on_a_page_too(weighed: dict[str, object]) -> None:
    assert isinstance(weighed["written"], list)
    (page,) = map(Path, weighed["written"])
    assert page.name == "lifetime.html"
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")

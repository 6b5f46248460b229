from __future__ import annotations

import json

import pytest
import typer
from rich.cells import cell_len
from typer.testing import CliRunner

from worthbook.cli.list import list_definitions
from worthbook.planning.index import read_catalogue

app = typer.Typer()
app.command()(list_definitions)


def test_models_are_listed_with_what_they_give() -> None:
    result = CliRunner().invoke(app, ["models"])

    title, head, *lines = result.stdout.splitlines()
    assert title == f"Models ({len(read_catalogue().models)})"
    assert head.split() == ["Name", "Title", "Gives"]
    assert [line.split() for line in lines if line.startswith("bg_nbd")] == [
        ["bg_nbd", "BG/NBD", "purchase", "model", "p_alive_bg_nbd"]
    ]


def test_everything_is_listed_without_a_kind() -> None:
    listed = json.loads(CliRunner().invoke(app, ["--json"]).stdout)

    assert sorted(each["name"] for each in listed) == sorted(each.name for each in read_catalogue().definitions)


def test_titles_are_in_the_language_asked_for() -> None:
    assert "BG/NBD 购买模型" in CliRunner().invoke(app, ["models", "--language", "zh"]).stdout


@pytest.mark.parametrize("language", ["en", "zh"])
def test_lists_fit_the_terminal(language: str) -> None:
    result = CliRunner().invoke(app, ["--language", language], env={"COLUMNS": "80"})

    assert max(cell_len(line) for line in result.stdout.splitlines()) <= 80


def test_names_are_never_broken() -> None:
    result = CliRunner().invoke(app, ["measures"], env={"COLUMNS": "60"})

    assert "average_order_value_lifetime " in result.stdout


def test_an_unknown_kind_is_told() -> None:
    result = CliRunner().invoke(app, ["measure"])

    assert (result.exit_code, result.stderr) == (
        1,
        "[list-kind-unknown] 'measure' cannot be listed.\n  hint: Did you mean 'measures'?\n",
    )

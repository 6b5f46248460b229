from __future__ import annotations

import json

import pytest
import typer
from rich.cells import cell_len
from typer.testing import CliRunner

from worthbook.cli.describe import describe
from worthbook.planning.index import read_catalogue

app = typer.Typer()
app.command()(describe)


def lines(*arguments: str) -> list[str]:
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "100"})
    return [" ".join(line.split()) for line in result.stdout.splitlines()]


def test_a_measure_is_described_with_all_that_decides_it() -> None:
    wanted = {
        "Unit money",
        "Table transactions",
        "Window last 12 months",
        "Formula sum(amount)",
        "No rows means 0",
        "Better the higher",
        "Made from transactions",
    }

    assert wanted <= set(lines("revenue_12m"))


def test_a_framework_is_described_with_its_strategies() -> None:
    assert [
        line for line in lines("customer_pyramid", "--language", "zh") if line in {"维度", "单元", "方法 tiers"}
    ] == [
        "方法 tiers",
        "维度",
        "单元",
    ]


def test_a_column_of_a_model_is_described_by_its_own_words() -> None:
    answer = json.loads(CliRunner().invoke(app, ["p_alive", "--json"]).stdout)

    assert (answer["noun"], answer["title"]["en"], answer["facts"]["made_by"]) == (
        "column",
        "Probability of being active",
        "mbg_nbd",
    )


def test_a_description_says_where_the_name_is_used() -> None:
    answer = json.loads(CliRunner().invoke(app, ["revenue_12m", "--json"]).stdout)

    assert {"customer_pyramid", "overview"} <= set(answer["used_by"])


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", [each.name for each in read_catalogue().definitions])
def test_everything_can_be_described_in_100_columns(name: str, language: str) -> None:
    result = CliRunner().invoke(app, [name, "--language", language], env={"COLUMNS": "120"})

    assert (result.exit_code, max(cell_len(line) for line in result.stdout.splitlines()) <= 100) == (0, True)


def test_an_unknown_name_is_told() -> None:
    result = CliRunner().invoke(app, ["clv_36"])

    assert (result.exit_code, result.stderr) == (
        1,
        (
            "[name-unknown] Nothing is called 'clv_36'.\n"
            "  hint: `worthbook list` shows all names. Did you mean 'clv_36m'?\n"
        ),
    )

from __future__ import annotations

import json

import pytest
import typer
from rich.cells import cell_len
from typer.testing import CliRunner

from worthbook.cli.describe import describe
from worthbook.definitions.reader import read_text
from worthbook.planning.index import Catalogue, read_catalogue
from worthbook.services.describe_definition import describe as described_in

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


CARD = """\
framework: card
title: {en: Card, zh: 评分卡}
description: {en: A card., zh: 评分卡。}
method: scorecard
score_cuts: [50]
weights: {method: ahp, judges: {an: {worth over stay: 3}}}
groups:
  worth: {title: {en: Worth, zh: 价值}, weights: {method: regression, target: revenue_12m}}
  stay: {title: {en: Stay, zh: 留存}, weights: {method: equal}}
axes:
  revenue:
    group: worth
    title: {en: Revenue, zh: 收入}
    column: revenue_12m
    cuts: [100]
    bands: [{key: a, title: {en: a, zh: 甲}, points: 0}, {key: b, title: {en: b, zh: 乙}, points: 100}]
  orders:
    group: stay
    title: {en: Orders, zh: 订单}
    column: orders_12m
    cuts: [2]
    bands: [{key: a, title: {en: a, zh: 甲}, points: 0}, {key: b, title: {en: b, zh: 乙}, points: 100}]
cells:
  - {key: low, title: {en: Low, zh: 低}, meaning: {en: L., zh: 低。}, strategy: {en: W., zh: 等。}}
  - {key: high, title: {en: High, zh: 高}, meaning: {en: H., zh: 高。}, strategy: {en: A., zh: 做。}}
source: Test
"""


def test_the_weights_of_a_scorecard_are_described_with_how_they_are_found() -> None:
    catalogue = read_catalogue()
    card = read_text(CARD, "card.yaml").definitions
    described = described_in(Catalogue.of([*catalogue.definitions, *card]), "card")
    found = {table.name: table for table in described.tables}
    assert [str(text.en) for text in found["groups"].column("weight")] == ["75 %", "25 %"]  # type: ignore[union-attr]
    assert [str(text.en) for text in found["axes"].column("weight")] == ["found at each date", "100 %"]  # type: ignore[union-attr]
    assert [text.zh for text in found["weights"].column("found")] == [  # type: ignore[union-attr]
        "AHP层次分析法",
        "按对收入（近12个月）的解释力，LMG法",
        "等权",
    ]


def test_columns_that_no_cell_fills_are_left_out() -> None:
    catalogue = read_catalogue()
    card = read_text(CARD, "card.yaml").definitions
    cells = described_in(Catalogue.of([*catalogue.definitions, *card]), "card").tables[-1]
    assert [column.name for column in cells.columns] == ["name", "title", "meaning", "strategy"]

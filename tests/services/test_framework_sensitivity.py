from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.services.test_weights import card, customers
from worthbook.cli.main import app
from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.result import Study
from worthbook.services.framework_sensitivity import framework_sensitivity
from worthbook.services.ingest_files import ingest_files

POINTS = [[0, 0], [40, 60], [60, 40], [100, 100]]
WEIGHTS = "weights: {method: constant_sum, answers: {an: {c0: 55, c1: 45}}}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four customers with the scores 0, 49, 51 and 100, cut at 50."""
    file = tmp_path_factory.mktemp("card") / "orders.csv"
    file.write_text(customers([1, 2, 3, 4]), encoding="utf-8")
    book, _ = ingest_files([file])
    book.definitions_folder.mkdir(exist_ok=True)
    definition = card(POINTS, WEIGHTS).replace("score_cuts: [mean]", "score_cuts: [50]")
    (book.definitions_folder / "card.yaml").write_text(definition, encoding="utf-8")
    return book.folder


@pytest.fixture(scope="module")
def study(folder: Path) -> Study:
    return framework_sensitivity(folder, "card")


def test_customers_near_a_cut_move_and_others_never(study: Study) -> None:
    """44 to 45, a fifth less of the first, exchanges 49 and 51; 55 to 54, a fifth more of the other, does not."""
    assert [tuple(round(float(str(cell)), 3) for cell in row[1:]) for row in study.table("alone").rows] == [
        (0.55, 0.5, 0.0),
        (0.45, 0.0, 0.0),
    ]
    high, low = study.table("grades").rows
    assert (high[1], low[1]) == (2, 2)
    assert (high[3], low[4]) == (0.0, 0.0)


def test_what_moves_up_and_what_moves_down_is_half_of_the_customers(study: Study) -> None:
    facts = study.facts
    assert facts["sure"] == 0.5
    assert 0 < float(str(facts["moved"])) < 0.5
    assert facts["axis"] == "c0"


def test_the_study_says_it_in_both_languages(study: Study) -> None:
    said = [finding.text for finding in study.findings]
    assert (
        said[-1].en
        == "Settle the weight of C0 first: 20 % less of it alone moves 50 % of customers, 20 % more moves 0 %."
    )
    assert said[-1].zh == "应首先确定“C0”的权重：仅将其减少20%，就有50%的客户改变等级；增加20%则为0%。"


def test_nobody_moves_where_nobody_has_a_score(folder: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(folder, tmp_path / "orders.book"))
    file = other / "definitions" / "card.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("revenue_lifetime", "satisfaction_latest"), encoding="utf-8"
    )
    assert [each.text.en for each in framework_sensitivity(other, "card").findings] == [
        "No customer has a score, so nothing can move."
    ]


def test_a_framework_without_weights_is_named(folder: Path) -> None:
    with pytest.raises(WorthbookError) as caught:
        framework_sensitivity(folder, "rfm")
    assert caught.value.slugs == ("framework-without-weights",)


def test_programs_are_answered_and_a_page_is_written(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    words = ["framework", "sensitivity", "card", "--book", str(folder), "--draws", "200", "--json", "--to", str(page)]
    found = json.loads(CliRunner().invoke(app, words).output)
    assert (found["facts"]["draws"], found["written"], "<svg" in page.read_text(encoding="utf-8")) == (
        200,
        [str(page)],
        True,
    )


@pytest.mark.parametrize("spread", ["0", "100%", "much"])
def test_a_spread_that_is_none_is_refused(folder: Path, spread: str) -> None:
    words = ["framework", "sensitivity", "card", "--book", str(folder), "--spread", spread]
    assert CliRunner().invoke(app, words).exit_code == 2

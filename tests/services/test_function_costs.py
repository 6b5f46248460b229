"""Functions against their costs, from answers and from a plain file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.services.function_costs import function_costs

TOPICS = ("price", "access", "assortment", "character", "surroundings", "service")
TRUTH = np.array([30.0, 10, 20, 5, 15, 20])


def answered(file: Path, header: list[str], matrix: np.ndarray) -> Path:
    lines = [",".join(header), *(",".join(f"{cell:g}" for cell in row) for row in matrix)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def points(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shares = np.random.default_rng(2).dirichlet(TRUTH, 120) * 100
    header = [f"{topic}_points" for topic in TOPICS]
    return answered(tmp_path_factory.mktemp("functions") / "points.csv", header, shares.round(3))


def rows(found: object) -> dict[str, dict[str, object]]:
    plain = found.as_json()["functions"]  # type: ignore[attr-defined]
    return {row["function"]["en"]: row for row in plain}


def test_planted_shares_over_equal_costs(points: Path) -> None:
    """Truth: 0.30 of importance over a sixth of the cost is 1.8; dirichlet noise of 120 people blurs by under 0.1."""
    found = function_costs(points, dict.fromkeys(TOPICS, 10.0), instrument="points_100", target_total=50)
    price = rows(found)["Low prices"]
    assert price["value"] == pytest.approx(1.8, abs=0.1)
    assert price["value_low"] < price["value"] < price["value_high"]  # type: ignore[operator]
    assert price["target_cost"] == pytest.approx(15.0, abs=0.8)
    assert next(iter(rows(found))) == "Special character"
    assert (found.study.facts["total"], found.study.facts["respondents"]) == (60.0, 120)
    assert [chart.name for chart in found.study.charts] == ["shares"]


def test_titles_of_a_file_in_either_language(points: Path, tmp_path: Path) -> None:
    file = tmp_path / "costs.csv"
    file.write_text(
        "功能,成本\n价格低廉,30\n交通便利,10\n商品充足,20\nCharacter,5\nPleasant surroundings,15\nservice,9\n", "utf-8"
    )
    found = function_costs(points, {"service": 20.0}, file, instrument="points_100")
    assert {row["verdict"]["en"] for row in rows(found).values()} <= {"in balance", "costs more than it is worth"}  # type: ignore[index]
    assert found.study.facts["total"] == 100.0


def test_rated_importance_counts_too_and_says_so(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    header = [*(f"{topic}_importance" for topic in TOPICS), *(f"{topic}_satisfaction" for topic in TOPICS)]
    file = answered(tmp_path / "rated.csv", header, random.integers(4, 10, (40, 12)))
    found = function_costs(file, dict.fromkeys(TOPICS, 1.0), instrument="importance_performance")
    assert found.study.facts["to_save"] < 0.5  # type: ignore[operator]
    assert any("ratings tell attributes apart less" in each.text.en for each in found.study.findings)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    file = tmp_path / "functions.csv"
    file.write_text("function,importance,cost\nbrew,60,50\ndisplay,40,50\n", "utf-8")
    return file


def test_a_plain_file_needs_no_survey(sheet: Path) -> None:
    """The same figures as `models/perception/function_cost`: F/C of 1.2 and 0.8, targets of 80 are 48 and 32."""
    command = [sys.executable, "-c", "from worthbook.cli.main import main; main()"]
    shown = subprocess.run(
        [*command, "survey", "functions", str(sheet), "--target-total", "80", "--json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    answer = json.loads(shown.stdout)
    assert [
        (row["function"]["en"], row["value"], row["target_cost"], row["to_save"]) for row in answer["functions"]
    ] == [
        ("display", 0.8, 32.0, 18.0),
        ("brew", 1.2, 48.0, 2.0),
    ]
    assert answer["facts"]["to_save"] == 20.0


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("function,importance,cost\nbrew,60,50\nbrew,x,-1\n", 3),
        ("function,importance,cost\n,60,50\nshow,1,\n", 2),
    ],
)
def test_every_bad_line_is_named(tmp_path: Path, text: str, slugs: int) -> None:
    file = tmp_path / "functions.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(WorthbookError) as refused:
        function_costs(file, {})
    assert len(refused.value.problems) == slugs


def test_costs_are_asked_for(points: Path, tmp_path: Path) -> None:
    with pytest.raises(WorthbookError, match="cost") as refused:
        function_costs(points, {}, instrument="points_100")
    assert refused.value.slugs == ("function-costs-not-given",)
    with pytest.raises(WorthbookError) as refused:
        function_costs(points, {"price": 1.0, "parking": 1.0}, instrument="points_100")
    assert refused.value.slugs == ("function-costs-missing",)
    file = tmp_path / "costs.csv"
    file.write_text("thing,price\na,1\n", "utf-8")
    with pytest.raises(WorthbookError) as refused:
        function_costs(points, {}, file, instrument="points_100")
    assert refused.value.slugs == ("cost-sheet-columns-absent",)
    loyal = answered(tmp_path / "nps.csv", ["recommend"], np.arange(10).reshape(-1, 1))
    with pytest.raises(WorthbookError) as refused:
        function_costs(loyal, {"a": 1.0}, instrument="nps")
    assert refused.value.slugs == ("function-importance-not-asked",)

"""The firm's points against its customers', from a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from worthbook.cli.main import app
from worthbook.kernel.errors import WorthbookError
from worthbook.services.survey_study import SurveyAnswer, survey_study

TOPICS = ("price", "access", "assortment", "character", "surroundings", "service")


def answered(file: Path, rows: list[tuple[str, np.ndarray]]) -> Path:
    header = ",".join(["who", *(f"{topic}_points" for topic in TOPICS)])
    lines = [f"{who}," + ",".join(f"{cell:g}" for cell in row) for who, row in rows]
    file.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return file


def viewed(file: Path, supplier: str = "firm", **options: str) -> SurveyAnswer:
    return survey_study(
        file, "value_views", instrument="points_100", segments=["who"],
        options={"by": "who", "supplier": supplier, **options},
    )  # fmt: skip


def gaps(found: SurveyAnswer) -> dict[str, float]:
    return {row["driver"]["en"]: row["gap"] for row in found.as_json()["gaps"]}  # type: ignore[attr-defined]


def test_the_figures_of_the_source_text(tmp_path: Path) -> None:
    """Source text 001: the firm gives product 51, service 34, promotion 15; customers quality 63.3, price 36.7."""
    firm, customer = np.array([0.0, 0, 51, 15, 0, 34]), np.array([36.7, 0, 63.3, 0, 0, 0])
    found = gaps(viewed(answered(tmp_path / "one.csv", [("firm", firm), ("customer", customer)])))
    assert found == pytest.approx({
        "Low prices": -36.7, "Good service": 34.0, "Special character": 15.0, "Full shelves": -12.3,
        "Easy to reach": 0.0, "Pleasant surroundings": 0.0,
    })  # fmt: skip


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The firm believes in service, customers in price; of the others both think alike."""
    random = np.random.default_rng(8)
    firm = random.dirichlet([10, 10, 10, 10, 10, 50], 30) * 100
    customers = random.dirichlet([50, 10, 10, 10, 10, 10], 80) * 100
    rows = [*(("firm", row) for row in firm), *(("customer", row) for row in customers), ("", customers[0])]
    return answered(tmp_path_factory.mktemp("views") / "points.csv", rows)


def test_planted_beliefs_are_found_with_their_intervals(both: Path) -> None:
    found = viewed(both)
    table = found.as_json()["gaps"]
    sure = {row["driver"]["en"]: row["gap"] > 0 for row in table if row["sure"]}  # type: ignore[attr-defined]
    assert (sure["Good service"], sure["Low prices"]) == (True, False)
    assert gaps(found)["Good service"] == pytest.approx(40.0, abs=3.0)
    said = " ".join(finding.text.en for finding in found.study.findings)
    assert "We hold for more important than our customers do: Good service" in said
    assert "stand on no side ('who' is empty), left out: 1" in said
    assert (found.study.facts["firm"], found.study.facts["customers"]) == (30, 80)


def test_points_that_do_not_add_up_are_rejected_on_request(tmp_path: Path) -> None:
    even, off = np.array([50.0, 10, 10, 10, 10, 10]), np.array([10.0, 10, 10, 10, 10, 100])
    rows = [("firm", even), ("firm", even), ("customer", even), ("customer", off), ("customer", even)]
    file = answered(tmp_path / "off.csv", rows)
    assert gaps(viewed(file, sums="reject")) == pytest.approx(dict.fromkeys(gaps(viewed(file)), 0.0))
    assert gaps(viewed(file))["Low prices"] == pytest.approx((50 - 10 / 1.5) / 3)


def test_sides_must_be_there(both: Path) -> None:
    with pytest.raises(WorthbookError) as refused:
        viewed(both, "company")
    assert refused.value.slugs == ("views-side-absent",)
    with pytest.raises(WorthbookError) as refused:
        survey_study(both, "value_views", instrument="points_100")
    assert refused.value.slugs == ("views-sides-unnamed",)


def test_as_a_command_in_both_languages(both: Path) -> None:
    for language, title in (("en", "Our view and our customers' view"), ("zh", "企业视角与客户视角")):
        command = ["survey", "views", str(both), "--by", "who", "--supplier", "firm", "--language", language]
        shown = CliRunner().invoke(app, command)
        assert (shown.exit_code, title in shown.stdout) == (0, True)

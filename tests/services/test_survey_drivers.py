"""Drivers of satisfaction from a file: published shares and key dissatisfiers, constructs of an index, and refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from worthbook.cli.main import app
from worthbook.kernel.errors import WorthbookError
from worthbook.services.survey_drivers import survey_drivers
from worthbook.services.survey_study import SurveyAnswer

QUICK: dict[str, str | float | None] = {"draws": 200.0}


def rows(answer: SurveyAnswer, table: str) -> list[dict[str, Any]]:
    found = answer.study.table(table)
    return [dict(zip([column.name for column in found.columns], row, strict=True)) for row in found.rows]


def simulate(file: Path) -> Path:
    """A hostile counter makes people dissatisfied, a gift delights them, speed counts both ways; 1 to 5."""
    rng = np.random.default_rng(2)
    counter, gift, speed = rng.integers(1, 6, (3, 900))
    overall = 3 - 1.6 * (counter == 1) + 1.2 * (gift == 5) + 0.35 * (speed - 3) + 0.4 * rng.normal(size=900)
    table = np.stack([counter, gift, speed, np.clip(np.rint(overall), 1, 5).astype(int)], axis=1)
    file.write_text("counter,gift,speed,overall\n" + "\n".join(",".join(map(str, row)) for row in table.tolist()))
    return file


@pytest.mark.shared_data
def test_key_dissatisfiers_from_the_command_line(shared: Path) -> None:
    """20 weighted attributes, failed and dissatisfied up to 6: the same key set and order as the exact values."""
    file = shared / "data/satisfaction_drivers/attributes_weighted.csv"
    command = ["survey", "drivers", str(file), "--target", "Overall Satisfaction", "--scale", "1-10", "--json"]
    ran = CliRunner().invoke(app, [*command, "--failed", "6", "--delighted", "9", "--draws", "200"])
    assert ran.exit_code == 0
    found = json.loads(ran.stdout)["dissatisfiers"]
    first = [row["attribute"]["en"] for row in found[:5]]
    assert first == [f"Attribute {number}" for number in ("00", "01", "02", "17", "04")]
    assert [row["value"] for row in found[:3]] == pytest.approx([11.84, 9.03, 8.57], abs=0.05)
    assert [row["attribute"]["en"] for row in found if row["key"]] == ["Attribute 00", "Attribute 01"]


@pytest.mark.shared_data
def test_drivers_of_an_index_are_what_its_model_says(shared: Path) -> None:
    """On mobile phones loyalty and complaints follow from satisfaction; they are no drivers."""
    answer = survey_drivers(shared / "data/mobi_ecsi/mobi.csv", options=QUICK)
    found = rows(answer, "drivers")
    assert next(row["driver"].en for row in found) == "Perceived quality"
    assert {row["driver"].en for row in found} == {"Image", "Expectation", "Perceived quality", "Perceived value"}
    assert sum(row["share"] for row in found) == pytest.approx(float(str(answer.study.facts["r2"])), abs=1e-9)


def test_what_hurts_what_delights_and_what_counts_both_ways(tmp_path: Path) -> None:
    answer = survey_drivers(simulate(tmp_path / "a.csv"), scale=(1, 5), options={**QUICK, "target": "overall"})
    factors = {row["attribute"].en: row["factor"].en.partition(":")[0] for row in rows(answer, "asymmetry")}
    assert factors == {"counter": "basic", "gift": "excitement", "speed": "performance"}
    keys = [row["attribute"].en for row in rows(answer, "dissatisfiers") if row["key"]]
    assert set(keys) == {"speed", "counter"}
    assert "gift" in [row["attribute"].en for row in rows(answer, "enhancers") if row["key"]]
    assert any(
        finding.text.en.startswith("Basic, to be kept right first: counter") for finding in answer.study.findings
    )


def test_without_a_scale_only_shares_are_told(tmp_path: Path) -> None:
    answer = survey_drivers(simulate(tmp_path / "a.csv"), options={**QUICK, "target": "overall"})
    assert [table.name for table in answer.study.tables] == ["drivers"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_text_is_in_both_languages(tmp_path: Path, language: str) -> None:
    file = simulate(tmp_path / "a.csv")
    command = ["survey", "drivers", str(file), "--target", "overall", "--scale", "1-5", "--draws", "200"]
    ran = CliRunner().invoke(app, [*command, "--language", language])
    assert ran.exit_code == 0
    assert ("Key dissatisfiers" if language == "en" else "关键不满因素") in ran.stdout


@pytest.mark.parametrize(
    ("options", "slug"),
    [
        ({}, "driver-target-missing"),
        ({"target": "overal"}, "driver-unknown"),
        ({"target": "overall", "drivers": "speed,overall"}, "target-among-drivers"),
    ],
)
def test_what_is_not_there_is_named(tmp_path: Path, options: dict[str, str | float | None], slug: str) -> None:
    with pytest.raises(WorthbookError) as caught:
        survey_drivers(simulate(tmp_path / "a.csv"), scale=(1, 5), options={**QUICK, **options})
    assert caught.value.slugs == (slug,)

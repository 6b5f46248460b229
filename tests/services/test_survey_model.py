"""Structural models from a file of answers: shipped indices, models of one's own, groups, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from worthbook.cli.main import app
from worthbook.kernel.errors import WorthbookError
from worthbook.planning.index import read_catalogue
from worthbook.services.survey_model import ModelAnswer, survey_model

INDICES = ("scsb", "acsi", "ecsi", "ccsi")
QUICK: dict[str, str | float | None] = {"draws": 200.0}
MODEL = """
Quality =~ q1 + q2 + q3
Loyalty =~ l1 + l2
Loyalty ~ Quality
"""


def simulate(file: Path, n: int = 300, seed: int = 1) -> Path:
    """Answers from 1 to 10; in the second wave quality is a point higher."""
    rng = np.random.default_rng(seed)
    wave = np.arange(n) % 2
    quality = rng.normal(size=n) + 0.5 * wave
    loyalty = 0.7 * quality + 0.7 * rng.normal(size=n)
    causes = np.stack([quality] * 3 + [loyalty] * 2, axis=1)
    values = np.clip(np.rint(6 + 1.7 * (causes + 0.6 * rng.normal(size=causes.shape))), 1, 10).astype(int)
    lines = [",".join(map(str, [*row, f"2025-{1 + each}"])) for row, each in zip(values.tolist(), wave, strict=True)]
    file.write_text("q1,q2,q3,l1,l2,wave\n" + "\n".join(lines) + "\n")
    return file


def rows(answer: ModelAnswer, table: str) -> list[dict[str, Any]]:
    found = answer.study.table(table)
    return [dict(zip([column.name for column in found.columns], row, strict=True)) for row in found.rows]


@pytest.mark.parametrize("name", INDICES)
def test_every_shipped_index_is_estimated_from_its_own_questionnaire(name: str, tmp_path: Path) -> None:
    """Answers to all questions of the instrument, driven along the shipped paths: every path and index is there."""
    catalogue = read_catalogue()
    structure = catalogue.structures[name]
    instrument = catalogue.instruments[str(structure.instrument)]
    rng = np.random.default_rng(3)
    scores: dict[str, np.ndarray] = {}
    for construct in structure.constructs:
        drivers = [source for source, targets in structure.paths.items() if construct in targets]
        scores[construct] = rng.normal(size=250) + 0.5 * sum((scores[each] for each in drivers), np.zeros(250))
    columns = {}
    for question in instrument.rated:
        low, high = instrument.scale_of(question).bounds
        construct = str(instrument.questions[question].indicates)
        drawn = (low + high) / 2 + (high - low) / 5 * (scores[construct] + 0.5 * rng.normal(size=250))
        columns[question] = np.clip(np.rint(drawn), low, high).astype(int)
    file = tmp_path / "answers.csv"
    table = np.stack(list(columns.values()), axis=1)
    file.write_text(",".join(columns) + "\n" + "\n".join(",".join(map(str, row)) for row in table.tolist()) + "\n")
    answer = survey_model(name, file, options=QUICK)
    plain = answer.as_json()
    constructs = plain["constructs"]
    assert isinstance(constructs, list)
    assert [each["name"] for each in constructs] == list(structure.constructs)
    assert all(0 < each["interval"][0] <= each["index"] <= each["interval"][1] < 100 for each in constructs)
    wanted = {(source, target) for source, targets in structure.paths.items() for target in targets}
    assert {(each["from"], each["to"]) for each in plain["paths"]} == wanted  # type: ignore[attr-defined]


@pytest.mark.shared_data
def test_mobile_phones_from_the_command_line(shared: Path) -> None:
    """`worthbook survey model ecsi mobi.csv --json`: the published numbers (Tenenhaus et al. 2005), to 1e-6."""
    file = shared / "data/mobi_ecsi/mobi.csv"
    ran = CliRunner().invoke(app, ["survey", "model", "ecsi", str(file), "--json", "--draws", "200"])
    assert ran.exit_code == 0
    found = json.loads(ran.stdout)
    satisfaction = next(each for each in found["constructs"] if each["name"] == "satisfaction")
    assert satisfaction["index"] == pytest.approx(72.4541, abs=5e-5)
    assert satisfaction["r2"] == pytest.approx(0.681078, abs=1e-6)
    reliability = {"alpha": 0.779195, "rho_a": 0.789102, "rho_c": 0.871253, "ave": 0.693095}
    assert satisfaction["reliability"] == pytest.approx(reliability, abs=1e-6)
    path = next(each for each in found["paths"] if (each["from"], each["to"]) == ("quality", "satisfaction"))
    assert path["value"] == pytest.approx(0.512024, abs=1e-6)
    assert path["interval"][0] < path["value"] < path["interval"][1]
    assert path["standard_error"] == pytest.approx(0.066, abs=0.01)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_text_says_the_index_and_what_moves_it(tmp_path: Path, language: str) -> None:
    model = tmp_path / "own.txt"
    model.write_text(MODEL)
    file = simulate(tmp_path / "answers.csv")
    command = ["survey", "model", str(model), str(file), "--scale", "1-10", "--draws", "200", "--language", language]
    ran = CliRunner().invoke(app, command)
    assert ran.exit_code == 0
    assert ("index of Loyalty" in ran.stdout) if language == "en" else ("“Loyalty”指数" in ran.stdout)


def test_waves_are_compared(tmp_path: Path) -> None:
    """Half a standard deviation more quality in the second wave: the indices differ, the paths do not."""
    model = tmp_path / "own.txt"
    model.write_text(MODEL)
    file = simulate(tmp_path / "answers.csv", 400)
    answer = survey_model(str(model), file, scale=(1, 10), options={"draws": 300.0, "target": "Quality"})
    first, second = rows(answer, "groups")
    assert second["index"] > first["index"]
    (contrast,) = rows(answer, "contrasts")
    assert contrast["p"] < 0.05
    assert contrast["high"] < 0
    assert contrast["invariance"].en == "partial: paths may be compared"
    assert all(row["p_holm"] > 0.05 for row in rows(answer, "path_differences"))


def test_a_variant_is_an_edit(tmp_path: Path) -> None:
    """A structure of one's own, as YAML, with titles in both languages and a scale."""
    own = tmp_path / "own.yaml"
    own.write_text(
        "structure: own\ntitle: {en: Ours, zh: 自有}\nsource: test\n"
        "description: {en: Two constructs., zh: 两个潜变量。}\n"
        "scale: {low: 1, high: 10}\ntarget: loyalty\n"
        "constructs:\n"
        "  quality: {title: {en: Quality, zh: 质量}, items: [q1, q2, q3], mode: B}\n"
        "  loyalty: {title: {en: Loyalty, zh: 忠诚}, items: [l1, l2]}\n"
        "paths: {quality: [loyalty]}\n"
    )
    answer = survey_model(str(own), simulate(tmp_path / "answers.csv"), options=QUICK)
    plain = answer.as_json()
    assert [each["title"]["zh"] for each in plain["constructs"]] == ["质量", "忠诚"]  # type: ignore[attr-defined]
    assert any("mode B (formative)" in finding.text.en for finding in answer.study.findings)


def test_without_a_scale_there_are_paths_and_no_index(tmp_path: Path) -> None:
    model = tmp_path / "own.txt"
    model.write_text(MODEL)
    plain = survey_model(str(model), simulate(tmp_path / "answers.csv"), options=QUICK).as_json()
    assert [each["index"] for each in plain["constructs"]] == [None, None]  # type: ignore[attr-defined]
    assert len(plain["paths"]) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("model", "options", "slug"),
    [
        ("ecsy", {}, "structural-model-unknown"),
        ("ecsi", {}, "survey-questions-not-found"),
        (MODEL, {"without": "Quality"}, "structure-without-paths"),
        (MODEL, {"without": "Trust"}, "construct-to-leave-out-unknown"),
        (MODEL, {"scheme": "centre"}, "structure-option-unknown"),
        (MODEL + "Trust =~ t1\nLoyalty ~ Trust", {}, "construct-not-asked"),
        (MODEL + "Quality ~ Loyalty", {}, "structure-circular"),
    ],
)
def test_what_cannot_be_estimated_is_said(tmp_path: Path, model: str, options: dict[str, Any], slug: str) -> None:
    if "=~" in model:
        (tmp_path / "own.txt").write_text(model)
        model = str(tmp_path / "own.txt")
    file = simulate(tmp_path / "answers.csv", 40)
    with pytest.raises(WorthbookError) as caught:
        survey_model(model, file, scale=(1, 10), options={**QUICK, **options})
    assert caught.value.slugs == (slug,)


def test_a_missing_item_is_left_out_and_said(tmp_path: Path) -> None:
    model = tmp_path / "own.txt"
    model.write_text(MODEL.replace("q1 + q2", "q0 + q1 + q2"))
    answer = survey_model(str(model), simulate(tmp_path / "answers.csv"), scale=(1, 10), options=QUICK)
    assert any("goes without them: q0" in finding.text.en for finding in answer.study.findings)


def test_three_respondents_are_too_few(tmp_path: Path) -> None:
    model = tmp_path / "own.txt"
    model.write_text(MODEL)
    with pytest.raises(WorthbookError, match="There are 3 respondents; 10 are needed"):
        survey_model(str(model), simulate(tmp_path / "answers.csv", 3), scale=(1, 10), options=QUICK)

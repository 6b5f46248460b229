"""Published numbers, reached the whole way from the published files: import, measures, models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from worthbook.kernel.evaluation import ModelResult
from worthbook.services.evaluate import evaluate
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import open_book


@pytest.fixture(scope="module")
def models(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModelResult]:
    """The CDNOW sample, calibrated as in the papers: 39 weeks, to 30 September 1997."""
    folder = tmp_path_factory.mktemp("cdnow") / "cdnow.book"
    ingest_files([shared / "data/cdnow/cdnow_sample.csv.gz"], folder)
    with open_book(folder) as opened:
        evaluation = evaluate(opened, as_of="1997-09-30").evaluation
    return {model.name: model for model in evaluation.models}


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("model", "published", "symbols"),
    [
        ("mbg_nbd", "MBG/NBD", "r alpha a b"),
        ("bg_nbd", "BG/NBD", "r alpha a b"),
        ("gamma_gamma", "Gamma-Gamma repeat purchases", "p q gamma"),
    ],
)
def test_parameters_are_the_published_ones(
    models: dict[str, ModelResult], shared: Path, model: str, published: str, symbols: str
) -> None:
    """Fader, Hardie and Lee (2005), Marketing Science 24(2), and Fader and Hardie (2013), note 025; within 1e-4."""
    expected = json.loads((shared / "data/cdnow/expected.json").read_text(encoding="utf-8"))["mle"][published]
    table = models[model].parameters
    found = dict(zip(table.column("symbol"), table.column("estimate"), strict=True))
    assert found == pytest.approx({symbol: expected[symbol] for symbol in symbols.split()}, rel=1e-4)


@pytest.mark.shared_data
def test_the_likelihood_is_the_published_one(models: dict[str, ModelResult]) -> None:
    """The same paper; -9582.4292 by CLVTools and BTYD."""
    assert models["bg_nbd"].facts["log_likelihood"] == pytest.approx(-9582.429206, abs=1e-4)

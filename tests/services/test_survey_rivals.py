"""Value against rivals straight from files: planted leads are found, and what cannot be compared is said."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.planning.index import read_catalogue
from worthbook.services.survey_study import SurveyAnswer, survey_study

TOPICS = ("product_quality", "assortment", "service", "convenience", "reputation", "prices")
TRUTH = {
    "us": (7.8, 6.5, 5.2, 6.5, 7.2, 5.5),
    "River Tea": (6.8, 6.6, 7.2, 6.4, 6.3, 6.2),
    "Hilltop": (6.2, 6.9, 6.1, 6.8, 6.0, 7.0),
}
PARTS = (
    *("product_value", "services_value", "personnel_value", "image_value"),
    *("money_cost", "time_cost", "energy_cost", "psychic_cost"),
)


def write(file: Path, header: list[str], rows: Sequence[Sequence[object]]) -> Path:
    file.write_text(
        "\n".join(",".join(str(cell) for cell in row) for row in [tuple(header), *rows]) + "\n", encoding="utf-8"
    )
    return file


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """180 people rate three brands; price counts 40 of 100; our goods are best, our service worst, our prices high."""
    random = np.random.default_rng(3)
    rows: list[list[object]] = []
    for person in range(180):
        points = np.round(random.dirichlet([12, 5, 8, 5, 3]) * 100).astype(int)
        points[0] += 100 - points.sum()
        for brand, means in TRUTH.items():
            rated = np.clip(random.normal(means, 1.3).round(), 1, 10).astype(int)
            rows.append([f"r{person}", brand, *rated, *points, 40])
    header = [
        "respondent",
        "brand",
        *(f"{t}_rating" for t in TOPICS),
        *(f"{t}_points" for t in TOPICS[:5]),
        "price_weight",
    ]
    return write(tmp_path_factory.mktemp("market") / "answers.csv", header, rows)


@pytest.fixture(scope="module")
def mapped(market: Path) -> SurveyAnswer:
    return survey_study(market, "value_map", instrument="value_against_rivals")


def said(answer: SurveyAnswer) -> str:
    return " ".join(finding.text.en for finding in answer.study.findings)


class TestValueMap:
    def test_we_are_dear_for_what_we_give(self, mapped: SurveyAnswer) -> None:
        facts = mapped.study.facts
        assert (facts["us"], facts["rivals"], facts["respondents"]) == ("us", 2, 180)
        assert facts["clearly_below"] is True
        assert facts["quality_share"] == pytest.approx(0.6)
        assert facts["slope"] == pytest.approx(1.5)

    def test_the_planted_strength_and_weakness_are_named(self, mapped: SurveyAnswer) -> None:
        assert "What speaks for us most is Quality of the goods" in said(mapped)
        assert "What costs us most is Service" in said(mapped)

    def test_the_curve_says_what_to_raise(self, mapped: SurveyAnswer) -> None:
        curve = mapped.study.tables[2]
        actions = {row[0]: row[5] for row in curve.rows if row[1] == "us"}
        assert {title.en: action.en for title, action in actions.items()}["Service"] == "Raise"  # type: ignore[union-attr]

    def test_every_chart_is_there(self, mapped: SurveyAnswer) -> None:
        assert [chart.name for chart in mapped.study.charts] == ["map", "head_to_head", "curve"]

    def test_the_weight_of_price_moves_the_line(self, market: Path) -> None:
        found = survey_study(market, "value_map", instrument="value_against_rivals", options={"quality_share": 0.9})
        assert found.study.facts["slope"] == pytest.approx(9.0)

    def test_the_two_ratios_differ_as_their_formulas_do(self, market: Path) -> None:
        read = np.genfromtxt(market, delimiter=",", names=True, dtype=None, encoding="utf-8")
        means = np.array([[read[f"{t}_rating"][read["brand"] == brand].mean() for t in TOPICS[:5]] for brand in TRUTH])
        points = np.array([read[f"{t}_points"] for t in TOPICS[:5]]).mean(axis=1)
        ours, others, weights = means[0], means[1:].mean(axis=0), points / points.sum()
        expected = {
            "mean_of_ratios": weights @ (ours / others),
            "ratio_of_means": (weights @ ours) / (weights @ others),
        }
        for ratio, quality in expected.items():
            found = survey_study(market, "value_map", instrument="value_against_rivals", options={"ratio": ratio})
            assert found.study.facts["quality"] == pytest.approx(quality)

    def test_an_unknown_own_brand_is_asked_for(self, market: Path) -> None:
        with pytest.raises(WorthbookError, match="Which of") as refused:
            survey_study(market, "value_map", instrument="value_against_rivals", options={"us": "Acme"})
        assert refused.value.problems[0].slug == "survey-own-brand-unknown"

    def test_own_customers_alone_are_warned_about(self, market: Path, tmp_path: Path) -> None:
        lines = market.read_text(encoding="utf-8").splitlines()
        own = [line for line in lines[1:] if ",us," in line] + lines[2:4]
        file = tmp_path / "own.csv"
        file.write_text("\n".join([lines[0], *own]) + "\n", encoding="utf-8")
        found = survey_study(file, "value_map", instrument="value_against_rivals")
        assert "99% of the respondents rated only us" in said(found)

    def test_as_a_command(self, market: Path) -> None:
        command = [
            sys.executable,
            "-c",
            "from worthbook.cli.main import main; main()",
            "survey",
            "map",
            str(market),
            "--json",
        ]
        shown = subprocess.run(command, capture_output=True, text=True, check=True)
        answer = json.loads(shown.stdout)
        assert [row["brand"] for row in answer["brands"]] == ["us", "Hilltop", "River Tea"]
        assert answer["facts"]["clearly_below"] is True


@pytest.fixture(scope="module")
def bought(tmp_path_factory: pytest.TempPathFactory) -> Path:
    random = np.random.default_rng(5)
    truth = {"us": (7, 6, 8, 7, 5, 3, 3, 4), "rival": (7, 7, 6, 6, 5, 5, 4, 4)}
    rows: list[list[object]] = []
    for person in range(120):
        for brand, means in truth.items():
            rows.append([f"r{person}", brand, *np.clip(random.normal(means, 1.0).round(), 1, 10).astype(int)])
    return write(tmp_path_factory.mktemp("value") / "answers.csv", ["respondent", "brand", *PARTS], rows)


class TestDeliveredValue:
    def test_value_less_cost_beside_the_rival(self, bought: Path) -> None:
        """Truth: 28/4 − 15/4 = 3.25 for us, 26/4 − 18/4 = 2.0 for the rival; rounding blurs by under 0.1."""
        facts = survey_study(bought, "value_balance", instrument="delivered_value").study.facts
        assert facts["delivered"] == pytest.approx(3.25, abs=0.2)
        assert facts["lead"] == pytest.approx(1.25, abs=0.25)
        assert facts["lead_is_sure"] is True

    def test_a_cost_that_is_lower_is_a_lead(self, bought: Path) -> None:
        found = survey_study(bought, "value_balance", instrument="delivered_value")
        ahead = {row[0].en: row[-1] for row in found.study.tables[2].rows}  # type: ignore[union-attr]
        assert (ahead["Personnel value"], ahead["Time cost"], ahead["Service value"]) == (True, True, False)

    def test_dimensions_without_costs_have_no_ratio(self, tmp_path: Path) -> None:
        random = np.random.default_rng(6)
        names = ["functional_works", "functional_better", "emotional_looks", "price_fair", "personal_knows_me"]
        rows = [[f"r{i}", *random.integers(3, 8, len(names))] for i in range(60)]
        file = write(tmp_path / "seven.csv", ["respondent", *names], rows)
        found = survey_study(file, "value_balance", instrument="value_dimensions")
        assert (found.study.facts["give"], found.study.facts["ratio"], found.study.facts["rivals"]) == (None, None, 0)
        assert "Perceived value is" in said(found)


@pytest.mark.parametrize("instrument", ["quality_dimensions", "bonds", "enterprise_value"])
def test_every_list_of_value_items_is_balanced_against_a_rival(instrument: str, tmp_path: Path) -> None:
    """Garvin's eight, bonds and the enterprise's views are one method with other items; a planted lead is found."""
    asked = read_catalogue(None).instruments[instrument].rated
    random = np.random.default_rng(7)
    rows: list[list[object]] = []
    for person in range(80):
        for brand, mean in (("us", 7.0), ("rival", 6.0)):
            rows.append(
                [f"r{person}", brand, *np.clip(random.normal(mean, 1.0, len(asked)).round(), 1, 10).astype(int)]
            )
    file = write(tmp_path / "answers.csv", ["respondent", "brand", *asked], rows)
    facts = survey_study(file, "value_balance", instrument=instrument).study.facts
    assert facts["lead_is_sure"] is True
    assert facts["lead"] == pytest.approx(1.0, abs=0.25)

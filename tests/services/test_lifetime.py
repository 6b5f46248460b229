"""The models of purchases side by side, the whole way from a file."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.planning.estimate import fit_of
from worthbook.services.evaluate import evaluate
from worthbook.services.ingest_files import ingest_files
from worthbook.services.lifetime import Answer, Question, lifetime, lifetime_of_files
from worthbook.services.lifetime_facts import facts_of
from worthbook.services.open_book import OpenBook, open_book

Facts = dict[str, Any]


@pytest.fixture(scope="module")
def cdnow(shared: Path) -> Answer:
    """The CDNOW sample, calibrated as in the papers."""
    file = shared / "data/cdnow/cdnow_sample.csv.gz"
    return lifetime_of_files([file], None, Question(calibrate_until="1997-09-30"))


@pytest.fixture(scope="module")
def facts(cdnow: Answer) -> Facts:
    """As programs get them."""
    found: Facts = json.loads(json.dumps(facts_of(cdnow)))
    return found


@pytest.fixture(scope="module")
def expected(shared: Path) -> Facts:
    found: Facts = json.loads((shared / "data/cdnow/expected.json").read_text(encoding="utf-8"))
    return found


NAMES = {"nbd", "bg_nbd", "mbg_nbd", "pareto_nbd", "bg_cnbd_k", "mbg_cnbd_k", "ggompertz_nbd"}
PUBLISHED = {"nbd": "NBD", "bg_nbd": "BG/NBD", "mbg_nbd": "MBG/NBD", "pareto_nbd": "Pareto/NBD"}


@pytest.mark.shared_data
@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_and_errors_are_the_published_ones(facts: Facts, expected: Facts, name: str) -> None:
    """MLE of CLVTools, BTYD and BTYDplus, and hold-out errors; clv.md section 4, within 1e-4 and 2e-5."""
    (model,) = (each for each in facts["models"] if each["name"] == name)
    wanted = expected["mle"][PUBLISHED[name]]
    assert model["parameters"] == pytest.approx({each: wanted[each] for each in model["parameters"]}, rel=1e-4)
    assert model["log_likelihood"] == pytest.approx(wanted["ll"], abs=1e-4)
    errors = expected["holdout_errors"][PUBLISHED[name]]
    assert model["holdout"]["mae"] == pytest.approx(errors["mae"], abs=2e-5)
    assert model["holdout"]["rmse"] == pytest.approx(errors["rmse"], abs=2e-5)
    assert model["holdout"]["actual"] == expected["holdout_errors"]["actual"]
    for symbol, (low, high) in model["intervals"].items():
        assert low < model["parameters"][symbol] < high


@pytest.mark.shared_data
def test_every_model_is_fitted_and_graded(facts: Facts) -> None:
    assert {each["name"] for each in facts["models"]} == NAMES
    assert {each["grade"] for each in facts["models"]} <= {"A", "B", "C"}


@pytest.mark.shared_data
def test_buyers_of_music_are_not_regular(facts: Facts) -> None:
    """BTYDplus chooses k = 1 on CDNOW; then (M)BG/CNBD-k is (M)BG/NBD (clv.md section 4)."""
    by_name = {each["name"]: each for each in facts["models"]}
    for regular, plain in (("bg_cnbd_k", "bg_nbd"), ("mbg_cnbd_k", "mbg_nbd")):
        assert by_name[regular]["parameters"].pop("k") == 1
        assert by_name[regular]["parameters"] == pytest.approx(by_name[plain]["parameters"], rel=1e-4)
        assert by_name[regular]["log_likelihood"] == pytest.approx(by_name[plain]["log_likelihood"], abs=1e-4)


@pytest.mark.shared_data
def test_ageing_is_not_visible(facts: Facts) -> None:
    """Bemmaor and Glady (2012), Table 2: GGompertz/NBD is Pareto/NBD here, LL -9594.98."""
    (model,) = (each for each in facts["models"] if each["name"] == "ggompertz_nbd")
    assert round(model["log_likelihood"], 2) == -9594.98


@pytest.mark.shared_data
def test_tracking_follows_the_published_weeks(facts: Facts, shared: Path) -> None:
    """The cumulative repeat purchases of brucehardie.com/datasets, as in cran/BTYD."""
    with (shared / "data/cdnow/cdnow_cum_repeat_by_week.csv").open(encoding="utf-8") as lines:
        published = [float(row["cum_repeat"]) for row in csv.DictReader(lines)]
    (holdout,) = (each["holdout"] for each in facts["models"] if each["name"] == "bg_nbd")
    tracking = holdout["tracking"]
    assert np.cumsum(tracking["actual"]).tolist() == published
    assert tracking["calibration_weeks"] == 39
    assert holdout["tracking_error"] == pytest.approx(0.025, abs=0.005)


@pytest.mark.shared_data
def test_what_it_was_made_from_is_said(facts: Facts) -> None:
    data = facts["data"]
    assert (data["customers"], data["repeat_buyers"], data["repeat_purchases"]) == (2357, 946, 2457)
    assert (data["first"], data["fitted_until"], data["as_of"]) == ("1997-01-01", "1997-09-30", "1998-06-30")
    assert [each["weeks"] for each in facts["baselines"]] == [39, 39, 39]


@pytest.mark.shared_data
def test_the_reason_is_one_sentence(facts: Facts) -> None:
    (model,) = (each for each in facts["models"] if each["name"] == facts["recommended"])
    assert facts["reason"].startswith(f"{model['label']} is recommended")
    assert facts["reason"].count(". ") == 0


@pytest.mark.shared_data
def test_later_tests_are_from_all_that_came_before(facts: Facts) -> None:
    turns = [(each["calibrate_until"], each["until"]) for each in facts["rolling"]]
    assert turns == [("1997-05-27", "1997-10-07"), ("1997-10-07", "1998-02-17"), ("1998-02-17", "1998-06-30")]
    assert all("bg_nbd" in each["models"] for each in facts["rolling"])


def test_without_a_cut_the_fit_sees_the_whole_history(opened: OpenBook) -> None:
    found = facts_of(lifetime(opened, Question(models=("nbd",))))
    data = found["data"]
    assert isinstance(data, dict)
    assert (data["fitted_until"], data["as_of"]) == ("2026-06-30", "2026-06-30")


def test_nothing_is_left_beside_the_file(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("customer,date,amount\nA,2026-01-05,10\nA,2026-02-07,12\nB,2026-02-09,5\n", encoding="utf-8")
    found = lifetime_of_files([file], None, Question(models=("nbd",)))
    assert list(tmp_path.iterdir()) == [file]
    assert found.lifetimes.comparison.recommended is None


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        (Question(models=("bg_nbt",)), "lifetime-model-unknown"),
        (Question(horizon="a year"), "horizon-unreadable"),
        (Question(horizon="0m"), "horizon-unreadable"),
        (Question(calibrate_until="2030-01-01"), "calibration-outside-history"),
        (Question(calibrate_until="yesterday"), "date-unreadable"),
        (Question(as_of="1999-01-01"), "as-of-before-history"),
    ],
)
def test_what_cannot_be_answered_is_refused(opened: OpenBook, question: Question, slug: str) -> None:
    with pytest.raises(WorthbookError) as caught:
        lifetime(opened, question)
    assert caught.value.slugs == (slug,)


def test_a_test_longer_than_the_history_is_said(opened: OpenBook) -> None:
    found = lifetime(opened, Question(calibrate_until="2024-01-31", models=("nbd",)))
    assert [each.en[:9] for each in found.lifetimes.cautions] == ["The test "]


def test_nothing_to_read_is_said() -> None:
    with pytest.raises(WorthbookError) as caught:
        lifetime_of_files([], None, Question())
    assert caught.value.slugs == ("lifetime-without-orders",)


def test_what_to_expect_has_intervals_and_a_model(opened: OpenBook) -> None:
    found = facts_of(lifetime(opened, Question(horizon="26w", models=("bg_nbd", "mbg_nbd"))))
    forecast: Any = found["forecast"]
    assert (forecast["from"], forecast["until"], forecast["weeks"]) == ("2026-06-30", "2026-12-29", 26)
    for name in ("purchases", "value"):
        assert forecast[name]["low"] < forecast[name]["estimate"] < forecast[name]["high"]
    assert 0 < forecast["active"] < forecast["customers"]
    assert forecast["posterior"]["method"] == "laplace+psis"
    assert forecast["posterior"]["k_hat"] < 0.7
    assert set(forecast["posterior"]["intervals"]) == {"r", "alpha", "a", "b"}
    assert found["spend"]["name"] == "gamma_gamma"  # type: ignore[index]


@pytest.mark.shared_data
def test_the_forecast_is_from_the_whole_history(facts: Facts) -> None:
    assert (facts["forecast"]["from"], facts["forecast"]["model"]) == ("1998-06-30", facts["recommended"])


def test_a_customer_is_followed_to_the_date(opened: OpenBook) -> None:
    found = lifetime(opened, Question(customer="C000001", models=("bg_nbd",)))
    assert found.timeline is not None
    assert all(0 < each <= 1 for each in found.timeline.p_alive)
    assert len(found.timeline.p_alive) == (found.lifetimes.as_of - found.timeline.purchases[0]).days + 1
    assert found.tables[0].rows[-1][1] == len(found.timeline.purchases)


@pytest.fixture(scope="module")
def frugal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Orders of customers of whom the frequent ones spend little at a time."""
    rng = np.random.default_rng(11)
    day, lines = np.datetime64("2025-01-01"), ["customer,date,amount"]
    for customer, rate in enumerate(rng.gamma(1.0, 0.15, 300)):
        days = np.unique(np.append(0, rng.integers(1, 500, rng.poisson(rate * 71)))) + customer % 40
        amounts = 20 / np.sqrt(rate) * rng.gamma(4.0, 0.25, len(days)) + 1
        lines += [f"C{customer},{day + when},{amount:.2f}" for when, amount in zip(days, amounts, strict=True)]
    file = tmp_path_factory.mktemp("frugal") / "orders.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_spend_by_frequency_is_named_where_the_numbers_are(frugal: Path, tmp_path: Path) -> None:
    found = lifetime_of_files([frugal], None, Question(models=("nbd",)))
    spend: Any = facts_of(found)["spend"]
    assert spend["by_frequency"]
    assert spend["spend_frequency_correlation"] < -0.3
    assert spend["intervals"]["doubling"][1] < 1
    (said,) = (each.text for each in found.findings if "by frequency" in each.text.en)
    assert "按购买频率估计" in said.zh
    ingest_files([frugal], tmp_path / "frugal.book")
    with open_book(tmp_path / "frugal.book") as opened:
        evaluated = evaluate(opened).evaluation
    (model,) = (each for each in evaluated.models if each.name == "gamma_gamma")
    assert any("by frequency" in each.en for each in model.cautions)
    (study,) = (each for each in evaluated.studies if each.name == "expected_12m")
    assert any("by frequency" in each.text.en for each in study.findings)


def test_a_fit_that_another_version_kept_is_made_again(frugal: Path, tmp_path: Path) -> None:
    ingest_files([frugal], tmp_path / "kept.book")
    with open_book(tmp_path / "kept.book") as opened:
        bench = opened.make(["expected_spend"], as_of=opened.day(None))
        model = opened.catalogue.models["gamma_gamma"]
        (file,) = (opened.store.folder / "fits").glob("*.json")
        kept = file.read_text(encoding="utf-8")
        file.write_text(kept.replace("groups", "heaps"), encoding="utf-8")
        assert fit_of(bench, model).fit is not None
        assert file.read_text(encoding="utf-8") == kept


@pytest.fixture(scope="module")
def countries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBook]:
    """A book of 300 customers, in the layout of UCI's retailer, which says where they live; of some it does not."""
    rng = np.random.default_rng(12)
    lines = ["InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"]
    day, places = np.datetime64("2010-12-01"), ["France", "Norway", "France", ""]
    for customer, rate in enumerate(rng.gamma(1.0, 0.15, 300)):
        days = np.unique(np.append(0, rng.integers(1, 350, rng.poisson(rate * 50)))) + customer % 20
        lines += [
            f"{536000 + customer * 400 + when},85123A,HEART,2,{day + when} 08:26:00,{price:.2f},{12000 + customer},"
            f"{places[customer % 4]}"
            for when, price in zip(days, rng.gamma(4.0, 5.0, len(days)) + 1, strict=True)
        ]
    place = tmp_path_factory.mktemp("countries")
    file = place / "online_retail.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    ingest_files([file], place / "countries.book")
    with open_book(place / "countries.book") as opened:
        yield opened


@pytest.mark.parametrize(("by", "keys"), [("region", {"France", "Norway", None}), ("grades", None)])
def test_segments_add_up_to_all(countries: OpenBook, by: str, keys: set[str | None] | None) -> None:
    """By a column of the customers and by a framework of the catalogue; nobody is left out."""
    found = lifetime(countries, Question(models=("nbd",), by=by, horizon="26w"))
    facts: Any = facts_of(found)
    segments, forecast = facts["segments"], facts["forecast"]
    parts = segments["parts"]
    assert segments["by"] == by
    assert len(parts) > 2
    assert keys is None or {each["key"] for each in parts} == keys
    assert sum(each["customers"] for each in parts) == segments["all"]["customers"] == forecast["customers"] == 300
    assert sum(each["active"] for each in parts) == pytest.approx(forecast["active"])
    for name in ("purchases", "value"):
        assert sum(each[name]["estimate"] for each in parts) == pytest.approx(segments["all"][name]["estimate"])
        assert segments["all"][name] == pytest.approx(forecast[name])
        for each in parts:
            assert each[name]["low"] < each[name]["estimate"] < each[name]["high"]
        wider = sum(each[name]["high"] - each[name]["low"] for each in parts)
        assert wider > segments["all"][name]["high"] - segments["all"][name]["low"]  # chance averages out
    (table,) = found.tables
    assert [row[1] for row in table.rows] == [*(each["customers"] for each in parts), 300]


def test_segments_that_learn_from_each_other(countries: OpenBook) -> None:
    """Each has a share of its own; the parts add up, and their intervals by less, as chance averages out."""
    facts = facts_of(lifetime(countries, Question(by="region", pooled=True, models=("bg_nbd", "bg_cnbd_k"))))
    segments = facts["segments"]
    assert isinstance(segments, dict)
    parts, whole = segments["parts"], segments["all"]["purchases"]
    assert all(0 <= each["own"] <= 1 for each in parts)
    assert sum(each["purchases"]["estimate"] for each in parts) == pytest.approx(whole["estimate"])
    assert whole["high"] - whole["low"] < sum(each["purchases"]["high"] - each["purchases"]["low"] for each in parts)
    assert segments["cautions"] == []


def test_segments_made_from_purchases_should_not_be_pooled(countries: OpenBook) -> None:
    answer = lifetime(countries, Question(by="customer_pyramid", pooled=True, models=("bg_nbd",)))
    assert any("known from the start" in each.text.en for each in answer.findings)


@pytest.mark.parametrize(
    ("by", "slug"),
    [
        ("regoin", "name-unknown"),
        ("email", "name-unknown"),
        ("recency_weeks", "segments-not-named"),
        ("city", "segments-unknown"),
    ],
)
def test_what_is_no_segment_is_refused(countries: OpenBook, by: str, slug: str) -> None:
    """A slip of the pen, personal data, a number, and a column that nobody's file had."""
    with pytest.raises(WorthbookError) as caught:
        lifetime(countries, Question(models=("nbd",), by=by))
    assert caught.value.slugs == (slug,)


def test_nobody_knows_a_customer_who_bought_nothing(opened: OpenBook) -> None:
    with pytest.raises(WorthbookError) as caught:
        lifetime(opened, Question(customer="nobody", models=("bg_nbd",)))
    assert caught.value.slugs == ("customer-without-purchases",)


def test_an_earlier_evaluation_is_held_against_what_came(book_folder: Path, tmp_path: Path) -> None:
    home = shutil.copytree(book_folder, tmp_path / "drift.book", ignore=shutil.ignore_patterns("runs"))
    with open_book(home) as opened:
        evaluate(opened, as_of="2025-12-31")
        evaluate(opened, as_of="2026-03-31", frameworks=["rfm"])  # says nothing of what is to come
    found = lifetime_of_files([], home, Question(as_of="2026-06-30", models=("mbg_nbd",)))
    assert found.drift is not None
    assert (found.drift.since.isoformat(), found.drift.until.isoformat()) == ("2025-12-31", "2026-06-30")
    assert found.drift.expected.low < found.drift.expected.estimate < found.drift.expected.high
    assert found.drift.actual > 0
    assert found.drift.sentence in [finding.text for finding in found.findings]
    assert facts_of(found)["drift"]["run"] == found.drift.run_id  # type: ignore[index]
    assert lifetime_of_files([], home, Question(as_of="2026-01-15", models=("mbg_nbd",))).drift is None

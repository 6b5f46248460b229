"""Studies of surveys straight from files, with what was planted in the answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.planning.index import read_catalogue
from worthbook.services.survey_study import SurveyAnswer, survey_study

RESPONDENTS = 400


def table(columns: dict[str, np.ndarray], file: Path) -> Path:
    lines = [",".join(columns), *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True))]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def rated(random: np.random.Generator, mean: float, high: int, size: int) -> np.ndarray:
    return np.clip(random.normal(mean, 0.75, size).round(), 1, high).astype(int)


def rows(answer: SurveyAnswer, name: str) -> list[dict[str, object]]:
    found = answer.as_json()[name]
    assert isinstance(found, list)
    return found


def said(answer: SurveyAnswer, language: str = "en") -> str:
    return " ".join(finding.text.say("zh" if language == "zh" else "en") for finding in answer.study.findings)


@pytest.fixture(scope="module")
def promoters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The South is unhappier than the North, and the second wave than the first."""
    random = np.random.default_rng(2)
    south, second = random.integers(0, 2, RESPONDENTS), np.arange(RESPONDENTS) >= RESPONDENTS // 2
    score = np.clip(random.normal(8.6 - 1.2 * south - 1.0 * second, 1.6).round(), 0, 10).astype(int)
    region = np.where(south == 1, "South", "North")
    region[:3] = "Islet"
    wave = np.where(second, "2026H2", "2026H1")
    return table({"nps": score, "region": region, "wave": wave}, tmp_path_factory.mktemp("nps") / "answers.csv")


def test_a_fall_between_waves_and_a_segment_apart_are_found(promoters: Path) -> None:
    found = survey_study(promoters, "net_promoter", segments=["region"], options={"by": "region"})

    assert (found.study.facts["moved"], found.study.facts["worst_segment"]) == (True, "South")
    assert found.study.facts["segments_apart"] == 2
    assert "From 2026H1 to 2026H2 it fell by" in said(found)
    assert "Groups of fewer than 10 respondents are not shown: Islet." in said(found)
    assert [row["segment"] for row in rows(found, "segments")] == ["North", "South"]


def test_the_charts_of_a_study_hold_what_is_told(promoters: Path) -> None:
    found = survey_study(promoters)

    assert [chart.name for chart in found.study.charts] == ["answers", "waves"]
    assert found.study.provenance.made_from[0].name == "answers"


@pytest.fixture(scope="module")
def kano_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Delivery the next day delights in the first wave and is expected in the second; the date on the bag is a must."""
    random = np.random.default_rng(7)
    second = np.arange(RESPONDENTS) >= RESPONDENTS // 2
    like, expect, neutral, dislike = 1, 2, 3, 5

    def pair(with_it: int, without: int) -> tuple[np.ndarray, np.ndarray]:
        odd = random.random((2, RESPONDENTS)) < 0.2
        noise = random.integers(1, 6, (2, RESPONDENTS))
        return np.where(odd[0], noise[0], with_it), np.where(odd[1], noise[1], without)

    delight, expected = pair(like, neutral), pair(expect, dislike)
    must, nobody = pair(neutral, dislike), pair(neutral, neutral)
    columns = {
        "freshness_date_functional": must[0], "freshness_date_dysfunctional": must[1],
        "fast_delivery_functional": np.where(second, expected[0], delight[0]),
        "fast_delivery_dysfunctional": np.where(second, expected[1], delight[1]),
        "sample_functional": nobody[0], "sample_dysfunctional": nobody[1],
        "wave": np.where(second, "B", "A"),
    }  # fmt: skip
    return table(columns, tmp_path_factory.mktemp("kano") / "answers.csv")


def test_an_ageing_feature_is_found_and_a_steady_one_is_not(kano_file: Path) -> None:
    found = survey_study(kano_file)
    ageing = {row["feature"]["en"]: row["ageing"] for row in rows(found, "drift")}  # type: ignore[index]

    assert [name for name, found_ageing in ageing.items() if found_ageing] == ["Delivery the next day"]
    assert "'Delivery the next day' is ageing: from A to B" in said(found)
    assert "“次日送达”正在老化" in said(found, "zh")


def test_options_of_kano_are_named_with_the_result(kano_file: Path) -> None:
    found = survey_study(kano_file, options={"table": "classic", "rule": "mode"})

    assert "classes by the classical table; class rule: the most frequent class" in said(found)


@pytest.mark.shared_data
def test_kano_of_358_respondents_straight_from_the_file(shared: Path, tmp_path: Path) -> None:
    """The published classes, through words in the file and an instrument of the user's own."""
    features = {"F6": "I", "F7": "O", "F8": "O", "F9": "A", "F10": "O", "F11": "O"}
    words = ["I like it", "I expect it", "I am neutral", "I can tolerate it", "I dislike it"]
    labels = ", ".join(f"{code}: {{en: {word}, zh: 选项{code}}}" for code, word in enumerate(words, 1))
    asked = "{text: {en: %s, zh: 功能}, scale: kano, topic: %s, aspect: %s}"
    questions = "".join(
        f"  {name.lower()}_{aspect}: {asked % (name, name.lower(), aspect)}\n"
        for name in features
        for aspect in ("functional", "dysfunctional")
    )
    topics = "".join(f"  {name.lower()}: {{en: {name}, zh: 功能}}\n" for name in features)
    book = tmp_path / "pay.book"
    (book / "definitions").mkdir(parents=True)
    (book / "book.toml").write_text('title = "pay"\n', encoding="utf-8")
    (book / "definitions" / "pay.yaml").write_text(
        "instrument: pay\ntitle: {en: Pay, zh: 支付}\ndescription: {en: Six features., zh: 六项功能。}\n"
        f"source: Reppel (2022)\nscoring: kano\nscales:\n  kano: {{low: 1, high: 5, labels: {{{labels}}}, "
        f"spellings: {{I'm neutral: 3}}}}\ntopics:\n{topics}questions:\n{questions}",
        encoding="utf-8",
    )
    file = shared / "data" / "kano_payment" / "transfers.csv"
    found = survey_study(file, instrument="pay", book=book, segments=["Gender"], options={"by": "Gender"})
    names = {"A": "Attractive", "O": "One-dimensional", "I": "Indifferent"}

    assert [row["class"]["en"] for row in rows(found, "features")] == [names[kind] for kind in features.values()]  # type: ignore[index]
    assert [row["better"] for row in rows(found, "features")][:2] == pytest.approx([0.3942652, 0.5840979], abs=5e-8)


def test_gaps_and_points_that_do_not_add_up(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    numbers = (1, 2, 5, 7, 11, 12, 14, 17, 18, 22)
    gaps = dict(zip(numbers, np.repeat([0.0, -1.2, -0.4, 0.0, 0.0], 2), strict=True))
    expected = {f"e{n:02d}": rated(random, 5.8, 7, 200) for n in numbers}
    perceived = {f"p{n:02d}": rated(random, 5.8 + gaps[n], 7, 200) for n in numbers}
    dimensions = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")
    points = {f"{name}_points": np.full(200, 20) for name in dimensions}
    points["empathy_points"][:5] = 70
    found = survey_study(table({**expected, **perceived, **points}, tmp_path / "answers.csv"))
    by_name = {row["dimension"]["en"]: row for row in rows(found, "dimensions")}  # type: ignore[index]

    assert found.instrument == "servqual_short"
    assert by_name["Reliability"]["gap"] == pytest.approx(-1.2, abs=0.15)
    assert found.study.facts["below"] == 2
    assert "The points of 5 respondents did not add up to 100; they were scaled to it." in said(found)
    assert [row["size"] for row in rows(found, "five_gaps")][:4] == [None] * 4


@pytest.mark.parametrize(("cut", "urgent"), [("means", 1), ("middle", 0)])
def test_the_urgent_field_depends_on_the_cut(tmp_path: Path, cut: str, urgent: int) -> None:
    random = np.random.default_rng(5)
    topics = ("price", "access", "assortment", "character", "surroundings", "service")
    columns = {}
    for index, topic in enumerate(topics):
        columns[f"{topic}_satisfaction"] = rated(random, 7.5 - (index == 0), 10, 150)
        columns[f"{topic}_importance"] = rated(random, 6.5 + 2 * (index == 0), 10, 150)
    found = survey_study(table(columns, tmp_path / "answers.csv"), options={"cut": cut, "naming": "strengthen"})

    facts = found.study.facts
    assert facts["urgent"] == urgent
    assert facts["priority_slope"] == 1.0
    assert facts["priority_offset"] == pytest.approx(facts["importance_cut"] - facts["satisfaction_cut"])  # type: ignore[operator]
    assert ("Strengthen: Low prices." in said(found)) == (urgent == 1)


def test_three_respondents_are_said_to_be_few(tmp_path: Path) -> None:
    file = table({"csat": np.array([5, 4, 2])}, tmp_path / "answers.csv")

    assert "With 3 respondents the intervals are wide" in said(survey_study(file))


def test_nobody_answered_is_a_problem_not_an_empty_page(tmp_path: Path) -> None:
    with pytest.raises(WorthbookError) as error:
        survey_study(table({"csat": np.array(["", ""]), "id": np.array([1, 2])}, tmp_path / "answers.csv"))

    assert error.value.slugs == ("survey-unanswered",)


def test_an_instrument_of_another_scoring_is_refused(promoters: Path) -> None:
    with pytest.raises(WorthbookError) as error:
        survey_study(promoters, "kano_features", instrument="nps")

    assert error.value.slugs == ("instrument-scored-otherwise",)


def test_an_unknown_instrument_is_told(promoters: Path) -> None:
    with pytest.raises(WorthbookError) as error:
        survey_study(promoters, instrument="npps")

    assert error.value.problems[0].hint.en == "Did you mean 'nps'?"


@pytest.fixture
def careless(tmp_path: Path) -> Path:
    """Thirty who tick 4 throughout, an item turned round already, and too many from the North."""
    random = np.random.default_rng(12)
    level = random.normal(4.5, 1.2, 300)
    columns = {name: np.clip((level + random.normal(0, 0.8, 300)).round(), 1, 7).astype(int)
               for name in ("again", "recommend", "attached", "switch", "forgive")}  # fmt: skip
    for values in columns.values():
        values[:30] = 4
    columns["region"] = np.where(np.arange(300) % 4 == 0, "South", "North")
    return table(columns, tmp_path / "loyalty.csv")


def test_carelessness_and_a_reversed_item_are_found(careless: Path) -> None:
    found = survey_study(careless, "survey_quality", segments=["region"], options={"by": "region"})

    assert int(str(found.study.facts["straight_liners"])) >= 30
    assert "Points against the rest of its construct: switch." in said(found)
    assert [row["respondents"] for row in rows(found, "segments")] == [225, 75]


def test_weights_to_known_margins_are_said_with_their_cost(careless: Path) -> None:
    found = survey_study(
        careless, "survey_quality", segments=["region"], options={"by": "region"},
        margins={"region": {"North": 0.5, "South": 0.5}},
    )  # fmt: skip
    notes = " ".join(note.text.en for note in found.notes)

    assert [row["weighted_share"] for row in rows(found, "segments")] == pytest.approx([0.5, 0.5])
    assert "as precise as 225 respondents with equal weights" in notes
    assert "Too few among respondents: South (25 % / 50 %)." in notes


@pytest.mark.parametrize(
    ("margin", "said_why"),
    [({"North": 0.5, "South": 0.6}, "its shares sum to 1.1"), ({"North": 1.0}, "it has no share for 'South'")],
)
def test_margins_that_do_not_fit_are_told(careless: Path, margin: dict[str, float], said_why: str) -> None:
    with pytest.raises(WorthbookError) as error:
        survey_study(careless, "survey_quality", margins={"region": margin})

    assert said_why in error.value.problems[0].what.en


@pytest.mark.shared_data
def test_constructs_of_the_mobile_phone_survey(shared: Path) -> None:
    """Satisfaction by equal weights 71.9704 (mobi, ECSI; computed beside the index of Tenenhaus et al. 2005)."""
    found = survey_study(shared / "data" / "mobi_ecsi" / "mobi.csv")
    by_name = {row["construct"]["en"]: row for row in rows(found, "constructs")}  # type: ignore[index]

    assert by_name["Satisfaction"]["score"] == pytest.approx(71.9704, abs=5e-5)
    assert (by_name["Complaints"]["items"], by_name["Complaints"]["alpha"]) == (1, None)


def test_lines_of_intervals_stand_at_values_not_at_names() -> None:
    """`y` means the values in every chart, also where they are drawn across; a place among names would break it."""
    charts = [chart for study in read_catalogue().studies.values() for chart in study.charts]
    lines = [set(chart.reference) for chart in charts if chart.kind == "interval" and chart.reference]
    assert lines
    assert all(meanings == {"y"} for meanings in lines)

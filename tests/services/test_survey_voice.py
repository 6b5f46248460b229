"""Comments and satisfaction of a book: quotes without names, ranked requirements, money per point."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from python_calamine import CalamineWorkbook

from worthbook.kernel.result import Study
from worthbook.services.evaluate import evaluate
from worthbook.services.import_survey import import_survey
from worthbook.services.ingest_files import ingest_files
from worthbook.services.open_book import open_book
from worthbook.services.survey_study import SurveyAnswer, survey_study
from worthbook.services.write_study import write_sipoc

SAID = (
    "The courier was late again, call me at 13800138000",
    "Delivery late and the box was damaged",
    "Staff friendly, tea fresh",
    "物流太慢了，等了一周",
    "客服不回复，我的微信号：tea_lover88",
    "茶叶新鲜，包装漂亮",
)
CUSTOMERS = 400


@pytest.fixture(scope="module")
def comments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("comments") / "comments.csv"
    lines = [f'R{index},"{SAID[index % len(SAID)]}"' for index in range(60)]
    file.write_text("\n".join(["respondent,comment", *lines]) + "\n", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def voice(comments: Path) -> SurveyAnswer:
    return survey_study(comments, "voice", instrument="comments")


class TestVoice:
    def test_what_customers_require_most_comes_first(self, voice: SurveyAnswer) -> None:
        themes = voice.study.tables[0]
        first = dict(zip([column.name for column in themes.columns], themes.rows[0], strict=True))
        assert (first["theme"].en, first["comments"], first["complaining"]) == ("Delivery", 30, 30)  # type: ignore[union-attr]

    def test_no_personal_data_reach_a_quote(self, voice: SurveyAnswer) -> None:
        quotes = " ".join(str(row[1]) for row in voice.study.tables[2].rows)
        assert "[phone]" in quotes
        assert "[account]" in quotes
        assert "138" not in quotes
        assert "tea_lover88" not in quotes

    def test_praise_and_complaint_are_counted_in_both_languages(self, voice: SurveyAnswer) -> None:
        facts = voice.study.facts
        assert (facts["comments"], facts["negative"], facts["positive"]) == (60, 40, 20)

    def test_the_sipoc_sheet_holds_requirements_quotes_and_owners(self, voice: SurveyAnswer, tmp_path: Path) -> None:
        file = write_sipoc(voice.study, tmp_path / "sipoc.xlsx", "zh")
        rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
        first = dict(zip(rows[2], rows[3], strict=True))
        assert (first["主题"], first["关键需求"], first["责任人"]) == ("物流配送", "按承诺日期送达", "物流")
        assert "courier" in str(first["客户原话"])


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Study]:
    """Two years of orders; satisfaction asked in between decides who stays, and each point brings 40 a year."""
    random = np.random.default_rng(4)
    folder = tmp_path_factory.mktemp("money")
    score = random.integers(1, 6, CUSTOMERS)
    stays = random.random(CUSTOMERS) < np.array([0.1, 0.3, 0.6, 0.8, 0.95])[score - 1]
    orders = ["customer_id,order_date,amount"]
    for index in range(CUSTOMERS):
        early = 100 + 20 * random.random()
        orders.append(f"C{index},2024-{1 + index % 6:02d}-10,{early:.2f}")
        if stays[index]:
            orders.append(f"C{index},2025-{7 + index % 5:02d}-15,{40 * score[index] + 20 * random.random():.2f}")
    orders.append("C0,2025-12-31,1.00")
    (folder / "orders.csv").write_text("\n".join(orders) + "\n", encoding="utf-8")
    answers = ["respondent_id,customer_id,satisfaction,comment,date"]
    for index in range(CUSTOMERS):
        said = "Delivery late" if score[index] < 3 else "good tea"
        answers.append(f"R{index},C{index},{score[index]},{said},2024-12-01")
    (folder / "csat.csv").write_text("\n".join(answers) + "\n", encoding="utf-8")
    book, _ = ingest_files([folder / "orders.csv"], folder / "shop.book")
    import_survey(folder / "csat.csv", book.folder, instrument="csat")
    with open_book(book.folder) as opened:
        return {study.name: study for study in evaluate(opened).evaluation.studies}


class TestSatisfactionIntoMoney:
    def test_who_was_satisfied_stayed(self, studies: dict[str, Study]) -> None:
        facts = studies["satisfaction_money"].facts
        assert facts["respondents"] == CUSTOMERS
        assert facts["stayed_lowest"] == pytest.approx(0.1, abs=0.08)
        assert facts["stayed_highest"] == pytest.approx(0.95, abs=0.06)
        assert facts["rises_is_sure"] is True

    def test_the_money_of_a_point_is_covered(self, studies: dict[str, Study]) -> None:
        """Truth: the slope of p(score)·(40·score + 10) over equally frequent scores of 1 to 5 is 51.2."""
        scores = np.arange(1, 6)
        truth = np.polyfit(scores, np.array([0.1, 0.3, 0.6, 0.8, 0.95]) * (40 * scores + 10), 1)[0]
        facts = studies["satisfaction_money"].facts
        low, high = facts["per_point_low"], facts["per_point_high"]
        assert isinstance(low, float)
        assert isinstance(high, float)
        assert low <= truth <= high

    def test_all_customers_together_have_a_wider_interval(self, studies: dict[str, Study]) -> None:
        facts = studies["satisfaction_money"].facts
        numbers = [
            facts[name] for name in ("base", "base_low", "base_high", "per_point", "per_point_low", "per_point_high")
        ]
        base, low, high, point, point_low, point_high = (float(str(number)) for number in numbers)
        assert (high - low) / base >= 0.99 * (point_high - point_low) / point
        assert facts["base_customers"] == CUSTOMERS

    def test_the_textbooks_ranges_stand_beside(self, studies: dict[str, Study]) -> None:
        levels = studies["satisfaction_money"].tables[0]
        assert levels.column("reference_low")[-1] == 0.92

    def test_comments_of_the_book_are_heard_with_what_is_at_stake(self, studies: dict[str, Study]) -> None:
        themes = studies["voice"].tables[0]
        assert themes.column("theme")[0].en == "Delivery"  # type: ignore[union-attr]
        assert themes.column("at_stake")[0] is not None


def test_a_book_without_surveys_says_nothing_of_them(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(
        "customer_id,order_date,amount\n" + "".join(f"C{i % 9},2025-01-{1 + i % 28:02d},{10 + i}\n" for i in range(60)),
        encoding="utf-8",
    )
    book, _ = ingest_files([tmp_path / "orders.csv"], tmp_path / "shop.book")
    with open_book(book.folder) as opened:
        found = {study.name: study for study in evaluate(opened).evaluation.studies}
    assert (found["voice"].tables, found["satisfaction_money"].tables) == ((), ())

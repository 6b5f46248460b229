from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from worthbook.kernel.evaluation import Evaluation
from worthbook.kernel.language import Language, Text
from worthbook.kernel.result import Finding
from worthbook.reporting.terminal import print_summary, wrapped

Make = Callable[..., Evaluation]

LONG = Finding(
    Text(
        en="In the next 12 months customers are expected to bring $829,577 (95 % interval $802,864 to $857,140).",
        zh="未来12个月，现有客户预计带来收入 $83.0万（95%区间：$80.3万 至 $85.7万），其中近一半来自主要客户和VIP客户。",
    )
)


def printed(
    evaluation: Evaluation, language: Language = "en", written: Sequence[Path] = (), width: int = 80
) -> list[str]:
    out = io.StringIO()
    print_summary(evaluation, language, written, Console(width=width, file=out, highlight=False))
    return [line.rstrip() for line in out.getvalue().splitlines()]


@pytest.fixture
def evaluation(make_evaluation: Make) -> Evaluation:
    return make_evaluation("USD", "shop")


class TestScreen:
    def test_is_the_evaluation_in_short(self, evaluation: Evaluation) -> None:
        assert printed(evaluation, written=[Path("report.html"), Path("customers.xlsx")]) == [
            "shop: 23,570 customers as of 2018-06-30",
            "",
            "! 1 % of customers (235) brought 20 % of the revenue of the last 12 months.",
            "- Revenue of the next 12 months: about $1.55 million.",
            "+ Newer customers come back more.",
            "Note: 9 lines of the file could not be read.",
            "",
            "Customer pyramid customers share          revenue, last 12 months share",
            "VIP                    235 1.0 % █                       $118,000  20 % ██",
            "Major                  943 4.0 % █                       $172,000  28 % ██",
            "Ordinary             3,541  15 % █                       $233,000  39 % ███",
            "Small               18,851  80 % ██████                   $81,000  13 % █",
            "",
            "Written to .: report.html, customers.xlsx",
        ]

    def test_speaks_chinese(self, evaluation: Evaluation) -> None:
        assert printed(evaluation, "zh")[:4] == [
            "shop：23,570 位客户，评估日 2018-06-30",
            "",
            "! 1%的客户（235位）贡献了最近12个月20%的收入。",
            "- 未来12个月收入预计约为155万。",
        ]

    @pytest.mark.parametrize("language", ["en", "zh"])
    @pytest.mark.parametrize("findings", [0, 1, 6, 7, 8, 40])
    def test_fits_however_much_there_is_to_say(self, evaluation: Evaluation, language: Language, findings: int) -> None:
        much = dataclasses.replace(evaluation, findings=(LONG,) * findings)
        lines = printed(much, language, [Path("a/long/folder/orders.book") / f"customers-{n}.csv" for n in range(4)])
        assert (len(lines) < 24, max(map(cell_len, lines)) <= 80) == (True, True)

    def test_says_how_many_findings_have_no_room(self, evaluation: Evaluation) -> None:
        much = dataclasses.replace(evaluation, findings=(LONG,) * 40)
        shown = [line for line in printed(much) if line.startswith("- ")]
        assert f"  {40 - len(shown)} more in the report." in printed(much)

    def test_cautions_give_way_to_findings(self, evaluation: Evaluation) -> None:
        much = dataclasses.replace(evaluation, findings=(LONG,) * 40)
        assert [line for line in printed(much) if line.startswith("Note")] == []

    def test_many_groups_show_those_of_most_value(self, evaluation: Evaluation) -> None:
        cells = tuple(
            dataclasses.replace(cell, key=f"{cell.key}{n}", title=Text(en=f"{cell.key}{n}", zh="层"))
            for cell in evaluation.headline.cells
            for n in range(3)
        )
        much = dataclasses.replace(evaluation, headline=dataclasses.replace(evaluation.headline, cells=cells))
        groups = [line.split()[0] for line in printed(much)[8:14]]
        assert groups == ["major2", "major1", "major0", "ordinary2", "ordinary1", "ordinary0"]

    def test_says_how_many_customers_are_not_placed(self, evaluation: Evaluation) -> None:
        headline = dataclasses.replace(evaluation.headline, unplaced=1234)
        assert "Not placed: 1,234 customers." in printed(dataclasses.replace(evaluation, headline=headline))

    def test_a_title_cannot_speak_to_the_terminal(self, make_evaluation: Make) -> None:
        assert printed(make_evaluation("USD", "a\x1b[31m[b]\nc"))[0] == "a [31m[b] c: 23,570 customers as of 2018-06-30"

    def test_files_are_named_as_seen_from_here(
        self, evaluation: Evaluation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert printed(evaluation, written=[tmp_path / "orders.book" / "report.html"])[-1] == (
            "Written to orders.book: report.html"
        )


class TestWrapped:
    def test_breaks_between_words(self) -> None:
        assert wrapped("one two three", 8) == ["one two", "three"]

    def test_breaks_between_chinese_characters(self) -> None:
        assert wrapped("客户价值评估", 8) == ["客户价值", "评估"]

    def test_no_line_begins_with_punctuation(self) -> None:
        assert wrapped("客户价值，评估", 8) == ["客户价", "值，评估"]

    def test_breaks_a_word_that_is_longer_than_a_line(self) -> None:
        assert wrapped("a/very/long/path", 6) == ["a/very", "/long/", "path"]

    @given(st.text("ab  客户，。%（）12", max_size=60), st.integers(4, 20))
    def test_nothing_is_lost_and_no_line_is_too_wide(self, text: str, width: int) -> None:
        lines = wrapped(text, width)
        assert "".join("".join(lines).split()) == "".join(text.split())
        assert all(cell_len(line) <= width for line in lines)


def test_the_last_finding_is_said_however_many_there_are(evaluation: Evaluation) -> None:
    last = Finding(Text(en="How far to trust it: grade A.", zh="可信度：A级。"), "good")
    many = dataclasses.replace(evaluation, findings=(*evaluation.findings * 6, last))
    console = Console(width=80, record=True, file=io.StringIO())
    print_summary(many, "en", (), console)
    text = console.export_text()
    assert ("How far to trust it: grade A." in text, "more in the report." in text) == (True, True)

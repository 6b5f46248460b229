from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from worthbook.data.duckdb import DuckDB
from worthbook.data.engine import Engine
from worthbook.definitions.study import FindingDefinition
from worthbook.kernel.errors import Place, WorthbookError
from worthbook.kernel.language import Text
from worthbook.kernel.units import Value
from worthbook.planning.findings import Template, tell

HERE = Place("study.yaml", 7)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = DuckDB(threads=1)
    yield made
    made.close()


def place_of(*path: str | int) -> Place:
    return Place("study.yaml", 7, ".".join(str(step) for step in path))


def said(engine: Engine, facts: dict[str, Value], *findings: tuple[str | None, str]) -> list[str]:
    defined = [FindingDefinition(when=when, text=Text(en=text, zh=text)) for when, text in findings]
    return [finding.text.en for finding in tell(defined, facts, engine, place_of, currency="EUR")]


def both(text: str) -> Text:
    return Text(en=text, zh=text)


class TestTemplate:
    def test_each_language_has_its_own_numbers(self) -> None:
        template = Template.read(Text(en="{n:money} from {m:count}", zh="{m:count}位带来{n:money}"))
        filled = template.fill({"n": Decimal(123456), "m": 12}, "CNY")
        assert filled == Text(en="¥123,456 from 12", zh="12位带来¥12.3万")

    @pytest.mark.parametrize(
        "text", ["{share}", "{a:share", "a:share}", "{a: share}", "{A:share}", "{}", "{a:share:b}"]
    )
    def test_what_is_no_placeholder_is_refused(self, text: str) -> None:
        with pytest.raises(WorthbookError) as caught:
            Template.read(both(text), HERE)
        assert (caught.value.slugs[0], caught.value.problems[0].where) == ("placeholder-unreadable", HERE)

    def test_an_unknown_unit_is_refused(self) -> None:
        with pytest.raises(WorthbookError) as caught:
            Template.read(both("{a:shares}"), HERE)
        assert str(caught.value) == (
            "study.yaml:7: [placeholder-unit-unknown] 'shares' is not a unit.\n  hint: Did you mean 'share'?"
        )

    def test_an_unknown_fact_is_refused(self) -> None:
        with pytest.raises(WorthbookError) as caught:
            Template.read(both("{top_shar:share}"), HERE).fill({"top_share": 0.5})
        assert str(caught.value) == (
            "study.yaml:7: [fact-unknown] There is no fact 'top_shar'.\n  hint: Did you mean 'top_share'?"
        )

    def test_all_problems_of_a_sentence_come_together(self) -> None:
        with pytest.raises(WorthbookError) as caught:
            Template.read(both("{a:shares} and {b:moneys} and {"))
        assert caught.value.slugs == ("placeholder-unit-unknown", "placeholder-unit-unknown", "placeholder-unreadable")


class TestTell:
    def test_what_holds_is_said_in_order(self, engine: Engine) -> None:
        findings = [("n > 1", "many"), ("n = 1", "one"), (None, "always {n:count}")]
        assert said(engine, {"n": 2}, *findings) == ["many", "always 2"]

    def test_what_is_unknown_does_not_hold(self, engine: Engine) -> None:
        findings = [("n > 1", "a"), ("not n > 1", "b"), ("absent = 'x'", "c"), ("n is null and absent is null", "d")]
        assert said(engine, {"n": None}, *findings) == ["d"]

    def test_facts_of_every_kind_can_be_asked(self, engine: Engine) -> None:
        facts: dict[str, Value] = {
            "flag": True,
            "word": "it's",
            "amount": Decimal("1.5"),
            "share": 0.25,
            "odd": float("nan"),
        }
        condition = "flag and word = 'it''s' and amount = 1.5 and share < 0.3 and odd is null"
        assert said(engine, facts, (condition, "yes")) == ["yes"]

    def test_amounts_are_in_the_currency(self, engine: Engine) -> None:
        assert said(engine, {"n": Decimal(5)}, (None, "{n:money}")) == ["€5"]

    def test_a_fact_is_only_missed_where_it_is_said(self, engine: Engine) -> None:
        assert said(engine, {"n": 1}, ("n > 1", "{absent:count}"), (None, "fine")) == ["fine"]

    def test_what_is_said_must_be_known(self, engine: Engine) -> None:
        with pytest.raises(WorthbookError) as caught:
            said(engine, {"n": 1}, (None, "{m:count}"), (None, "{k:count}"))
        assert [str(problem.where) for problem in caught.value.problems] == [
            "study.yaml:7 (findings.0.text)",
            "study.yaml:7 (findings.1.text)",
        ]

    def test_a_condition_that_cannot_be_read_is_refused(self, engine: Engine) -> None:
        with pytest.raises(WorthbookError) as caught:
            said(engine, {"n": 1}, ("n >", "x"))
        assert caught.value.slugs == ("formula-unreadable",)

    def test_words_and_numbers_are_not_compared(self, engine: Engine) -> None:
        with pytest.raises(WorthbookError) as caught:
            said(engine, {"n": 1}, ("n = 'one'", "x"))
        assert caught.value.slugs == ("formula-misfit",)

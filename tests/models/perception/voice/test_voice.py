"""From comments to ranked requirements: what is personal goes, what was said stays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worthbook.models.perception.voice import SentimentWords, code, rank_requirements, stand_out, strip_personal
from worthbook.models.perception.voice.words import words_of

SENTIMENT = SentimentWords(
    positive=("good", "friendly", "fast", "fresh", "好", "满意", "新鲜", "友好"),
    negative=("slow", "broken", "rude", "late", "慢", "破损", "差", "不友好"),
    negations=("not", "never", "no", "不", "没有", "从未"),
)
THEMES = {"delivery": ["deliver*", "courier", "物流", "快递"], "staff": ["staff", "客服", "店员"]}


class TestPersonal:
    @pytest.mark.parametrize(
        ("text", "stripped"),
        [
            ("write to amy.li+tea@mail.example.com.", "write to [e-mail]."),
            ("电话13800138000，微信号：tea_lover88", "电话[phone]，[account]"),
            ("打 +86 138-0013-8000 找我", "打 [phone] 找我"),
            ("尾号186******05不通", "尾号186******05不通"),
            ("身份证11010519491231002X被要求出示", "身份证[identity]被要求出示"),
            ("card 6222 0212 3456 7890 123 was charged", "card [card] was charged"),
            ("see https://example.com/a?b=1 now", "see [link] now"),
            ("李先生和王小姐都很满意", "[name]先生和[name]小姐都很满意"),
            ("Dr. Anna Meyer was kind", "[name] was kind"),
            ("call (020) 7946-0958", "call [phone]"),
        ],
    )
    def test_by_form(self, text: str, stripped: str) -> None:
        assert strip_personal(text) == stripped

    def test_by_name(self) -> None:
        assert strip_personal("zhang wei来过，Zhang Weiming没有", ["Zhang Wei"]) == "[name]来过，Zhang Weiming没有"

    @pytest.mark.parametrize(
        "text", ["买了3盒，共1280元，第2次", "2026-03-01 到货", "订单满299减50", "size 38, 100% cotton"]
    )
    def test_what_is_not_personal_stays(self, text: str) -> None:
        assert strip_personal(text) == text

    @given(st.integers(13_000_000_000, 19_999_999_999).map(str), st.text(alphabet="好的，。 茶", max_size=10))
    def test_no_mobile_number_is_left(self, number: str, around: str) -> None:
        assert number not in strip_personal(f"{around}{number}{around}")

    @given(st.text(max_size=60))
    def test_twice_is_once(self, text: str) -> None:
        once = strip_personal(text)
        assert strip_personal(once) == once


class TestCoding:
    @pytest.mark.parametrize(
        ("comment", "mentions", "sentiment"),
        [
            ("Delivery was slow but staff friendly", [True, True], 0.0),
            ("the courier was never late", [True, False], 1.0),
            ("物流很慢，客服态度好", [True, True], 0.0),
            ("客服不友好", [False, True], -1.0),
            ("快递没有破损", [True, False], 1.0),
            ("tea", [False, False], np.nan),
        ],
    )
    def test_one_comment(self, comment: str, mentions: list[bool], sentiment: float) -> None:
        found = code([comment], THEMES, SENTIMENT)
        assert found.mentions[0].tolist() == mentions
        assert found.sentiment[0] == pytest.approx(sentiment, nan_ok=True)

    def test_a_theme_is_judged_by_its_own_clauses(self) -> None:
        found = code(["Delivery was slow but staff friendly", "物流很慢，客服态度好"], THEMES, SENTIMENT)
        assert found.theme_sentiment.tolist() == [[-1.0, 1.0], [-1.0, 1.0]]


class TestRequirements:
    COMMENTS = ("delivery slow", "delivery late again", "courier rude", "staff friendly", "staff rude", "物流慢")
    CUSTOMERS = ("a", "a", "b", "c", "d", "")

    def test_each_customer_counts_once(self) -> None:
        coded = code(self.COMMENTS, THEMES, SENTIMENT)
        lengths = [len(each) for each in self.COMMENTS]
        worth = np.array([100.0, 100.0, 50.0, 900.0, 30.0, np.nan])
        found = rank_requirements(coded, self.CUSTOMERS, lengths, worth)
        assert [(each.theme, each.comments, each.customers, each.complaining, each.at_stake) for each in found] == [
            ("delivery", 4, 3, 3, 150.0),
            ("staff", 2, 2, 1, 30.0),
        ]

    def test_every_count_leads_to_its_comments(self) -> None:
        coded = code(self.COMMENTS, THEMES, SENTIMENT)
        for each in rank_requirements(coded, self.CUSTOMERS, [len(text) for text in self.COMMENTS]):
            assert len(each.rows) == each.comments
            assert set(each.quotes) <= set(each.rows)
            assert coded.mentions[list(each.rows), coded.themes.index(each.theme)].all()

    def test_an_unknown_worth_is_not_zero(self) -> None:
        coded = code(self.COMMENTS, THEMES, SENTIMENT)
        assert {each.at_stake for each in rank_requirements(coded, self.CUSTOMERS, [9] * 6)} == {None}


class TestWords:
    def test_the_planted_word_stands_out_in_both_languages(self) -> None:
        complaints = ["盖子漏水，客服不回", "盖子又漏水", "lid leaks", "lid leaks badly"] * 25
        others = ["茶叶新鲜", "味道好", "nice tea", "fresh leaves"] * 50
        found = stand_out([*complaints, *others], [True] * 100 + [False] * 200)
        assert {"漏水", "leaks"} <= {each.word for each in found}
        assert not {"茶叶", "tea"} & {each.word for each in found}

    def test_words_used_alike_do_not_stand_out(self) -> None:
        assert stand_out(["tea cup", "tea pot"] * 50, [True, True, False, False] * 25) == ()

    def test_nothing_to_compare(self) -> None:
        assert stand_out(["a b"], [True]) == ()

    def test_jieba_cuts_chinese_into_words(self) -> None:
        jieba = pytest.importorskip("jieba")
        assert words_of("物流太慢", jieba.lcut) == ["物流", "太慢"]

"""What people write in several ways is compared in one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from worthbook.data import normal
from worthbook.data.delta import cursor
from worthbook.data.spark import Spark

FORMS = ("股份有限公司", "有限责任公司", "有限公司", "公司", "co ltd", "ltd", "inc")
CODE = "91350100M000100Y43"
"""The example of GB 32100-2015, appendix A."""

Normal = Callable[[str], str]
KINDS: dict[str, Normal] = {
    "bare": normal.bare,
    "email": lambda text: normal.email(text, ["no@one.com"]),
    "phone": lambda text: normal.phone(text, ["13800138000"]),
    "credit_code": normal.credit_code,
    "company": lambda text: normal.company(text, FORMS),
}


def spelt(kind: Normal, texts: Sequence[str | None]) -> list[Any]:
    """Texts in the one spelling, by DuckDB."""
    sql = f"SELECT {kind('narrow')} FROM (SELECT {normal.half_width('text')} AS narrow FROM texts)"
    query = sqlglot.parse_one(sql, read="duckdb").sql("duckdb")
    query = query.replace("FROM texts", "FROM (SELECT unnest(CAST(? AS VARCHAR[])) AS text)")
    return [value for (value,) in cursor().execute(query, [list(texts)]).fetchall()]


@pytest.mark.parametrize(
    ("kind", "written", "meant"),
    [
        (
            "phone",
            ["+86 186 0000 0505", "１８６０００００５０５", "0086-186-0000-0505", "(86)18600000505"],
            "18600000505",
        ),
        ("phone", ["+44 7700 900123", "0044 7700-900-123"], "447700900123"),
        ("phone", ["186******05", "13800138000", "00000000000", "110", "", "no phone", None], None),
        ("email", [" Ｌi.Hua@Example.com", "li.hua@EXAMPLE.COM "], "li.hua@example.com"),
        ("email", ["li@example", "l***@example.com", "no@one.com", "@", None], None),
        ("credit_code", [CODE, "９１３５０１００ｍ０００１００ｙ４３", "9135 0100-M000 100Y43"], CODE),
        ("credit_code", ["91350100M000100Y44", "91350100M0001O0Y43", "none", "12345", None], None),
        ("credit_code", ["HRB 12 345", "hrb12345"], "HRB12345"),
        ("company", ["北京好茶（中国）有限责任公司", "北京好茶(中国)有限公司", "北京好茶中国"], "北京好茶中国"),
        ("company", ["Acme Trading Co., Ltd.", "ACME Trading Inc", "acme trading"], "acmetrading"),
        ("company", ["Zinc"], "zinc"),
        ("company", ["有限公司", " ", None], None),
        ("bare", ["Ａ－００ 1", "a001"], "a001"),
    ],
)
def test_one_spelling_of_what_is_written_in_several_ways(
    kind: str, written: list[str | None], meant: str | None
) -> None:
    assert spelt(KINDS[kind], written) == [meant] * len(written)


def test_a_masked_number_shows_three_and_two_digits() -> None:
    written = [
        "186******05",
        "186****0505",
        "+86 186 0000 0505",
        "１８６＊＊＊＊＊＊０５",
        "18600000506",
        "021-55550505",
    ]
    assert spelt(normal.phone_ends, written) == ["18605", "18605", "18605", "18605", "18606", None]


def test_a_firm_is_known_by_its_legal_form() -> None:
    asked = ["北京好茶有限公司", "Acme Trading Co., Ltd.", "Zinc", "王小明"]
    assert spelt(lambda text: normal.is_company(text, FORMS), asked) == [True, True, False, False]


@given(st.integers(0, len(CODE) - 1), st.sampled_from(normal.CODE_CHARACTERS))
@settings(max_examples=25)
def test_every_single_mistake_in_a_credit_code_is_found(place: int, wrong: str) -> None:
    mistaken = CODE[:place] + wrong + CODE[place + 1 :]
    assert spelt(normal.credit_code, [mistaken]) == [CODE if mistaken == CODE else None]


WRITTEN = st.one_of(
    st.text(max_size=20),
    st.text(st.sampled_from("0186+-() *x１８６０－"), max_size=20),
    st.text(st.sampled_from("aA@.ＡＢ co ltd有限公司责任 ，（）ǅİß"), max_size=20),
    st.sampled_from([CODE, "+86 186 0000 0505", "0086861860000050500", "008618600000505"]),
)


@pytest.mark.parametrize("kind", sorted(KINDS))
@given(texts=st.lists(WRITTEN.filter(lambda text: "\0" not in text), min_size=1, max_size=40))
@settings(max_examples=20)
def test_what_is_spelt_once_stays(kind: str, texts: list[str]) -> None:
    once = spelt(KINDS[kind], texts)
    assert spelt(KINDS[kind], once) == once


@pytest.mark.spark
def test_both_engines_spell_alike(spark: Spark) -> None:
    texts = [
        "+86 186 0000 0505",
        "１８６＊＊＊＊＊＊０５",
        CODE,
        "北京好茶（中国）有限责任公司",
        "Acme Co., Ltd.",
        "O'Hara\\ 'x'",
    ]
    literals = ", ".join("('" + text.replace("'", "''") + "')" for text in texts)
    chosen = ", ".join(f"{kind('narrow')} AS {name}" for name, kind in KINDS.items())
    sql = f"SELECT {chosen} FROM (SELECT {normal.half_width('text')} AS narrow FROM (VALUES {literals}) AS texts(text))"
    query = sqlglot.parse_one(sql, read="duckdb")
    assert isinstance(query, sqlglot.exp.Query)
    assert [tuple(row) for row in spark.rows(query, {})] == cursor().execute(query.sql("duckdb")).fetchall()

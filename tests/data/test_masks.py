"""What is shown of ids that are themselves personal: no more than the rule says, and always the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.importing import bring_text, tables
from worthbook.data.masks import masked, unmasked

SALT = "5a17"


@pytest.mark.parametrize("own", ["C00123", "42", "10023456", "A", "alice", "tb_19871", "客户-0071", "ORD 12", "00001"])
def test_ids_of_the_firm_are_shown(own: str) -> None:
    assert masked([own], SALT) == [own]


@pytest.mark.parametrize(
    ("own", "shape"),
    [
        ("li.hua@example.com", r"l\*\*\*@e\*\*\*"),
        ("18600000505", r"186\*\*\*05"),
        ("+44 7700 900123", r"\+44\*\*\*23"),
        ("+86 186-0000-0505", r"\+86\*\*\*05"),
        ("11010519491231002X", r"110\*\*\*2X"),
        ("6222020200112233445", r"622\*\*\*45"),
        ("王小明", r"王\*\*"),
        ("北京好茶有限公司", r"北\*\*"),
        ("Anna Karenina", r"A\*\*"),
        ("O'Hara, Scarlett", r"O'Hara, Scarlett|O\*\*"),
    ],
)
def test_numbers_addresses_and_names_are_masked(own: str, shape: str) -> None:
    (shown,) = masked([own], SALT)
    assert re.fullmatch(f"(?:{shape})(~[0-9a-f]{{8}})?", shown)


PART = st.text(st.sampled_from("abcxyz0189._-王"), min_size=1, max_size=12)


@given(st.lists(st.tuples(PART, PART), min_size=1, max_size=30))
@settings(max_examples=40)
def test_of_an_address_two_characters_are_shown(parts: list[tuple[str, str]]) -> None:
    shown = masked([f"{local}@{domain}" for local, domain in parts], SALT)
    for (local, domain), each in zip(parts, shown, strict=True):
        assert re.fullmatch(re.escape(f"{local[0]}***@{domain[0]}***~") + "[0-9a-f]{8}", each)


@given(st.lists(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), min_size=1, max_size=30))
@settings(max_examples=40)
def test_of_a_number_five_digits_are_shown(numbers: list[str]) -> None:
    for own, each in zip(numbers, masked(numbers, SALT), strict=True):
        assert each[:-9] == f"{own[:3]}***{own[-2:]}"


@given(st.lists(st.text(st.sampled_from("王小明李雷韩梅"), min_size=2, max_size=4), min_size=1, max_size=30))
@settings(max_examples=40)
def test_of_a_name_one_character_is_shown(names: list[str]) -> None:
    for own, each in zip(names, masked(names, SALT), strict=True):
        assert each[:-9] == f"{own[0]}**"


def test_customers_stay_apart_and_the_same() -> None:
    ids = [f"{number}@example.com" for number in range(3000)]
    assert len(set(masked(ids, SALT))) == len(ids)
    assert masked(ids, SALT) == masked(ids, SALT)
    assert not set(masked(ids, SALT)) & set(masked(ids, "other"))


def test_a_masked_id_finds_its_customer(tmp_path: Path) -> None:
    book, _ = bring_text(tmp_path, "customer_id,date,amount\nli@example.com,2026-01-02,1\nC2,2026-01-03,2\n")
    (shown,) = masked(["li@example.com"], book.salt)
    assert unmasked(book.snapshot(), tables(), shown, book.salt) == "li@example.com"
    assert unmasked(book.snapshot(), tables(), "C2", book.salt) == "C2"
    assert unmasked(book.snapshot(), tables(), "x***@y***~00000000", book.salt) == "x***@y***~00000000"

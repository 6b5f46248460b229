from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.reader import NOUNS, Reading, combine, read_folder, read_text

MISTAKES = """\
mesure: revenue_12m
title: {en: Revenue, zh: 收入}
---
measure: net_revenue
title: {en: Net revenue}
description: {en: What was brought., zh: 带来的收入。}
unit: mony
table: transactions
windw: 12 months
formula: sum(amount)
---
measure: gross_margin
title: Gross margin
description: {en: Revenue less cost., zh: ""}
unit: money
table: transactions
window: 12 moons
formula: sum(gross_margin)
source: Accounting identity
---
framework: tiers_by_value
title: {en: Tiers, zh: 分层}
description: {en: Two tiers., zh: 分为两层。}
source: Made up
method: tiers
axes:
  value:
    title: {en: Value, zh: 价值}
    column: net_revenue
    cuts: [80% of customer]
cells:
  - key: low
    title: {en: Low, zh: 低}
    meaning: {en: Little., zh: 较少。}
    strategy: {en: Serve., zh: 服务。}
    bnads: {}
  - key: high
    title: {en: High, zh: 高, fr: Haut}
    meaning: {en: Much., zh: 较多。}
    strategy: {en: Care., zh: 关怀。}
---
measure: orders_12m
title: {en: "Orders", zh: 订单数
unit: count
---
measure: orders_{window}
title: {en: Orders, zh: 订单数}
title: {en: Orders, zh: 订单数}
unit: count
---
model: Bg-nbd
title: {en: Model, zh: 模型}
description: {en: A model., zh: 模型。}
source: Literature
estimator: bg_nbd
inputs: [repeat_purchases]
gives: {}
"""

TOLD = """\
mine.yaml:1: [definition-kind-unknown] 'mesure' is not a kind of definition.
  hint: The first key names the kind, as in `measure: revenue_12m`. Did you mean 'measure'?
mine.yaml:4: [definition-key-missing] 'source' is missing from the measure 'net_revenue'.
  hint: Add `source:`.
mine.yaml:5: [definition-language-missing] 'title' has no text in Chinese.
  hint: Write it in both languages: `{en: …, zh: …}`.
mine.yaml:7: [definition-choice-unknown] 'mony' cannot stand for 'unit'.
  hint: Did you mean 'money' or 'months'?
mine.yaml:9: [definition-key-unknown] 'windw' is not a key of the measure 'net_revenue'.
  hint: Did you mean 'window'?
mine.yaml:13: [definition-value-unfit] 'title' must be text in both languages, not 'Gross margin'.
  hint: Write `title: {en: …, zh: …}`.
mine.yaml:14: [definition-language-missing] 'description' has no text in Chinese.
  hint: Write it in both languages: `{en: …, zh: …}`.
mine.yaml:17: [window-unreadable] '12 moons' is not a window.
  hint: Write for example '90 days', '12 months', 'previous 12 months' or 'lifetime'.
mine.yaml:30: [cut-unreadable] '80% of customer' is not a cut.
  hint: Write a number, 'above 0', '80% of customers', '20% of total', 'mean' or 'median'.
mine.yaml:36: [definition-key-unknown] 'bnads' is not a key of 'cells.0'.
  hint: Did you mean 'bands'?
mine.yaml:38: [definition-key-unknown] 'fr' is not a key of 'cells.1.title'.
  hint: Known: en, zh
mine.yaml:43: [yaml-unreadable] This is not readable as YAML (column 8): a bracket is not closed.
  hint: Put texts with a colon or a hash in quotes, indent with spaces, and close every quote and bracket.
mine.yaml:48: [definition-key-twice] 'title' stands here twice; first on line 47.
  hint: Keep one of the two.
mine.yaml:51: [definition-name-unfit] 'Bg-nbd' is not a name.
  hint: Names are lower-case letters, digits and underscores, at most 63, and begin with a letter: `revenue_12m`.
mine.yaml:56: [definition-value-unfit] 'inputs' must be a group of keys, not a list.
  hint: Write `inputs: {key: value}`."""


def measure(name: str, more: str = "", formula: str = "sum(amount)") -> str:
    return f"""\
measure: {name}
title: {{en: Title, zh: 标题}}
description: {{en: What it is., zh: 说明。}}
unit: money
table: transactions
formula: {formula}
source: Accounting identity
{more}
"""


def told(reading: Reading) -> list[str]:
    return [problem.say("en") for problem in reading.problems]


def test_all_mistakes_of_a_file_are_told_at_once_with_their_lines() -> None:
    assert "\n".join(told(read_text(MISTAKES, "mine.yaml"))) == TOLD


def test_every_mistake_is_told_in_chinese_too() -> None:
    chinese = [problem.say("zh") for problem in read_text(MISTAKES, "mine.yaml").problems]

    assert [text.isascii() for text in chinese] == [False] * 15


def test_the_name_of_a_definition_with_a_mistake_is_known() -> None:
    reading = read_text(MISTAKES, "mine.yaml")

    assert [reading.was_refused(name) for name in ("net_revenue", "orders_12m", "orders_3m", "other")] == [
        True,
        True,
        True,
        False,
    ]


def test_a_definition_knows_the_lines_of_its_keys() -> None:
    (definition,) = read_text("\n" + measure("revenue"), "mine.yaml").definitions

    assert [str(definition.place), str(definition.place_of("formula")), str(definition.place_of("title", "zh"))] == [
        "mine.yaml:2",
        "mine.yaml:7",
        "mine.yaml:3",
    ]


def test_a_document_without_a_name_is_told() -> None:
    assert told(read_text("measure:\nunit: money\n", "mine.yaml")) == [
        (
            "mine.yaml:1: [definition-name-missing] The measure has no name.\n"
            "  hint: Write the name behind the kind: `measure: …`."
        )
    ]


def test_two_definitions_of_one_name_are_told() -> None:
    assert told(read_text(measure("a") + "---\n" + measure("a"), "mine.yaml")) == [
        (
            "mine.yaml:10: [definition-twice] The measure 'a' is defined twice; first in mine.yaml:1.\n"
            "  hint: Rename or remove one of the two."
        )
    ]


def test_a_shipped_name_is_taken() -> None:
    reading = combine(read_text(measure("a"), "shipped.yaml"), read_text(measure("a"), "mine.yaml"))

    assert told(reading) == [
        (
            "mine.yaml:1: [definition-name-taken] Worthbook ships a measure 'a' already.\n"
            "  hint: Choose another name, or write `replaces: a` to put yours in its place."
        )
    ]


def test_a_definition_takes_the_place_of_the_shipped_one_that_it_replaces() -> None:
    own = read_text(measure("a", "replaces: a", "sum(cost)"), "mine.yaml")

    reading = combine(read_text(measure("a") + "---\n" + measure("b"), "shipped.yaml"), own)

    formulas = {each.name: each.formula for each in reading.definitions if isinstance(each, MeasureDefinition)}
    assert (formulas, told(reading)) == ({"a": "sum(cost)", "b": "sum(amount)"}, [])


def test_replacing_what_is_not_there_is_told() -> None:
    own = read_text(measure("revenu", "replaces: revenu"), "mine.yaml")

    assert told(combine(read_text(measure("revenue"), "shipped.yaml"), own)) == [
        (
            "mine.yaml:8: [definition-replaces-nothing] There is no shipped measure 'revenu' to replace.\n"
            "  hint: Did you mean 'revenue'?"
        )
    ]


def test_replacing_under_another_name_is_told() -> None:
    own = read_text(measure("turnover", "replaces: revenue"), "mine.yaml")

    assert told(combine(read_text(measure("revenue"), "shipped.yaml"), own)) == [
        (
            "mine.yaml:8: [definition-replaces-other] 'turnover' cannot replace 'revenue'.\n"
            "  hint: What takes the place of a shipped definition has its name: `measure: revenue`."
        )
    ]


def test_a_folder_is_read_with_the_folders_in_it(tmp_path: Path) -> None:
    (tmp_path / "deep" / "deeper").mkdir(parents=True)
    (tmp_path / "deep" / "deeper" / "b.yml").write_text(measure("b"), encoding="utf-8")
    (tmp_path / "a.yaml").write_text(measure("a"), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no definition", encoding="utf-8")

    reading = read_folder(tmp_path, "definitions")

    assert [(each.name, str(each.place)) for each in reading.definitions] == [
        ("a", "definitions/a.yaml:1"),
        ("b", "definitions/deep/deeper/b.yml:1"),
    ]


def test_a_folder_that_is_not_there_defines_nothing(tmp_path: Path) -> None:
    assert read_folder(tmp_path / "none", "definitions") == Reading()


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes("measure: a # 收入\n".encode("gb18030"))

    assert told(read_folder(tmp_path, "mine")) == [
        "mine/a.yaml: [definition-file-not-utf8] The file is not text in UTF-8.\n  hint: Save it again as UTF-8."
    ]


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(measure("a").encode("utf-8-sig"))

    assert [each.name for each in read_folder(tmp_path, "mine").definitions] == ["a"]


def test_a_name_beside_the_name_is_told() -> None:
    assert told(read_text(measure("a", "name: b"), "mine.yaml")) == [
        (
            "mine.yaml:8: [definition-name-aside] 'name' is not a key.\n"
            "  hint: The name stands behind the kind: `measure: a`."
        )
    ]


SCRAPS = [*"\n -:[]{}'\"#&*!|>%,?1", "  ", "---\n", "measure: a\n", "framework: b\n", "mapping: c\n", "table: t\n"]
KEYS = [
    "title",
    "cells",
    "axes",
    "cuts",
    "windows",
    "window",
    "gives",
    "inputs",
    "columns",
    "fields",
    "feeds",
    "en",
    "zh",
]


@given(st.lists(st.sampled_from([*SCRAPS, *(f"{key}: " for key in KEYS), "{en: x, zh: 中}\n"]), max_size=20))
def test_whatever_is_written_is_read_or_told(scraps: list[str]) -> None:
    reading = read_text("".join(scraps), "mine.yaml")

    assert [each for each in reading.problems if each.where is None] == []


@pytest.mark.parametrize("text", ["[" * 5000, "- " * 3000, "%YAML 1.3\n---\na: b\n"])
def test_what_the_parser_breaks_on_is_told(text: str) -> None:
    assert [each.slug for each in read_text(text, "mine.yaml").problems][:1] == ["yaml-unreadable"]


@given(st.permutations([measure(name) for name in "abcdef"]), st.integers(0, 6))
def test_the_order_of_documents_and_files_changes_nothing(texts: list[str], parted: int) -> None:
    first, second = "---\n".join(texts[:parted]), "---\n".join(texts[parted:])

    reading = combine(read_text(first, "one.yaml"), read_text(second, "two.yaml"))

    assert sorted(each.model_dump_json() for each in reading.definitions) == [
        each.model_dump_json() for each in read_text("---\n".join(sorted(texts)), "all.yaml").definitions
    ]


@pytest.mark.parametrize(
    "edit",
    [
        ("Title", "Other title"),
        ("标题", "另一标题"),
        ("What it is.", "What it really is."),
        ("Accounting identity", "Another source"),
        ("source:", "caveats: [{en: Mind., zh: 注意。}]\nsource:"),
        ("source:", "better: high\nsource:"),
    ],
)
def test_words_do_not_change_the_fingerprint(edit: tuple[str, str]) -> None:
    before, after = (read_text(text, "m.yaml").definitions for text in (measure("a"), measure("a").replace(*edit)))

    assert (before[0].fingerprint, len(after)) == (after[0].fingerprint, 1)


@pytest.mark.parametrize(
    "edit", [("sum(amount)", "sum(cost)"), ("source:", "window: 12 months\nsource:"), ("source:", "empty: 0\nsource:")]
)
def test_what_is_computed_changes_the_fingerprint(edit: tuple[str, str]) -> None:
    before, after = (read_text(text, "m.yaml").definitions for text in (measure("a"), measure("a").replace(*edit)))

    assert before[0].fingerprint != after[0].fingerprint


def test_every_kind_of_definition_can_be_read() -> None:
    assert sorted(NOUNS) == [
        "alert",
        "framework",
        "identity",
        "instrument",
        "mapping",
        "measure",
        "model",
        "population",
        "report",
        "segment",
        "structure",
        "study",
        "table",
        "vocabulary",
    ]

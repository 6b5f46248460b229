from __future__ import annotations

from pathlib import Path

import pytest

from worthbook.definitions.reader import read_text
from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.units import Unit
from worthbook.planning.index import Catalogue, read_catalogue

SHOP = """\
table: transactions
title: {en: Transactions, zh: 交易}
description: {en: Lines., zh: 明细。}
source: Worthbook
key: [order_id]
columns: {amount: {title: {en: Amount, zh: 金额}, unit: money}}
caveats: [{en: Net of tax., zh: 不含税。}]
---
measure: revenue
title: {en: Revenue, zh: 收入}
description: {en: Revenue., zh: 收入。}
unit: money
table: transactions
formula: sum(amount)
source: Accounting identity
caveats: [{en: Not profit., zh: 不是利润。}]
---
model: spend
title: {en: Spend model, zh: 消费模型}
description: {en: A model., zh: 模型。}
source: Literature
estimator: gamma_gamma
inputs: {x: revenue}
gives:
  expected_spend:
    title: {en: Expected spend, zh: 预期消费}
    description: {en: What to expect., zh: 预期值。}
    unit: money
    quantity: expected_spend
caveats: [{en: No seasons., zh: 不考虑季节。}]
---
measure: twice
title: {en: Twice, zh: 两倍}
description: {en: Twice., zh: 两倍。}
unit: money
formula: expected_spend + revenue
source: Arithmetic
caveats: [{en: Net of tax., zh: 不含税。}]
---
framework: grades
title: {en: Grades, zh: 评级}
description: {en: Grades., zh: 评级。}
source: Literature
method: scorecard
axes:
  value:
    title: {en: Value, zh: 价值}
    column: twice
    cuts: [10]
    weight: 1
    bands:
      - {key: low, title: {en: Little, zh: 少}, points: 1}
      - {key: high, title: {en: Much, zh: 多}, points: 5}
score_cuts: [3]
cells:
  - {key: b, title: {en: B, zh: B级}, meaning: {en: M., zh: 义。}, strategy: {en: S., zh: 策。}}
  - {key: a, title: {en: A, zh: A级}, meaning: {en: M., zh: 义。}, strategy: {en: S., zh: 策。}}
---
framework: groups
title: {en: Groups, zh: 分组}
description: {en: Groups., zh: 分组。}
source: Literature
method: rules
axes:
  much:
    title: {en: Much, zh: 多少}
    column: revenue
    cuts_from: expected_spend
    cuts: [mean]
    bands: [{key: l, title: {en: L, zh: 少}}, {key: h, title: {en: H, zh: 多}}]
cells:
  - {key: top, title: {en: T, zh: 顶}, meaning: {en: M., zh: 义。}, strategy: {en: S., zh: 策。},
     when: much = 'h' and twice > 3}
  - {key: rest, title: {en: R, zh: 其余}, meaning: {en: M., zh: 义。}, strategy: {en: S., zh: 策。}}
"""


@pytest.fixture(scope="module")
def shop() -> Catalogue:
    return Catalogue.of(read_text(SHOP, "shop.yaml").definitions)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_every_column_has_one_maker(shop: Catalogue) -> None:
    assert {column: maker.name for column, maker in shop.makers.items()} == {
        "revenue": "revenue",
        "twice": "twice",
        "expected_spend": "spend",
        "grades": "grades",
        "grades__value": "grades",
        "grades__score": "grades",
        "groups": "groups",
        "groups__much": "groups",
    }


@pytest.mark.parametrize(
    ("name", "needs"),
    [
        ("revenue", set()),
        ("twice", {"expected_spend", "revenue"}),
        ("spend", {"revenue"}),
        ("expected_spend", {"revenue"}),
        ("grades__score", {"twice"}),
        ("groups", {"revenue", "expected_spend", "twice"}),
    ],
)
def test_what_a_name_is_made_from(shop: Catalogue, name: str, needs: set[str]) -> None:
    assert shop.needs(name) == needs


def test_a_maker_is_found_by_its_column_or_its_name(shop: Catalogue) -> None:
    assert shop.maker("expected_spend") is shop.maker("spend")


def test_caveats_travel_each_once_its_own_first(shop: Catalogue) -> None:
    assert [text.en for text in shop.meta("grades").caveats] == ["Net of tax.", "No seasons.", "Not profit."]


def test_the_meaning_of_a_column_that_a_model_gives(shop: Catalogue) -> None:
    meta = shop.meta("expected_spend")

    assert (meta.title.zh, meta.unit, meta.source) == ("预期消费", Unit.MONEY, "Literature")


@pytest.mark.parametrize(
    ("column", "title", "unit", "labels"),
    [
        ("grades", "评级", Unit.LABEL, {"b": "B级", "a": "A级"}),
        ("grades__value", "评级：价值", Unit.LABEL, {"low": "少", "high": "多"}),
        ("grades__score", "评级：得分", Unit.SCORE, {}),
    ],
)
def test_the_meaning_of_the_columns_of_a_framework(
    shop: Catalogue, column: str, title: str, unit: Unit, labels: dict[str, str]
) -> None:
    meta = shop.meta(column)

    assert (meta.title.zh, meta.unit, {key: text.zh for key, text in meta.labels.items()}) == (title, unit, labels)


def test_an_unknown_name_is_told_with_the_nearest(shop: Catalogue) -> None:
    with pytest.raises(WorthbookError) as told:
        shop.find("revenu")

    assert str(told.value) == (
        "[name-unknown] Nothing is called 'revenu'.\n  hint: `worthbook list` shows all names. Did you mean 'revenue'?"
    )


def test_a_definition_is_no_maker_unless_it_makes_columns(shop: Catalogue) -> None:
    with pytest.raises(WorthbookError, match="name-unknown"):
        shop.maker("transactions")


OWN = """\
measure: half_revenue
title: {en: Half, zh: 一半}
description: {en: Half., zh: 一半。}
unit: money
formula: revenue_12m / 2
source: Arithmetic
"""


def test_a_book_adds_to_the_shipped_definitions(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(OWN, encoding="utf-8")

    assert sorted(set(read_catalogue(tmp_path).names) - set(read_catalogue().names)) == ["half_revenue"]


def test_the_definitions_of_a_book_are_checked_when_it_is_opened(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(OWN.replace("revenue_12m", "revenue_12n") + "---\nmesure: a\n", encoding="utf-8")

    with pytest.raises(WorthbookError) as told:
        read_catalogue(tmp_path)

    assert [(each.slug, str(each.where)) for each in told.value.problems] == [
        ("column-unknown", f"{tmp_path.as_posix()}/mine.yaml:5"),
        ("definition-kind-unknown", f"{tmp_path.as_posix()}/mine.yaml:8"),
    ]


def test_a_book_without_definitions_has_the_shipped_ones(tmp_path: Path) -> None:
    assert read_catalogue(tmp_path / "none").names == read_catalogue().names

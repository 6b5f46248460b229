from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.planning.alerts import Alert
from worthbook.services.alerts import Alerts, Question, alerts, list_alert
from worthbook.services.ingest_files import ingest_files

FALLS = """\
alert: fell
title: {en: Fell, zh: 下降}
description: {en: Fell., zh: 下降。}
when: was_revenue_12m >= 100 and revenue_12m < was_revenue_12m
looks_back: 12 months
watches: [orders_12m, average_order_value_12m]
severity: high
who_acts: {en: We, zh: 我们}
next_action: {en: Act, zh: 处理}
source: Test
---
alert: rungs
title: {en: Rungs, zh: 层级}
description: {en: Two rungs., zh: 两级。}
when: was_ladder__rung - ladder__rung >= 2
looks_back: 12 months
severity: medium
who_acts: {en: We, zh: 我们}
next_action: {en: Act, zh: 处理}
source: Test
---
alert: tiers
title: {en: Tiers, zh: 层级}
description: {en: Tiers that lost value., zh: 价值下降的层级。}
when: value < 0.9 * was_value
groups: ladder
looks_back: 12 months
severity: low
who_acts: {en: We, zh: 我们}
next_action: {en: Act, zh: 处理}
source: Test
---
framework: ladder
title: {en: Steps, zh: 台阶}
description: {en: By revenue., zh: 按收入。}
source: Test
method: tiers
axes:
  revenue: {title: {en: Revenue, zh: 收入}, column: revenue_12m, cuts: ["50", "100"]}
cells:
  - {key: low, title: {en: Low, zh: 低}, meaning: {en: L, zh: 低}, strategy: {en: L, zh: 低}}
  - {key: middle, title: {en: Middle, zh: 中}, meaning: {en: M, zh: 中}, strategy: {en: M, zh: 中}}
  - {key: high, title: {en: High, zh: 高}, meaning: {en: H, zh: 高}, strategy: {en: H, zh: 高}}
"""
LINES = """\
customer,date,amount
A,2024-01-10,60
A,2024-02-10,60
A,2025-01-10,10
B,2024-01-10,100
B,2025-01-10,90
C,2024-01-10,40
C,2025-01-10,90
D,2025-02-10,500
"""
NAMES = ("fell", "rungs", "tiers")
QUESTION = Question("2025-03-01", "2024-03-01", NAMES)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book that is only asked."""
    file = tmp_path_factory.mktemp("shop") / "orders.csv"
    file.write_text(LINES, encoding="utf-8")
    folder = ingest_files([file])[0].folder
    (folder / "definitions").mkdir(exist_ok=True)
    (folder / "definitions" / "alerts.yaml").write_text(FALLS, encoding="utf-8")
    return folder


def named(found: Alerts, name: str) -> Alert:
    return next(each for each in found.found if each.definition.name == name)


def test_those_who_meet_the_condition_are_listed_by_value(shop: Path) -> None:
    assert [each.customer_id for each in named(alerts(shop, QUESTION), "fell").raisers] == ["A", "B"]


def test_the_number_that_moved_most_is_the_reason(shop: Path) -> None:
    """A bought once instead of twice and for 10 instead of 60 an order; B bought for 90 instead of 100."""
    reasons = [(each.reason, each.before, each.after) for each in named(alerts(shop, QUESTION), "fell").raisers]
    assert reasons == [("orders_12m", 2.0, 1.0), ("average_order_value_12m", 100.0, 90.0)]


def test_rungs_are_counted_from_the_lowest(shop: Path) -> None:
    assert [each.customer_id for each in named(alerts(shop, QUESTION), "rungs").raisers] == ["A"]


def test_groups_that_lost_value_are_named(shop: Path) -> None:
    assert [group.title.en for group in named(alerts(shop, QUESTION), "tiers").groups] == ["Low"]


def test_the_gravest_come_first(shop: Path) -> None:
    assert [each.definition.name for each in alerts(shop, QUESTION).found] == ["fell", "rungs", "tiers"]


def test_an_alert_that_looks_back_beyond_the_history_says_so(shop: Path) -> None:
    found = alerts(shop, Question("2024-12-31", None, ("fell",)))
    assert [note.en for note in found.notes] == ["Fell: not judged, as the history does not go back to 2023-12-31."]


def test_what_nobody_knows_is_said_not_judged(opened_complaints: Alerts) -> None:
    assert opened_complaints.notes[-1].en.endswith(
        "not judged, as this is not known for any customer: Open complaints."
    )


@pytest.fixture
def opened_complaints(book_folder: Path) -> Alerts:
    return alerts(book_folder, Question(None, None, ("new_complaint_of_a_valued_customer",)))


def test_every_shipped_alert_is_judged(book_folder: Path) -> None:
    found = alerts(book_folder, Question())
    assert len(found.found) == 8
    assert len(found.tables()) == len(found.raised) > 0


def test_the_list_holds_everybody(shop: Path, tmp_path: Path) -> None:
    question = Question("2025-03-01", "2024-03-01", ("fell",))
    assert list_alert(shop, question, tmp_path / "fell.csv") == 2


def test_ids_that_are_personal_are_masked(book_of: Callable[[str], Path]) -> None:
    folder = book_of(LINES.replace("A,", "13800138123,"))
    (folder / "definitions").mkdir(exist_ok=True)
    (folder / "definitions" / "alerts.yaml").write_text(FALLS, encoding="utf-8")
    shown = [row[0] for row in alerts(folder, QUESTION).tables()[0].rows]
    assert str(shown[0]).startswith("138***23~")


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        (Question(None, None, ("fel",)), "alert-unknown"),
        (Question("2024-03-01", "2025-03-01", ("fell",)), "alert-since-not-before"),
    ],
)
def test_what_cannot_be_asked_is_named(shop: Path, question: Question, slug: str) -> None:
    with pytest.raises(WorthbookError) as caught:
        alerts(shop, question)
    assert caught.value.slugs == (slug,)


def test_an_alert_of_groups_has_no_list(shop: Path, tmp_path: Path) -> None:
    with pytest.raises(WorthbookError) as caught:
        list_alert(shop, Question("2025-03-01", "2024-03-01", ("tiers",)), tmp_path / "tiers.csv")
    assert caught.value.slugs == ("alert-of-groups",)

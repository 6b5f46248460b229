from __future__ import annotations

import pytest

from worthbook.kernel.errors import Fault, Place, WorthbookError, did_you_mean, raise_all
from worthbook.kernel.language import Text

BROKEN = Fault(
    "test-broken",
    what=Text(en="{thing} is broken.", zh="{thing}已损坏。"),
    hint=Text(en="Mend it.", zh="请修复。"),
)


def test_an_error_says_what_where_and_what_next() -> None:
    error = BROKEN(Place("orders.csv", 12), thing="The wheel")
    assert error.say("en") == "orders.csv:12: [test-broken] The wheel is broken.\n  hint: Mend it."


def test_an_error_speaks_chinese() -> None:
    assert BROKEN(thing="车轮").say("zh") == "[test-broken] 车轮已损坏。\n  提示: 请修复。"


def test_all_problems_come_together() -> None:
    with pytest.raises(WorthbookError) as caught:
        raise_all([BROKEN.problem(thing="A"), BROKEN.problem(thing="B")])
    assert caught.value.slugs == ("test-broken", "test-broken")


def test_a_text_inside_a_text_is_said_in_its_language() -> None:
    thing = Text(en="The cart", zh="车")
    assert BROKEN(thing=thing).say("zh") == "[test-broken] 车已损坏。\n  提示: 请修复。"


def test_near_names_are_proposed() -> None:
    assert did_you_mean("revenu_12m", ["revenue_12m", "category"]).zh == "是否想写“revenue_12m”？"

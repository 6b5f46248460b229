"""The shipped catalogue holds together."""

from __future__ import annotations

import re

from worthbook.kernel.language import Text
from worthbook.planning.index import find_problems, read_catalogue, read_shipped


def test_the_shipped_catalogue_has_no_problems() -> None:
    assert [problem.say("en") for problem in find_problems(read_shipped())] == []


def test_there_are_at_least_forty_measures() -> None:
    assert len(read_catalogue().measures) >= 40


def test_chinese_texts_are_chinese() -> None:
    definitions = read_catalogue().definitions

    assert [
        each.name for each in definitions for text in words(each) if not re.search(r"[\u4e00-\u9fff]", text.zh)
    ] == []


def test_english_texts_hold_no_chinese() -> None:
    definitions = read_catalogue().definitions

    assert [each.name for each in definitions for text in words(each) if re.search(r"[\u4e00-\u9fff]", text.en)] == []


def test_everything_about_customers_can_be_described() -> None:
    catalogue = read_catalogue()

    assert [name for name in catalogue.makers if not catalogue.meta(name).source] == []


def words(definition: object) -> list[Text]:
    """What people read of a definition, whatever its kind."""
    fields = ("title", "description", "caveats")
    found = [getattr(definition, field) for field in fields]
    return [found[0], found[1], *found[2]]

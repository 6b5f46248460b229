from __future__ import annotations

import pytest

from worthbook.definitions.segment import SegmentDefinition
from worthbook.kernel.errors import Place
from worthbook.kernel.language import Text
from worthbook.planning.index import read_shipped
from worthbook.planning.misfits import misfits

WORD = Text(en="Word", zh="词")
WHERE = Place("mine.yaml", 3)


def told(when: str) -> list[tuple[str, Place | None]]:
    mine = SegmentDefinition(name="mine", title=WORD, description=WORD, source="Own", when=when)
    found = misfits([*read_shipped().definitions, mine.located(WHERE, {"when": WHERE.line})])
    return [(each.slug, each.where) for each in found]


@pytest.mark.parametrize(
    "when",
    ["revenue_12m > 500 and activity = 'slipping'", "valuable_slipping or first_purchase_on < as_of()", "unheard > 2"],
)
def test_conditions_that_can_be_decided_are_not_told(when: str) -> None:
    assert told(when) == []


@pytest.mark.parametrize("when", ["revenue_12m", "revenue_12m > 'much'", "activity > 3", "valuable_slipping = 1"])
def test_what_cannot_be_compared_is_told_with_its_line(when: str) -> None:
    assert told(when) == [("formula-misfit", WHERE)]

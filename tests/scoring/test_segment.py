from __future__ import annotations

import pytest

from worthbook.definitions.segment import Event, SegmentDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit
from worthbook.scoring.segment import as_measure, segment_formula

WORD = Text(en="Word", zh="词")
EVENTS = {"late": Event(title=WORD, table="transactions", window="6 months", formula="count(*)")}


def segment(when: str | None = None, file: str | None = None) -> SegmentDefinition:
    return SegmentDefinition(
        name="mine", title=WORD, description=WORD, source="Own", when=when, list=file, events=EVENTS
    )


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (segment("orders > 2"), "(orders > 2)"),
        (segment("late >= 2 and note = 'late'"), "(mine__late >= 2 and note = 'late')"),
        (segment(file="vip.csv"), "(mine__listed > 0)"),
        (segment("orders > 2 or late > 0", "vip.csv"), "(orders > 2 or mine__late > 0) and (mine__listed > 0)"),
    ],
)
def test_events_are_read_under_the_names_of_their_columns(made: SegmentDefinition, expected: str) -> None:
    assert segment_formula(made) == expected


def test_a_segment_is_made_as_yes_or_no() -> None:
    assert as_measure(segment("orders > 2")).unit is Unit.FLAG


def test_a_quote_in_the_name_of_a_list_stays_text() -> None:
    (_, listed) = segment(file="li's.csv").measures
    assert "list_name = 'li''s.csv'" in listed.formula

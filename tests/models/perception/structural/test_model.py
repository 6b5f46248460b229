"""Models that cannot be: everything wrong at once, with the construct or item concerned."""

from __future__ import annotations

import pytest

from worthbook.kernel.errors import WorthbookError
from worthbook.models.perception.structural.notation import parse, render


@pytest.mark.parametrize(
    ("text", "slug", "named"),
    [
        ("", "structure-without-constructs", ""),
        ("A =~ a1", "structure-without-paths", ""),
        ("A =~ a1; B =~ ; B ~ A", "construct-without-items", "'B'"),
        ("A =~ a1 + x; B =~ x + b1; B ~ A", "item-of-two-constructs", "'x'"),
        ("A =~ a1; A =~ a2; B =~ b1; B ~ A", "construct-twice", "'A'"),
        ("A =~ a1; B =~ b1; B ~ A + Cc", "path-of-unknown-construct", "'Cc'"),
        ("A =~ a1; B =~ b1; B ~ A; B ~ A", "path-twice", "A -> B"),
        ("A =~ a1; B =~ b1; C =~ c1; B ~ A; C ~ B; A ~ C", "structure-circular", "A -> B"),
        ("A =~ a1; B =~ b1; A ~ A; B ~ A", "structure-circular", "A -> A"),
        ("A =~ a1; B =~ b1; C =~ c1; D =~ d1; B ~ A; D ~ C", "structure-disconnected", "C, D"),
        ("A =~ a1; H =~ A + x; B =~ b1; B ~ H", "construct-of-mixed-order", "'H'"),
        ("A = a1", "structure-line-unreadable", "'A = a1'"),
    ],
)
def test_what_is_wrong_is_named(text: str, slug: str, named: str) -> None:
    with pytest.raises(WorthbookError) as caught:
        parse(text)
    assert slug in caught.value.slugs
    assert named in caught.value.say("en")
    assert caught.value.say("zh") != caught.value.say("en")


def test_problems_come_together() -> None:
    with pytest.raises(WorthbookError) as caught:
        parse("A =~ a1 + a1; B =~ ; B ~ A + C")
    assert caught.value.slugs == ("construct-without-items", "item-of-two-constructs", "path-of-unknown-construct")


def test_a_line_that_cannot_be_read_has_its_place() -> None:
    with pytest.raises(WorthbookError, match=r"my\.txt:2: .*'what'"):
        parse("A =~ a1\nwhat\n", "my.txt")


def test_text_returns_the_same_model() -> None:
    model = parse("A =~ a 1 + a2; B <~ b1 + b2; C =~ c1; B ~ A; C ~ A + B + A : B")
    assert model.interactions == ("A:B",)
    assert model.items == ("a 1", "a2", "b1", "b2", "c1")
    assert parse(render(model)) == model

"""Instruments: what a survey asks, on which scales, about what, and how the answers are scored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

from worthbook.definitions.definition import Definition, Name, Part
from worthbook.definitions.measure import Better
from worthbook.kernel.language import Text

ScaleKind = Literal["rating", "points", "text"]

Aspect = Literal[
    "rating", "importance", "expectation", "perception", "functional", "dysfunctional", "points", "price", "comment"
]
"""What a question asks about its topic; two questions about one topic are told apart by it."""

ASPECTS: Mapping[Aspect, Text] = {
    "rating": Text(en="rating", zh="评价"),
    "importance": Text(en="importance", zh="重要程度"),
    "expectation": Text(en="expectation", zh="期望"),
    "perception": Text(en="perception", zh="感知"),
    "functional": Text(en="if it is there", zh="具备时"),
    "dysfunctional": Text(en="if it is not there", zh="不具备时"),
    "points": Text(en="points", zh="分配点数"),
    "price": Text(en="price", zh="价格"),
    "comment": Text(en="in own words", zh="意见"),
}

Scoring = Literal["nps", "top_box", "servqual", "kano", "dual", "points", "index", "profile"]


class Scale(Part):
    """The answers that are possible: theoretical bounds, never those that happened to be used.

    A `rating` is a whole number from `low` to `high`; `points` are shared out, so that a respondent's points of one
    scale have a `total`; `text` is a comment.
    """

    kind: ScaleKind = "rating"
    low: float | None = None
    high: float | None = None
    good: Better = "high"
    """Which end is good for us."""
    labels: Mapping[int, Text] = {}
    """What stands beside a number in the questionnaire; an answer may be given in these words."""
    spellings: Mapping[str, int] = {}
    """Further words that other programs write for a number."""
    missing: tuple[float | str, ...] = ()
    """Codes and words that say that there is no answer: -99, `N/A`."""
    top_from: float | None = None
    """From here on an answer counts as satisfied (top box); by default the upper two of the numbers."""
    total: float | None = None
    """What the points of one respondent must add up to."""

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest answer that is possible.

        >>> Scale(low=0, high=10).bounds
        (0.0, 10.0)
        """
        if self.kind == "points":
            return self.low or 0.0, float("inf") if self.total is None else self.total
        return float(self.low or 0), float(self.high or 0)

    @property
    def top(self) -> float:
        """From which answer on a respondent counts as satisfied.

        >>> Scale(low=1, high=5).top, Scale(low=1, high=5, good="low").top
        (4.0, 2.0)
        """
        low, high = self.bounds
        if self.top_from is not None:
            return self.top_from
        return low + 1 if self.good == "low" else high - 1


class Question(Part):
    """One question."""

    text: Text
    """May name `{brand}`, which is filled in with who is judged."""
    scale: Name
    indicates: Name | None = None
    """What it is an indicator of: `quality`, `satisfaction`, `tangibles`."""
    topic: Name | None = None
    """The attribute, feature or element that it is about."""
    aspect: Aspect = "rating"
    reversed: bool = False
    """Whether agreeing is bad for what it indicates; such an answer is turned round before anything is computed."""
    names: tuple[str, ...] = ()
    """Further headers under which files hold its answers."""


class Background(Part):
    """A question about the respondent, whose answers make segments."""

    text: Text
    options: Mapping[str, Text] = {}
    """Value in the file → what the questionnaire says; none is free text."""
    names: tuple[str, ...] = ()


class InstrumentDefinition(Definition):
    """A questionnaire that can be printed, filled in, read back and scored."""

    noun: ClassVar[str] = "instrument"

    scoring: Scoring
    scales: Mapping[Name, Scale]
    questions: Mapping[Name, Question]
    """In the order in which they are asked."""
    constructs: Mapping[Name, Text] = {}
    topics: Mapping[Name, Text] = {}
    background: Mapping[Name, Background] = {}
    brands: tuple[str, ...] = ()
    """The brands that may be asked about, our own first; none is any brand."""
    waves: tuple[str, ...] = ()
    """The waves in their order; none is any wave, in the order of the alphabet."""
    compares: bool = False
    """Whether it is answered once for each brand, rivals among them."""

    def scale_of(self, question: str) -> Scale:
        """The scale of a question."""
        return self.scales[self.questions[question].scale]

    @property
    def rated(self) -> tuple[str, ...]:
        """The questions whose answers are numbers, in their order."""
        return tuple(name for name in self.questions if self.scale_of(name).kind != "text")

    def asking(self, aspect: Aspect) -> Mapping[str, str]:
        """Topic → the question that asks this about it, in their order."""
        return {each.topic: name for name, each in self._about() if each.aspect == aspect and each.topic is not None}

    def indicators(self, construct: str) -> tuple[str, ...]:
        """The questions that indicate a construct, in their order."""
        return tuple(name for name, each in self.questions.items() if each.indicates == construct)

    def _about(self) -> Iterator[tuple[str, Question]]:
        return ((name, each) for name, each in self.questions.items() if each.topic is not None)

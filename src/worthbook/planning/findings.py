"""Sentences written by rules: which hold, and the numbers filled in as people write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from worthbook.data.conditions import holding
from worthbook.data.engine import Engine
from worthbook.data.formula import parse
from worthbook.definitions.study import FindingDefinition
from worthbook.kernel.errors import Fault, Place, Problem, WorthbookError, did_you_mean, raise_all
from worthbook.kernel.language import LANGUAGES, Language, Text
from worthbook.kernel.result import Finding
from worthbook.kernel.units import Unit, Value, show

PLACEHOLDER_UNREADABLE = Fault(
    "placeholder-unreadable",
    what=Text(en="'{near}' is not a placeholder.", zh="“{near}”不是有效的占位符。"),
    hint=Text(en="Write {usage}: a fact, a colon, a unit.", zh="请写成 {usage}：事实名、英文冒号、单位。"),
)
PLACEHOLDER_UNIT_UNKNOWN = Fault(
    "placeholder-unit-unknown",
    what=Text(en="'{unit}' is not a unit.", zh="“{unit}”不是有效单位。"),
    hint=Text(en="{near}", zh="{near}"),
)
FACT_UNKNOWN = Fault(
    "fact-unknown",
    what=Text(en="There is no fact '{name}'.", zh="没有名为“{name}”的事实。"),
    hint=Text(en="{near}", zh="{near}"),
)

PlaceOf = Callable[..., Place]
"""Path of keys and indexes in a definition → file and line."""

_UNITS = frozenset(unit.value for unit in Unit)
_USAGE = "{top_20_share:share}"
_PIECE = re.compile(r"\{(?P<fact>[a-z][a-z0-9_]*):(?P<unit>[a-z]+)\}|(?P<stray>[{}][^{}]*[{}]?)|(?P<words>[^{}]+)")


@dataclass(frozen=True)
class Blank:
    """A place in a sentence where a fact goes."""

    fact: str
    unit: Unit


@dataclass(frozen=True)
class Template:
    """A sentence in both languages with blanks for facts."""

    en: tuple[str | Blank, ...]
    zh: tuple[str | Blank, ...]
    where: Place | None = None

    @classmethod
    def read(cls, text: Text, where: Place | None = None) -> Template:
        """Read a sentence with `{fact:unit}` placeholders.

        >>> sorted(Template.read(Text(en="{n:count} of {all:count}", zh="{all:count}中的{n:count}")).facts)
        ['all', 'n']

        Raises:
            WorthbookError: `placeholder-unreadable`, `placeholder-unit-unknown`.
        """
        problems: list[Problem] = []
        pieces = {language: tuple(_pieces(text.say(language), where, problems)) for language in LANGUAGES}
        raise_all(dict.fromkeys(problems))
        return cls(pieces["en"], pieces["zh"], where)

    @property
    def facts(self) -> frozenset[str]:
        """The facts that it asks for."""
        return frozenset(piece.fact for piece in (*self.en, *self.zh) if isinstance(piece, Blank))

    def fill(self, facts: Mapping[str, Value], currency: str = "") -> Text:
        """The sentence with its numbers, as people write them in each language.

        >>> Template.read(Text(en="{n:share} left", zh="流失{n:share}")).fill({"n": 0.25}).en
        '25 % left'

        Raises:
            WorthbookError: `fact-unknown`.
        """
        raise_all(unknown_facts(self.facts, facts, self.where))

        def said(language: Language) -> str:
            pieces = self.en if language == "en" else self.zh
            return "".join(
                show(facts[piece.fact], piece.unit, language, currency) if isinstance(piece, Blank) else piece
                for piece in pieces
            )

        return Text(en=said("en"), zh=said("zh"))


def _pieces(sentence: str, where: Place | None, problems: list[Problem]) -> Iterator[str | Blank]:
    for match in _PIECE.finditer(sentence):
        if match["words"] is not None:
            yield match["words"]
        elif match["stray"] is not None:
            problems.append(PLACEHOLDER_UNREADABLE.problem(where, near=match["stray"], usage=_USAGE))
        elif match["unit"] not in _UNITS:
            near = did_you_mean(match["unit"], _UNITS)
            problems.append(PLACEHOLDER_UNIT_UNKNOWN.problem(where, unit=match["unit"], near=near))
        else:
            yield Blank(match["fact"], Unit(match["unit"]))


def unknown_facts(names: Iterable[str], known: Iterable[str], where: Place | None) -> tuple[Problem, ...]:
    """A problem for each name that is no fact."""
    facts = frozenset(known)
    return tuple(
        FACT_UNKNOWN.problem(where, name=name, near=did_you_mean(name, facts)) for name in sorted(set(names) - facts)
    )


def hold(
    engine: Engine, conditions: Sequence[str | None], facts: Mapping[str, Value], places: Sequence[Place]
) -> tuple[bool, ...]:
    """Which conditions hold over the facts; None always does. All are asked in one query."""
    asked = [parse(text, place) for text, place in zip(conditions, places, strict=True) if text is not None]
    answers = iter(holding(engine, asked, facts))
    return tuple(text is None or next(answers) for text in conditions)


def tell(  # noqa: PLR0913  # the last two only say how money and places are written
    findings: Sequence[FindingDefinition],
    facts: Mapping[str, Value],
    engine: Engine,
    place_of: PlaceOf,
    *,
    currency: str = "",
    key: str = "findings",
) -> tuple[Finding, ...]:
    """The findings whose conditions hold, in their order, with the numbers filled in.

    Args:
        findings: As defined in a study or a report.
        facts: By name; what is not there is unknown.
        engine: Asked whether the conditions hold.
        place_of: The definition's own, for errors.
        currency: Code for amounts of money.
        key: The key of the definition under which the findings stand.

    Raises:
        WorthbookError: if a sentence or condition cannot be read, or what is to be said asks for an absent fact.
    """
    templates = _read(findings, place_of, key)
    places = [place_of(key, index, "when") for index in range(len(findings))]
    holds = hold(engine, [finding.when for finding in findings], facts, places)
    said = [pair for pair, true in zip(zip(findings, templates, strict=True), holds, strict=True) if true]
    raise_all(problem for _, template in said for problem in unknown_facts(template.facts, facts, template.where))
    return tuple(Finding(template.fill(facts, currency), finding.tone) for finding, template in said)


def _read(findings: Sequence[FindingDefinition], place_of: PlaceOf, key: str) -> tuple[Template, ...]:
    """The sentences of some findings, all problems reported together."""
    templates: list[Template] = []
    problems: list[Problem] = []
    for index, finding in enumerate(findings):
        try:
            templates.append(Template.read(finding.text, place_of(key, index, "text")))
        except WorthbookError as error:
            problems += error.problems
    raise_all(problems)
    return tuple(templates)

"""Structural models made ready for answers: from a definition, or from a text in the notation of models."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from worthbook.data.answers import Answers as Surveyed
from worthbook.definitions.instrument import InstrumentDefinition, Question, Scale
from worthbook.definitions.structure import StructureDefinition
from worthbook.kernel.errors import Fault, did_you_mean, raise_all
from worthbook.kernel.language import Text
from worthbook.models.perception.answers import Answers
from worthbook.models.perception.structural.model import TIMES, Construct, Path, StructuralModel
from worthbook.models.perception.structural.notation import parse

NOT_ASKED = Fault(
    "construct-not-asked",
    what=Text(
        en="The answers hold none of the items of '{construct}' ({items}).",
        zh="答卷中没有“{construct}”的任何题项（{items}）。",
    ),
    hint=Text(
        en="Add the columns, or leave the construct out with `--without {construct}`.",
        zh="请补充这些列，或用 `--without {construct}` 去掉该潜变量。",
    ),
)
WITHOUT_UNKNOWN = Fault(
    "construct-to-leave-out-unknown",
    what=Text(en="There is no construct '{name}' to leave out.", zh="没有名为“{name}”的潜变量可以去掉。"),
    hint=Text(en="{near}", zh="{near}"),
)

NUMBERS = "numbers"
"""The one scale of an instrument that was made from headers."""
ANY = 1e300
"""A scale that begins below minus this has no least answer."""


@dataclass(frozen=True)
class Structure:
    """A structural model with what people call its constructs."""

    name: str
    title: Text
    model: StructuralModel
    titles: Mapping[str, Text]
    target: str

    @classmethod
    def of(cls, definition: StructureDefinition, instrument: InstrumentDefinition | None) -> Structure:
        """The structure of a definition.

        Raises:
            WorthbookError: If its paths run in a circle, fall apart, and so on.
        """
        constructs = tuple(
            Construct(name, definition.items_of(name, instrument), each.mode)
            for name, each in definition.constructs.items()
        )
        paths = tuple(Path(source, target) for source, targets in definition.paths.items() for target in targets)
        titles = {name: each.title for name, each in definition.constructs.items()}
        return cls(definition.name, definition.title, StructuralModel(constructs, paths), titles, definition.target)

    @classmethod
    def read(cls, text: str, file: str, target: str | None = None) -> Structure:
        """The structure that a text describes; without a target, what has the most drivers.

        Raises:
            WorthbookError: What is wrong with the text or the model.
        """
        model = parse(text, file)
        drivers = {name: sum(path.target == name for path in model.paths) for name in model.names}
        chosen = target or max(model.names, key=lambda name: drivers[name])
        if chosen not in model.names:
            raise WITHOUT_UNKNOWN(name=chosen, near=did_you_mean(chosen, model.names))
        titles = {name: Text(en=name, zh=name) for name in model.names}
        name = file.rpartition("/")[2].partition(".")[0]
        return cls(name, Text(en=name, zh=name), model, titles, chosen)

    def without(self, names: Collection[str]) -> Structure:
        """The same without some constructs and all paths that touch them.

        Raises:
            WorthbookError: construct-to-leave-out-unknown, or what is wrong with what is left.
        """
        known = self.model.names
        raise_all(
            WITHOUT_UNKNOWN.problem(name=name, near=did_you_mean(name, known)) for name in names if name not in known
        )
        constructs = tuple(each for each in self.model.constructs if each.name not in names)
        paths = tuple(path for path in self.model.paths if not {*path.source.split(TIMES), path.target} & set(names))
        return replace(self, model=StructuralModel(constructs, paths)) if names else self

    def asked(self, answers: Surveyed) -> tuple[Structure, tuple[str, ...]]:
        """The same with the items that the answers hold, and the items that they do not.

        Raises:
            WorthbookError: construct-not-asked, for every construct without a single item.
        """
        constructs, absent = [], []
        problems = []
        for each in self.model.constructs:
            if self.model.is_higher(each):
                constructs.append(each)
                continue
            there = tuple(item for item in each.items if answers.has(item))
            absent += [item for item in each.items if item not in there]
            if not there:
                problems.append(NOT_ASKED.problem(construct=each.name, items=", ".join(each.items)))
            else:
                constructs.append(replace(each, items=there))
        raise_all(problems)
        return replace(self, model=StructuralModel(tuple(constructs), self.model.paths)), tuple(absent)

    def title_of(self, name: str) -> Text:
        """What people call a construct, or an interaction."""
        return title_of(name, self.titles)


def title_of(name: str, titles: Mapping[str, Text]) -> Text:
    """The title of a construct, or of an interaction of two.

    >>> title_of("quality:image", {"quality": Text(en="Quality", zh="质量"), "image": Text(en="Image", zh="形象")}).en
    'Quality × Image'
    """
    parts = [titles.get(part, Text(en=part, zh=part)) for part in name.split(TIMES)]
    return Text(en=" × ".join(part.en for part in parts), zh=" × ".join(part.zh for part in parts))


def perceived(answers: Surveyed, items: Collection[str]) -> Answers:
    """The answers to some items as models take them: reversed items turned round, bounds from the instrument."""
    chosen = tuple(items)
    bounds = {
        item: (float(low), float(high))
        for item, (low, high) in zip(chosen, answers.bounds(chosen), strict=True)
        if math.isfinite(low) and math.isfinite(high) and low > -ANY
    }
    alike = bool(np.ptp(answers.weights) == 0) if len(answers) else True
    return Answers(chosen, answers.matrix(chosen), None if alike else answers.weights, bounds)


def instrument_of_headers(
    name: str, headers: Collection[str], scale: tuple[float, float] | None
) -> InstrumentDefinition:
    """An instrument whose questions are the headers of a file; without a scale any number is an answer."""
    numbers = Scale(kind="points", low=-ANY) if scale is None else Scale(low=scale[0], high=scale[1])
    questions = {header: Question(text=Text(en=header, zh=header), scale=NUMBERS) for header in headers}
    title = Text(en=name, zh=name)
    return InstrumentDefinition.model_construct(
        name=name,
        title=title,
        description=title,
        source=name,
        scoring="profile",
        scales={NUMBERS: numbers},
        questions=questions,
    )

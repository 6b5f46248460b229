"""Whether the parts of a structure are there; whether it can be estimated, the model itself says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from worthbook.definitions.instrument import InstrumentDefinition
from worthbook.definitions.structure import StructureDefinition
from worthbook.kernel.errors import Fault, Problem, did_you_mean
from worthbook.kernel.language import Text

INSTRUMENT_ABSENT = Fault(
    "structure-instrument-unknown",
    what=Text(en="There is no instrument '{name}'.", zh="没有名为“{name}”的问卷。"),
    hint=Text(en="{near}", zh="{near}"),
)
CONSTRUCT_ABSENT = Fault(
    "structure-construct-unknown",
    what=Text(en="'{name}' is not a construct of this structure.", zh="“{name}”不是该结构中的潜变量。"),
    hint=Text(en="{near}", zh="{near}"),
)
ITEM_ABSENT = Fault(
    "structure-item-unknown",
    what=Text(en="The instrument '{instrument}' has no question '{name}'.", zh="问卷“{instrument}”没有题目“{name}”。"),
    hint=Text(en="{near}", zh="{near}"),
)
ITEMS_NONE = Fault(
    "structure-items-missing",
    what=Text(en="The construct '{name}' has no items.", zh="潜变量“{name}”没有题项。"),
    hint=Text(
        en="List them under `items:`, or let questions of the instrument say `indicates: {name}`.",
        zh="请在 `items:` 下列出，或在问卷题目中写 `indicates: {name}`。",
    ),
)


def problems(structure: StructureDefinition, instruments: Mapping[str, InstrumentDefinition]) -> Iterator[Problem]:
    """What is wrong with one structure."""
    instrument = None
    if structure.instrument is not None:
        instrument = instruments.get(structure.instrument)
        if instrument is None:
            near = did_you_mean(structure.instrument, instruments)
            yield INSTRUMENT_ABSENT.problem(structure.place_of("instrument"), name=structure.instrument, near=near)
            return
    for source, targets in structure.paths.items():
        for name in (*source.split(":"), *targets):
            yield from _construct(structure, name, ("paths", source))
    yield from _construct(structure, structure.target, ("target",))
    for name in structure.constructs:
        yield from _items(structure, name, instrument)


def _construct(structure: StructureDefinition, name: str, where: tuple[str, ...]) -> Iterator[Problem]:
    if name not in structure.constructs:
        near = did_you_mean(name, structure.constructs)
        yield CONSTRUCT_ABSENT.problem(structure.place_of(*where), name=name, near=near)


def _items(structure: StructureDefinition, name: str, instrument: InstrumentDefinition | None) -> Iterator[Problem]:
    where = structure.place_of("constructs", name)
    items = structure.items_of(name, instrument)
    if not items:
        yield ITEMS_NONE.problem(where, name=name)
    if instrument is not None:
        for item in items:
            if item not in instrument.questions and item not in structure.constructs:
                near = did_you_mean(item, instrument.questions)
                yield ITEM_ABSENT.problem(where, instrument=instrument.name, name=item, near=near)

"""Frameworks in which somebody was placed by hand: what a person chose becomes a column that goes before the rest."""

from __future__ import annotations

from collections.abc import Iterable

from worthbook.data.placements import PLACEMENTS
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.definitions.measure import MeasureDefinition
from worthbook.kernel.language import Text
from worthbook.kernel.units import Unit
from worthbook.planning.index import Catalogue

_TITLE = Text(en="{framework}: placed by hand", zh="{framework}：人工指定")
_DESCRIPTION = Text(
    en="The cell into which somebody put the customer, on days on which that counts.",
    zh="由人工指定且当日有效的等级或分类。",
)


def with_placements(catalogue: Catalogue, names: Iterable[str]) -> Catalogue:
    """The catalogue in which some frameworks give way to placements by hand; the others are as they were.

    Each of them reads one measure more, so that dates, merged customers, undone imports and provenance are those of
    any measure. A name that no framework has any more is left out.
    """
    placed = [catalogue.frameworks[name] for name in sorted(set(names)) if name in catalogue.frameworks]
    own = {each.name: each.model_copy(update={"by_hand": _column(each)}) for each in placed if each.by_hand is None}
    changed = [own.get(each.name, each) if isinstance(each, FrameworkDefinition) else each
               for each in catalogue.definitions]  # fmt: skip
    return Catalogue.of([*changed, *(_measure(each) for each in own.values())], catalogue.own)


def _column(framework: FrameworkDefinition) -> str:
    return f"{framework.name}__by_hand"


def _measure(framework: FrameworkDefinition) -> MeasureDefinition:
    return MeasureDefinition(
        name=_column(framework),
        title=_TITLE.format(framework=framework.title),
        description=_DESCRIPTION,
        source="Decisions of account managers and their superiors (A31)",
        unit=Unit.LABEL,
        table=PLACEMENTS,
        formula=f"last_by(cell, from_on) filter (where framework = '{framework.name}' and until_on >= as_of())",
    ).located(framework.place, {})

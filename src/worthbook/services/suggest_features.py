"""From columns to what is learnt from, and from what was learnt back to conditions on columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from worthbook.kernel.errors import Fault, raise_all
from worthbook.kernel.language import Text
from worthbook.kernel.result import ColumnMeta
from worthbook.kernel.units import Unit
from worthbook.models.grouping.tree import Bound
from worthbook.planning.index import Catalogue
from worthbook.scoring.bands import literal, number_text
from worthbook.services.segment_answer import spoken

COLUMN_UNFIT = Fault(
    "suggest-column-unfit",
    what=Text(
        en="'{name}' is counted in '{unit}', from which nothing can be learnt here.",
        zh="“{name}”的单位是“{unit}”，无法用于此处的分组。",
    ),
    hint=Text(
        en="Choose numbers, yes or no, or the cells of a framework.", zh="请选择数值列、是否列或分层框架的单元。"
    ),
)

_EXACTLY = Text(en="{title} {count}", zh="{title}{count}")
_FROM = Text(en="{title} {low} and more", zh="{title}{low}及以上")
_BELOW = Text(en="{title} below {high}", zh="{title}低于{high}")
_BETWEEN = Text(en="{title} {low} to below {high}", zh="{title}{low}以上（含）、低于{high}")
_IS = Text(en="{title}: {label}", zh="{title}：{label}")
_IS_NOT = Text(en="{title}: not {label}", zh="{title}：非{label}")
_YES = Text(en="{title}", zh="{title}")
_NO = Text(en="not: {title}", zh="非：{title}")


@dataclass(frozen=True)
class Feature:
    """A column, or one label of a column of labels."""

    meta: ColumnMeta
    label: str | None = None

    @property
    def formula(self) -> str:
        """What it is as a number."""
        name = self.meta.name
        if self.label is not None:
            return f"case when {name} = {literal(self.label)} then 1 when {name} is not null then 0 end"
        if self.meta.unit is Unit.FLAG:
            return f"case when {name} then 1 when {name} is not null then 0 end"
        return name

    def condition(self, bound: Bound) -> str:
        """A bound in the formula language."""
        name = self.meta.name
        if self.label is not None:
            return f"{name} {'<>' if bound.low is None else '='} {literal(self.label)}"
        if self.meta.unit is Unit.FLAG:
            return f"not {name}" if bound.low is None else name
        if self._is_one(bound) and bound.low is not None:
            return f"{name} = {number_text(bound.low)}"
        parts = [f"{name} >= {number_text(bound.low)}"] if bound.low is not None else []
        parts += [f"{name} < {number_text(bound.high)}"] if bound.high is not None else []
        return " and ".join(parts)

    def _is_one(self, bound: Bound) -> bool:
        """Whether only one whole number lies in a bound."""
        both = bound.low is not None and bound.high is not None
        return both and self.meta.unit is Unit.COUNT and bound.high == (bound.low or 0) + 1

    def said(self, bound: Bound, currency: str) -> Text:
        """A bound in words."""
        title = self.meta.title
        if self.label is not None:
            label = self.meta.labels.get(self.label, Text(en=self.label, zh=self.label))
            return (_IS_NOT if bound.low is None else _IS).format(title=title, label=label)
        if self.meta.unit is Unit.FLAG:
            return (_NO if bound.low is None else _YES).format(title=title)
        if self._is_one(bound):
            return _EXACTLY.format(title=title, count=spoken(bound.low, self.meta.unit))
        low, high = (spoken(end, self.meta.unit, currency) for end in (bound.low, bound.high))
        form = _BELOW if bound.low is None else _FROM if bound.high is None else _BETWEEN
        return form.format(title=title, low=low, high=high)


def features_of(catalogue: Catalogue, names: Iterable[str]) -> tuple[Feature, ...]:
    """Columns as features: numbers and flags as they are, labels one by one.

    Raises:
        WorthbookError: suggest-column-unfit.
    """
    metas = [catalogue.meta(name) for name in names]
    raise_all(
        COLUMN_UNFIT.problem(name=meta.name, unit=meta.unit.value)
        for meta in metas
        if not (meta.unit.is_numeric or meta.unit is Unit.FLAG or meta.labels)
    )
    return tuple(Feature(meta, label) for meta in metas for label in (tuple(meta.labels) if meta.labels else (None,)))


def joined(features: Sequence[Feature], bounds: Sequence[Bound]) -> str:
    """All bounds of a leaf as one condition."""
    return " and ".join(features[bound.feature].condition(bound) for bound in bounds)

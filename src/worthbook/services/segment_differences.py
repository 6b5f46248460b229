"""How two groups of customers differ, column by column, the clearest difference first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from worthbook.data.contrast import Groups, shares
from worthbook.kernel.language import Text
from worthbook.kernel.result import ColumnMeta
from worthbook.kernel.units import Unit
from worthbook.models.base import FloatArray
from worthbook.models.grouping.differences import (
    Contrast,
    Moments,
    contrast_means,
    contrast_shares,
    corrected,
    ranked,
)

_LABELS = 2
"""Of a column of labels, so many are told: those that differ most."""
_LABEL = Text(en="{column}: {label}", zh="{column}：{label}")


@dataclass(frozen=True)
class Line:
    """One column, or one label of a column, of the comparison."""

    column: str
    title: Text
    unit: Unit
    one: float
    other: float
    difference: float
    low: float
    high: float
    effect: float
    p: float


def differences(groups: Groups, metas: Mapping[str, ColumnMeta]) -> list[Line]:
    """All columns, the clearest difference first, `p` corrected for how many were compared."""
    numbers = [name for name, meta in metas.items() if meta.unit.is_numeric]
    flags = [name for name, meta in metas.items() if meta.unit is Unit.FLAG]
    lines = [
        *_measured(groups, numbers, metas),
        *_flagged(groups, flags, metas),
        *(line for name, meta in metas.items() if meta.labels for line in _labelled(groups, meta)),
    ]
    p = corrected(np.array([line.p for line in lines]))
    return [replace(lines[index], p=float(p[index])) for index in ranked(np.array([line.effect for line in lines]))]


def _measured(groups: Groups, names: Sequence[str], metas: Mapping[str, ColumnMeta]) -> Iterator[Line]:
    one, other = (Moments(*found.T) for found in groups.moments(names))
    yield from _each(names, [metas[name].title for name in names], [metas[name].unit for name in names], one, other,
                     contrast_means(one, other))  # fmt: skip


def _flagged(groups: Groups, names: Sequence[str], metas: Mapping[str, ColumnMeta]) -> Iterator[Line]:
    one, other = (_share(found[:, 0], found[:, 1]) for found in groups.moments(names))
    yield from _each(names, [metas[name].title for name in names], [Unit.SHARE] * len(names), one, other,
                     contrast_shares(one, other))  # fmt: skip


def _labelled(groups: Groups, meta: ColumnMeta) -> Iterator[Line]:
    """The labels of one column that differ most."""
    counts = list(shares(groups.labels(meta.name)))
    if not counts or not all(counts[0][2]):
        return
    sides = (
        _share(
            np.array([float(whole[side]) for _, _, whole in counts]),
            np.array([pair[side] / whole[side] for _, pair, whole in counts]),
        )
        for side in (0, 1)
    )
    one, other = sides
    titles = [_LABEL.format(column=meta.title, label=meta.labels.get(label, label)) for label, _, _ in counts]
    units = [Unit.SHARE] * len(counts)
    lines = list(_each([meta.name] * len(counts), titles, units, one, other, contrast_shares(one, other)))
    order = ranked(np.array([line.effect for line in lines]))
    yield from (lines[index] for index in order[:_LABELS])


def _share(count: FloatArray, share: FloatArray) -> Moments:
    return Moments(count, share, share * (1 - share))


def _each(  # noqa: PLR0913, PLR0917 - a column's name and words, both sides, and what they give
    names: Sequence[str], titles: Sequence[Text], units: Sequence[Unit], one: Moments, other: Moments, found: Contrast
) -> Iterator[Line]:
    for index, name in enumerate(names):
        sides = (float(one.mean[index]), float(other.mean[index]))
        numbers = (found.difference, found.low, found.high, found.effect, found.p)
        yield Line(name, titles[index], units[index], *sides, *(float(each[index]) for each in numbers))

"""Waves, segments and rivals side by side under one structural model: indices, their differences, paths that differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from worthbook.data.answers import Answers as Surveyed
from worthbook.kernel.errors import WorthbookError
from worthbook.kernel.language import Text
from worthbook.kernel.result import Finding, Table
from worthbook.kernel.units import Unit, Value
from worthbook.models.base import IntArray
from worthbook.models.perception.structural.comparing import adjusted, permutation
from worthbook.models.perception.structural.invariance import Verdict, micom
from worthbook.models.perception.structural.pls import PLS
from worthbook.models.perception.structural.quantities import ARROW
from worthbook.models.perception.structural.resampling import Draws, bootstrap
from worthbook.models.perception.structural.sample import Sample
from worthbook.planning.structures import Structure, perceived
from worthbook.planning.studies.context import column, table
from worthbook.planning.surveys import grouped

MOST_PAIRS = 6
"""Pairs of groups whose paths are compared: those of the largest groups."""
SURE = 0.05

INDICES = Text(en="Index of {target} by {by}", zh="按{by}划分的“{target}”指数")
CONTRASTS = Text(en="Differences of the index", zh="指数差异")
PATHS = Text(en="Differences of the paths", zh="路径差异")
NOT_FITTED = Text(en="{group}: {why}", zh="{group}：{why}")
PAIRS_LEFT_OUT = Text(
    en="Only the {shown} pairs of the largest groups are compared; {left} are left out.",
    zh="仅比较人数最多的 {shown} 对分组，其余 {left} 对未列出。",
)
VERDICTS: Mapping[Verdict, Text] = {
    "none": Text(en="not the same thing: do not compare", zh="测量不等值，不宜比较"),
    "partial": Text(en="partial: paths may be compared", zh="部分等值，可比较路径"),
    "full": Text(en="full", zh="完全等值"),
}

_INDICES = (
    column("group", Unit.TEXT, "Group", "分组"),
    column("respondents", Unit.COUNT, "Respondents", "受访者"),
    column("index", Unit.SCORE, "Index (0–100)", "指数（0–100）"),
    column("low", Unit.SCORE, "95 % from", "95%下限"),
    column("high", Unit.SCORE, "to", "上限"),
)
_ENDS = (column("one", Unit.TEXT, "Group", "分组"), column("other", Unit.TEXT, "against", "对比"))
_CONTRASTS = (
    *_ENDS,
    column("difference", Unit.SCORE, "Difference", "差值"),
    column("low", Unit.SCORE, "95 % from", "95%下限"),
    column("high", Unit.SCORE, "to", "上限"),
    column("p", Unit.RATIO, "p (permutation)", "p值（置换检验）"),
    column("p_holm", Unit.RATIO, "p, corrected (Holm)", "校正后p值（Holm）"),
    column("invariance", Unit.TEXT, "Measured alike (MICOM)", "测量等值性（MICOM）"),
)
_PATHS = (
    *_ENDS,
    column("source", Unit.TEXT, "From", "自变量"),
    column("target", Unit.TEXT, "To", "因变量"),
    column("first", Unit.RATIO, "Path there", "前者路径"),
    column("second", Unit.RATIO, "Path here", "后者路径"),
    column("p", Unit.RATIO, "p (permutation)", "p值（置换检验）"),
    column("p_holm", Unit.RATIO, "p, corrected (Holm)", "校正后p值（Holm）"),
)
COLUMNS: Mapping[str, frozenset[str]] = {
    "groups": frozenset(each.name for each in _INDICES),
    "contrasts": frozenset(each.name for each in _CONTRASTS),
    "path_differences": frozenset(each.name for each in _PATHS),
}


@dataclass(frozen=True)
class Compared:
    """Groups of respondents under one model."""

    structure: Structure
    specification: PLS
    surveyed: Surveyed
    by: str
    least: int
    draws: int
    seed: int

    @cached_property
    def groups(self) -> tuple[tuple[str, IntArray], ...]:
        """The groups that are large enough, each with its rows."""
        names, group = grouped(self.surveyed, self.by)
        rows = ((name, np.flatnonzero(group == place)) for place, name in enumerate(names))
        return tuple((name, mine) for name, mine in rows if len(mine) >= self.least)

    @cached_property
    def sizes(self) -> tuple[tuple[str, ...], np.ndarray]:
        """Every group with the number of its respondents."""
        names, group = grouped(self.surveyed, self.by)
        return names, np.bincount(group[group >= 0], minlength=len(names)).astype(np.float64)

    def tables(self) -> tuple[tuple[Table, ...], tuple[Finding, ...]]:
        """Indices of the groups; what differs between pairs of them; groups that could not be fitted."""
        drawn, notes = self._drawn()
        if not drawn:
            return (), notes
        target = self.structure.title_of(self.structure.target)
        by = Text(en=self.by, zh=self.by)
        indices = [self._index(name, rows, drawn[name]) for name, rows in self.groups if name in drawn]
        made = [table("groups", INDICES.format(target=target, by=by), _INDICES, indices)]
        pairs = list(combinations([each for each in self.groups if each[0] in drawn], 2))
        pairs.sort(key=lambda pair: -(len(pair[0][1]) + len(pair[1][1])))
        if len(pairs) > MOST_PAIRS:
            said = PAIRS_LEFT_OUT.format(shown=MOST_PAIRS, left=len(pairs) - MOST_PAIRS)
            notes = (*notes, Finding(said))
        pairs = pairs[:MOST_PAIRS]
        if pairs:
            made += self._contrasts(pairs, drawn)
        return tuple(made), notes

    def _drawn(self) -> tuple[dict[str, Draws], tuple[Finding, ...]]:
        found: dict[str, Draws] = {}
        notes = []
        for name, rows in self.groups:
            try:
                found[name] = bootstrap(self._sample(rows), self.draws, self.seed, ("index",))
            except WorthbookError as error:
                why = Text(en=error.problems[0].what.en, zh=error.problems[0].what.zh)
                notes.append(Finding(NOT_FITTED.format(group=name, why=why), "warning"))
        return found, tuple(notes)

    def _sample(self, rows: IntArray) -> Sample:
        mask = np.zeros(len(self.surveyed), dtype=bool)
        mask[rows] = True
        return self.specification.sample(perceived(self.surveyed.where(mask), self.structure.model.items))

    def _index(self, name: str, rows: IntArray, draws: Draws) -> tuple[Value | Text, ...]:
        row = draws.estimates("index")[self._place(draws)]
        return (name, len(rows), row.estimate, row.low, row.high)

    def _place(self, draws: Draws) -> int:
        return draws.labels["index"].index(self.structure.target)

    def _contrasts(
        self, pairs: Sequence[tuple[tuple[str, IntArray], tuple[str, IntArray]]], drawn: Mapping[str, Draws]
    ) -> Iterator[Table]:
        contrasts: list[list[Value | Text]] = []
        paths: list[tuple[Value | Text, ...]] = []
        p_values: list[float] = []
        for (one, first), (other, second) in pairs:
            rows = np.sort(np.concatenate([first, second]))
            sample, is_first = self._sample(rows), np.isin(rows, first)
            index = permutation(sample, is_first, "index", self.draws, self.seed)
            place = index.labels.index(self.structure.target)
            alike = micom(sample, is_first, self.draws, self.seed)[place].verdict
            at = self._place(drawn[one])
            apart = drawn[one].original["index"][at] - drawn[other].original["index"][at]
            low, high = _between(drawn[one].draws["index"][:, at], drawn[other].draws["index"][:, at])
            p_values.append(float(index.p_values[place]))
            contrasts.append([one, other, float(apart), low, high, p_values[-1], VERDICTS[alike]])
            found = permutation(sample, is_first, "path", self.draws, self.seed).differences
            corrected = adjusted([row.p for row in found], "holm")
            for row, p_holm in zip(found, corrected, strict=True):
                source, target = (self.structure.title_of(name) for name in row.label.split(ARROW))
                paths.append((one, other, source, target, row.first, row.second, row.p, p_holm))
        for contrast, p_holm in zip(contrasts, adjusted(p_values, "holm"), strict=True):
            contrast.insert(-1, p_holm)
        yield table("contrasts", CONTRASTS, _CONTRASTS, contrasts)
        yield table("path_differences", PATHS, _PATHS, paths)


def _between(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """The interval of a difference of two groups that were drawn apart."""
    count = min(len(one), len(other))
    low, high = np.quantile(one[:count] - other[:count], [0.025, 0.975])
    return float(low), float(high)

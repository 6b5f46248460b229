"""Who would move next in scorecards, ladders, grids and rules: the smallest change of one column that moves somebody.

Candidates are those closest to a limit of any column that is cut, or of the score; what really moves them, all else
equal, is then found for each as `explain` finds it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from worthbook.data import columns
from worthbook.data.lists import top_rows
from worthbook.definitions.framework import SCORE
from worthbook.kernel.units import Unit, Value
from worthbook.planning.lay import thresholds_of, weighting
from worthbook.planning.run import Workbench
from worthbook.scoring import nearness
from worthbook.scoring.change import Change, changes, relative_size
from worthbook.scoring.condition import compared_limits
from worthbook.scoring.framework import score_column
from worthbook.scoring.judge import NotFollowedError
from worthbook.scoring.place import Case
from worthbook.services.near_found import Near, Nearby

_WIDER = 3
"""Times as many candidates are looked at as are shown: others of their columns may hold them where they are."""


def near_cells(bench: Workbench, near: Near, customers: int) -> Near:
    """The same answer with those whom the smallest changes would move, upwards, downwards, or across.

    Args:
        bench: the framework's columns as at the day.
        near: the framework and its days.
        customers: how many to show of each.
    """
    cells = _Cells(bench, near)
    found = sorted(
        cells.found(cells.candidates(customers * _WIDER)), key=lambda each: (relative_size(each[1]), each[0])
    )
    shown: dict[str, list[Nearby]] = {"up": [], "down": [], "across": []}
    for customer, change, case in found:
        part = shown[change.effect]
        if len(part) < customers and customer not in {each.customer_id for each in part}:
            part.append(_nearby(customer, change, case))
    return replace(near, rising=tuple(shown["up"]), safe=tuple(shown["down"]), across=tuple(shown["across"]))


def _nearby(customer: str, change: Change, case: Case) -> Nearby:
    value = case.values[change.column]
    cell = case.cell or ""
    numbers = (value, value, change.amount + 0, change.limit)  # 0 is added because less by nothing is -0.0
    return Nearby(customer, cell, change.cell, change.column, *numbers, change.text)


@dataclass(frozen=True)
class _Cells:
    bench: Workbench
    near: Near

    def candidates(self, limit: int) -> list[str]:
        """Customers near a limit."""
        framework = self.near.framework
        thresholds = thresholds_of(self.bench, framework)
        cut = {axis.column: thresholds[name] for name, axis in framework.axes.items() if axis.cuts}
        cut = {**compared_limits(framework), **cut}
        score = score_column(framework)
        if score is not None:
            cut = {score: thresholds[SCORE]}
        formulas = {
            f"near_{number}_{direction}": (nearness.between(name, limits, direction), Unit.RATIO)
            for number, (name, limits) in enumerate(cut.items())
            for direction in ("more", "less")
        }
        if not formulas:
            return []
        with tempfile.TemporaryDirectory(prefix="worthbook-") as desk:
            sheets = self.bench.sheets_of([framework.computed, *cut])
            sheet = columns.derive(
                self.bench.engine, sheets, formulas, self.near.as_of, self.bench.snapshot.settings, Path(desk)
            )
            rows = [row for name in formulas for row in top_rows(self.bench.engine, [sheet], [name], name, limit)]
        return list(dict.fromkeys(str(customer) for customer, near in rows if near is not None))

    def found(self, candidates: list[str]) -> Iterator[tuple[str, Change, Case]]:
        """Every change that moves one of them."""
        framework, catalogue = self.near.framework, self.bench.catalogue
        names = sorted({*self.bench.plan.needs[framework.name], framework.computed})
        metas = {name: catalogue.meta(name) for name in names}
        thresholds = thresholds_of(self.bench, framework)
        weights = weighting(self.bench, framework)
        rows = columns.of_customers(self.bench.engine, self.bench.sheets_of(names), candidates, names)
        for customer, row in rows.items():
            values: dict[str, Value] = dict(zip(names, row, strict=True))
            case = Case(framework, values, thresholds, metas, self.near.currency, weights)
            try:
                placed = case.cell is not None
                yield from ((customer, change, case) for change in (changes(case) if placed else ()))
            except NotFollowedError:
                return

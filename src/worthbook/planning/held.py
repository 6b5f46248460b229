"""A column of one date as the models that were fitted at another would give it: what refitting alone changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from worthbook.data import columns
from worthbook.data.engine import Sheet
from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.model import ModelDefinition
from worthbook.planning.estimate import coded_for, fit_of, prediction
from worthbook.planning.resolve import FormulaStep, ModelStep
from worthbook.planning.run import Workbench


def by_models_of(earlier: Workbench, later: Workbench, name: str, folder: Path) -> Sheet | None:
    """A column of the later date by the models of the earlier one.

    Args:
        earlier: with the models' columns made.
        later: with the column made.
        name: the column.
        folder: where columns are written; they are not kept.

    Returns:
        None where no model is behind the column, or one of them could not be fitted then or reads another.
    """
    making = _Making(later, folder, dict(later.sheets))
    for step in later.plan.steps:
        if isinstance(step, ModelStep):
            if not making.predict(earlier, step.model):
                return None
        elif isinstance(step, FormulaStep):
            for measure in step.measures:
                making.derive(measure)
    return making.sheets[name] if name in making.changed else None


@dataclass
class _Making:
    """The later date's columns, those behind a model being made again."""

    bench: Workbench
    folder: Path
    sheets: dict[str, Sheet]
    changed: set[str] = field(default_factory=set)

    def predict(self, earlier: Workbench, model: ModelDefinition) -> bool:
        fit = fit_of(earlier, model).fit
        if fit is None or self.changed & set(model.reads):
            return False
        names = tuple(model.gives)
        with coded_for(self.bench, model) as given:
            predict = prediction(self.bench, fit, model, given)
            made = columns.spread(self.bench.engine, given.sheets, given.by, predict, names, self._place(model.name))
        self.sheets.update(dict.fromkeys(names, made))
        self.changed.update(names)
        return True

    def derive(self, measure: MeasureDefinition) -> None:
        needed = self.bench.plan.needs[measure.name]
        if needed & self.changed:
            formula = {measure.name: (measure.formula, measure.unit)}
            as_of, settings = self.bench.plan.as_of, self.bench.snapshot.settings
            made = columns.derive(
                self.bench.engine, self._of(needed), formula, as_of, settings, self._place(measure.name)
            )
            self.sheets[measure.name] = made
            self.changed.add(measure.name)

    def _of(self, names: Iterable[str]) -> tuple[Sheet, ...]:
        return tuple(dict.fromkeys(self.sheets[name] for name in names))

    def _place(self, name: str) -> Path:
        place = self.folder / name
        place.mkdir()
        return place

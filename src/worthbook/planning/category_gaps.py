"""The columns of category gaps: which usual categories a customer buys is counted from rows, the rest is arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from worthbook.data import columns, measures
from worthbook.data.category_spend import BOUGHT, read_category_buyers
from worthbook.data.engine import Sheet
from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.model import ModelDefinition
from worthbook.kernel.units import Unit
from worthbook.models.potential.category_gaps import EVERYBODY, CategoryGapsFit, CategorySpend, UsualCategory
from worthbook.planning.run import Workbench

KIND = "peer_kind"
"""The covariate that tells kinds of customers apart; without it all are compared with all."""
_BUYS = "buys_category_{place}"


def category_spend(bench: Workbench) -> CategorySpend:
    """What customers of each kind buy in the book."""
    found, customers = read_category_buyers(bench.engine, bench.snapshot, bench.catalogue.tables, bench.plan.as_of)
    return CategorySpend({(each.kind, each.category): (each.buyers, each.log_spend) for each in found}, customers)


def make_category_gaps(bench: Workbench, model: ModelDefinition, fit: CategoryGapsFit) -> None:
    """Gap, next category and what is spent on it, for every customer some of whose purchases name a category."""
    places = {category: _BUYS.format(place=place) for place, category in enumerate(fit.categories)}
    wanted = {
        name: (_known(model, _formula(fit, model, given.quantity, places)), given.unit)
        for name, given in model.gives.items()
    }
    with bench.store.new_sheet() as folder:
        buys = _buys(bench, model, places, folder)
        sheets = (*bench.sheets_of(model.reads), buys)

        def make(to: Path) -> Sheet:
            return columns.derive(bench.engine, sheets, wanted, bench.plan.as_of, bench.snapshot.settings, to)

        bench.keep(tuple(model.gives), make)


def _buys(bench: Workbench, model: ModelDefinition, places: Mapping[str, str], folder: Path) -> Sheet:
    """One column a category: whether anything of it was bought in the last 12 months."""
    counted = [
        MeasureDefinition(
            name=name, title=model.title, description=model.description, source=model.source, unit=Unit.COUNT,
            table=BOUGHT, formula=f"count(*) filter (where category = {_quoted(category)} and amount_12m > 0)", empty=0,
        )
        for category, name in places.items()
    ]  # fmt: skip
    tables, population, as_of = bench.catalogue.tables, bench.plan.population, bench.plan.as_of
    return measures.make_measures(bench.engine, bench.snapshot, tables, population, counted, as_of, folder)


def _known(model: ModelDefinition, formula: str) -> str:
    return f"case when {model.inputs['categories']} is not null then {formula} end"


def _formula(fit: CategoryGapsFit, model: ModelDefinition, quantity: str, places: Mapping[str, str]) -> str:
    """Kind by kind; a kind that is not there is compared with all."""
    write = {"gap": _gap, "next_category": _next, "next_spend": _next_spend}[quantity]
    kinds = [
        f"when {KIND} = {_quoted(kind)} then {write(found, places)}"
        for kind, found in fit.usual.items()
        if kind is not EVERYBODY and KIND in model.covariates
    ]
    rest = write(fit.usual[EVERYBODY], places)
    return f"case {' '.join(kinds)} else {rest} end" if kinds else rest


def _gap(usual: Sequence[UsualCategory], places: Mapping[str, str]) -> str:
    missing = [f"case when {places[each.category]} = 0 then {each.expected:.4f} else 0 end" for each in usual]
    return f"({' + '.join(missing)})"


def _next(usual: Sequence[UsualCategory], places: Mapping[str, str]) -> str:
    cases = [f"when {places[each.category]} = 0 then {_quoted(each.category)}" for each in usual]
    return f"case {' '.join(cases)} end"


def _next_spend(usual: Sequence[UsualCategory], places: Mapping[str, str]) -> str:
    cases = [f"when {places[each.category]} = 0 then {each.usual:.4f}" for each in usual]
    return f"case {' '.join(cases)} end"


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"

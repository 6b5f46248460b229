"""Studies: a method makes tables and facts, and the definition says what is drawn and told of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from worthbook.data.formula import parse
from worthbook.definitions.study import ChartDefinition, StudyDefinition
from worthbook.kernel.errors import Fault, Place, Problem, WorthbookError, did_you_mean, raise_all
from worthbook.kernel.language import Text
from worthbook.kernel.provenance import Provenance
from worthbook.kernel.result import Chart, Study
from worthbook.kernel.units import Value
from worthbook.planning.findings import Template, hold, tell, unknown_facts
from worthbook.planning.studies.bridge import BRIDGE_METHOD
from worthbook.planning.studies.churn import CHURN
from worthbook.planning.studies.cohorts import COHORTS
from worthbook.planning.studies.concentration import CONCENTRATION
from worthbook.planning.studies.context import Made, Method, StudyContext
from worthbook.planning.studies.forecast import FORECAST
from worthbook.planning.studies.health import HEALTH
from worthbook.planning.studies.history import HISTORY
from worthbook.planning.studies.information_fields import INFORMATION_FIELDS
from worthbook.planning.studies.migration import MIGRATION
from worthbook.planning.studies.purchase_models import PURCHASE_MODELS
from worthbook.planning.studies.rhythm import RHYTHM
from worthbook.planning.studies.segments import SEGMENTS_METHOD
from worthbook.planning.studies.survey_methods import SURVEY_METHODS
from worthbook.planning.studies.timeline import TIMELINE
from worthbook.planning.studies.value_spread import VALUE_SPREAD
from worthbook.planning.studies.weight_sensitivity import WEIGHT_SENSITIVITY
from worthbook.planning.studies.what_to_do import WHAT_TO_DO

__all__ = ["COMPARING", "METHODS", "StudyContext", "check_study", "make_study"]

COMPARING = "purchase_models"
"""The method that shows the models of purchases side by side, which takes a test of its own."""

METHODS: Mapping[str, Method] = {
    "concentration": CONCENTRATION,
    "rhythm": RHYTHM,
    "cohorts": COHORTS,
    "churn": CHURN,
    "forecast": FORECAST,
    "value_spread": VALUE_SPREAD,
    "what_to_do": WHAT_TO_DO,
    "segments": SEGMENTS_METHOD,
    COMPARING: PURCHASE_MODELS,
    "health": HEALTH,
    "information_fields": INFORMATION_FIELDS,
    "migration": MIGRATION,
    "weight_sensitivity": WEIGHT_SENSITIVITY,
    "bridge": BRIDGE_METHOD,
    "history": HISTORY,
    "timeline": TIMELINE,
    **SURVEY_METHODS,
}
"""Every method by the name under which definitions ask for it."""

METHOD_UNKNOWN = Fault(
    "study-method-unknown",
    what=Text(en="There is no study method '{name}'.", zh="没有名为“{name}”的研究方法。"),
    hint=Text(en="{near}", zh="{near}"),
)
ROLE_UNKNOWN = Fault(
    "study-role-unknown",
    what=Text(en="The method '{method}' has no input '{name}'.", zh="方法“{method}”没有名为“{name}”的输入。"),
    hint=Text(en="{near}", zh="{near}"),
)
TABLE_UNKNOWN = Fault(
    "study-table-unknown",
    what=Text(en="The method '{method}' gives no table '{name}'.", zh="方法“{method}”不产生名为“{name}”的表。"),
    hint=Text(en="{near}", zh="{near}"),
)
COLUMN_UNKNOWN = Fault(
    "study-column-unknown",
    what=Text(en="The table '{table}' has no column '{name}'.", zh="表“{table}”中没有“{name}”列。"),
    hint=Text(en="{near}", zh="{near}"),
)

_Words = TypeVar("_Words", Text, str)


def make_study(definition: StudyDefinition, context: StudyContext) -> Study:
    """Make one study of an evaluation.

    Thin, missing or odd data never fail: the study then has fewer tables and charts and says so in a finding.

    Raises:
        WorthbookError: if the definition asks for what its method does not give.
    """
    raise_all(check_study(definition))
    method = METHODS[definition.method]
    made = method.make(definition, context)
    facts = {**dict.fromkeys(sorted(method.facts)), **made.facts}
    return Study(
        name=definition.name,
        title=definition.title,
        description=definition.description,
        as_of=context.as_of,
        tables=made.tables,
        charts=tuple(_charts(definition, made, context)),
        findings=(
            *tell(definition.findings, facts, context.engine, definition.place_of, currency=context.currency),
            *made.findings,
        ),
        caveats=definition.caveats,
        source=definition.source,
        provenance=_provenance(definition, method, made, context),
        facts=facts,
    )


def _provenance(definition: StudyDefinition, method: Method, made: Made, context: StudyContext) -> Provenance:
    parents = tuple(parent for name in sorted(set(made.used)) for parent in _parents(name, context.provenance))
    return Provenance("study", definition.name, context.as_of, definition.fingerprint, method.maker, parents)


def _parents(name: str, known: Mapping[str, Provenance]) -> tuple[Provenance, ...]:
    """How a column or table was made; a table may be known only as a leaf under the columns made from it."""
    if name in known:
        return (known[name],)
    nodes = (node for tree in known.values() for node in tree.walk())
    table = next((node for node in nodes if node.kind == "table" and node.name == name), None)
    return () if table is None else (table,)


def _charts(definition: StudyDefinition, made: Made, context: StudyContext) -> Iterator[Chart]:
    """The charts that have something to show; a series that is not known is left out of its chart."""
    facts = {**dict.fromkeys(METHODS[definition.method].facts), **made.facts}
    tables = {table.name: {column.name for column in table.columns} for table in made.tables if table.rows}
    places = [definition.place_of("charts", index, "when") for index in range(len(definition.charts))]
    holds = hold(context.engine, [chart.when for chart in definition.charts], facts, places)
    for index, (chart, wanted) in enumerate(zip(definition.charts, holds, strict=True)):
        there = tables.get(chart.table, set())
        # A map reads its columns by their place; the others leave out what is not known.
        series = chart.y if chart.kind in {"quadrant", "matrix"} else tuple(name for name in chart.y if name in there)
        if wanted and series and chart.x in there and (chart.colour is None or chart.colour in there):
            summary = Template.read(chart.summary, definition.place_of("charts", index, "summary"))
            yield _chart(chart, series, summary.fill(facts, context.currency), _lines(chart, facts))


def _lines(chart: ChartDefinition, facts: Mapping[str, Value]) -> dict[str, float]:
    """The reference lines whose place is known."""
    places = {name: facts.get(place) if isinstance(place, str) else place for name, place in chart.reference.items()}
    return {name: float(place) for name, place in places.items() if isinstance(place, int | float)}


def _chart(chart: ChartDefinition, series: tuple[str, ...], summary: Text, reference: Mapping[str, float]) -> Chart:
    return Chart(
        name=chart.name,
        title=chart.title,
        kind=chart.kind,
        table=chart.table,
        x=chart.x,
        y=series,
        summary=summary,
        colour=chart.colour,
        x_title=chart.x_title,
        y_title=chart.y_title,
        reference=reference,
    )


def check_study(definition: StudyDefinition) -> tuple[Problem, ...]:
    """What the definition asks for that its method does not give, each with its place."""
    method = METHODS.get(definition.method)
    if method is None:
        near = did_you_mean(definition.method, METHODS)
        return (METHOD_UNKNOWN.problem(definition.place_of("method"), name=definition.method, near=near),)
    return (*_roles(definition, method), *_drawn(definition, method), *_told(definition, method))


def _roles(definition: StudyDefinition, method: Method) -> Iterator[Problem]:
    for key, given in (("inputs", definition.inputs), ("optional", definition.optional)):
        for role in sorted(set(given) - method.roles):
            near = did_you_mean(role, method.roles)
            yield ROLE_UNKNOWN.problem(definition.place_of(key, role), method=definition.method, name=role, near=near)


def _drawn(definition: StudyDefinition, method: Method) -> Iterator[Problem]:
    for index, chart in enumerate(definition.charts):
        columns = method.tables.get(chart.table)
        if columns is None:
            near, where = did_you_mean(chart.table, method.tables), definition.place_of("charts", index, "table")
            yield TABLE_UNKNOWN.problem(where, method=definition.method, name=chart.table, near=near)
            continue
        asked = {"x": [chart.x], "y": chart.y, "colour": [] if chart.colour is None else [chart.colour]}
        for key, names in asked.items():
            for name in names:
                if name not in columns:
                    near, where = did_you_mean(name, columns), definition.place_of("charts", index, key)
                    yield COLUMN_UNKNOWN.problem(where, table=chart.table, name=name, near=near)
        facts = (place for place in chart.reference.values() if isinstance(place, str))
        yield from unknown_facts(frozenset(facts), method.facts, definition.place_of("charts", index, "reference"))


def _told(definition: StudyDefinition, method: Method) -> Iterator[Problem]:
    """Sentences and conditions that cannot be read or ask for facts that there are not."""
    sentences = [
        *(
            (finding.text, finding.when, ("findings", index), "text")
            for index, finding in enumerate(definition.findings)
        ),
        *((chart.summary, chart.when, ("charts", index), "summary") for index, chart in enumerate(definition.charts)),
    ]
    for text, when, path, key in sentences:
        yield from _unknown(_facts_of_sentence, text, definition.place_of(*path, key), method)
        if when is not None:
            yield from _unknown(_facts_of_condition, when, definition.place_of(*path, "when"), method)


def _facts_of_sentence(text: Text, where: Place) -> frozenset[str]:
    return Template.read(text, where).facts


def _facts_of_condition(text: str, where: Place) -> frozenset[str]:
    return parse(text, where).columns


def _unknown(
    read: Callable[[_Words, Place], frozenset[str]], words: _Words, where: Place, method: Method
) -> Iterable[Problem]:
    try:
        return unknown_facts(read(words, where), method.facts, where)
    except WorthbookError as error:
        return error.problems

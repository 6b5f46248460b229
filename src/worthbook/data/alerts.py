"""Which customers meet a condition over two dates, what is at stake, and which of their numbers moved most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, cast

from sqlglot import exp

from worthbook.data.bridge import parse_query
from worthbook.data.compile import Scope, compile_column, compile_condition
from worthbook.data.engine import Engine, Sheet
from worthbook.data.formula import Formula, parse
from worthbook.data.sheets import CUSTOMER, Sheets, named
from worthbook.data.sides import View, side_by_side
from worthbook.data.typed import Kind, column
from worthbook.kernel.units import Unit, Value

LISTED = ("value_before", "value_after", "reason", "reason_before", "reason_after")
"""The columns of a list of those who raise an alert, after the customer. `reason` is the name of the column that moved
most, `reason_before` and `reason_after` are what it was and is."""

VALUE_BEFORE, VALUE_AFTER = "value at stake before", "value at stake after"
"""Under these names the value stands among the columns; no column can be called so."""


@dataclass(frozen=True)
class Watch:
    """What an alert about customers asks of two populations."""

    before: View
    """With the names of the condition; those of the earlier date are of this view."""
    after: View
    formulas: Mapping[str, str]
    """Further names of the condition: rungs, as formulas over the others."""
    condition: Formula
    watches: Mapping[str, tuple[str, str]]
    """Column → its names in the earlier and in the later view."""


class Raised(NamedTuple):
    """Who raises an alert, all together."""

    customers: int
    undecided: int
    """Customers for whom something that the condition reads is not known."""
    everyone: int
    value_before: Value
    value_after: Value


class Raiser(NamedTuple):
    """One customer who raises an alert."""

    customer_id: str
    value_before: Value
    value_after: Value
    reason: str | None
    """The watched column that moved most, by its mean way among all customers; None where none moved."""
    before: float | None
    after: float | None


def count_raisers(engine: Engine, watch: Watch) -> Raised:
    """How many customers meet the condition, and what they were and are worth.

    Raises:
        WorthbookError: what the condition does wrong.
    """
    judged, files = _judged(engine, watch)
    query = parse_query(
        "SELECT COUNT(CASE WHEN holds THEN 1 END), COUNT(CASE WHEN holds IS NULL THEN 1 END), COUNT(*), "
        "SUM(CASE WHEN holds THEN value_before END), SUM(CASE WHEN holds THEN value_after END) FROM judged"
    )
    ((*found,),) = engine.rows(query.with_("judged", as_=judged, copy=False), files)
    return Raised(*cast("tuple[int, int, int, Value, Value]", tuple(found)))


def list_raisers(engine: Engine, watch: Watch, most: int) -> list[Raiser]:
    """Those with the most value at the earlier date, the largest first."""
    query, files = _listed(engine, watch)
    query = query.order_by("value_before DESC NULLS LAST", CUSTOMER, dialect="duckdb").limit(most)
    return [Raiser(*row) for row in engine.rows(query, files)]  # type: ignore[arg-type]  # in the order of the query


def write_raisers(engine: Engine, watch: Watch, folder: Path) -> Sheet:
    """Write all of them, in the order of their ids."""
    query, files = _listed(engine, watch)
    part = folder / "part-00000.parquet"
    engine.write(query.order_by(CUSTOMER, dialect="duckdb"), files, part)
    return Sheet((str(part),), LISTED)


def _judged(engine: Engine, watch: Watch) -> tuple[exp.Select, dict[str, tuple[str, ...]]]:
    """One row a customer: whether the condition holds, the value, and every watched number."""
    people, files = side_by_side(watch.before, watch.after)
    kinds = {**_kinds(engine, watch.before), **_kinds(engine, watch.after)}
    ranked = exp.select(exp.Star()).from_("people")
    for name, text in watch.formulas.items():
        rung = compile_column(parse(text), Scope(kinds), Unit.COUNT, over_rows=False)
        ranked = ranked.select(named(rung, name), copy=False)
    scope = Scope({**kinds, **dict.fromkeys(watch.formulas, "integer")})
    holds = compile_condition(watch.condition, scope)
    judged = exp.select(
        column(CUSTOMER), named(holds, "holds"),
        named(column(VALUE_BEFORE), "value_before"), named(column(VALUE_AFTER), "value_after"),
    )  # fmt: skip
    for place, (was, now) in enumerate(watch.watches.values()):
        for side, name in (("was", was), ("now", now)):
            judged = judged.select(named(exp.cast(column(name), "DOUBLE"), f"{side}_{place}"), copy=False)
    judged = judged.from_("ranked").with_("people", as_=people, copy=False).with_("ranked", as_=ranked, copy=False)
    return judged, files


def _listed(engine: Engine, watch: Watch) -> tuple[exp.Select, dict[str, tuple[str, ...]]]:
    judged, files = _judged(engine, watch)
    names = list(watch.watches)
    places = range(len(names))
    spreads = ", ".join(f"AVG(ABS(now_{place} - was_{place})) AS spread_{place}" for place in places) or "1 AS none"
    moved = [f"ABS(now_{place} - was_{place}) / NULLIF(spread_{place}, 0)" for place in places]
    ways = ", ".join(f"COALESCE({each}, 0) AS way_{place}" for place, each in zip(places, moved, strict=True))
    reason = _chosen([exp.Literal.string(name).sql() for name in names], "TEXT")
    query = parse_query(
        f"SELECT customer_id, value_before, value_after, {reason} AS reason, "
        f"{_chosen([f'was_{place}' for place in places], 'DOUBLE')} AS reason_before, "
        f"{_chosen([f'now_{place}' for place in places], 'DOUBLE')} AS reason_after FROM weighed"
    )
    spread = parse_query(f"SELECT {spreads} FROM judged")
    weighed = parse_query(f"SELECT judged.*{', ' if ways else ''}{ways} FROM judged CROSS JOIN spreads WHERE holds")
    for name, step in (("judged", judged), ("spreads", spread), ("weighed", weighed)):
        query = query.with_(name, as_=step, copy=False)
    return query, files


def _chosen(values: Sequence[str], kind: str) -> str:
    """The value of the number that moved the longest way; of two that moved alike, the first."""
    if not values:
        return f"CAST(NULL AS {kind})"
    cases = []
    for place, value in enumerate(values):
        others = " AND ".join(f"way_{place} >= way_{other}" for other in range(len(values)) if other != place) or "TRUE"
        cases.append(f"WHEN way_{place} > 0 AND {others} THEN {value}")
    return f"CASE {' '.join(cases)} END"


def _kinds(engine: Engine, view: View) -> dict[str, Kind]:
    found = Sheets(tuple(view.sheets)).kinds(engine, set(view.columns.values()))
    return {name: found[old] for name, old in view.columns.items()}

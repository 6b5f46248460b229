"""From the sum of a column to its sum at a later date, in parts that add up exactly, such as that of lifetime value.

A customer's change is told by whether the customer was active at either date. Where the column was worked out by a
model, what the refitted model alone changed is a part of its own, and so is a change of the margin rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple, cast

from sqlglot import exp

from worthbook.data.bridge import CENTS, LISTED, MONEY, Bridged, bridged, listed, parse_query, summed
from worthbook.data.engine import Engine, Sheet
from worthbook.data.moves import ABSENT, UNPLACED
from worthbook.data.sides import EXISTED, EXISTS, Files, View, side_by_side

COLUMN_PARTS = (
    "acquired", "won_back", "expanded", "contracted", "quiet", "margin_rate", "model", "unknown", "lost",
)  # fmt: skip
"""In this order they lead from the opening to the closing value."""


def read_column_bridge(engine: Engine, before: View, after: View) -> dict[str, Bridged]:
    """The bridge of every label; without labels, of all customers under the empty word.

    Args:
        engine: what runs the queries.
        before: `value` and `active` (above 0 for active customers); perhaps `label` and `rate`, the margin rate in the
            value.
        after: `value` and `active`; perhaps `rate`, and `held`, the value as the earlier model gives it.
    """
    parts, files = _per_customer(before, after)
    found = engine.rows(summed(parts, COLUMN_PARTS), files)
    return {str(key): bridged([cast("Sequence[Decimal | int]", row)], COLUMN_PARTS) for key, *row in found}


class Kept(NamedTuple):
    """What was kept of a column at a date, of some customers."""

    amount: Decimal
    customers: int
    """For whom it was not 0."""
    different: int
    """For whom it is another amount today."""


def read_kept(engine: Engine, kept: View, now: View) -> dict[str, Kept]:
    """What was kept, label by label; customers who are no longer there are under `ABSENT`.

    Args:
        engine: what runs the queries.
        kept: `kept`, the column as it was kept.
        now: `value`, the same column and date as it is today, and perhaps `label`.
    """
    people, files = side_by_side(kept, now)
    label = f"COALESCE(label, '{UNPLACED}')" if "label" in now.columns else f"'{UNPLACED}'"
    query = parse_query(f"""
        SELECT CASE WHEN "{EXISTS}" THEN {label} ELSE '{ABSENT}' END AS label,
            CAST(SUM(COALESCE(kept, 0)) AS {MONEY}), COUNT(CASE WHEN kept <> 0 THEN 1 END),
            COUNT(CASE WHEN COALESCE(kept, 0) <> COALESCE(value, 0) THEN 1 END)
        FROM people GROUP BY 1""")
    rows = engine.rows(query.with_("people", as_=people, copy=False), files)
    return {str(key): Kept(*cast("tuple[Decimal, int, int]", tuple(row))) for key, *row in rows}


def write_column_part(engine: Engine, before: View, after: View, part: str, folder: Path) -> Sheet:
    """Write the customers of a part: `opening`, `closing`, and the part's `amount`."""
    parts, files = _per_customer(before, after)
    path = folder / "part-00000.parquet"
    engine.write(listed(parts, [part]), files, path)
    return Sheet((str(path),), LISTED)


def _per_customer(before: View, after: View) -> tuple[exp.Select, Files]:
    """One row a customer: `label`, `opening`, `closing`, and every part."""
    people, files = side_by_side(_suffixed(before, 1), _suffixed(after, 2))
    parts = parse_query(_PARTS)
    steps = {
        "people": people,
        "values_known": parse_query(_values(before, after)),
        "at_old_rates": parse_query(_AT_OLD_RATE),
        "fates": parse_query(_FATES),
    }
    for name, query in steps.items():
        parts = parts.with_(name, as_=query, copy=False)
    return parts, files


def _suffixed(view: View, side: int) -> View:
    return View(view.sheets, {f"{name}_{side}": old for name, old in view.columns.items()})


def _values(before: View, after: View) -> str:
    """What each customer was and is worth; `held` is the later value by the earlier model."""
    label = f"COALESCE(label_1, '{UNPLACED}')" if "label" in before.columns else f"'{UNPLACED}'"
    rates = (
        "rate_1, rate_2" if "rate" in before.columns and "rate" in after.columns else "NULL AS rate_1, NULL AS rate_2"
    )
    held = "COALESCE(held_2, value_2)" if "held" in after.columns else "value_2"
    return f"""
        SELECT customer_id, CASE WHEN "{EXISTED}" THEN {label} ELSE '{ABSENT}' END AS label, {rates},
            "{EXISTED}" AS existed, "{EXISTS}" AS still, value_1, value_2, {held} AS held,
            COALESCE(active_1 > 0, FALSE) AS active_1, COALESCE(active_2 > 0, FALSE) AS active_2
        FROM people"""


_AT_OLD_RATE = f"""
    SELECT *, CASE WHEN rate_1 > 0 AND rate_2 > 0
            THEN CAST(CAST(held AS DOUBLE) * CAST(rate_1 AS DOUBLE) / CAST(rate_2 AS DOUBLE) AS {CENTS}) ELSE held
        END AS at_old_rate
    FROM values_known"""

_FATES = """
    SELECT customer_id, label, COALESCE(value_1, 0) AS opening, COALESCE(value_2, 0) AS closing,
        COALESCE(held, 0) AS held, COALESCE(at_old_rate, 0) AS at_old_rate,
        CASE WHEN (existed AND value_1 IS NULL) OR (still AND value_2 IS NULL) THEN 'unknown'
            WHEN NOT existed THEN 'acquired' WHEN NOT still OR (active_1 AND NOT active_2) THEN 'lost'
            WHEN active_2 AND NOT active_1 THEN 'won_back' WHEN NOT active_2 THEN 'quiet'
            WHEN at_old_rate >= value_1 THEN 'expanded' ELSE 'contracted' END AS fate
    FROM at_old_rates"""

_PARTS = f"""
    SELECT customer_id, label, opening, closing, fate = 'unknown' AS is_unknown, {
    ", ".join(
        f"CASE WHEN fate = '{each}' THEN at_old_rate - opening ELSE 0 END AS {each}"
        for each in ("acquired", "won_back", "expanded", "contracted", "quiet", "lost")
    )
},
        CASE WHEN fate <> 'unknown' THEN held - at_old_rate ELSE 0 END AS margin_rate,
        CASE WHEN fate <> 'unknown' THEN closing - held ELSE 0 END AS model,
        CASE WHEN fate = 'unknown' THEN closing - opening ELSE 0 END AS unknown
    FROM fates"""

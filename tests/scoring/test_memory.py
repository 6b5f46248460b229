"""The fold from review to review, in the engine: beside a plain loop, and what must hold of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from tests.scoring.examples import TIERS
from worthbook.definitions.framework import FrameworkDefinition
from worthbook.definitions.stability import Stability
from worthbook.scoring.bands import Formulas, band_index
from worthbook.scoring.memory import lowered, memory_formulas

LIMITS = (100.0, 500.0)
KEYS = ("small", "ordinary", "vip")
AS_OF = dt.date(2026, 6, 30)
"""A review itself."""
ENGINE = duckdb.connect(config={"threads": 1})

VALUES = st.one_of(st.none(), st.sampled_from([80.0, 90.0, 95.0, 100.0, 440.0, 450.0, 500.0]), st.floats(0, 700))
HISTORIES = st.lists(st.lists(VALUES, min_size=9, max_size=9), min_size=1, max_size=6)
STABILITIES = st.builds(
    Stability,
    reviews=st.just("quarter"),
    looks_back=st.just(8),
    margin=st.sampled_from(["0%", "10%", "30"]),
    minimum_stay=st.sampled_from([None, "3 months", "6 months", "1 year"]),
)
Kept = tuple[str | None, dt.date | None]


def framework(stability: Stability) -> FrameworkDefinition:
    return TIERS.model_copy(update={"stability": stability})


def days_of(stability: Stability, as_of: dt.date = AS_OF) -> tuple[dt.date, ...]:
    return (*stability.days_before(as_of), as_of)


def folded(stability: Stability, histories: Sequence[Sequence[float | None]], as_of: dt.date = AS_OF) -> list[Kept]:
    """What the formulas give, one customer a history; a value that is not known is a customer who cannot be placed."""
    days = days_of(stability, as_of)
    names = [f"review_{number}_{what}" for number in range(len(days)) for what in ("computed", "kept_to", "day")]
    lower = lowered(stability, LIMITS)
    rows = [
        [place, *(each for value, day in zip(history, days, strict=True)
                  for each in (band_index(value, LIMITS), band_index(value, lower), None if value is None else day))]
        for place, history in enumerate(histories)
    ]  # fmt: skip
    types = {"computed": "BIGINT", "kept_to": "BIGINT", "day": "DATE"}
    declared = ", ".join(f"cast({name} as {types[name.split('_', 2)[2]]}) as {name}" for name in names)
    holders = ", ".join(f"(?{', ?' * len(names)})" for _ in rows)
    query = f"select place, {declared} from (values {holders}) as given(place, {', '.join(names)})"
    for name, (text, _) in memory_formulas(framework(stability), stability, days).items():
        query = f"select *, {text} as {name} from ({query})"
    found = ENGINE.execute(
        f"select sample, sample__since from ({query}) order by place", [each for row in rows for each in row]
    )
    return [(cell, since) for cell, since in found.fetchall()]


def by_hand(stability: Stability, history: Sequence[float | None], as_of: dt.date = AS_OF) -> Kept:
    """The same as one says it."""
    held: int | None = None
    since: dt.date | None = None
    for day, value in zip(days_of(stability, as_of), history, strict=True):
        computed, kept_to = band_index(value, LIMITS), band_index(value, lowered(stability, LIMITS))
        if computed is None or kept_to is None:
            held = since = None
        elif held is None or since is None or computed > held:
            held, since = computed, day
        elif held > kept_to and stability.is_review(day) and stability.may_fall(since, day):
            held, since = kept_to, day
    return (None if held is None else KEYS[held]), since


@given(STABILITIES, HISTORIES, st.sampled_from([AS_OF, dt.date(2026, 5, 17)]))
def test_the_engine_does_what_a_loop_does(
    stability: Stability, histories: list[list[float | None]], as_of: dt.date
) -> None:
    assert folded(stability, histories, as_of) == [by_hand(stability, each, as_of) for each in histories]


@given(HISTORIES)
def test_without_margin_and_stay_nothing_is_remembered(histories: list[list[float | None]]) -> None:
    plain = Stability(looks_back=8)
    today = [band_index(history[-1], LIMITS) for history in histories]
    assert [cell for cell, _ in folded(plain, histories)] == [None if at is None else KEYS[at] for at in today]


@given(st.lists(st.floats(451, 700), min_size=8, max_size=8))
def test_noise_within_the_margin_never_takes_a_tier_away(noise: list[float]) -> None:
    ((cell, since),) = folded(Stability(looks_back=8, margin="10%"), [[500.0, *noise]])
    assert (cell, since) == ("vip", days_of(Stability(looks_back=8))[0])


@given(HISTORIES, st.sampled_from(["0%", "10%", "30"]))
def test_nobody_stands_below_what_is_computed(histories: list[list[float | None]], margin: str) -> None:
    found = folded(Stability(looks_back=8, margin=margin), histories)
    today = [band_index(history[-1], LIMITS) for history in histories]
    assert all(at is None or KEYS.index(str(cell)) >= at for (cell, _), at in zip(found, today, strict=True))


@given(HISTORIES)
def test_a_wider_margin_never_lowers_anybody(histories: list[list[float | None]]) -> None:
    narrow, wide = (folded(Stability(looks_back=8, margin=margin), histories) for margin in ("5%", "20%"))
    rank: Mapping[str | None, int] = {None: -1, **{key: place for place, key in enumerate(KEYS)}}
    assert all(rank[low] <= rank[high] for (low, _), (high, _) in zip(narrow, wide, strict=True))


def test_between_reviews_one_rises_and_does_not_fall() -> None:
    between = dt.date(2026, 5, 17)
    up, down = [50.0] * 8 + [600.0], [600.0] * 8 + [50.0]
    assert [cell for cell, _ in folded(Stability(looks_back=8), [up, down], between)] == ["vip", "vip"]


def test_a_stay_of_six_months_outlasts_one_bad_quarter() -> None:
    stability = Stability(looks_back=8, minimum_stay="6 months")
    once, twice = [50.0] * 7 + [600.0, 50.0], [50.0] * 6 + [600.0, 50.0, 50.0]
    assert [cell for cell, _ in folded(stability, [once, twice])] == ["vip", "small"]


def test_limits_below_zero_stay_in_order() -> None:
    assert lowered(Stability(margin="50%"), [Decimal(-10), Decimal(-9)]) == [Decimal(-15), Decimal("-13.5")]
    assert lowered(Stability(margin="50%"), [Decimal(1), Decimal(2), Decimal(3)]) == [
        Decimal("0.5"), Decimal(1), Decimal("1.5")]  # fmt: skip


def test_every_step_is_a_formula_of_known_unit() -> None:
    formulas: Formulas = memory_formulas(framework(Stability()), Stability(), days_of(Stability()))
    assert [formulas[name][1].value for name in ("sample", "sample__since")] == ["label", "date"]

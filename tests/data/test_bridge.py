from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worthbook.data.bridge import PARTS, Bridged, Of, Spans, read_bridge, write_part
from worthbook.data.engine import Engine, Sheet, Snapshot, TableFiles
from worthbook.planning.bridge import together
from worthbook.planning.index import read_catalogue

Line = tuple[str, str | None, str, str | None, str | None, str | None]
"""Customer, product, day, units, amount, cost."""

SPANS = Spans((dt.date(2024, 6, 30), dt.date(2025, 6, 30)), (dt.date(2025, 6, 30), dt.date(2026, 6, 30)))
BEFORE, EARLY, LATE, AFTER = "2023-01-01", "2025-01-01", "2026-01-01", "2026-07-01"
TABLES = read_catalogue().tables


def snapshot(folder: Path, lines: Sequence[Line], buckets: int = 1) -> Snapshot:
    """The lines as a stored table, customers divided by the first letter of their names."""
    files = []
    for bucket in range(buckets):
        rows = [line for line in lines if ord(line[0][0]) % buckets == bucket]
        listed = ", ".join(
            "(" + ", ".join("NULL" if each is None else f"'{each}'" for each in line) + ")" for line in rows
        )
        values = listed or "('a', 'p', '2020-01-01', '1', '1', '1')"
        path = folder / f"lines-{bucket}.parquet"
        duckdb.execute(
            f"""COPY (SELECT customer, product AS product_id, day::DATE AS ordered_on, units::DOUBLE AS quantity,
                amount::DECIMAL(18, 4) AS amount, cost::DECIMAL(18, 4) AS cost, 'one' AS import_id
            FROM (VALUES {values}) AS given(customer, product, day, units, amount, cost)
            WHERE {bool(listed)}) TO '{path}'""".replace("SELECT customer,", "SELECT customer AS customer_id,")
        )
        files.append((str(path),))
    stored = {"customer_id", "product_id", "ordered_on", "quantity", "amount", "cost", "import_id"}
    return Snapshot({"transactions": TableFiles("transactions", tuple(files), columns=frozenset(stored))}, {}, buckets)


def bridge(engine: Engine, folder: Path, lines: Sequence[Line], of: Of = "revenue", buckets: int = 1) -> Bridged:
    """All customers together."""
    return together(read_bridge(engine, snapshot(folder, lines, buckets), TABLES, SPANS, of).values())


def parts(found: Bridged) -> dict[str, Decimal]:
    """Those that are something."""
    return {name: amount.normalize() for name, amount in found.parts.items() if amount}


BY_HAND: list[tuple[list[Line], dict[str, object]]] = [
    ([("a", "p", LATE, "2", "30", None)], {"acquired": 30}),
    ([("a", "p", BEFORE, "1", "9", None), ("a", "p", LATE, "2", "30", None)], {"won_back": 30}),
    ([("a", "p", EARLY, "2", "30", None)], {"lost": -30}),
    ([("a", "p", EARLY, "1", "10", None), ("a", "p", LATE, "3", "30", None)], {"expanded": 20}),
    ([("a", "p", EARLY, "3", "30", None), ("a", "p", LATE, "1", "10", None)], {"contracted": -20}),
    ([("a", "p", EARLY, "2", "20", None), ("a", "p", LATE, "2", "26", None)], {"price": 6}),
    (
        [("a", "p", EARLY, "2", "20", None), ("a", "p", LATE, "3", "36", None)],
        {"expanded": 10, "price": 6},
    ),
    (
        [("a", "p", EARLY, "2", "20", None), ("a", "q", LATE, "1", "50", None)],
        {"added": 50, "dropped": -20},
    ),
    (
        [("a", None, EARLY, "2", "20", None), ("a", None, LATE, "3", "36", None)],
        {"expanded": 10, "per_unit": 6},
    ),
    ([("a", "p", EARLY, None, "20", None), ("a", "p", LATE, "3", "36", None)], {"added": 36, "undivided": -20}),
    ([("a", "p", EARLY, "-2", "-20", None), ("a", "p", LATE, "3", "36", None)], {"undivided": 56}),
    ([("a", "q", EARLY, "2", "20", None), ("a", None, LATE, "3", "36", None)], {"dropped": -20, "undivided": 36}),
    (
        [("a", "p", EARLY, "3", "10", None), ("a", "p", LATE, "2", "10", None)],
        {"contracted": "-3.33", "price": "3.33"},
    ),
]


@pytest.fixture(scope="module")
def by_hand(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Bridged]:
    """All cases asked at once: a customer with a label and products of its own for each."""
    folder = tmp_path_factory.mktemp("by-hand")
    lines: list[Line] = [
        (f"a{case}", product and f"{product}{case}", day, units, amount, cost)
        for case, (given, _) in enumerate(BY_HAND)
        for _, product, day, units, amount, cost in given
    ]
    path = folder / "labels.parquet"
    values = ", ".join(f"('a{case}', '{case}')" for case in range(len(BY_HAND)))
    duckdb.execute(f"COPY (SELECT * FROM (VALUES {values}) AS labels(customer_id, label)) TO '{path}'")
    return read_bridge(engine, snapshot(folder, lines), TABLES, SPANS, "revenue", Sheet((str(path),), ("label",)))


@pytest.mark.parametrize("case", range(len(BY_HAND)))
def test_each_part_by_hand(by_hand: dict[str, Bridged], case: int) -> None:
    expected = BY_HAND[case][1]
    found = by_hand.get(str(case)) or by_hand["no-customer"]  # who is new had no label before
    assert parts(found) == {name: Decimal(str(each)) for name, each in expected.items()}


def test_unit_costs_and_prices_change_the_margin(engine: Engine, tmp_path: Path) -> None:
    """Two units at 10 that cost 6 become three at 12 that cost 7: 8 becomes 15 by +4 units, +6 price, −3 cost."""
    lines: list[Line] = [("a", "p", EARLY, "2", "20", "12"), ("a", "p", LATE, "3", "36", "21")]
    assert parts(bridge(engine, tmp_path, lines, "gross_margin")) == {
        "expanded": Decimal(4), "price": Decimal(6), "unit_cost": Decimal(-3),
    }  # fmt: skip


def test_a_customer_with_an_unknown_cost_is_apart(engine: Engine, tmp_path: Path) -> None:
    lines: list[Line] = [("a", "p", EARLY, "2", "20", "12"), ("a", "p", LATE, "3", "36", None)]
    found = bridge(engine, tmp_path, lines, "gross_margin")
    assert (found.opening, found.closing, parts(found)) == (Decimal(8), Decimal(0), {"unknown": Decimal(-8)})
    assert found.not_known == 1


def test_who_is_behind_a_part_is_listed(engine: Engine, tmp_path: Path) -> None:
    lines: list[Line] = [("a", "p", EARLY, "1", "10", None), ("b", "p", LATE, "1", "5", None)]
    sheet = write_part(engine, snapshot(tmp_path, lines), TABLES, SPANS, "revenue", ["lost"], tmp_path)
    rows = duckdb.execute(f"SELECT * FROM read_parquet({list(sheet.parts)})").fetchall()
    assert rows == [("a", Decimal(10), Decimal(0), Decimal(-10))]


def test_customers_stand_under_their_earlier_label(engine: Engine, tmp_path: Path) -> None:
    lines: list[Line] = [
        ("a", "p", EARLY, "1", "10", None),
        ("b", "p", LATE, "1", "5", None),
        ("c", "p", EARLY, "1", "7", None),
    ]
    path = tmp_path / "labels.parquet"
    duckdb.execute(f"COPY (SELECT 'a' AS customer_id, 'gold' AS grade UNION ALL SELECT 'c', NULL) TO '{path}'")
    labels = Sheet((str(path),), ("grade",))
    found = read_bridge(engine, snapshot(tmp_path, lines), TABLES, SPANS, "revenue", labels)
    assert {key: segment.opening for key, segment in found.items()} == {
        "gold": Decimal(10), "no-customer": Decimal(0), "not-placed": Decimal(7),
    }  # fmt: skip


amounts = st.one_of(st.none(), st.integers(-9999, 99999).map(lambda cents: str(Decimal(cents) / 100)))
book = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["p", "q", None]),
        st.sampled_from([BEFORE, EARLY, LATE, AFTER]),
        st.sampled_from(["1", "2", "3", "0.5", "0", "-1", None]),
        amounts,
        amounts,
    ),
    max_size=14,
)
ofs = st.sampled_from(["revenue", "gross_margin"])


@settings(max_examples=25)
@given(lines=book, of=ofs)
def test_parts_add_up_to_the_last_digit(embedded: Engine, lines: list[Line], of: Of) -> None:
    with TemporaryDirectory() as place:
        found = bridge(embedded, Path(place), lines, of)
    assert found.opening + sum(found.parts.values()) == found.closing


@settings(max_examples=25)
@given(lines=book)
def test_opening_and_closing_are_the_sums_of_the_windows(embedded: Engine, lines: list[Line]) -> None:
    def total(day: str) -> Decimal:
        return sum((Decimal(amount) for _, _, on, _, amount, _ in lines if on == day and amount), Decimal(0))

    with TemporaryDirectory() as place:
        found = bridge(embedded, Path(place), lines)
    assert (found.opening, found.closing) == (total(EARLY), total(LATE))


@settings(max_examples=25)
@given(lines=book, of=ofs, data=st.data())
def test_the_order_of_lines_and_their_files_change_nothing(
    embedded: Engine, lines: list[Line], of: Of, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(lines))
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        assert bridge(embedded, Path(one), lines, of) == bridge(embedded, Path(other), shuffled, of, buckets=2)


@settings(max_examples=25)
@given(lines=book, of=ofs)
def test_later_lines_change_nothing(embedded: Engine, lines: list[Line], of: Of) -> None:
    later: list[Line] = [("a", "p", AFTER, "5", "500", "1"), ("d", "p", AFTER, "5", "500", "1")]
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        assert bridge(embedded, Path(one), lines, of) == bridge(embedded, Path(other), [*lines, *later], of)


@settings(max_examples=25)
@given(lines=book, of=ofs)
def test_money_in_hundredths_moves_no_part_by_more_than_a_cent_for_each_product(
    embedded: Engine, lines: list[Line], of: Of
) -> None:
    """In cents the roundings are a hundred times finer; at most three customers with three products are rounded."""

    def times(amount: str | None) -> str | None:
        return None if amount is None else str(Decimal(amount) * 100)

    finer: list[Line] = [(*line[:4], times(line[4]), times(line[5])) for line in lines]
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        coarse, fine = bridge(embedded, Path(one), lines, of), bridge(embedded, Path(other), finer, of)
    assert all(abs(coarse.parts[name] - fine.parts[name] / 100) <= Decimal("0.09") for name in PARTS if coarse.parts)


bought = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(["p", "q"]), st.integers(1, 5), st.integers(1, 999)),
    min_size=1,
    max_size=10,
)


@settings(max_examples=25)
@given(lines=bought)
def test_what_was_planted_is_found(embedded: Engine, lines: list[tuple[str, str, int, int]]) -> None:
    """Everybody buys twice as much of the same at prices a tenth higher: once the old value, and a fifth of it."""
    early: list[Line] = [(who, what, EARLY, str(units), str(tens), None) for who, what, units, tens in lines]
    late: list[Line] = [
        (who, what, LATE, str(2 * units), str(Decimal(tens) * Decimal("2.2")), None) for who, what, units, tens in lines
    ]
    with TemporaryDirectory() as place:
        found = bridge(embedded, Path(place), [*early, *late])
    assert parts(found) == {"expanded": found.opening.normalize(), "price": (found.opening / 5).normalize()}

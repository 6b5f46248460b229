"""A small shop with everything that goes wrong in real files, as Parquet files that both engines read."""

from __future__ import annotations

import datetime as dt
import functools
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from decimal import Decimal
from pathlib import Path

import duckdb

from worthbook.data.bucket import bucket_of
from worthbook.data.engine import Snapshot, TableFiles
from worthbook.data.formula import parse
from worthbook.definitions.measure import MeasureDefinition
from worthbook.definitions.population import PopulationDefinition
from worthbook.definitions.table import TableDefinition
from worthbook.planning.index import read_shipped

AS_OF = dt.date(2024, 2, 29)
HIDDEN = "undone"


@dataclass(frozen=True)
class Line:
    """One order line as it is stored."""

    customer_id: str
    ordered_on: dt.date
    amount: Decimal | None
    order_id: str = "1"
    product_id: str | None = "p1"
    quantity: float | None = 1.0
    discount: Decimal | None = None
    cost: Decimal | None = None
    is_return: bool | None = False
    import_id: str = "first"
    import_line: int = 2


@dataclass(frozen=True)
class Product:
    """One product as it is stored."""

    product_id: str
    category: str | None
    unit_cost: Decimal | None


PRODUCTS = (
    Product("p1", "茶", Decimal("1.2345")),
    Product("p2", "茶", Decimal(2)),
    Product("p3", "o'ther", None),
    Product("p4", None, Decimal("0.5")),
)

_TYPES = {
    "customer_id": "VARCHAR",
    "ordered_on": "DATE",
    "amount": "DECIMAL(18, 4)",
    "order_id": "VARCHAR",
    "product_id": "VARCHAR",
    "quantity": "DOUBLE",
    "discount": "DECIMAL(18, 4)",
    "cost": "DECIMAL(18, 4)",
    "is_return": "BOOLEAN",
    "import_id": "VARCHAR",
    "import_line": "BIGINT",
    "category": "VARCHAR",
    "unit_cost": "DECIMAL(18, 4)",
}
_NEVER_GIVEN = ("ordered_at TIMESTAMP", "product_name VARCHAR", "currency VARCHAR", "channel VARCHAR", "store VARCHAR")

"""Declared columns that the shop's files have without a value; those that it does not even name came later."""
_STORED = frozenset({*(each.name for each in fields(Line)), *(each.split()[0] for each in _NEVER_GIVEN)})


def day(text: str) -> dt.date:
    """A date, briefly."""
    return dt.date.fromisoformat(text)


def nasty_lines() -> tuple[Line, ...]:
    """Ties, returns, zero and unknown amounts, edges of windows, late and hidden rows, odd ids; then some chance."""
    chosen = [
        # several orders and lines on one day, a return on the same day, a line without a product
        Line("客户甲", day("2024-02-29"), Decimal("10.5"), "a", "p1", 2.0, Decimal("1.5")),
        Line("客户甲", day("2024-02-29"), Decimal("4.25"), "a", None, 1.0, Decimal(0)),
        Line("客户甲", day("2024-02-29"), Decimal("7.77"), "b", "p2", 3.0),
        Line("客户甲", day("2024-02-29"), Decimal("-10.5"), "b", "p1", -2.0, is_return=True),
        Line("客户甲", day("2023-02-28"), Decimal("3.3333"), "c", "p2", 1.0),
        Line("客户甲", day("2022-12-31"), Decimal("8.0001"), "d", "p1", 2.0),
        # bought once
        Line("once", day("2023-03-01"), Decimal("99.99"), "o1", "p3", 1.0),
        # brought something back and never bought it here
        Line('o\'only "returns"', day("2024-01-15"), Decimal(-5), "r1", "p1", -1.0, is_return=True),
        # no amounts at all
        Line("no amounts", day("2023-06-01"), None, "n1", "p1", 1.0),
        Line("no amounts", day("2023-07-01"), None, "n2", None, None),
        # nothing but zero
        Line("zero", day("2023-05-05"), Decimal(0), "z1", "p2", 0.0),
        Line("zero", day("2023-05-06"), Decimal(0), "z2", "p2", 1.0),
        # rows exactly on the edges of windows
        *(
            Line("edges", day(text), Decimal(2) ** index, f"e{index}", "p4", 1.0 + index)
            for index, text in enumerate(
                ["2022-02-28", "2022-03-01", "2023-02-28", "2023-03-01", "2023-11-29", "2023-11-30", "2024-02-29"]
            )
        ),
        Line("edges", day("2024-03-01"), Decimal(1000), "late", "p4", 9.0),
        # an order over two days, and one that another customer has as well
        Line("two days", day("2023-02-28"), Decimal(6), "t", "p1", 1.0, cost=Decimal(4)),
        Line("two days", day("2023-03-01"), Decimal(6), "t", "p4", 2.0),
        Line("Two days", day("2023-03-01"), Decimal(6), "t", "p1", 2.0, cost=Decimal("1.0001")),
        # half of a hundredth of a cent
        Line("Two days", day("2023-03-02"), Decimal(1), "half", "p1", 0.5),
        # not customers as at the date: all rows later, or undone
        Line("later", day("2024-03-01"), Decimal(1), "l"),
        Line("undone", day("2024-01-01"), Decimal(1), "u", import_id=HIDDEN),
        Line("once", day("2024-01-01"), Decimal(1), "u", import_id=HIDDEN),
        # prices and mix
        Line("prices", day("2022-05-01"), Decimal(30), "p", "p1", 3.0),
        Line("prices", day("2022-06-01"), Decimal(10), "q", "p2", 7.0),
        Line("prices", day("2023-05-01"), Decimal(55), "r", "p1", 4.0),
        Line("prices", day("2023-06-01"), Decimal("12.3456"), "s", "p4", 3.0),
    ]
    return tuple(replace(line, import_line=index + 2) for index, line in enumerate((*chosen, *random_lines(7, 40))))


def random_lines(seed: int, customers: int) -> list[Line]:
    """Lines by chance."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable example, not a secret
    lines = []
    for customer in range(customers):
        for order in range(chance.randint(1, 6)):
            bought = AS_OF - dt.timedelta(days=chance.randint(-30, 900))
            for _ in range(chance.randint(1, 4)):
                back = chance.random() < 0.15
                quantity = chance.randint(1, 4) * (-1 if back else 1)
                lines.append(
                    Line(
                        f"C{customer:03d}",
                        bought,
                        chance.choice([None, *[Decimal(chance.randint(0, 9999)).scaleb(-2) * (-1 if back else 1)] * 9]),
                        f"{customer}-{order}",
                        chance.choice([None, "p1", "p2", "p3", "p4"]),
                        float(quantity),
                        chance.choice([None, Decimal(chance.randint(0, 99)).scaleb(-2)]),
                        chance.choice([None, Decimal(chance.randint(0, 999)).scaleb(-2)]),
                        back,
                    )
                )
    return lines


def write_shop(
    folder: Path, lines: Sequence[Line], buckets: int = 2, products: Sequence[Product] = PRODUCTS
) -> Snapshot:
    """Store lines and products, bucket by bucket; a bucket without rows has no file."""
    files = []
    for bucket in range(buckets):
        inside = [line for line in lines if bucket_of(line.customer_id, buckets) == bucket]
        path = folder / f"transactions-{bucket}.parquet"
        files.append((str(path),) if inside else ())
        if inside:
            write_rows(path, Line, inside, _NEVER_GIVEN)
    path = folder / "products.parquet"
    write_rows(path, Product, products, ("name VARCHAR", "brand VARCHAR", "import_id VARCHAR", "import_line BIGINT"))
    tables = {
        "transactions": TableFiles("transactions", tuple(files), hidden_imports=(HIDDEN,), columns=_STORED),
        "products": TableFiles("products", ((str(path),),)),
    }
    return Snapshot(tables, {}, buckets, {"margin_rate": 0.3, "word": "yes"})


def write_rows(path: Path, kind: type[Line | Product], rows: Sequence[Line | Product], empty: Iterable[str]) -> None:
    """One Parquet file."""
    names = [field.name for field in fields(kind)]
    values = [list(column) for column in zip(*map(astuple, rows), strict=True)]
    given = ", ".join(f"unnest(${index + 1}::{_TYPES[name]}[]) AS {name}" for index, name in enumerate(names))
    blank = ", ".join(f"NULL::{each.split()[1]} AS {each.split()[0]}" for each in empty)
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE rows AS SELECT *, {blank} FROM (SELECT {given})", values)
        connection.execute(f"COPY rows TO '{path}' (FORMAT parquet)")


@dataclass(frozen=True)
class Catalogue:
    """The shipped definitions that these tests need."""

    tables: Mapping[str, TableDefinition]
    measures: Mapping[str, MeasureDefinition]
    population: PopulationDefinition

    @property
    def over_rows(self) -> list[MeasureDefinition]:
        """All measures that are made from rows alone, whether directly or by way of each other."""
        return [each for each in self.measures.values() if self._is_over_rows(each)]

    def _is_over_rows(self, measure: MeasureDefinition) -> bool:
        """Whether no model has a part in it."""
        if measure.table is not None:
            return True
        needed = parse(measure.formula).columns
        return all(name in self.measures and self._is_over_rows(self.measures[name]) for name in needed)

    @property
    def over_purchases(self) -> list[MeasureDefinition]:
        """Those of them that the shop can say something of: made from order lines, directly or by way of each other."""
        return [each for each in self.over_rows if self._roots(each) <= {"transactions"}]

    def _roots(self, measure: MeasureDefinition) -> frozenset[str]:
        """The stored tables that a measure counts rows of."""
        if measure.table is not None:
            table = self.tables[measure.table]
            while table.derived_from is not None:
                table = self.tables[table.derived_from]
            return frozenset({table.name})
        needed = parse(measure.formula).columns
        return frozenset().union(*(self._roots(self.measures[name]) for name in needed if name in self.measures))


@functools.cache
def shipped() -> Catalogue:
    """The catalogue of the package."""
    definitions = read_shipped().definitions
    return Catalogue(
        {each.name: each for each in definitions if isinstance(each, TableDefinition)},
        {each.name: each for each in definitions if isinstance(each, MeasureDefinition)},
        next(each for each in definitions if isinstance(each, PopulationDefinition)),
    )

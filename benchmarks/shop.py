"""A shop of any size, simulated by DuckDB: the file that its program exports, and the book that is made of it.

A customer's orders come at a rate drawn from a gamma distribution, from a first day on until the customer stops or the
three years end. An order has about two lines; 500 products in 20 categories are bought with falling popularity, one
line in five at a discount, and three lines in a hundred come back. Every number is a hash of its place, so that the
same size gives the same shop however many threads work.
"""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import duckdb

from worthbook.data.book import Book
from worthbook.services.ingest_files import ingest_files

AS_OF = dt.date(2026, 6, 30)

_CUSTOMERS_A_FILE = 1_000_000

_CUSTOMERS = """
SELECT
  id, first, pow(normal(id, 2), 2) * 9.45 / 1096 AS rate, -- gamma with shape 1/2
  (1096 - first) * least(1, 0.35 + 1.3 * drawn(id, 4)) AS span -- half of them stop before the end
FROM (SELECT range AS id, floor(1096 * drawn(range, 1))::INTEGER AS first FROM range({start}, {end}))
"""
_ORDERS = """
SELECT
  id, order_number, DATE '2023-07-01' + first
  + CASE WHEN place = 0 THEN 0 ELSE floor(span * drawn(order_number, 5))::INTEGER END AS ordered_on
FROM (
  SELECT *, id * 1000 + place AS order_number
  FROM (
    SELECT *, unnest(range(1 + least(998, greatest(0, round(mean + sqrt(mean) * normal(id, 6))))::BIGINT)) AS place
    FROM (SELECT *, rate * span AS mean FROM customers)
  )
)
"""
_LINES = """
SELECT
  'C' || lpad(id::VARCHAR, 8, '0') AS customer_id, 'T' || lpad(order_number::VARCHAR, 11, '0') AS order_id, ordered_on,
  'P' || lpad(product::VARCHAR, 3, '0') AS product_id, 'Category ' || lpad((product % 20)::VARCHAR, 2, '0') AS category,
  (price * (0.4 + product % 7 * 0.05))::DECIMAL(18, 4) AS unit_cost, sign * pieces AS quantity,
  (sign * pieces * price * (1 - off))::DECIMAL(18, 2) AS amount,
  CASE WHEN sign < 0 THEN 0 ELSE pieces * price * off END::DECIMAL(18, 2) AS discount
FROM (
  SELECT *, 5 + product * 37 % 95 AS price
  FROM (
    SELECT
      *, floor(500 * pow(drawn(line, 7), 2))::INTEGER AS product,
      1 + floor(-1.2 * ln(drawn(line, 8)))::DOUBLE AS pieces,
      CASE WHEN drawn(line, 9) < 0.2 THEN 0.1 ELSE 0 END AS off,
      CASE WHEN drawn(line, 10) < 0.03 THEN -1 ELSE 1 END AS sign
    FROM (
      SELECT *, order_number * 64 + unnest(range(least(40, 1 + floor(-1.45 * ln(drawn(order_number, 11))))::BIGINT))
        AS line
      FROM orders
    )
  )
)
"""


def write_orders(file: Path, start: int, end: int) -> None:
    """Write the order lines of some customers as a Parquet file."""
    macros = (
        "drawn(place, salt) AS ((hash(place * 1000 + salt) >> 11)::DOUBLE + 0.5) / pow(2, 53)",
        "normal(place, salt) AS sqrt(-2 * ln(drawn(place, salt))) * cos(2 * pi() * drawn(place, salt + 100))",
    )
    with duckdb.connect(config={"memory_limit": "2GB", "temp_directory": f"{file}.spill"}) as connection:
        for macro in macros:
            connection.execute(f"CREATE MACRO {macro}")
        connection.execute(f"CREATE VIEW customers AS {_CUSTOMERS.format(start=start, end=end)}")
        connection.execute(f"CREATE VIEW orders AS {_ORDERS}")
        connection.execute(f"COPY ({_LINES}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)")


def make_book(folder: Path, customers: int) -> Book:
    """The book of a shop of that size; one that lies in the folder already is taken as it is."""
    home = folder / f"shop-{customers}.book"
    done = home / "made"
    if not done.exists():
        shutil.rmtree(home, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        for start in range(0, customers, _CUSTOMERS_A_FILE):
            orders = folder / f"orders-{customers}-{start}.parquet"
            write_orders(orders, start, min(customers, start + _CUSTOMERS_A_FILE))
            ingest_files([orders], home, currency="EUR")
            orders.unlink()
        done.touch()
    return Book.open(home)

"""Which bucket of a table a customer's rows are in: an explicit hash that every engine and Python work out alike.

DuckDB's `hash()` is not Spark's, so the bucket is the first 32 bits of the MD5 of the customer's id, modulo the number
of buckets. Rows without a customer are together. MD5 serves as an even spread here, not as a secret.
"""

from __future__ import annotations

import hashlib

_HEX_DIGITS = 8


def kept_bucket(buckets: int) -> str:
    """The column in which lines keep their bucket of so many.

    >>> kept_bucket(4)
    'bucket of 4'
    """
    return f"bucket of {buckets}"


def bucket_sql(column: str, buckets: int) -> str:
    """The bucket as an INTEGER expression of DuckDB; `column` is SQL already, e.g. a quoted name.

    It takes the digest as a number, whose bytes run the other way: to read its first digits as text costs half as much
    again for every row.

    >>> import duckdb
    >>> duckdb.execute(f"SELECT {bucket_sql('id', 4)} FROM (SELECT 'C00012345' AS id)").fetchall()
    [(2,)]
    >>> bucket_sql("customer_id", 1)
    'CAST(0 AS INTEGER)'
    """
    if buckets == 1:
        return "CAST(0 AS INTEGER)"
    four = f"CAST(md5_number(coalesce({column}, '')) & {0xFFFFFFFF} AS BIGINT)"
    turned = " + ".join(f"((({four} >> {8 * place}) & 255) << {24 - 8 * place})" for place in range(4))
    return f"CAST(({turned}) % {buckets} AS INTEGER)"


def bucket_of(customer_id: str, buckets: int) -> int:
    """The bucket of one customer, counted from 0.

    >>> bucket_of("C00012345", 4)
    2
    """
    digest = hashlib.md5(customer_id.encode(), usedforsecurity=False).hexdigest()
    return int(digest[:_HEX_DIGITS], 16) % buckets

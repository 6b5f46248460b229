from __future__ import annotations

from sqlglot import parse_one

from worthbook.data.dialect import render


def test_spark_has_no_word_for_a_query_whose_rows_are_kept() -> None:
    query = parse_one("WITH kept AS MATERIALIZED (SELECT 1 AS one) SELECT one FROM kept", read="duckdb")
    assert render(query, "spark") == "WITH kept AS (SELECT 1 AS one) SELECT one FROM kept"
    assert "MATERIALIZED" in render(query, "duckdb")

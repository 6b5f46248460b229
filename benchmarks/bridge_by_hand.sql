-- The bridge of revenue between two dates as a person would write it: every customer and product of both windows, then
-- every customer. The placeholders are the files of the order lines and the days of the windows.
WITH lines AS (
  SELECT
    customer_id, product_id, ordered_on, amount, quantity::DECIMAL(18, 4) AS quantity,
    ordered_on > {first_start} AND ordered_on <= {first_end} AS in_first,
    ordered_on > {last_start} AND ordered_on <= {last_end} AS in_last
  FROM read_parquet({lines}) WHERE ordered_on <= {last_end}
), births AS (
  SELECT customer_id, min(ordered_on) AS born FROM lines GROUP BY ALL
), products AS (
  SELECT
    customer_id, product_id, coalesce(sum(amount) FILTER (in_first), 0) AS a1,
    coalesce(sum(amount) FILTER (in_last), 0) AS a2, coalesce(sum(quantity) FILTER (in_first), 0) AS q1,
    coalesce(sum(quantity) FILTER (in_last), 0) AS q2, count(*) FILTER (in_first) AS n1, count(*) FILTER (in_last) AS n2
  FROM lines WHERE in_first OR in_last GROUP BY ALL
), changes AS (
  SELECT
    *, n1 > 0 AND n2 > 0 AND q1 > 0 AND q2 > 0 AS comparable,
    CASE WHEN comparable THEN (a1::DOUBLE * q2::DOUBLE / q1::DOUBLE)::DECIMAL(28, 2) END AS as_before
  FROM products
), customers AS (
  SELECT
    customer_id, sum(n1) AS n1, sum(n2) AS n2, sum(a1) AS a1, sum(a2) AS a2,
    coalesce(sum(as_before - a1) FILTER (comparable), 0) AS volume,
    coalesce(sum(a2 - as_before) FILTER (comparable), 0) AS price,
    coalesce(sum(a2) FILTER (n1 = 0), 0) AS added, coalesce(sum(-a1) FILTER (n2 = 0), 0) AS dropped,
    coalesce(sum(a2 - a1) FILTER (n1 > 0 AND n2 > 0 AND NOT comparable), 0) AS undivided
  FROM changes GROUP BY ALL
)
SELECT
  sum(a1) AS opening, sum(a2) AS closing, sum(a2) FILTER (n1 = 0 AND born > {first_end}) AS acquired,
  sum(a2) FILTER (n1 = 0 AND born <= {first_end}) AS won_back, -sum(a1) FILTER (n2 = 0) AS lost,
  sum(volume) FILTER (n1 > 0 AND n2 > 0 AND volume > 0) AS expanded,
  sum(volume) FILTER (n1 > 0 AND n2 > 0 AND volume < 0) AS contracted,
  sum(price) FILTER (n1 > 0 AND n2 > 0) AS price, sum(added) FILTER (n1 > 0 AND n2 > 0) AS added,
  sum(dropped) FILTER (n1 > 0 AND n2 > 0) AS dropped, sum(undivided) FILTER (n1 > 0 AND n2 > 0) AS undivided
FROM customers JOIN births USING (customer_id)

-- The same numbers per customer as Worthbook's measures over transactions, written by hand for DuckDB, as of 2026-06-30.
-- Two lists of Parquet files are filled in: the order lines and the products.
WITH l AS (
  SELECT customer_id, order_id, ordered_on, product_id, quantity, amount, discount, is_return, cost
  FROM read_parquet({lines}, hive_partitioning = false)
  WHERE ordered_on <= DATE '2026-06-30'
), product AS (
  SELECT product_id, category, unit_cost FROM read_parquet({products})
), by_line AS (
  SELECT customer_id,
    sum(amount) FILTER (WHERE m3) AS revenue_3m, sum(amount) FILTER (WHERE m12) AS revenue_12m,
    sum(amount) FILTER (WHERE p12) AS revenue_previous_12m, sum(amount) AS revenue_lifetime,
    count(*) FILTER (WHERE m3) AS n3, count(*) FILTER (WHERE m12) AS n12, count(*) FILTER (WHERE p12) AS np12,
    sum(discount) FILTER (WHERE m12) AS discount_12m, sum(discount) AS discount_lifetime,
    sum(discount) FILTER (WHERE m12 AND NOT is_return AND amount IS NOT NULL)::DOUBLE
      / nullif((sum(discount + amount) FILTER (WHERE m12 AND NOT is_return))::DOUBLE, 0) AS discount_rate_12m,
    -sum(amount) FILTER (WHERE m12 AND is_return) AS returns_12m, -sum(amount) FILTER (WHERE is_return) AS returns_lifetime,
    sum(quantity) FILTER (WHERE m12) AS quantity_12m, sum(quantity) AS quantity_lifetime,
    CASE WHEN count(margin) FILTER (WHERE m12) = count(amount) FILTER (WHERE m12) THEN sum(margin) FILTER (WHERE m12) END AS gross_margin_12m,
    CASE WHEN count(margin) = count(amount) THEN sum(margin) END AS gross_margin_lifetime
  FROM (
    SELECT l.*, ordered_on > DATE '2026-03-30' AS m3, ordered_on > DATE '2025-06-30' AS m12,
      ordered_on > DATE '2024-06-30' AND ordered_on <= DATE '2025-06-30' AS p12,
      amount - round(coalesce(cost::DOUBLE, unit_cost::DOUBLE * quantity), 4)::DECIMAL(28, 4) AS margin
    FROM l LEFT JOIN product USING (product_id)
  )
  GROUP BY customer_id
), by_order AS (
  SELECT customer_id,
    count(*) FILTER (WHERE ordered_on > DATE '2026-03-30') AS orders_3m,
    count(*) FILTER (WHERE ordered_on > DATE '2025-06-30') AS orders_12m,
    count(*) FILTER (WHERE ordered_on > DATE '2024-06-30' AND ordered_on <= DATE '2025-06-30') AS orders_previous_12m,
    count(*) AS orders_lifetime,
    (sum(amount) FILTER (WHERE ordered_on > DATE '2025-06-30'))::DOUBLE / count(amount) FILTER (WHERE ordered_on > DATE '2025-06-30')
      AS average_order_value_12m,
    sum(amount)::DOUBLE / count(amount) AS average_order_value_lifetime, max(amount) AS largest_order_lifetime,
    avg(quantity) FILTER (WHERE ordered_on > DATE '2025-06-30') AS basket_size_12m, avg(quantity) AS basket_size_lifetime,
    avg(lines) AS lines_per_order_lifetime
  FROM (
    SELECT customer_id, order_id, min(ordered_on) AS ordered_on, sum(amount) AS amount, sum(quantity) AS quantity, count(*) AS lines
    FROM l WHERE NOT is_return GROUP BY customer_id, order_id
  )
  GROUP BY customer_id
), by_day AS (
  SELECT customer_id, min(ordered_on) AS first_purchase_on, max(ordered_on) AS last_purchase_on,
    count(*) FILTER (WHERE ordered_on > DATE '2025-06-30') AS purchase_days_12m, count(*) AS purchase_days_lifetime,
    avg(gap) AS mean_days_between, stddev_samp(gap) AS sd_days_between, max(gap) AS longest_days_between,
    (sum(amount) FILTER (WHERE gap IS NOT NULL))::DOUBLE / count(amount) FILTER (WHERE gap IS NOT NULL) AS mean_repeat_value,
    coalesce(sum(ln(gap / 7)), 0) AS log_gap_weeks
  FROM (
    SELECT customer_id, ordered_on, amount,
      ordered_on - lag(ordered_on) OVER (PARTITION BY customer_id ORDER BY ordered_on) AS gap
    FROM (SELECT customer_id, ordered_on, sum(amount) AS amount FROM l WHERE NOT is_return GROUP BY customer_id, ordered_on)
  )
  GROUP BY customer_id
), by_product AS (
  SELECT customer_id, count(last_on) AS products_lifetime,
    count(*) FILTER (WHERE last_on > DATE '2025-06-30') AS products_12m,
    sum(q1) AS q1, sum(q0) AS q0, sum(a1) AS a1, sum(a0) AS a0,
    sum(CASE WHEN q1 > 0 AND q0 > 0 THEN round((a1::DOUBLE / q1 - a0::DOUBLE / q0) * q1, 4)::DECIMAL(28, 4) ELSE 0 END) AS price_effect_12m
  FROM (
    SELECT customer_id, product_id, max(ordered_on) FILTER (WHERE NOT is_return) AS last_on,
      sum(quantity) FILTER (WHERE ordered_on > DATE '2025-06-30') AS q1, sum(amount) FILTER (WHERE ordered_on > DATE '2025-06-30') AS a1,
      sum(quantity) FILTER (WHERE ordered_on > DATE '2024-06-30' AND ordered_on <= DATE '2025-06-30') AS q0,
      sum(amount) FILTER (WHERE ordered_on > DATE '2024-06-30' AND ordered_on <= DATE '2025-06-30') AS a0
    FROM l GROUP BY customer_id, product_id
  )
  GROUP BY customer_id
), by_category AS (
  SELECT customer_id, count(*) AS categories_lifetime, count(*) FILTER (WHERE last_on > DATE '2025-06-30') AS categories_12m
  FROM (
    SELECT customer_id, category, max(ordered_on) AS last_on
    FROM l JOIN product USING (product_id) WHERE NOT is_return AND category IS NOT NULL GROUP BY customer_id, category
  )
  GROUP BY customer_id
), joined AS (
  SELECT *,
    CASE WHEN n3 > 0 THEN revenue_3m ELSE 0 END AS r3, CASE WHEN n12 > 0 THEN revenue_12m ELSE 0 END AS r12,
    CASE WHEN np12 > 0 THEN revenue_previous_12m ELSE 0 END AS rp12,
    coalesce(CASE WHEN coalesce(q0, 0) > 0 THEN round((coalesce(q1, 0) - q0) * (a0::DOUBLE / q0), 4)::DECIMAL(28, 4)
      ELSE coalesce(a1, 0) - coalesce(a0, 0) END, 0) AS volume_effect_12m
  FROM by_line LEFT JOIN by_order USING (customer_id) LEFT JOIN by_day USING (customer_id)
    LEFT JOIN by_product USING (customer_id) LEFT JOIN by_category USING (customer_id)
)
SELECT customer_id, r3 AS revenue_3m, r12 AS revenue_12m, rp12 AS revenue_previous_12m, revenue_lifetime,
  CASE WHEN n12 > 0 THEN discount_12m ELSE 0 END AS discount_12m, discount_lifetime, discount_rate_12m,
  coalesce(returns_12m, 0) AS returns_12m, coalesce(returns_lifetime, 0) AS returns_lifetime,
  coalesce(returns_12m, 0)::DOUBLE / nullif((r12 + coalesce(returns_12m, 0))::DOUBLE, 0) AS return_rate_12m,
  coalesce(returns_lifetime, 0)::DOUBLE / nullif((revenue_lifetime + coalesce(returns_lifetime, 0))::DOUBLE, 0) AS return_rate_lifetime,
  coalesce(quantity_12m, 0) AS quantity_12m, quantity_lifetime,
  CASE WHEN n12 > 0 THEN gross_margin_12m ELSE 0 END AS gross_margin_12m, gross_margin_lifetime,
  (CASE WHEN n12 > 0 THEN gross_margin_12m ELSE 0 END)::DOUBLE / nullif(r12::DOUBLE, 0) AS margin_rate_12m,
  gross_margin_lifetime::DOUBLE / nullif(revenue_lifetime::DOUBLE, 0) AS margin_rate_lifetime,
  coalesce(orders_3m, 0) AS orders_3m, coalesce(orders_12m, 0) AS orders_12m,
  coalesce(orders_previous_12m, 0) AS orders_previous_12m, coalesce(orders_lifetime, 0) AS orders_lifetime,
  round(average_order_value_12m, 4)::DECIMAL(28, 4) AS average_order_value_12m,
  round(average_order_value_lifetime, 4)::DECIMAL(28, 4) AS average_order_value_lifetime, largest_order_lifetime,
  basket_size_12m, basket_size_lifetime, lines_per_order_lifetime,
  first_purchase_on, last_purchase_on, DATE '2026-06-30' - last_purchase_on AS recency_days,
  DATE '2026-06-30' - first_purchase_on AS tenure_days,
  coalesce(purchase_days_12m, 0) AS purchase_days_12m, coalesce(purchase_days_lifetime, 0) AS purchase_days_lifetime,
  mean_days_between, sd_days_between, longest_days_between,
  sd_days_between / nullif(mean_days_between, 0) AS regularity,
  (DATE '2026-06-30' - last_purchase_on) / nullif(mean_days_between, 0) AS overdue_ratio,
  purchase_days_lifetime - 1 AS repeat_purchases, (last_purchase_on - first_purchase_on) / 7 AS recency_weeks,
  (DATE '2026-06-30' - first_purchase_on) / 7 AS age_weeks,
  round(mean_repeat_value, 4)::DECIMAL(28, 4) AS mean_repeat_value,
  log_gap_weeks,
  CASE WHEN purchase_days_lifetime = 1 THEN 0 ELSE round(mean_repeat_value, 4)::DECIMAL(28, 4) END AS spend_per_repeat,
  CASE WHEN products_lifetime > 0 THEN products_12m END AS products_12m, nullif(products_lifetime, 0) AS products_lifetime,
  categories_12m, categories_lifetime,
  r12 - rp12 AS revenue_change_12m, CASE WHEN rp12 > 0 THEN (r12 - rp12)::DOUBLE / rp12::DOUBLE END AS revenue_growth_12m,
  coalesce(orders_12m, 0) - coalesce(orders_previous_12m, 0) AS orders_change_12m,
  volume_effect_12m, coalesce(price_effect_12m, 0) AS price_effect_12m,
  r12 - rp12 - volume_effect_12m - coalesce(price_effect_12m, 0) AS mix_effect_12m
FROM joined

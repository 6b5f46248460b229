-- revenue_12m
WITH "transactions per customer" AS (
  SELECT
    "customer_id" AS "customer_id",
    CASE
      WHEN COUNT(*) FILTER(WHERE
        "ordered_on" > CAST('2023-02-28' AS DATE)) > 0
      THEN CAST(CAST(SUM("amount") FILTER(WHERE
        "ordered_on" > CAST('2023-02-28' AS DATE)) AS DECIMAL(28, 4)) AS DECIMAL(28, 4))
      ELSE 0
    END AS "revenue_12m"
  FROM (
    SELECT
      "transactions"."amount",
      "transactions"."customer_id",
      "transactions"."ordered_on"
    FROM "transactions" AS "transactions"
    WHERE
      "transactions"."ordered_on" <= CAST('2024-02-29' AS DATE)
      AND NOT "transactions"."import_id" IN ('undone')
  ) AS "transactions"
  GROUP BY
    "customer_id"
)
SELECT
  "transactions per customer"."customer_id",
  "transactions per customer"."revenue_12m" AS "revenue_12m"
FROM "transactions per customer" AS "transactions per customer"
ORDER BY
  "customer_id" NULLS FIRST

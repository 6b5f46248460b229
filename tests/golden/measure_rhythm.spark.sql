-- mean_days_between, last_purchase_on, recency_days, overdue_ratio
WITH `population` AS (
  SELECT DISTINCT
    `customer_id` AS `customer_id`
  FROM (
    SELECT
      `transactions`.`customer_id`
    FROM `transactions` AS `transactions`
    WHERE
      `transactions`.`ordered_on` <= CAST('2024-02-29' AS DATE)
      AND NOT `transactions`.`import_id` IN ('undone')
  ) AS `transactions`
), `occasions per customer` AS (
  SELECT
    `customer_id` AS `customer_id`,
    CAST(SUM(`gap_days`) AS DOUBLE) / NULLIF(CAST(COUNT(`gap_days`) AS DOUBLE), 0) AS `mean_days_between`,
    CAST(MAX(`ordered_on`) AS DATE) AS `last_purchase_on`
  FROM (
    SELECT
      `customer_id`,
      `gap_days`,
      `ordered_on`
    FROM (
      SELECT
        *,
        CAST(CAST(DATEDIFF(
          `ordered_on`,
          LAG(`ordered_on`) OVER (PARTITION BY `customer_id` ORDER BY `ordered_on`)
        ) AS BIGINT) AS DOUBLE) AS `gap_days`
      FROM (
        SELECT
          `customer_id`,
          `ordered_on`
        FROM (
          SELECT
            `transactions`.`customer_id`,
            `transactions`.`is_return`,
            `transactions`.`ordered_on`
          FROM `transactions` AS `transactions`
          WHERE
            `transactions`.`ordered_on` <= CAST('2024-02-29' AS DATE)
            AND NOT `transactions`.`import_id` IN ('undone')
        ) AS `transactions`
        WHERE
          NOT COALESCE(`is_return`, FALSE)
        GROUP BY
          `customer_id`,
          `ordered_on`
      ) AS `occasions`
    ) AS `occasions`
  ) AS `occasions`
  GROUP BY
    `customer_id`
), `layer 0` AS (
  SELECT
    `population`.`customer_id`,
    `occasions per customer`.`mean_days_between` AS `mean_days_between`,
    `occasions per customer`.`last_purchase_on` AS `last_purchase_on`
  FROM `population` AS `population`
  LEFT JOIN `occasions per customer` AS `occasions per customer`
    ON `population`.`customer_id` = `occasions per customer`.`customer_id`
), `layer 1` AS (
  SELECT
    *,
    CAST(CAST(DATEDIFF(CAST('2024-02-29' AS DATE), `last_purchase_on`) AS BIGINT) AS DOUBLE) AS `recency_days`
  FROM `layer 0` AS `layer 0`
), `layer 2` AS (
  SELECT
    *,
    `recency_days` / NULLIF(`mean_days_between`, 0) AS `overdue_ratio`
  FROM `layer 1` AS `layer 1`
)
SELECT
  `customer_id`,
  `mean_days_between`,
  `last_purchase_on`,
  `recency_days`,
  `overdue_ratio`
FROM `layer 2` AS `layer 2`
ORDER BY
  `customer_id`

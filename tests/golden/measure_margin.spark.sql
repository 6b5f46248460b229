-- gross_margin_12m, revenue_12m, margin_rate_12m
WITH `transactions per customer` AS (
  SELECT
    `customer_id` AS `customer_id`,
    CASE
      WHEN COUNT(*) FILTER(WHERE
        `ordered_on` > CAST('2023-02-28' AS DATE)) > 0
      THEN CAST(CASE
        WHEN COUNT(`gross_margin`) FILTER(WHERE
          `ordered_on` > CAST('2023-02-28' AS DATE)) = COUNT(`amount`) FILTER(WHERE
          `ordered_on` > CAST('2023-02-28' AS DATE))
        THEN CAST(SUM(`gross_margin`) FILTER(WHERE
          `ordered_on` > CAST('2023-02-28' AS DATE)) AS DECIMAL(28, 4))
      END AS DECIMAL(28, 4))
      ELSE 0
    END AS `gross_margin_12m`,
    CASE
      WHEN COUNT(*) FILTER(WHERE
        `ordered_on` > CAST('2023-02-28' AS DATE)) > 0
      THEN CAST(CAST(SUM(`amount`) FILTER(WHERE
        `ordered_on` > CAST('2023-02-28' AS DATE)) AS DECIMAL(28, 4)) AS DECIMAL(28, 4))
      ELSE 0
    END AS `revenue_12m`
  FROM (
    SELECT
      `amount`,
      `customer_id`,
      `gross_margin`,
      `ordered_on`
    FROM (
      SELECT
        *,
        CAST(`amount` - `cost_of_goods` AS DECIMAL(28, 4)) AS `gross_margin`
      FROM (
        SELECT
          *,
          CAST(ROUND(
            COALESCE(CAST(`cost` AS DOUBLE), CAST(`unit_cost` AS DOUBLE) * `quantity`) * CAST(10000 AS DOUBLE)
          ) / CAST(10000 AS DOUBLE) AS DECIMAL(28, 4)) AS `cost_of_goods`
        FROM (
          SELECT
            `transactions`.`amount`,
            `transactions`.`cost`,
            `transactions`.`customer_id`,
            `transactions`.`ordered_on`,
            `transactions`.`product_id`,
            `transactions`.`quantity`,
            `products by key`.`unit_cost` AS `unit_cost`
          FROM `transactions` AS `transactions`
          LEFT JOIN (
            SELECT
              `product_id`,
              MAX(`unit_cost`) AS `unit_cost`
            FROM (
              SELECT
                `products`.`product_id`,
                `products`.`unit_cost`
              FROM `products` AS `products`
              WHERE
                NOT `products`.`import_id` IN ('undone')
            ) AS `products`
            GROUP BY
              `product_id`
          ) AS `products by key`
            ON `transactions`.`product_id` = `products by key`.`product_id`
          WHERE
            `transactions`.`ordered_on` <= CAST('2024-02-29' AS DATE)
            AND NOT `transactions`.`import_id` IN ('undone')
        ) AS `transactions`
      ) AS `transactions`
    ) AS `transactions`
  ) AS `transactions`
  GROUP BY
    `customer_id`
), `layer 0` AS (
  SELECT
    `transactions per customer`.`customer_id`,
    `transactions per customer`.`gross_margin_12m` AS `gross_margin_12m`,
    `transactions per customer`.`revenue_12m` AS `revenue_12m`
  FROM `transactions per customer` AS `transactions per customer`
), `layer 1` AS (
  SELECT
    *,
    CAST(`gross_margin_12m` AS DOUBLE) / NULLIF(CAST(`revenue_12m` AS DOUBLE), 0) AS `margin_rate_12m`
  FROM `layer 0` AS `layer 0`
)
SELECT
  `customer_id`,
  `gross_margin_12m`,
  `revenue_12m`,
  `margin_rate_12m`
FROM `layer 1` AS `layer 1`
ORDER BY
  `customer_id`

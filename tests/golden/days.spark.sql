-- days_between(max(ordered_on), as_of()) / 7
CAST(CAST(DATEDIFF(CAST('2024-02-29' AS DATE), MAX(`ordered_on`)) AS BIGINT) AS DOUBLE) / NULLIF(CAST('7' AS DOUBLE), 0)

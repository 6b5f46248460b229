-- days_between(max(ordered_on), as_of()) / 7
CAST(DATE_DIFF('day', MAX("ordered_on"), CAST('2024-02-29' AS DATE)) AS DOUBLE) / NULLIF(CAST('7' AS DOUBLE), 0)

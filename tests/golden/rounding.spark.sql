-- round(sum(quantity) * setting(margin), 2)
ROUND(
  (
    CAST(SUM(`quantity`) AS DOUBLE) * CAST(0.3 AS DOUBLE)
  ) * CAST(100 AS DOUBLE)
) / CAST(100 AS DOUBLE)

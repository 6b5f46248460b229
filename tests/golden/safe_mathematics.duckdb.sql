-- sqrt(sum(quantity)) + ln(count(*)) + power(sum(quantity), 2) + floor(sum(amount))
(
  (
    SQRT(
      CASE
        WHEN CAST(SUM("quantity") AS DOUBLE) >= 0
        THEN CAST(SUM("quantity") AS DOUBLE)
      END
    ) + LN(CASE WHEN CAST(COUNT(*) AS DOUBLE) > 0 THEN CAST(COUNT(*) AS DOUBLE) END)
  ) + CASE
    WHEN CAST(SUM("quantity") AS DOUBLE) > 0
    OR (
      CAST(SUM("quantity") AS DOUBLE) < 0
      AND CAST('2' AS DOUBLE) = CAST(FLOOR(CAST('2' AS DOUBLE)) AS DOUBLE)
    )
    OR (
      CAST(SUM("quantity") AS DOUBLE) = 0 AND CAST('2' AS DOUBLE) >= 0
    )
    THEN POWER(CAST(SUM("quantity") AS DOUBLE), CAST('2' AS DOUBLE))
  END
) + CAST(FLOOR(CAST(CAST(SUM("amount") AS DECIMAL(28, 4)) AS DOUBLE)) AS DOUBLE)

-- avg(amount)
CAST(CAST(SUM(`amount`) AS DECIMAL(28, 4)) AS DOUBLE) / NULLIF(CAST(COUNT(`amount`) AS DOUBLE), 0)

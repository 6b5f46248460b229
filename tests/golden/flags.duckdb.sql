-- ratio(sum(is_return), count(*))
CAST(CAST(SUM(CASE WHEN "is_return" THEN 1 ELSE 0 END) AS BIGINT) AS DOUBLE) / NULLIF(CAST(COUNT(*) AS DOUBLE), 0)

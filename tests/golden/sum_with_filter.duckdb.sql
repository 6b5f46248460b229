-- sum(amount) filter (where not is_return)
CAST(SUM("amount") FILTER(WHERE
  NOT "is_return") AS DECIMAL(28, 4))

-- first_by(amount, ordered_on)
ARG_MIN(
  "amount",
  CASE
    WHEN NOT "amount" IS NULL AND NOT "ordered_on" IS NULL
    THEN ROW("ordered_on", "amount")
  END
)

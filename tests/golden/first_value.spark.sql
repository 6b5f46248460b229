-- first_by(amount, ordered_on)
MIN_BY(
  `amount`,
  CASE
    WHEN NOT `amount` IS NULL AND NOT `ordered_on` IS NULL
    THEN STRUCT(`ordered_on`, `amount`)
  END
)

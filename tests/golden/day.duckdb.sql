-- max(day_of(ordered_at))
MAX(CAST("ordered_at" AS DATE))

"""Ground floor: errors, units, money, dates, results and provenance; imports nothing of Worthbook."""

-- ratio(stddev(quantity), median(quantity))
STDDEV_SAMP("quantity") / NULLIF(QUANTILE_CONT("quantity", 0.5), 0)

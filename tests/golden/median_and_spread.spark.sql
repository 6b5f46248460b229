-- ratio(stddev(quantity), median(quantity))
STDDEV_SAMP(`quantity`) / NULLIF(PERCENTILE(`quantity`, 0.5), 0)

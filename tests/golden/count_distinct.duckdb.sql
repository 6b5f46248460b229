-- count(distinct product_id)
COUNT(DISTINCT "product_id")

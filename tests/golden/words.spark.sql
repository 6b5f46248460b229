-- max(concat(upper(trim(product_id)), '-', replace(order_id, 'a', 'b')))
MAX(UPPER(TRIM(`product_id`)) || '-' || REPLACE(`order_id`, 'a', 'b'))

-- Grain: one row, the length of most staged periods (7: months, 6: quarters, 4: years); none without rows.
SELECT length(period) AS length
FROM staged_sales
GROUP BY length(period)
ORDER BY count(*) DESC, length DESC
LIMIT 1

-- Grain: one row; staged rows that hold the most frequent value above zero, where that is more than $one_value_share of
-- them, at many firms.
WITH frequent AS (
    SELECT value, count(*) AS rows_with_it, sum(count(*)) OVER () AS every
    FROM staged_series
    WHERE value > 0
    GROUP BY value
    ORDER BY rows_with_it DESC, value
    LIMIT 1
)
SELECT any_value(rows_with_it) AS count, value::DOUBLE AS value, count(DISTINCT firm_id) AS firms
FROM staged_series
JOIN frequent USING (value)
WHERE rows_with_it >= $few_rows AND rows_with_it > $one_value_share * every
GROUP BY value
HAVING count(DISTINCT firm_id) >= $few_firms
